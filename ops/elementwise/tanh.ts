/**
 * `tanh`: the hyperbolic tangent of each element.
 *
 * The derivative of tanh is 1 - tanh²: backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

/**
 * Computes the hyperbolic tangent of each element.
 *
 * - **Formula**: `y = tanh(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · (1 - y²)`.
 * - **Edge cases**: ±Infinity gives ±1; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { tanh, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tanh(tensor([0])).toArray(), [0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function tanh(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply tanh", arguments, 1);
  return applyFloat(tanhOp, x);
}

/** The op of {@link tanh}. */
export const tanhOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "tanh",
  ["y"],
  (dy, { y }) => mul(dy, sub(1, square(y))),
);
