/**
 * `neg`: the negative of each element.
 *
 * Linear: its gradient is itself.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyAny, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the negative of each element.
 *
 * - **Formula**: `y = -x`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = -dy`.
 * - **Edge cases**: integers wrap around, as NumPy's do; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { neg, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(neg(tensor([1, -2])).toArray(), [-1, 2]);
 * ```
 *
 * @param x any tensor.
 * @returns a tensor of x's shape and dtype.
 */
export function neg(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply neg", arguments, 1);
  return applyAny(negOp, x);
}

/** The op of {@link neg}. */
export const negOp: UnaryOp<never> = /* @__PURE__ */ defineUnary("neg", [], (dy) => neg(dy));
