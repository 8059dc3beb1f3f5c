/**
 * `expm1`: the exponential of each element, less 1.
 *
 * The derivative is exp = y + 1: backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the exponential of each element, less 1, with all digits near 0.
 *
 * - **Formula**: `y = exp(x) - 1`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · (y + 1)`.
 * - **Edge cases**: large x overflows to Infinity, -Infinity gives -1; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { expm1, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expm1(tensor([1e-20], { dtype: "float64" })).toArray(), [1e-20]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function expm1(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply expm1", arguments, 1);
  return applyFloat(expm1Op, x);
}

/** The op of {@link expm1}. */
export const expm1Op: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "expm1",
  ["y"],
  (dy, { y }) => mul(dy, add(y, 1)),
);
