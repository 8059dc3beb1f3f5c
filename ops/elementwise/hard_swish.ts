/**
 * `hardSwish`: each element times its hard sigmoid.
 *
 * The gradient is an op of its own, one pass over x and dy; its own gradient is made of ops.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { hardSigmoidGradOp } from "./hard_sigmoid.ts";
import { mul } from "./mul.ts";
import {
  type ActivationGradOp,
  type ActivationOp,
  applyActivation,
  defineActivation,
} from "./define_activation.ts";

/**
 * Multiplies each element by its hard sigmoid.
 *
 * - **Formula**: `y = x · min(max(x / 6 + 1/2, 0), 1)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · (x / 3 + 1/2)` where `-3 < x < 3`, 0 up to -3, dy from 3 up.
 * - **Edge cases**: -Infinity gives its limit, 0; where x is NaN, y and dx are NaN.
 * - **Source**: Howard et al. 2019, Searching for MobileNetV3; PyTorch's convention at the kinks.
 *
 * @example
 * ```ts
 * import { hardSwish, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hardSwish(tensor([-4, 0, 4])).toArray(), [0, 0, 4]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function hardSwish(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply hardSwish", arguments, 1);
  return applyActivation(hardSwishOp, x, {});
}

// The second derivative is 1 / 3 between the kinks, twice the first of hardSigmoid.
const hardSwishOps = /* @__PURE__ */ defineActivation(
  "hardSwish",
  (v, x) => apply(hardSigmoidGradOp, { dy: mul(v, 2), x }, {}),
);

/** The op of {@link hardSwish}. */
export const hardSwishOp: ActivationOp<"hardSwish"> = hardSwishOps.op;

/** Its gradient. */
export const hardSwishGradOp: ActivationGradOp<"hardSwish"> = hardSwishOps.gradOp;
