/**
 * `sqrt`: the square root of each element.
 *
 * The derivative of sqrt is 1 / (2 sqrt(x)): backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { div } from "./div.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";
import { mul } from "./mul.ts";

/**
 * Computes the square root of each element.
 *
 * - **Formula**: `y = sqrt(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / (2 y)`; infinite at 0.
 * - **Edge cases**: of a negative number NaN; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { sqrt, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sqrt(tensor([9])).toArray(), [3]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function sqrt(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply sqrt", arguments, 1);
  return applyFloat(sqrtOp, x);
}

/** The op of {@link sqrt}. */
export const sqrtOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "sqrt",
  ["y"],
  (dy, { y }) => div(dy, mul(y, 2)),
);
