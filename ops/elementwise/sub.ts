/**
 * `sub`: the difference of two tensors.
 *
 * Linear in both; what was broadcast collects the gradients of all its places.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";
import { neg } from "./neg.ts";

/**
 * Computes the difference of two tensors.
 *
 * - **Formula**: `y = a - b`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy, db = -dy`, summed over broadcast dimensions.
 * - **Edge cases**: integers wrap around, as NumPy's do; NaN wins.
 *
 * @example
 * ```ts
 * import { sub, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sub(tensor([3, 2]), 1).toArray(), [2, 1]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function sub(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply sub", arguments, 2);
  return applyBinary(subOp, a, b);
}

/** The op of {@link sub}. */
export const subOp: BinaryOp<never> = /* @__PURE__ */ defineBinary("sub", [], (dy, _saved, g) => ({
  a: () => sumTo(dy, g.aShape),
  b: () => neg(sumTo(dy, g.bShape)),
}));
