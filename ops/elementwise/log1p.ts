/**
 * `log1p`: the logarithm of 1 and each element.
 *
 * The derivative is 1 / (1 + x).
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the natural logarithm of 1 plus each element, with all digits near 0.
 *
 * - **Formula**: `y = log(1 + x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / (1 + x)`.
 * - **Edge cases**: log1p(-1) is -Infinity, below it is NaN; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { log1p, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(log1p(tensor([1e-20], { dtype: "float64" })).toArray(), [1e-20]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function log1p(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply log1p", arguments, 1);
  return applyFloat(log1pOp, x);
}

/** The op of {@link log1p}. */
export const log1pOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "log1p",
  ["x"],
  (dy, { x }) => div(dy, add(x, 1)),
);
