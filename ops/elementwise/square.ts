/**
 * `square`: the square of each element.
 *
 * The derivative of x² is 2 x.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyAny, defineUnary, type UnaryOp } from "./define.ts";
import { mul } from "./mul.ts";

/**
 * Computes the square of each element.
 *
 * - **Formula**: `y = x²`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = 2 x · dy`.
 * - **Edge cases**: integers wrap around, as NumPy's do; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(square(tensor([3, -2])).toArray(), [9, 4]);
 * ```
 *
 * @param x any tensor.
 * @returns a tensor of x's shape and dtype.
 */
export function square(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply square", arguments, 1);
  return applyAny(squareOp, x);
}

/** The op of {@link square}. */
export const squareOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "square",
  ["x"],
  (dy, { x }) => mul(dy, mul(x, 2)),
);
