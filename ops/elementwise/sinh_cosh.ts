/**
 * `sinh` and `cosh`: the hyperbolic sine and cosine of each element.
 *
 * The derivative of each is the other, so they are in one file.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the hyperbolic sine of each element.
 *
 * - **Formula**: `y = (exp(x) - exp(-x)) / 2`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · cosh(x)`.
 * - **Edge cases**: ±Infinity stays; zeros keep their sign; NaN stays NaN.
 * - **Source**: `sinh` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { sinh, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sinh(tensor([0, Infinity])).toArray(), [0, Infinity]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function sinh(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply sinh", arguments, 1);
  return applyFloat(sinhOp, x);
}

/** The op of {@link sinh}. */
export const sinhOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "sinh",
  ["x"],
  (dy, { x }) => mul(dy, cosh(x)),
);

/**
 * Computes the hyperbolic cosine of each element.
 *
 * - **Formula**: `y = (exp(x) + exp(-x)) / 2`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · sinh(x)`.
 * - **Edge cases**: ±Infinity gives Infinity; NaN stays NaN.
 * - **Source**: `cosh` of NumPy, PyTorch and ONNX.
 *
 * @example
 * ```ts
 * import { cosh, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cosh(tensor([0, -Infinity])).toArray(), [1, Infinity]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function cosh(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply cosh", arguments, 1);
  return applyFloat(coshOp, x);
}

/** The op of {@link cosh}. */
export const coshOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "cosh",
  ["x"],
  (dy, { x }) => mul(dy, sinh(x)),
);
