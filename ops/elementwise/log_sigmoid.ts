/**
 * `logSigmoid`: the logarithm of the logistic function.
 *
 * The gradient is an op of its own, one pass over x and dy; its own gradient is made of ops.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sigmoid } from "./sigmoid.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";

/**
 * Computes the logarithm of the logistic function.
 *
 * - **Formula**: `y = -log(1 + exp(-x))`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · sigmoid(-x)`.
 * - **Edge cases**: computed without overflow: logSigmoid(-1e4) is -1e4, logSigmoid(1e4) is 0; NaN
 *   stays NaN.
 *
 * @example
 * ```ts
 * import { logSigmoid, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logSigmoid(tensor([-1e4, 1e4])).toArray(), [-1e4, 0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function logSigmoid(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply logSigmoid", arguments, 1);
  return applyActivation(logSigmoidOp, x, {});
}

const logSigmoidOps = /* @__PURE__ */ defineActivation("logSigmoid", (v, x) => {
  return neg(mul(v, mul(sigmoid(x), sigmoid(neg(x)))));
});

/** The op of {@link logSigmoid}. */
export const logSigmoidOp: ActivationOp<"logSigmoid"> = logSigmoidOps.op;

/** Its gradient. */
export const logSigmoidGradOp: ActivationGradOp<"logSigmoid"> = logSigmoidOps.gradOp;
