/**
 * `sin` and `cos`: the sine and the cosine of each element.
 *
 * The derivative of the sine is the cosine, that of the cosine the negative sine: each is defined
 * with the other, so they are in one file.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the sine of each element.
 *
 * - **Formula**: `y = sin(x)`, x in radians.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · cos(x)`.
 * - **Edge cases**: arguments of any size are reduced exactly; infinities give NaN; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { sin, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sin(tensor([0])).toArray(), [0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function sin(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply sin", arguments, 1);
  return applyFloat(sinOp, x);
}

/** The op of {@link sin}. */
export const sinOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "sin",
  ["x"],
  (dy, { x }) => mul(dy, cos(x)),
);

/**
 * Computes the cosine of each element.
 *
 * - **Formula**: `y = cos(x)`, x in radians.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = -dy · sin(x)`.
 * - **Edge cases**: arguments of any size are reduced exactly; infinities give NaN; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { cos, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cos(tensor([0])).toArray(), [1]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function cos(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply cos", arguments, 1);
  return applyFloat(cosOp, x);
}

/** The op of {@link cos}. */
export const cosOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "cos",
  ["x"],
  (dy, { x }) => neg(mul(dy, sin(x))),
);
