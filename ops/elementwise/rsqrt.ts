/**
 * `rsqrt`: 1 over the square root of each element.
 *
 * The derivative is a cube of the result.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes 1 over the square root of each element.
 *
 * - **Formula**: `y = 1 / sqrt(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = -dy · y³ / 2`.
 * - **Edge cases**: ±0 gives ±Infinity, Infinity gives 0; below 0 NaN; NaN stays NaN.
 * - **Source**: `rsqrt` of PyTorch and TensorFlow.
 *
 * @example
 * ```ts
 * import { rsqrt, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rsqrt(tensor([4, 0, -1])).toArray(), [0.5, Infinity, NaN]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function rsqrt(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply rsqrt", arguments, 1);
  return applyFloat(rsqrtOp, x);
}

/** The op of {@link rsqrt}. */
export const rsqrtOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "rsqrt",
  ["y"],
  (dy, { y }) => mul(dy, mul(mul(y, square(y)), -0.5)),
);
