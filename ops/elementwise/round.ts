/**
 * `round`: the integer nearest to each element.
 *
 * Constant between its jumps: its gradient is 0.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyFloat, defineFlat, type UnaryOp } from "./define.ts";

/**
 * Rounds each element to the nearest integer, halves to the even one.
 *
 * - **Formula**: `y = n` with `|x - n| <= 1/2`.
 * - **Shapes**: any, kept.
 * - **Gradient**: 0 everywhere, also where y jumps and there is no derivative.
 * - **Edge cases**: 0.5 gives 0, 1.5 and 2.5 give 2; infinities stay; NaN stays NaN.
 * - **Source**: IEEE 754, NumPy and PyTorch (`Math.round` takes halves up).
 *
 * @example
 * ```ts
 * import { round, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(round(tensor([0.5, 1.5, 2.5, -0.75])).toArray(), [0, 2, 2, -1]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function round(x: Tensor): Tensor {
  if (arguments.length > 1) {
    refuseExtra("apply round", arguments, 1, "; scale before and after for other digits");
  }
  return applyFloat(roundOp, x);
}

/** The op of {@link round}. */
export const roundOp: UnaryOp<never> = /* @__PURE__ */ defineFlat("round");
