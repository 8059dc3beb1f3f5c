/**
 * `separableConv2d`: a depthwise convolution, then a mixture of channels at each pixel.
 *
 * Made of these two, and so are its gradients.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import {
  conv2dGeometry,
  depthwiseConv2dGeometry,
  type DepthwiseConv2dWindow,
  type ImageLayout,
} from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import { formatShape, type Shape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { conv2dOp } from "./conv2d.ts";
import { CONVOLUTION, DEPTHWISE, formatFilters, onImages } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link separableConv2d}. */
export interface SeparableConv2dOptions extends DepthwiseConv2dWindow {
  /** Bias of every pixel of the result, one number per filter, `[O]`; none by default. */
  readonly bias?: Tensor;
  /**
   * Order of the dimensions: `"NHWC"`, the default, or `"NCHW"`, with filters `[C M, 1, KH, KW]`
   * and `[O, C M, 1, 1]`, as PyTorch has them.
   */
  readonly layout?: ImageLayout;
}

const KNOWN = "stride padding dilation bias layout";

const ACTION = "apply separableConv2d";

/**
 * Applies a depthwise convolution followed by a 1 x 1 convolution: far fewer weights than one of
 * both at once.
 *
 * - **Formula**: `conv2d(depthwiseConv2d(x, w, options), pointwise, { bias })`.
 * - **Shapes**: x `[N, H, W, C]`, w `[KH, KW, C, M]`, pointwise `[1, 1, C M, O]`, bias `[O]` -> y
 *   `[N, OH, OW, O]`, sizes as in `conv2d`.
 * - **Gradient**: those of the two convolutions.
 * - **Layout**: with `"NCHW"` x is `[N, C, H, W]`, w `[C M, 1, KH, KW]`, pointwise
 *   `[O, C M, 1, 1]`.
 * - **Edge cases**: NaN spreads to every window it is in.
 * - **Source**: TensorFlow's `separable_conv2d`; Chollet, "Xception" (2017).
 *
 * @example
 * ```ts
 * import { separableConv2d, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 10, 2, 20], { shape: [1, 1, 2, 2] }); // two pixels, two channels
 * const w = tensor([1, 1, 1, 1], { shape: [1, 2, 2, 1] }); // sums over the pixels: 3 and 30
 * const pointwise = tensor([1, 2], { shape: [1, 1, 2, 1] });
 * assertEquals([...separableConv2d(x, w, pointwise).dataSync()], [63]);
 * ```
 *
 * @param x images, a float tensor.
 * @param w filters of the depthwise convolution, of x's dtype.
 * @param pointwise weights of the mixture, of x's dtype.
 * @param options `bias`; `stride`, `dilation` (a number or `[h, w]`, 1 by default); `padding`
 * ("valid" by default); `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if shapes or dtypes do not fit, or the filter does not fit the image.
 * @throws {RangeError} if stride, dilation, padding or layout is none.
 */
export function separableConv2d(
  x: Tensor,
  w: Tensor,
  pointwise: Tensor,
  options: SeparableConv2dOptions = {},
): Tensor {
  options = checkOptions(ACTION, options, KNOWN);
  const { bias, layout = "NHWC" } = options;
  checkFloats(ACTION, { x, w, pointwise }, { bias });
  const filters = [{ w, kind: DEPTHWISE }, { w: pointwise, kind: CONVOLUTION }];
  return onImages(
    { action: ACTION, layout, x, filters },
    ([wordsOfW, wordsOfPointwise], x, w, mixing) => {
      const each = depthwiseConv2dGeometry(x, w, undefined, options, wordsOfW);
      checkPointwise(mixing, each.outChannels, pointwise.shape, layout);
      return [each, conv2dGeometry(each.yShape, mixing, bias?.shape, {}, wordsOfPointwise)];
    },
    ([each, mixed], x, w, mixing) => {
      const y = apply(conv2dOp, { x, w }, each);
      return apply(conv2dOp, { x: y, w: mixing, bias }, mixed);
    },
  );
}

function checkPointwise(
  [height, width, from, ...others]: Shape,
  channels: number,
  given: Shape,
  layout: ImageLayout,
): void {
  if (others.length === 1 && height === 1 && width === 1 && from === channels) return;
  throw new ShapeError(
    `Cannot ${ACTION}: pointwise must mix what w makes, ` +
      `${formatFilters(layout, [1, 1, channels, "O"])}: pointwise is ${formatShape(given)}`,
  );
}
