/**
 * `conv2d`: the cross-correlation of images with filters, as all CNNs mean it.
 *
 * It is linear in x and in w, so each gradient is an adjoint, an op with a kernel of its own:
 * `<conv(x, w), dy> = <x, gradX(dy, w)> = <w, gradW(dy, x)>`. The three ops are closed under
 * differentiation: the gradients of each are the other two. With `activation: "relu"` the op is
 * another one, which spares the pass over memory that relu alone would be.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  type Conv2dGeometry,
  conv2dGeometry,
  type Conv2dWindow,
  type ImageLayout,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Gradients, type Op, spend } from "../../src/core/op.ts";
import { sizeOf } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { type Activation, splitActivation } from "../fused_activation.ts";
import { once } from "../../src/core/once.ts";
import { reluGrad } from "../elementwise/relu.ts";
import { sum } from "../reduce/sum.ts";
import { CONVOLUTION, onImages } from "./layout.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends Conv2dWindow {
  /** Bias of every pixel, one number per filter, `[O]`; none by default. */
  readonly bias?: Tensor;
  /**
   * Order of the dimensions: `"NHWC"`, the default, or `"NCHW"`, with filters
   * `[O, C / groups, KH, KW]`, as PyTorch has them.
   */
  readonly layout?: ImageLayout;
  /**
   * Function of the result: `relu` (or `"relu"`) is `relu(conv2d(…))` bit for bit, and its
   * gradient, but faster: no pass over memory of its own, and one result less to keep. Any other
   * function is applied after. `"linear"`, no activation, by default.
   */
  readonly activation?: Activation;
}

const KNOWN = "stride padding dilation groups# bias activation layout";

/**
 * Computes the cross-correlation of images with filters.
 *
 * - **Formula**: `y[n, i, j, o] = bias[o] + sum x[n, i s + u d - p, j s + v d - p, c] w[u, v, c, o]`
 *   over the taps u, v and the channels c of the group of o, with stride s, dilation d, padding p;
 *   x is 0 outside.
 * - **Shapes**: x `[N, H, W, C]`, w `[KH, KW, C / groups, O]`, bias `[O]` -> y `[N, OH, OW, O]`
 *   with `OH = floor((H + top + bottom - (KH - 1) d - 1) / s) + 1`.
 * - **Gradient**: the adjoint in each of x, w and bias.
 * - **Layout**: with `"NCHW"` x is `[N, C, H, W]`, w `[O, C / groups, KH, KW]`, y `[N, O, OH, OW]`;
 *   the dimensions are put in the other order before and after, so that `"NHWC"` is faster.
 * - **Edge cases**: an empty batch gives an empty result; NaN and Infinity spread to every window
 *   they are in.
 * - **Source**: TensorFlow's `conv2d` and its "SAME" rule.
 *
 * @example A vertical edge filter
 * ```ts
 * import { conv2d, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor([1, 1, 0, 0, 1, 1, 0, 0], { shape: [1, 2, 4, 1] });
 * const w = tensor([1, -1], { shape: [1, 2, 1, 1] });
 * assertEquals(conv2d(x, w).shape, [1, 2, 3, 1]);
 * assertEquals([...conv2d(x, w).dataSync()], [0, 1, 0, 0, 1, 0]);
 * ```
 *
 * @param x images, a float tensor.
 * @param w filters, of x's dtype.
 * @param options `bias`; `activation`; `stride`, `dilation` (a number or `[h, w]`, 1 by default);
 * `padding` ("valid" by default); `groups` (1 by default; as many as channels is a depthwise
 * convolution); `layout` ("NHWC" by default).
 * @returns a new tensor of images.
 * @throws {ShapeError} if shapes or dtypes do not fit, or the filter does not fit the image.
 * @throws {RangeError} if stride, dilation, groups, padding, layout or activation is none.
 */
export function conv2d(x: Tensor, w: Tensor, options: Conv2dOptions = {}): Tensor {
  const action = "apply conv2d";
  options = checkOptions(action, options, KNOWN);
  const { bias, activation = "linear", layout } = options;
  checkFloats(action, { x, w }, { bias });
  const { fused, after } = splitActivation(action, activation);
  const op = fused === "relu" ? conv2dReluOp : conv2dOp;
  const y = onImages(
    { action, layout, x, filters: [{ w, kind: CONVOLUTION }] },
    ([words], x, w) => conv2dGeometry(x, w, bias?.shape, options, words),
    (g, x, w) => apply(op, { x, w, bias }, g),
  );
  return after === null ? y : after(y);
}

/** The op of {@link conv2d}. */
export const conv2dOp: Op<readonly ["x", "w", "bias?"], "x" | "w", Conv2dGeometry> =
  /* @__PURE__ */ defineOp({
    name: "conv2d",
    inputs: ["x", "w", "bias?"],
    reads: ["x", "w"],
    forward: (k, { x, w, bias }, g: Conv2dGeometry) => k.conv2d(x, w, bias ?? null, g),
    backward: (dy, saved, g) => gradients(() => dy, saved, g),
    flops,
  });

/** The op of {@link conv2d} with relu. Where y is positive, so is the input of relu. */
export const conv2dReluOp: Op<readonly ["x", "w", "bias?"], "x" | "w" | "y", Conv2dGeometry> =
  /* @__PURE__ */ defineOp({
    name: "conv2dRelu",
    inputs: ["x", "w", "bias?"],
    reads: ["x", "w", "y"],
    forward: (k, { x, w, bias }, g: Conv2dGeometry) => k.conv2d(x, w, bias ?? null, g, "relu"),
    backward: (dy, { y, ...saved }, g) => gradients(once(() => reluGrad(spend(dy), y)), saved, g),
    flops,
  });

/** Makes the gradients of a convolution; `dy` makes that of its result, before an activation. */
function gradients(
  dy: () => Tensor,
  { x, w }: { x: Tensor; w: Tensor },
  g: Conv2dGeometry,
): Gradients<readonly ["x", "w", "bias?"]> {
  return {
    x: () => apply(conv2dGradXOp, { dy: dy(), w }, g),
    w: () => apply(conv2dGradWOp, { dy: dy(), x }, g),
    bias: () => sum(dy(), { axis: [0, 1, 2] }),
  };
}

/** The gradient of conv2d with respect to x. */
export const conv2dGradXOp: Op<readonly ["dy", "w"], "dy" | "w", Conv2dGeometry> =
  /* @__PURE__ */ defineOp({
    name: "conv2dGradX",
    inputs: ["dy", "w"],
    reads: ["dy", "w"],
    forward: (k, { dy, w }, g: Conv2dGeometry) => k.conv2dGradX(dy, w, g),
    backward: (ddx, { dy, w }, g) => ({
      dy: () => apply(conv2dOp, { x: ddx, w }, g),
      w: () => apply(conv2dGradWOp, { dy, x: ddx }, g),
    }),
    flops,
  });

/** The gradient of conv2d with respect to w. */
export const conv2dGradWOp: Op<readonly ["dy", "x"], "dy" | "x", Conv2dGeometry> =
  /* @__PURE__ */ defineOp({
    name: "conv2dGradW",
    inputs: ["dy", "x"],
    reads: ["dy", "x"],
    forward: (k, { dy, x }, g: Conv2dGeometry) => k.conv2dGradW(dy, x, g),
    backward: (ddw, { dy, x }, g) => ({
      dy: () => apply(conv2dOp, { x, w: ddw }, g),
      x: () => apply(conv2dGradXOp, { dy, w: ddw }, g),
    }),
    flops,
  });

/** Counts a multiplication and an addition per output element and tap; the same for all three. */
function flops({ yShape, wShape }: Conv2dGeometry): number {
  const [height, width, perGroup] = wShape;
  return 2 * sizeOf(yShape) * height * width * perGroup;
}
