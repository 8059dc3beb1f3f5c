/**
 * `depthwiseConv2d`: filters that each see one channel.
 *
 * A convolution with a group for each channel, so its op and gradients are those of `conv2d`;
 * backends have kernels of their own for such groups.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  depthwiseConv2dGeometry,
  type DepthwiseConv2dWindow,
  type ImageLayout,
} from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { conv2dOp } from "./conv2d.ts";
import { DEPTHWISE, onImages } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dOptions extends DepthwiseConv2dWindow {
  /** Bias of every pixel, one number per filter, `[C M]`; none by default. */
  readonly bias?: Tensor;
  /**
   * Order of the dimensions: `"NHWC"`, the default, or `"NCHW"`, with filters `[C M, 1, KH, KW]`,
   * as PyTorch has them.
   */
  readonly layout?: ImageLayout;
}

const KNOWN = "stride padding dilation bias layout";

/**
 * Computes the cross-correlation of each channel with filters of its own: M results for each
 * channel.
 *
 * - **Formula**: `y[n, i, j, c M + m] = bias[c M + m] + sum x[n, i s + u d - p, j s + v d - p, c] w[u, v, c, m]`
 *   over the taps u, v.
 * - **Shapes**: x `[N, H, W, C]`, w `[KH, KW, C, M]`, bias `[C M]` -> y `[N, OH, OW, C M]`, sizes
 *   as in `conv2d`.
 * - **Gradient**: the adjoint in each of x, w and bias.
 * - **Layout**: with `"NCHW"` x is `[N, C, H, W]`, w `[C M, 1, KH, KW]`.
 * - **Edge cases**: NaN and Infinity spread to every window they are in.
 * - **Source**: TensorFlow's `depthwise_conv2d` (which has no unequal strides, and no dilation with
 *   strides).
 *
 * @example
 * ```ts
 * import { depthwiseConv2d, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 10, 2, 20], { shape: [1, 1, 2, 2] }); // two pixels, two channels
 * const w = tensor([1, 1, -1, 3], { shape: [1, 2, 2, 1] }); // a sum of pixels with other weights
 * assertEquals([...depthwiseConv2d(x, w).dataSync()], [-1, 70]);
 * ```
 *
 * @param x images, a float tensor.
 * @param w filters, of x's dtype.
 * @param options `bias`; `stride`, `dilation` (a number or `[h, w]`, 1 by default); `padding`
 * ("valid" by default); `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if shapes or dtypes do not fit, or the filter does not fit the image.
 * @throws {RangeError} if stride, dilation, padding or layout is none.
 */
export function depthwiseConv2d(
  x: Tensor,
  w: Tensor,
  options: DepthwiseConv2dOptions = {},
): Tensor {
  const action = "apply depthwiseConv2d";
  options = checkOptions(action, options, KNOWN);
  const { bias, layout } = options;
  checkFloats(action, { x, w }, { bias });
  return onImages(
    { action, layout, x, filters: [{ w, kind: DEPTHWISE }] },
    ([words], x, w) => depthwiseConv2dGeometry(x, w, bias?.shape, options, words),
    (g, x, w) => apply(conv2dOp, { x, w, bias }, g),
  );
}
