/**
 * `relu6`: each element between 0 and 6.
 *
 * Linear between its kinks: the gradient selects dy by x and is constant in x.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";

/**
 * Limits each element to at least 0 and at most 6.
 *
 * - **Formula**: `y = min(max(x, 0), 6)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy` where `0 < x < 6`, else 0: 0 at both kinks.
 * - **Edge cases**: where x is NaN, y and dx are NaN.
 * - **Source**: Howard et al. 2017, MobileNets; PyTorch's convention at the kinks.
 *
 * @example
 * ```ts
 * import { relu6, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(relu6(tensor([-1, 2, 9])).toArray(), [0, 2, 6]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function relu6(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply relu6", arguments, 1);
  return applyActivation(relu6Op, x, {});
}

const relu6Ops = /* @__PURE__ */ defineActivation("relu6", null);

/** The op of {@link relu6}. */
export const relu6Op: ActivationOp<"relu6"> = relu6Ops.op;

/** Its gradient. */
export const relu6GradOp: ActivationGradOp<"relu6"> = relu6Ops.gradOp;
