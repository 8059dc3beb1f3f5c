/**
 * `acosh`: the inverse hyperbolic cosine of each element.
 *
 * The derivative is a product of inverse roots, NaN where the function is.
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
 * Computes the number from 0 up whose hyperbolic cosine is each element.
 *
 * - **Formula**: `y = log(x + sqrt(x² - 1))`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / (sqrt(x - 1) · sqrt(x + 1))`: infinite at 1.
 * - **Edge cases**: below 1 NaN; Infinity stays; NaN stays NaN.
 * - **Source**: `acosh` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { acosh, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(acosh(tensor([1, 0.5])).toArray(), [0, NaN]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function acosh(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply acosh", arguments, 1);
  return applyFloat(acoshOp, x);
}

/** The op of {@link acosh}. */
export const acoshOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "acosh",
  ["x"],
  (dy, { x }) => mul(dy, mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1)))),
);
