/**
 * `conv2dTranspose`: the adjoint of a convolution, which makes images larger.
 *
 * It is the gradient of `conv2d` with respect to x, applied as an operation of its own; so its op
 * is `conv2dGradX`, and its gradients are convolutions.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  conv2dTransposeGeometry,
  type Conv2dTransposeWindow,
  type ImageLayout,
} from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { conv2dGradXOp } from "./conv2d.ts";
import { onImages, TRANSPOSED } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends Conv2dTransposeWindow {
  /** Bias of every pixel, one number per channel of the result, `[O]`; none by default. */
  readonly bias?: Tensor;
  /**
   * Order of the dimensions: `"NHWC"`, the default, or `"NCHW"`, with filters
   * `[C, O / groups, KH, KW]`, as PyTorch has them.
   */
  readonly layout?: ImageLayout;
}

const KNOWN = "stride padding dilation groups# outputPadding bias layout";

/**
 * Computes the transposed convolution of images with filters: each pixel of x adds the filter,
 * weighted by it, to the result. Also called deconvolution.
 *
 * - **Formula**: `y[n, i s + u d - p, j s + v d - p, o] = bias[o] + sum x[n, i, j, c] w[u, v, o, c]`
 *   over the i, j, u, v that lead there and the channels c of the group of o: the gradient of a
 *   `conv2d` from images like y to images like x, with the same filters and options.
 * - **Shapes**: x `[N, H, W, C]`, w `[KH, KW, O / groups, C]`, bias `[O]` -> y `[N, OH, OW, O]`
 *   with `OH = (H - 1) s - top - bottom + (KH - 1) d + 1 + outputPadding`, PyTorch's rule; with
 *   padding "same" `OH = H s`, TensorFlow's.
 * - **Gradient**: the `conv2d` of dy for x, the gradient of its filters for w, sums for bias.
 * - **Layout**: with `"NCHW"` x is `[N, C, H, W]`, w `[C, O / groups, KH, KW]`.
 * - **Edge cases**: pixels that no filter reaches are 0 (or bias); NaN spreads to every pixel its
 *   filter reaches.
 * - **Source**: `conv_transpose2d` of PyTorch, `conv2d_transpose` of TensorFlow.
 *
 * @example Twice as large
 * ```ts
 * import { conv2dTranspose, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 2], { shape: [1, 1, 2, 1] });
 * const w = tensor([1, 10, 100], { shape: [1, 3, 1, 1] });
 * const y = conv2dTranspose(x, w, { stride: [1, 2] });
 * assertEquals([...y.dataSync()], [1, 10, 102, 20, 200]);
 * ```
 *
 * @param x images, a float tensor.
 * @param w filters, of x's dtype.
 * @param options `bias`; `stride`, `dilation` (a number or `[h, w]`, 1 by default); `padding`
 * ("valid" by default), which is cut off the result; `outputPadding` (0 by default, smaller than
 * stride or dilation); `groups` (1 by default); `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if shapes or dtypes do not fit, or the result would have no pixel.
 * @throws {RangeError} if stride, dilation, groups, padding, outputPadding or layout is none.
 */
export function conv2dTranspose(
  x: Tensor,
  w: Tensor,
  options: Conv2dTransposeOptions = {},
): Tensor {
  const action = "apply conv2dTranspose";
  options = checkOptions(action, options, KNOWN);
  const { bias, layout } = options;
  checkFloats(action, { x, w }, { bias });
  return onImages(
    { action, layout, x, filters: [{ w, kind: TRANSPOSED }] },
    ([words], x, w) => conv2dTransposeGeometry(x, w, bias?.shape, options, words),
    (g, x, w) => {
      const y = apply(conv2dGradXOp, { dy: x, w }, g);
      return bias === undefined ? y : add(y, bias);
    },
  );
}
