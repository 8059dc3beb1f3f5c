/**
 * `add`: the sum of two tensors.
 *
 * Linear in both; what was broadcast collects the gradients of all its places.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";

/**
 * Computes the sum of two tensors.
 *
 * - **Formula**: `y = a + b`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy, db = dy`, summed over broadcast dimensions.
 * - **Edge cases**: integers wrap around, as NumPy's do; NaN wins.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(add(tensor([[1], [2]]), tensor([10, 20])).toArray(), [[11, 21], [12, 22]]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function add(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply add", arguments, 2);
  return applyBinary(addOp, a, b);
}

/** The op of {@link add}. */
export const addOp: BinaryOp<never> = /* @__PURE__ */ defineBinary("add", [], (dy, _saved, g) => ({
  a: () => sumTo(dy, g.aShape),
  b: () => sumTo(dy, g.bShape),
}));
