/**
 * `sigmoid`: the logistic function of each element.
 *
 * The derivative of the logistic function s is s (1 - s): backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/**
 * Computes the logistic function of each element.
 *
 * - **Formula**: `y = 1 / (1 + exp(-x))`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · y · (1 - y)`.
 * - **Edge cases**: computed without overflow: sigmoid(-1e4) is 0, sigmoid(1e4) is 1; NaN stays
 *   NaN.
 *
 * @example
 * ```ts
 * import { sigmoid, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sigmoid(tensor([0])).toArray(), [0.5]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function sigmoid(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply sigmoid", arguments, 1);
  return applyFloat(sigmoidOp, x);
}

/** The op of {@link sigmoid}. */
export const sigmoidOp: UnaryOp<"y"> = /* @__PURE__ */ defineUnary(
  "sigmoid",
  ["y"],
  (dy, { y }) => mul(dy, mul(y, sub(1, y))),
);
