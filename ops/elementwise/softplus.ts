/**
 * `softplus`: a smooth relu.
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
 * Computes a smooth relu.
 *
 * - **Formula**: `y = log(1 + exp(x))`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · sigmoid(x)`.
 * - **Edge cases**: computed without overflow: softplus(1e4) is 1e4, softplus(-1e4) is 0; NaN stays
 *   NaN.
 *
 * @example
 * ```ts
 * import { softplus, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(softplus(tensor([1e4, -1e4])).toArray(), [1e4, 0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function softplus(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply softplus", arguments, 1);
  return applyActivation(softplusOp, x, {});
}

const softplusOps = /* @__PURE__ */ defineActivation("softplus", (v, x) => {
  return mul(v, mul(sigmoid(x), sigmoid(neg(x))));
});

/** The op of {@link softplus}. */
export const softplusOp: ActivationOp<"softplus"> = softplusOps.op;

/** Its gradient. */
export const softplusGradOp: ActivationGradOp<"softplus"> = softplusOps.gradOp;
