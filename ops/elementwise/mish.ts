/**
 * `mish`: each element times the tanh of its softplus.
 *
 * The gradient is an op of its own, one pass over x and dy; its own gradient is made of ops.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { clip } from "./clip.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sigmoid } from "./sigmoid.ts";
import { softplus } from "./softplus.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";

/** Beyond this far from 0 the second derivative is 0 in float64. */
const FAR = 800;

/**
 * Multiplies each element by the hyperbolic tangent of its softplus.
 *
 * - **Formula**: `y = x · tanh(log(1 + exp(x)))`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · (t + x · sigmoid(x) · (1 - t²))`, `t = tanh(log(1 + exp(x)))`.
 * - **Edge cases**: -Infinity gives its limit, 0; NaN stays NaN.
 * - **Source**: Misra 2020.
 *
 * @example
 * ```ts
 * import { mish, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mish(tensor([0, -Infinity])).toArray(), [0, 0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function mish(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply mish", arguments, 1);
  return applyActivation(mishOp, x, {});
}

const mishOps = /* @__PURE__ */ defineActivation("mish", (v, x) => {
  const near = clip(x, -FAR, FAR);
  const [gate, rate] = [tanh(softplus(near)), sigmoid(near)];
  const rest = sub(1, square(gate));
  const bend = sub(sigmoid(neg(near)), mul(mul(gate, rate), 2));
  return mul(v, mul(mul(rest, rate), add(2, mul(near, bend))));
});

/** The op of {@link mish}. */
export const mishOp: ActivationOp<"mish"> = mishOps.op;

/** Its gradient. */
export const mishGradOp: ActivationGradOp<"mish"> = mishOps.gradOp;
