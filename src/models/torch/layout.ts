/**
 * Weights and images between the layouts of PyTorch (channels first) and of this library (channels
 * last). A state dict comes through a safetensors file; which function a weight needs depends on the
 * layer that it belongs to:
 *
 * | layer of PyTorch                     | weight there           | here                 | function                     |
 * | ------------------------------------ | ---------------------- | -------------------- | ---------------------------- |
 * | `Conv1d`, `Conv2d`, `Conv3d`         | `[O, I / groups, …K]`  | `[…K, I / groups, O]` | `fromTorchConv`              |
 * | `ConvTranspose2d`                    | `[I, O / groups, …K]`  | `[…K, O / groups, I]` | `fromTorchConv`              |
 * | `Linear`                             | `[O, I]`               | `[I, O]`             | `fromTorchDense`             |
 * | the first `Linear` after `Flatten`   | `[O, C * H * W]`       | `[H * W * C, O]`     | `fromTorchDenseAfterFlatten` |
 * | biases, norms' weights and statistics | `[O]`                 | `[O]`                | none                         |
 *
 * They are made of operations, so that a tape records them, and gradients flow through.
 *
 * @module
 */
import { ShapeError } from "../../core/errors.ts";
import { formatShape, sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { reshape } from "../../../ops/shape/reshape.ts";
import { transpose } from "../../../ops/shape/transpose.ts";

/**
 * Converts the weight of a convolution, from PyTorch's `[O, I / groups, KH, KW]` to `[KH, KW, I /
 * groups, O]`. One and three dimensions likewise, and transposed convolutions: `[I, O / groups, KH,
 * KW]` to `[KH, KW, O / groups, I]`.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { fromTorchConv } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fromTorchConv(zeros([16, 3, 5, 7])).shape, [5, 7, 3, 16]);
 * ```
 *
 * @param w a weight of rank 3 to 5.
 * @returns the same numbers, ordered as `conv2d` takes them.
 * @throws {ShapeError} if the rank is another.
 */
export function fromTorchConv(w: Tensor): Tensor {
  checkRank("convert conv weight", "w", w, 3, 5);
  return transpose(w, [...spatial(w.rank, 2), 1, 0]);
}

/**
 * Converts the weight of a convolution, from `[KH, KW, I / groups, O]` to PyTorch's `[O, I /
 * groups, KH, KW]`; undoes {@link fromTorchConv}.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { toTorchConv } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toTorchConv(zeros([5, 7, 3, 16])).shape, [16, 3, 5, 7]);
 * ```
 *
 * @param w a weight of rank 3 to 5.
 * @returns the same numbers, in PyTorch's order.
 * @throws {ShapeError} if the rank is another.
 */
export function toTorchConv(w: Tensor): Tensor {
  checkRank("convert conv weight", "w", w, 3, 5);
  return transpose(w, [w.rank - 1, w.rank - 2, ...spatial(w.rank, 0)]);
}

/**
 * Converts the weight of a dense layer, from PyTorch's `[O, I]` (`Linear`) to `[I, O]`.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { fromTorchDense } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fromTorchDense(tensor([[1, 2, 3]])).toArray(), [[1], [2], [3]]);
 * ```
 *
 * @param w `[O, I]`.
 * @returns `[I, O]`.
 * @throws {ShapeError} if the rank is not 2.
 */
export function fromTorchDense(w: Tensor): Tensor {
  checkRank("convert dense weight", "w", w, 2, 2);
  return transpose(w, [1, 0]);
}

/**
 * Converts the weight of a dense layer, from `[I, O]` to PyTorch's `[O, I]`; undoes {@link
 * fromTorchDense}.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { toTorchDense } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toTorchDense(zeros([64, 10])).shape, [10, 64]);
 * ```
 *
 * @param w `[I, O]`.
 * @returns `[O, I]`.
 * @throws {ShapeError} if the rank is not 2.
 */
export function toTorchDense(w: Tensor): Tensor {
  checkRank("convert dense weight", "w", w, 2, 2);
  return transpose(w, [1, 0]);
}

/**
 * Converts the weight of the first dense layer after a flatten. Flattening puts the numbers of an
 * image in another order here (row, column, channel) than in PyTorch (channel, row, column): the
 * inputs of the layer are put in the order they come in here.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { fromTorchDenseAfterFlatten } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * // One output of images with 1 row, 2 columns, 2 channels: a weight for c0x0, c0x1, c1x0, c1x1.
 * const w = fromTorchDenseAfterFlatten(tensor([[1, 2, 3, 4]]), [1, 2, 2]);
 * assertEquals(w.toArray(), [[1], [3], [2], [4]]);
 * ```
 *
 * @param w `[O, C * H * W]`.
 * @param image `[H, W, C]`, the shape of what is flattened.
 * @returns `[H * W * C, O]`.
 * @throws {ShapeError} if the shapes do not fit.
 */
export function fromTorchDenseAfterFlatten(
  w: Tensor,
  image: readonly [height: number, width: number, channels: number],
): Tensor {
  checkFlattened(w, image, 1);
  const [height, width, channels] = image;
  const outputs = w.shape[0];
  const unflattened = reshape(w, [outputs, channels, height, width]);
  return reshape(transpose(unflattened, [2, 3, 1, 0]), [sizeOf(image), outputs]);
}

/**
 * Converts the weight of the first dense layer after a flatten to PyTorch's; undoes {@link
 * fromTorchDenseAfterFlatten}.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { toTorchDenseAfterFlatten } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toTorchDenseAfterFlatten(zeros([4, 1]), [1, 2, 2]).shape, [1, 4]);
 * ```
 *
 * @param w `[H * W * C, O]`.
 * @param image `[H, W, C]`, the shape of what is flattened.
 * @returns `[O, C * H * W]`.
 * @throws {ShapeError} if the shapes do not fit.
 */
export function toTorchDenseAfterFlatten(
  w: Tensor,
  image: readonly [height: number, width: number, channels: number],
): Tensor {
  checkFlattened(w, image, 0);
  const [height, width, channels] = image;
  const outputs = w.shape[1];
  const unflattened = reshape(w, [height, width, channels, outputs]);
  return reshape(transpose(unflattened, [3, 2, 0, 1]), [outputs, sizeOf(image)]);
}

/**
 * Converts images from PyTorch's `[N, C, H, W]` to `[N, H, W, C]`; sequences and volumes likewise.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { fromTorchImages } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fromTorchImages(zeros([8, 3, 32, 24])).shape, [8, 32, 24, 3]);
 * ```
 *
 * @param x images of rank 3 to 5.
 * @returns the same numbers, channels last.
 * @throws {ShapeError} if the rank is another.
 */
export function fromTorchImages(x: Tensor): Tensor {
  checkRank("convert images", "x", x, 3, 5);
  return transpose(x, [0, ...spatial(x.rank, 2), 1]);
}

/**
 * Converts images from `[N, H, W, C]` to PyTorch's `[N, C, H, W]`; undoes {@link fromTorchImages}.
 *
 * @example
 * ```ts
 * import { zeros } from "@tapegrad/tapegrad";
 * import { toTorchImages } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toTorchImages(zeros([8, 32, 24, 3])).shape, [8, 3, 32, 24]);
 * ```
 *
 * @param x images of rank 3 to 5.
 * @returns the same numbers, channels second.
 * @throws {ShapeError} if the rank is another.
 */
export function toTorchImages(x: Tensor): Tensor {
  checkRank("convert images", "x", x, 3, 5);
  return transpose(x, [0, x.rank - 1, ...spatial(x.rank, 1)]);
}

/** Lists the dimensions of a window or an image, of which the first is at `first`. */
function spatial(rank: number, first: number): number[] {
  return Array.from({ length: rank - 2 }, (_, i) => first + i);
}

function checkRank(action: string, name: string, x: Tensor, least: number, most: number): void {
  if (x.rank >= least && x.rank <= most) return;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  throw new ShapeError(
    `Cannot ${action}: ${name} must have rank ${wanted}: ${name} is ${formatShape(x.shape)}`,
  );
}

function checkFlattened(w: Tensor, image: readonly number[], axis: number): void {
  checkRank("convert dense weight", "w", w, 2, 2);
  if (image.length === 3 && w.shape[axis] === sizeOf(image)) return;
  throw new ShapeError(
    `Cannot convert dense weight: w must have an input for every number of the image ` +
      `[height, width, channels]: w is ${formatShape(w.shape)}, image is ${formatShape(image)}`,
  );
}
