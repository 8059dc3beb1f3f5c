/**
 * `sign`: -1, 0 or 1.
 *
 * Constant between its jumps: its gradient is 0.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyAny, defineFlat, type UnaryOp } from "./define.ts";

/**
 * Computes the sign of each element.
 *
 * - **Formula**: `y = -1` below 0, `1` above, `0` at 0.
 * - **Shapes**: any, kept.
 * - **Gradient**: 0 everywhere, also where y jumps and there is no derivative.
 * - **Edge cases**: zeros keep their sign; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { sign, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sign(tensor([-2, 0, 7])).toArray(), [-1, 0, 1]);
 * ```
 *
 * @param x any tensor.
 * @returns a tensor of x's shape and dtype.
 */
export function sign(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply sign", arguments, 1);
  return applyAny(signOp, x);
}

/** The op of {@link sign}. */
export const signOp: UnaryOp<never> = /* @__PURE__ */ defineFlat("sign");
