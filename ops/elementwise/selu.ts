/**
 * `selu`: the scaled exponential linear unit.
 *
 * An `elu` whose two sides are scaled by constants.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyActivation } from "./define_activation.ts";
import { eluOp } from "./elu.ts";

/** The fixed point of mean 0 and variance 1; of the paper, page 5. */
const SCALE = 1.0507009873554805;
const ALPHA = 1.6732632423543772;

/**
 * Computes the scaled exponential linear unit, which keeps mean 0 and variance 1.
 *
 * - **Formula**: `y = scale · x` where `x > 0`, else `scale · alpha · (exp(x) - 1)`; scale 1.0507…,
 *   alpha 1.6733….
 * - **Shapes**: any, kept.
 * - **Gradient**: that of elu, scaled: `scale · alpha · dy` at 0.
 * - **Edge cases**: -Infinity gives its limit, -1.7581…; where x is NaN, y and dx are NaN.
 * - **Source**: Klambauer et al. 2017, Self-Normalizing Neural Networks.
 *
 * @example
 * ```ts
 * import { selu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(selu(tensor([0])).toArray(), [0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function selu(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply selu", arguments, 1);
  return applyActivation(eluOp, x, { above: SCALE, below: SCALE * ALPHA });
}
