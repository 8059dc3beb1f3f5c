/**
 * `clip`: each element, but between bounds.
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
  checkNumber,
  defineActivation,
} from "./define_activation.ts";

/**
 * Limits each element to bounds.
 *
 * - **Formula**: `y = min(max(x, low), high)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy` where `low <= x <= high`, at the bounds too, else 0.
 * - **Edge cases**: where x is NaN, y and dx are NaN; a bound may be infinite.
 * - **Source**: PyTorch's `clamp`, its convention at the bounds too.
 *
 * @example
 * ```ts
 * import { clip, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(clip(tensor([-4, 0.5, 2]), 0, 1).toArray(), [0, 0.5, 1]);
 * ```
 *
 * @param x a float tensor.
 * @param low the lower bound.
 * @param high the upper bound.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 * @throws {RangeError} if a bound is no number, or low is above high.
 */
export function clip(x: Tensor, low: number, high: number): Tensor {
  if (arguments.length > 3) refuseExtra("apply clip", arguments, 3);
  checkNumber("apply clip", "low", low);
  checkNumber("apply clip", "high", high);
  if (low > high) {
    throw new RangeError(
      `Cannot apply clip: low must not be above high: low is ${low}, high is ${high}`,
    );
  }
  return applyActivation(clipOp, x, { low, high });
}

const clipOps = /* @__PURE__ */ defineActivation("clip", null);

/** The op of {@link clip}. */
export const clipOp: ActivationOp<"clip"> = clipOps.op;

/** Its gradient. */
export const clipGradOp: ActivationGradOp<"clip"> = clipOps.gradOp;
