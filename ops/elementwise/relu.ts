/**
 * `relu`: each element, or 0 where it is negative.
 *
 * Linear between its kinks: the gradient selects dy by x and is constant in x.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";

/**
 * Sets elements to 0 where they are negative.
 *
 * - **Formula**: `y = max(x, 0)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy` where `x > 0`, else 0: at the kink `relu'(0) = 0`.
 * - **Edge cases**: where x is NaN, y and dx are NaN.
 * - **Source**: PyTorch's and TensorFlow's convention at 0.
 *
 * @example
 * ```ts
 * import { relu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(relu(tensor([-1, 0, 2])).toArray(), [0, 0, 2]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function relu(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply relu", arguments, 1);
  return applyActivation(reluOp, x, {});
}

const reluOps = /* @__PURE__ */ defineActivation("relu", null);

/** The op of {@link relu}. */
export const reluOp: ActivationOp<"relu"> = reluOps.op;

/** The gradient of relu. */
export const reluGradOp: ActivationGradOp<"relu"> = reluOps.gradOp;

/**
 * Returns `dy` where x is positive, NaN where it is NaN, else 0; x may be the result of relu as
 * well.
 */
export function reluGrad(dy: Tensor, x: Tensor): Tensor {
  return apply(reluGradOp, { dy, x }, {});
}
