/**
 * `reciprocal`: 1 over each element.
 *
 * The derivative is minus the square of the result.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { square } from "./square.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes 1 over each element.
 *
 * - **Formula**: `y = 1 / x`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = -dy · y²`.
 * - **Edge cases**: ±0 gives ±Infinity, ±Infinity gives ±0; NaN stays NaN.
 * - **Source**: `reciprocal` of NumPy, PyTorch and ONNX, which take no integers here.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reciprocal(tensor([4, Infinity])).toArray(), [0.25, 0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function reciprocal(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply reciprocal", arguments, 1);
  return applyFloat(reciprocalOp, x);
}

/** The op of {@link reciprocal}. */
export const reciprocalOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "reciprocal",
  ["y"],
  (dy, { y }) => neg(mul(dy, square(y))),
);
