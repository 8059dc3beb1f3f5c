/**
 * Minibatches of images as tensors.
 *
 * @module
 */
import { type Tensor, tensor } from "@tapegrad/tapegrad";
import type { Labelled } from "./data.ts";

/** Images scaled to [0, 1], `[N, H, W, C]`, and their classes, `[N]`. */
export interface Batch {
  readonly x: Tensor;
  readonly labels: Tensor;
}

/** Batches of images in a given order; the last one may be smaller. */
export function* batches(
  { images, labels }: Labelled,
  size: number,
  order: Int32Array = Int32Array.from(labels, (_, i) => i),
): Generator<Batch> {
  const [, ...imageShape] = images.shape;
  const pixels = imageShape.reduce((a, b) => a * b);
  const scale = images.dtype === "uint8" || images.dtype === "int32" ? 1 / 255 : 1;
  for (let start = 0; start < order.length; start += size) {
    const chosen = order.subarray(start, start + size);
    const values = new Float32Array(chosen.length * pixels);
    chosen.forEach((image, i) => {
      const [from, to] = [image * pixels, i * pixels];
      for (let p = 0; p < pixels; p++) values[to + p] = images.data[from + p] * scale;
    });
    yield {
      x: tensor(values, { shape: [chosen.length, ...imageShape] }),
      labels: tensor(Int32Array.from(chosen, (image) => labels[image])),
    };
  }
}
