/**
 * `log`: the natural logarithm of each element.
 *
 * The derivative of log is 1 / x.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { div } from "./div.ts";
import { applyFloat, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the natural logarithm of each element.
 *
 * - **Formula**: `y = log(x)`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy / x`.
 * - **Edge cases**: log(0) is -Infinity, of a negative number NaN; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { log, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(log(tensor([1])).toArray(), [0]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function log(x: Tensor): Tensor {
  if (arguments.length > 1) {
    refuseExtra("apply log", arguments, 1, "; divide by Math.log(base) for another base");
  }
  return applyFloat(logOp, x);
}

/** The op of {@link log}. */
export const logOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "log",
  ["x"],
  (dy, { x }) => div(dy, x),
);
