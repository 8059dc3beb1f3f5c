/**
 * `ceil`: the integer above each element.
 *
 * Constant between its jumps: its gradient is 0.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyFloat, defineFlat, type UnaryOp } from "./define.ts";

/**
 * Rounds each element up to an integer.
 *
 * - **Formula**: `y = min { n integer: n >= x }`.
 * - **Shapes**: any, kept.
 * - **Gradient**: 0 everywhere, also where y jumps and there is no derivative.
 * - **Edge cases**: infinities stay; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { ceil, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(ceil(tensor([1.5, -1.5])).toArray(), [2, -1]);
 * ```
 *
 * @param x a float tensor.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x has an integer dtype.
 */
export function ceil(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply ceil", arguments, 1);
  return applyFloat(ceilOp, x);
}

/** The op of {@link ceil}. */
export const ceilOp: UnaryOp<never> = /* @__PURE__ */ defineFlat("ceil");
