/**
 * Convolutions of sequences `[N, T, C]` that are those of images of one row.
 *
 * - **Source**: `conv1d_transpose.py`, `depthwise_conv1d.py` and `separable_conv1d.py` of Keras 3.15.
 *
 * @module
 */
import { reshape } from "../../../ops/shape/mod.ts";
import type { Shape } from "../../core/shape.ts";
import { mapStructure } from "../../core/structure.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Layer } from "../../nn/layer.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import type { Json } from "../../formats/strict_json.ts";
import { WEIGHTED } from "./build_weighted.ts";
import type { Builder, LayerPart, Part, WeightSpec } from "./parts.ts";

/** Settings of windows, which are of one number in sequences and of two in images. */
const WINDOWS = ["kernel_size", "strides", "dilation_rate"];

/** Makes a layer of images one of sequences, whose windows are one row high. */
const ofSequences = (className: string): Builder => (settings, { className: own }): Part => {
  const windows = WINDOWS.map((name): [string, Json] => [
    name,
    [1, settings.single(name, name === "kernel_size" ? undefined : 1)],
  ]);
  const images = settings.changed(new Map(windows));
  const part = WEIGHTED.get(className)!(images, images.layer) as LayerPart;
  const inner = part.layer;
  const rowOf = ([length, channels]: Shape) => [1, length, channels];
  const layer: Layer<unknown> = makeLayer({
    type: own,
    options: inner.options,
    init: (random, inputShape, create) =>
      mapStructure("initialise", inner.init(random, rowOf(inputShape), create), (w) => {
        if (w.rank === 1) return w;
        const own = reshape(w, w.shape.slice(1));
        w.dispose();
        return own;
      }),
    outputShape: (inputShape) => inner.outputShape(rowOf(inputShape)).slice(1),
    apply(params, x, options) {
      const [examples, length, channels] = x.shape;
      const rows = mapStructure("apply", params, withRow);
      const y = inner.apply(rows, reshape(x, [examples, 1, length, channels]), options);
      return reshape(y, [examples, ...y.shape.slice(2)]);
    },
  }, { params: "the weights" });
  return { ...part, layer, weights: part.weights.map(withoutRow) };
};

/** A weight of windows as sequences have it: without the first dimension, which is 1. */
function withoutRow({ names, shape }: WeightSpec): WeightSpec {
  return { names, shape: shape !== undefined && shape.length > 1 ? shape.slice(1) : shape };
}

/** A weight of windows with one row; others as they are. */
function withRow(w: Tensor): Tensor {
  return w.rank > 1 ? reshape(w, [1, ...w.shape]) : w;
}

/** Convolutions of sequences by their classes. */
export const SEQUENCES: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["Conv1DTranspose", ofSequences("Conv2DTranspose")],
  ["DepthwiseConv1D", ofSequences("DepthwiseConv2D")],
  ["SeparableConv1D", ofSequences("SeparableConv2D")],
]);
