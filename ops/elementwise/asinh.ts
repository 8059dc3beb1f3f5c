/**
 * `asinh`: the inverse hyperbolic sine of each element.
 *
 * The derivative is an inverse root of the square of x.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { rsqrt } from "./rsqrt.ts";
import { square } from "./square.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the number whose hyperbolic sine is each element.
 *
 * - **Formula**: `y = log(x + sqrt(x² + 1))`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / sqrt(x² + 1)`.
 * - **Edge cases**: ±Infinity stays; zeros keep their sign; NaN stays NaN.
 * - **Source**: `asinh` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { asinh, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(asinh(tensor([0, Infinity])).toArray(), [0, Infinity]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function asinh(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply asinh", arguments, 1);
  return applyFloat(asinhOp, x);
}

/** The op of {@link asinh}. */
export const asinhOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "asinh",
  ["x"],
  (dy, { x }) => mul(dy, rsqrt(add(square(x), 1))),
);
