/**
 * `im2col` and `col2im`: the windows of images as rows of a matrix, and rows added up to images.
 *
 * Each is the other's adjoint, and so its gradient. A convolution is `im2col` and a product of
 * matrices; `conv2d` computes the same without writing the rows down.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  type ColumnsGeometry,
  columnsGeometry,
  type ColumnsWindow,
  imagesOfColumnsGeometry,
} from "../../src/core/geometry/mod.ts";
import { copied } from "../../src/core/options.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Shape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/**
 * Makes a row for each window of each image, with the pixels that a filter meets there.
 *
 * - **Formula**: row `(n OH + i) OW + j` holds `x[n, i s + u d - p, j s + v d - p, c]` at
 *   `(u KW + v) C + c`; x is 0 outside. So `conv2d(x, w)` is
 *   `matmul(im2col(x), reshape(w, [KH KW C, O]))`.
 * - **Shapes**: `[N, H, W, C]` -> `[N OH OW, KH KW C]`, sizes as in `conv2d`.
 * - **Gradient**: `col2im` of dy.
 * - **Layout**: with `"NCHW"` x is `[N, C, H, W]`, and an element is at `(c KH + u) KW + v`: the
 *   rows fit filters `[O, C, KH, KW]` as `transpose(reshape(w, [O, -1]))`.
 * - **Edge cases**: NaN goes to each row of a window it is in.
 * - **Source**: the function of this name in Saitoh, "Deep Learning from Scratch" (2019), which has
 *   the layout "NCHW"; its columns are in the same order.
 *
 * @example A convolution
 * ```ts
 * import { conv2d, im2col, matmul, reshape, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2, 3, 4, 5, 6], { shape: [1, 2, 3, 1] });
 * const w = tensor([1, 0, 0, -1], { shape: [2, 2, 1, 1] });
 * const rows = im2col(x, { size: 2 });
 * assertEquals(rows.toArray(), [[1, 2, 4, 5], [2, 3, 5, 6]]);
 * const y = matmul(rows, reshape(w, [4, 1]));
 * assertEquals(reshape(y, [1, 1, 2, 1]).toArray(), conv2d(x, w).toArray());
 * ```
 *
 * @param x images, a float tensor.
 * @param options `size` of a window; `stride`, `dilation` (a number or `[h, w]`, 1 by default);
 * `padding` ("valid" by default); `layout` ("NHWC" by default).
 * @returns a new matrix.
 * @throws {ShapeError} if x is no batch of images, or the window does not fit into it.
 * @throws {RangeError} if size, stride, dilation, padding or layout is none.
 */
export function im2col(x: Tensor, options: ColumnsWindow): Tensor {
  checkFloats("apply im2col", { x });
  return apply(im2colOp, { x }, columnsGeometry("apply im2col", x.shape, options));
}

/**
 * Sums up images from rows like those of `im2col`: each element is added where `im2col` would have
 * read it.
 *
 * - **Formula**: `y[n, i s + u d - p, j s + v d - p, c] = sum columns[(n OH + i) OW + j, (u KW + v) C + c]`
 *   over the i, j, u, v that lead there.
 * - **Shapes**: `[N OH OW, KH KW C]` -> `shape`.
 * - **Gradient**: `im2col` of dy.
 * - **Layout**: with `"NCHW"` the shape is `[N, C, H, W]`, and an element is at
 *   `(c KH + u) KW + v`.
 * - **Edge cases**: pixels in no window are 0, what falls on padding is dropped; so it is no
 *   inverse of `im2col` unless windows lie side by side.
 * - **Source**: as `im2col`.
 *
 * @example How many windows a pixel is in
 * ```ts
 * import { col2im, ones } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = col2im(ones([2, 2]), [1, 1, 3, 1], { size: [1, 2] });
 * assertEquals([...counts.dataSync()], [1, 2, 1]);
 * ```
 *
 * @param columns a float matrix, a row for each window.
 * @param shape that of the images.
 * @param options as of `im2col`.
 * @returns a new tensor of images.
 * @throws {ShapeError} if columns is not what `im2col` makes of images of that shape.
 * @throws {RangeError} if size, stride, dilation, padding or layout is none.
 */
export function col2im(columns: Tensor, shape: Shape, options: ColumnsWindow): Tensor {
  checkFloats("apply col2im", { columns });
  return apply(
    col2imOp,
    { columns },
    imagesOfColumnsGeometry(columns.shape, copied(shape), options),
  );
}

/** The op of {@link im2col}. */
export const im2colOp: Op<readonly ["x"], never, ColumnsGeometry> = /* @__PURE__ */ defineOp({
  name: "im2col",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: ColumnsGeometry) => k.im2col(x, g),
  backward: (dy, _saved, g) => ({ x: () => apply(col2imOp, { columns: dy }, g) }),
});

/** The op of {@link col2im}. */
export const col2imOp: Op<readonly ["columns"], never, ColumnsGeometry> = /* @__PURE__ */ defineOp({
  name: "col2im",
  inputs: ["columns"],
  reads: [],
  forward: (k, { columns }, g: ColumnsGeometry) => k.col2im(columns, g),
  backward: (dy, _saved, g) => ({ columns: () => apply(im2colOp, { x: dy }, g) }),
});
