/**
 * `cos`: the cosine of each element.
 *
 * The derivative of the cosine is the negative sine.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { sin } from "./sin_cos.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * The cosine of each element.
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
  return applyFloat(cosOp, x);
}

/** The op of {@link cos}. */
export const cosOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "cos",
  ["x"],
  (dy, { x }) => neg(mul(dy, sin(x))),
);
