/**
 * `globalMaxPool` and `globalAvgPool`: the maximum and the mean of each channel of an image.
 *
 * Reductions over the image axes, in either layout; so are their gradients.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { type ImageLayout, imagesIn, imagesLast } from "../../src/core/geometry/mod.ts";
import { formatShape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { max } from "../reduce/max.ts";
import { mean } from "../reduce/mean.ts";
import { pixelAxes } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link globalMaxPool} and {@link globalAvgPool}. */
export interface GlobalPoolOptions {
  /** Keep height and width, with size 1; by default they vanish. */
  readonly keepDims?: boolean;
  /** Order of the dimensions of images; `"NHWC"` by default. */
  readonly layout?: ImageLayout;
}

const KNOWN = "keepDims? layout";

/**
 * Computes the maximum of each channel of an image.
 *
 * - **Formula**: `y[n, c] = max x[n, i, j, c]` over all pixels i, j.
 * - **Shapes**: `[N, H, W, C]` -> `[N, C]`, or `[N, 1, 1, C]` with `keepDims`.
 * - **Gradient**: all of dy to the first maximum in row-major order.
 * - **Edge cases**: NaN is above all, the first one takes the gradient; images without pixels are
 *   refused.
 * - **Source**: Keras' `GlobalMaxPooling2D`.
 *
 * @example
 * ```ts
 * import { globalMaxPool, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 20, 3, 10], { shape: [1, 1, 2, 2] }); // two pixels, two channels
 * assertEquals(globalMaxPool(x).toArray(), [[3, 20]]);
 * ```
 *
 * @param x images, a float tensor.
 * @param options `keepDims` (false by default), `layout` ("NHWC" by default).
 * @returns a row for each image.
 * @throws {ShapeError} if x is no batch of images with pixels.
 * @throws {RangeError} if layout is none.
 */
export function globalMaxPool(x: Tensor, options: GlobalPoolOptions = {}): Tensor {
  return max(x, pixels("apply globalMaxPool", x, options));
}

/**
 * Computes the mean of each channel of an image.
 *
 * - **Formula**: `y[n, c] = sum x[n, i, j, c] / (H W)` over all pixels i, j.
 * - **Shapes**: `[N, H, W, C]` -> `[N, C]`, or `[N, 1, 1, C]` with `keepDims`.
 * - **Gradient**: `dy / (H W)` to every pixel.
 * - **Edge cases**: NaN spreads to its channel; images without pixels are refused.
 * - **Source**: Keras' `GlobalAveragePooling2D`; Lin, Chen, Yan, "Network In Network" (2013).
 *
 * @example
 * ```ts
 * import { globalAvgPool, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 20, 3, 10], { shape: [1, 1, 2, 2] }); // two pixels, two channels
 * assertEquals(globalAvgPool(x).toArray(), [[2, 15]]);
 * ```
 *
 * @param x images, a float tensor.
 * @param options `keepDims` (false by default), `layout` ("NHWC" by default).
 * @returns a row for each image.
 * @throws {ShapeError} if x is no batch of images with pixels.
 * @throws {RangeError} if layout is none.
 */
export function globalAvgPool(x: Tensor, options: GlobalPoolOptions = {}): Tensor {
  return mean(x, pixels("apply globalAvgPool", x, options));
}

/** Adds the axes of pixels to the options of a reduction. */
function pixels(
  action: string,
  x: Tensor,
  options: GlobalPoolOptions,
): { axis: number[]; keepDims: boolean } {
  const { keepDims = false, layout = "NHWC" } = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  const words = imagesIn(layout, action, x.shape);
  const [, height, width] = imagesLast(layout, x.shape);
  if (x.rank !== 4 || height * width < 1) {
    throw new ShapeError(
      `Cannot ${action}: x must be ${words.images} of at least one pixel: x is ` +
        formatShape(x.shape),
    );
  }
  return { axis: pixelAxes(layout), keepDims };
}
