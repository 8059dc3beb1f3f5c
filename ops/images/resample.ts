/**
 * `upsample` and `adaptiveAvgPool`: images of another size, each pixel a weighted mean of some.
 *
 * Both are sparse matrices times the rows and the columns of an image, and one op applies such
 * matrices. It is linear: the gradient applies the transposed ones, and is the same op.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  adaptiveAvgPoolGeometry,
  adjointResampling,
  type ImageLayout,
  type Pair,
  type ResampleGeometry,
  upsampleGeometry,
  type Upsampling,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { onImages } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link upsample}: the size of the result, and how its pixels are made. */
export interface UpsampleOptions extends Upsampling {
  /** Order of the dimensions of images; `"NHWC"` by default. */
  readonly layout?: ImageLayout;
}

const UPSAMPLE_OPTIONS = "size factor mode alignCorners? layout";

/** Options of {@link adaptiveAvgPool}. */
export interface AdaptiveAvgPoolOptions {
  /** Height and width of the result. */
  readonly size: Pair;
  /** Order of the dimensions of images; `"NHWC"` by default. */
  readonly layout?: ImageLayout;
}

const ADAPTIVE_OPTIONS = "size layout";

/**
 * Resizes images, usually to a larger size: pixels are repeated, or values computed in between.
 *
 * - **Formula**: with "nearest" `y[n, i, j, c] = x[n, floor(i H / OH), floor(j W / OW), c]`. With
 *   "bilinear" a pixel is the mean of the two times two around its place, weighted by nearness; row
 *   i of the result is at `(i + 1/2) H / OH - 1/2`, but not before the first or beyond the last
 *   row, or with `alignCorners` at `i (H - 1) / (OH - 1)`. Columns alike.
 * - **Shapes**: `[N, H, W, C]` -> `[N, OH, OW, C]`, the `size`, or `factor` times as large.
 * - **Gradient**: each dy to the pixels it was made of, with the same weights.
 * - **Edge cases**: pixels of weight 0 are not read, so that NaN reaches only what is made of it; a
 *   smaller size skips pixels, without averaging.
 * - **Source**: `interpolate` of PyTorch; `resize` of TensorFlow has another rule for "nearest"
 *   where the factor is no integer.
 *
 * @example
 * ```ts
 * import { tensor, upsample } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 5], { shape: [1, 1, 2, 1] });
 * const wide = [1, 2] as const;
 * assertEquals([...upsample(x, { factor: wide }).dataSync()], [1, 1, 5, 5]);
 * assertEquals([...upsample(x, { factor: wide, mode: "bilinear" }).dataSync()], [1, 2, 4, 5]);
 * const aligned = { size: [1, 3], mode: "bilinear", alignCorners: true } as const;
 * assertEquals([...upsample(x, aligned).dataSync()], [1, 3, 5]);
 * ```
 *
 * @param x images, a float tensor.
 * @param options `size` of the result or `factor`, an integer or one for each axis; `mode`
 * ("nearest" by default); `alignCorners` (false by default); `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if x is no batch of images with pixels.
 * @throws {RangeError} if size, factor, mode or layout is none, or "nearest" is to align corners.
 * @throws {TypeError} if neither or both of size and factor are given.
 */
export function upsample(x: Tensor, options: UpsampleOptions): Tensor {
  const action = "apply upsample";
  options = checkOptions(action, options, UPSAMPLE_OPTIONS);
  checkFloats(action, { x });
  return onImages(
    { action, layout: options.layout, x },
    ([words], x) => upsampleGeometry(x, options, words),
    (g, x) => apply(resampleOp, { x }, g),
  );
}

/**
 * Computes the mean of each of so many windows that images of any size become images of one size.
 *
 * - **Formula**: `y[n, i, j, c]` is the mean of the rows from `floor(i H / OH)` to before
 *   `ceil((i + 1) H / OH)` and of the columns alike. So windows overlap, and differ in size, where
 *   OH does not divide H.
 * - **Shapes**: `[N, H, W, C]` -> `[N, OH, OW, C]`.
 * - **Gradient**: dy spread evenly over its window; where windows overlap, contributions add up.
 * - **Edge cases**: NaN spreads to every window it is in; a size larger than the image repeats
 *   pixels.
 * - **Source**: `adaptive_avg_pool2d` of PyTorch.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 3, 5], { shape: [1, 1, 3, 1] });
 * assertEquals([...adaptiveAvgPool(x, { size: [1, 2] }).dataSync()], [2, 4]);
 * ```
 *
 * @param x images, a float tensor.
 * @param options `size` of the result, `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if x is no batch of images with pixels.
 * @throws {RangeError} if size or layout is none.
 */
export function adaptiveAvgPool(x: Tensor, options: AdaptiveAvgPoolOptions): Tensor {
  const action = "apply adaptiveAvgPool";
  options = checkOptions(action, options, ADAPTIVE_OPTIONS);
  checkFloats(action, { x });
  return onImages(
    { action, layout: options.layout, x },
    ([words], x) => adaptiveAvgPoolGeometry(x, options.size, words),
    (g, x) => apply(resampleOp, { x }, g),
  );
}

/** The op of {@link upsample} and {@link adaptiveAvgPool}. */
export const resampleOp: Op<readonly ["x"], never, ResampleGeometry> = /* @__PURE__ */ defineOp({
  name: "resample",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: ResampleGeometry) => k.resample(x, g),
  backward: (dy, _saved, g) => ({
    x: () => apply(resampleOp, { x: dy }, adjointResampling(g)),
  }),
});
