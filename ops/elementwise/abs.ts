/**
 * `abs`: the magnitude of each element.
 *
 * The derivative is the sign, 0 at 0.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "./mul.ts";
import { sign } from "./sign.ts";
import { applyAny, defineUnary, type UnaryOp } from "./define.ts";

/**
 * Computes the magnitude of each element.
 *
 * - **Formula**: `y = |x|`.
 * - **Shapes**: any, kept.
 * - **Gradient**: `dx = dy · sign(x)`: 0 at the kink.
 * - **Edge cases**: the smallest int32 stays negative, as NumPy's does; NaN stays NaN.
 * - **Source**: PyTorch's and TensorFlow's convention at 0.
 *
 * @example
 * ```ts
 * import { abs, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(abs(tensor([-2, 3])).toArray(), [2, 3]);
 * ```
 *
 * @param x any tensor.
 * @returns a tensor of x's shape and dtype.
 */
export function abs(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply abs", arguments, 1);
  return applyAny(absOp, x);
}

/** The op of {@link abs}. */
export const absOp: UnaryOp<"x"> = /* @__PURE__ */ defineUnary(
  "abs",
  ["x"],
  (dy, { x }) => mul(dy, sign(x)),
);
