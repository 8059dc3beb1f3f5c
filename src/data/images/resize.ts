/**
 * Images of other sizes: every new pixel is a weighted mean of old ones, along rows and columns.
 *
 * @module
 */
import { checkTensors } from "../../core/checks.ts";
import { checkList } from "../../core/check_kinds.ts";
import { checkOptions } from "../../core/options.ts";
import { tensor } from "../../core/create.ts";
import { allocate, type HostArray, type TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";

/** Method by which {@link resizeImages} finds the value of a new pixel. */
export type ResizeMethod = "area" | "bilinear";

/** Settings of {@link resizeImages}. */
export interface ResizeImagesOptions {
  /** `"area"` by default. */
  readonly method?: ResizeMethod;
}

/** First old position and the weights from there on, for every new position. */
type Axis = readonly { readonly start: number; readonly weights: readonly number[] }[];

/**
 * Resizes images, for a data set: no gradient, on the host.
 *
 * - `"area"`: the mean of what the new pixel covers of the old image, parts of pixels in proportion.
 *   For making images smaller: every old pixel counts, so that nothing flickers or is missed.
 * - `"bilinear"`: between the centres of the four nearest old pixels, without smoothing. For making
 *   them larger.
 *
 * Both take pixels as squares (their centres at halves), and the border as going on outwards.
 *
 * - **Shapes**: `[height, width, channels]` or `[images, height, width, channels]`, any dtype; the
 *   result has the same rank and dtype. Integers are rounded to the nearest.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { resizeImages } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor(Uint8Array.of(0, 100, 50, 250), { shape: [2, 2, 1] });
 * assertEquals(resizeImages(image, [1, 1]).toArray(), [[[100]]]);
 * const row = resizeImages(image, [2, 4], { method: "bilinear" });
 * assertEquals([...row.dataSync().subarray(0, 4)], [0, 25, 75, 100]);
 * ```
 *
 * @param images the images.
 * @param size the new height and width, in pixels.
 * @param options `method`.
 * @returns a new tensor on the same backend, which no tape knows.
 * @throws {ShapeError} if the images have another rank or no pixels.
 * @throws {RangeError} if a size is no integer of at least 1, or the method is none of those.
 */
export function resizeImages(
  images: Tensor,
  size: readonly [height: number, width: number],
  options: ResizeImagesOptions = {},
): Tensor {
  options = checkOptions("resize images", options, "method");
  const { method = "area" } = options;
  check(images, size, method);
  const { shape, dtype, backend } = images;
  const data = resizeArray({ shape, dtype, data: images.dataSync() }, size, method);
  return tensor(data, { shape: [...shape.slice(0, -3), ...size, shape.at(-1)!], backend });
}

/** Does the same on the host: images `[..., height, width, channels]`, unchecked. */
export function resizeArray(
  { shape, dtype, data: from }: HostArray,
  size: readonly [height: number, width: number],
  method: ResizeMethod,
): TypedArray {
  const [height, width, channels] = shape.slice(-3);
  const count = shape.length === 4 ? shape[0] : 1;
  const weigh = method === "area" ? areaWeights : bilinearWeights;
  const [rows, columns] = [weigh(height, size[0]), weigh(width, size[1])];
  const data = allocate(dtype, count * size[0] * size[1] * channels);
  const isInteger = dtype === "uint8" || dtype === "int32";
  for (let image = 0; image < count; image++) {
    const start = image * height * width * channels;
    const source = from.subarray(start, start + height * width * channels);
    const end = image * size[0] * size[1] * channels;
    resizeOne(source, data.subarray(end), width, channels, rows, columns, isInteger);
  }
  return data;
}

function resizeOne(
  source: TypedArray,
  target: TypedArray,
  width: number,
  channels: number,
  rows: Axis,
  columns: Axis,
  isInteger: boolean,
): void {
  const line = new Float64Array(width * channels);
  let to = 0;
  for (const { start, weights } of rows) {
    line.fill(0);
    weights.forEach((weight, k) => {
      const first = (start + k) * line.length;
      for (let i = 0; i < line.length; i++) line[i] += weight * source[first + i];
    });
    for (const { start, weights } of columns) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += weights[k] * line[(start + k) * channels + c];
        }
        target[to++] = isInteger ? Math.round(sum) : sum;
      }
    }
  }
}

/** Computes the share of every old pixel in what a new one covers. */
function areaWeights(from: number, to: number): Axis {
  return Array.from({ length: to }, (_, i) => {
    // Multiplied before divided, so that whole numbers stay whole.
    const [low, high] = [i * from / to, (i + 1) * from / to];
    const start = Math.floor(low);
    const end = Math.max(start + 1, Math.min(from, Math.ceil(high)));
    const shares = Array.from({ length: end - start }, (_, k) => {
      return Math.max(0, Math.min(high, start + k + 1) - Math.max(low, start + k));
    });
    const whole = shares.reduce((a, b) => a + b, 0);
    return { start, weights: shares.map((share) => share / whole) };
  });
}

function bilinearWeights(from: number, to: number): Axis {
  return Array.from({ length: to }, (_, i) => {
    const centre = Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
    const start = Math.floor(centre);
    const share = centre - start;
    return { start, weights: share === 0 ? [1] : [1 - share, share] };
  });
}

function check(images: Tensor, size: readonly number[], method: string): void {
  const action = "Cannot resize images";
  checkTensors("resize images", { images });
  checkList("resize images", "size", size, "[height, width]");
  const { shape } = images;
  if ((shape.length !== 3 && shape.length !== 4) || shape.slice(-3, -1).includes(0)) {
    throw new ShapeError(
      `${action}: images must be [height, width, channels] or [images, height, width, channels] ` +
        `with pixels: got ${formatShape(shape)}`,
    );
  }
  if (size.length !== 2 || !size.every((n) => Number.isSafeInteger(n) && n >= 1)) {
    throw new RangeError(
      `${action}: size must be a height and a width of at least 1: got ${formatShape(size)}`,
    );
  }
  if (method !== "area" && method !== "bilinear") {
    throw new RangeError(`${action}: method must be area or bilinear: got ${String(method)}`);
  }
}
