/**
 * `atan`: the inverse tangent of each element.
 *
 * The derivative is a quotient of the square of x.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { div } from "./div.ts";
import { square } from "./square.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the angle between -pi / 2 and pi / 2 whose tangent is each element, in radians.
 *
 * - **Formula**: `y = arctan(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / (1 + x²)`.
 * - **Edge cases**: ±Infinity gives ±pi / 2; zeros keep their sign; NaN stays NaN.
 * - **Source**: `atan` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { atan, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(atan(tensor([0])).toArray(), [0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function atan(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply atan", arguments, 1);
  return applyFloat(atanOp, x);
}

/** The op of {@link atan}. */
export const atanOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "atan",
  ["x"],
  (dy, { x }) => div(dy, add(1, square(x))),
);
