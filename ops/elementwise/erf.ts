/**
 * `erf`: the error function of each element.
 *
 * The derivative is the Gaussian under the integral.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { exp } from "./exp.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

const RATE = 2 / Math.sqrt(Math.PI);

/**
 * Computes the error function of each element.
 *
 * - **Formula**: `y = 2 / sqrt(pi) · ∫ exp(-t²) dt` from 0 to x.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · 2 / sqrt(pi) · exp(-x²)`.
 * - **Edge cases**: ±Infinity gives ±1; NaN stays NaN.
 * - **Source**: Abramowitz and Stegun 7.1.1.
 *
 * @example
 * ```ts
 * import { erf, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(erf(tensor([0, Infinity])).toArray(), [0, 1]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function erf(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply erf", arguments, 1);
  return applyFloat(erfOp, x);
}

/** The op of {@link erf}. */
export const erfOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "erf",
  ["x"],
  (dy, { x }) => mul(dy, mul(exp(neg(square(x))), RATE)),
);
