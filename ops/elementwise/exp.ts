/**
 * `exp`: the exponential of each element.
 *
 * The derivative of exp is exp: backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";
import { mul } from "./mul.ts";

/**
 * Computes the exponential of each element.
 *
 * - **Formula**: `y = exp(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · y`.
 * - **Edge cases**: large x overflows to Infinity; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { exp, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exp(tensor([0])).toArray(), [1]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function exp(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply exp", arguments, 1);
  return applyFloat(expOp, x);
}

/** The op of {@link exp}. */
export const expOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "exp",
  ["y"],
  (dy, { y }) => mul(dy, y),
);
