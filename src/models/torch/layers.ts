/**
 * Layers with weights as PyTorch has them: names of their weights, and the way from its layouts to
 * ours and back.
 *
 * @module
 */
import { transpose } from "../../../ops/shape/transpose.ts";
import { reshape } from "../../../ops/shape/reshape.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import {
  fromTorchConv,
  fromTorchDense,
  fromTorchDenseAfterFlatten,
  toTorchConv,
  toTorchDense,
  toTorchDenseAfterFlatten,
} from "./layout.ts";

/** Rows, columns and channels of the image that a flatten before the layer has made a row. */
export type FlatImage = readonly [height: number, width: number, channels: number];

/** A weight: how it is called here and there, and how it is carried over. */
export interface TorchWeight {
  readonly param: string;
  readonly name: string;
  readonly from: (x: Tensor, image: FlatImage | undefined) => Tensor;
  /** The way back; `given` is the weight here, whose shape tells what the other one cannot. */
  readonly to: (x: Tensor, image: FlatImage | undefined) => Tensor;
}

const same = (x: Tensor) => x;

/** Puts the numbers of flat images from the order of channels first in that of channels last. */
function fromFlat(x: Tensor, image: FlatImage | undefined): Tensor {
  if (image === undefined) return x;
  const [height, width, channels] = image;
  return reshape(transpose(reshape(x, [channels, height, width]), [1, 2, 0]), [sizeOf(image)]);
}

function toFlat(x: Tensor, image: FlatImage | undefined): Tensor {
  return image === undefined ? x : reshape(transpose(reshape(x, image), [2, 0, 1]), [x.size]);
}

const BIAS: TorchWeight = { param: "bias", name: "bias", from: same, to: same };
const CONV: TorchWeight = { param: "w", name: "weight", from: fromTorchConv, to: toTorchConv };

/** Filters `[C M, 1, KH, KW]` there, `[KH, KW, C, M]` here; M is not to be seen there. */
const DEPTHWISE: TorchWeight = {
  param: "w",
  name: "weight",
  from: fromTorchConv,
  to: (x) => {
    const [height, width, channels, multiplier] = x.shape;
    return toTorchConv(reshape(x, [height, width, 1, channels * multiplier]));
  },
};

const DENSE: TorchWeight = {
  param: "w",
  name: "weight",
  from: (x, image) =>
    image === undefined ? fromTorchDense(x) : fromTorchDenseAfterFlatten(x, image),
  to: (x, image) => image === undefined ? toTorchDense(x) : toTorchDenseAfterFlatten(x, image),
};

const flat = (param: string, name: string): TorchWeight => ({
  param,
  name,
  from: fromFlat,
  to: toFlat,
});
const NORM = [flat("scale", "weight"), flat("bias", "bias")];

/** Weights by the types of layers here. */
export const TORCH_LAYERS: ReadonlyMap<string, readonly TorchWeight[]> = new Map([
  ["BatchNorm", [...NORM, flat("mean", "running_mean"), flat("variance", "running_var")]],
  ["Conv2d", [CONV, BIAS]],
  ["Conv2dTranspose", [CONV, BIAS]],
  ["Dense", [DENSE, BIAS]],
  ["DepthwiseConv2d", [DEPTHWISE, BIAS]],
  ["Embedding", [{ param: "w", name: "weight", from: same, to: same }]],
  ["GroupNorm", NORM],
  ["LayerNorm", NORM],
]);

/** A weight of PyTorch that nothing needs here: the number of batches seen in training. */
export const IGNORED = "num_batches_tracked";
