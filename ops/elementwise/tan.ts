/**
 * `tan`: the tangent of each element.
 *
 * The derivative of the tangent is 1 + tan²: backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the tangent of each element.
 *
 * - **Formula**: `y = tan(x)`, x in radians.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · (1 + y²)`.
 * - **Edge cases**: arguments of any size are reduced exactly; no float is a pole; infinities give
 *   NaN; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { tan, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tan(tensor([0])).toArray(), [0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function tan(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply tan", arguments, 1);
  return applyFloat(tanOp, x);
}

/** The op of {@link tan}. */
export const tanOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "tan",
  ["y"],
  (dy, { y }) => mul(dy, add(square(y), 1)),
);
