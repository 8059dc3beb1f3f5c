/**
 * `asin`: the inverse sine of each element.
 *
 * The derivative is that of the inverse of a sine, by the cosine of its angle.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { rsqrt } from "./rsqrt.ts";
import { sub } from "./sub.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the angle between -pi / 2 and pi / 2 whose sine is each element, in radians.
 *
 * - **Formula**: `y = arcsin(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / sqrt(1 - x²)`: infinite at ±1.
 * - **Edge cases**: outside of [-1, 1] NaN; zeros keep their sign; NaN stays NaN.
 * - **Source**: `asin` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { asin, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(asin(tensor([0, 2])).toArray(), [0, NaN]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function asin(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply asin", arguments, 1);
  return applyFloat(asinOp, x);
}

/** The op of {@link asin}. */
export const asinOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "asin",
  ["x"],
  (dy, { x }) => mul(dy, rsqrt(mul(sub(1, x), add(1, x)))),
);
