/**
 * `hardSigmoid`: a sigmoid of three lines.
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
 * Computes a sigmoid of three straight lines.
 *
 * - **Formula**: `y = min(max(x / 6 + 1/2, 0), 1)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / 6` where `-3 < x < 3`, else 0: 0 at both kinks.
 * - **Edge cases**: where x is NaN, y and dx are NaN.
 * - **Source**: Howard et al. 2019, Searching for MobileNetV3; PyTorch's convention at the kinks.
 *
 * @example
 * ```ts
 * import { hardSigmoid, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hardSigmoid(tensor([-4, 0, 4])).toArray(), [0, 0.5, 1]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function hardSigmoid(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply hardSigmoid", arguments, 1);
  return applyActivation(hardSigmoidOp, x, {});
}

const hardSigmoidOps = /* @__PURE__ */ defineActivation("hardSigmoid", null);

/** The op of {@link hardSigmoid}. */
export const hardSigmoidOp: ActivationOp<"hardSigmoid"> = hardSigmoidOps.op;

/** Its gradient. */
export const hardSigmoidGradOp: ActivationGradOp<"hardSigmoid"> = hardSigmoidOps.gradOp;
