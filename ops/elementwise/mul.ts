/**
 * `mul`: the product of two tensors, element by element.
 *
 * Linear in each: the gradient of one operand is scaled by the other.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";

/**
 * Computes the product of two tensors, element by element.
 *
 * - **Formula**: `y = a · b`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy · b, db = dy · a`, summed over broadcast dimensions.
 * - **Edge cases**: integers wrap around, as NumPy's do; NaN wins, also over 0.
 *
 * @example
 * ```ts
 * import { mul, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mul(tensor([3, 2]), tensor([4, 5])).toArray(), [12, 10]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function mul(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply mul", arguments, 2);
  return applyBinary(mulOp, a, b);
}

/** The op of {@link mul}. */
export const mulOp: BinaryOp<"a" | "b"> = /* @__PURE__ */ defineBinary(
  "mul",
  ["a", "b"],
  (dy, { a, b }, g) => ({
    a: () => sumTo(mul(dy, b), g.aShape),
    b: () => sumTo(mul(dy, a), g.bShape),
  }),
);
