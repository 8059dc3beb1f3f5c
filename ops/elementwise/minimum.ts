/**
 * `minimum`: the smaller of two elements.
 *
 * Ties go to the first: the gradient chooses by a comparison, and is constant in a and b.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { lessEqual } from "./compare.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";
import { isNaN, logicalOr } from "./logic.ts";
import { where } from "./where.ts";

/**
 * Takes the smaller of two elements.
 *
 * - **Formula**: `y = min(a, b)`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: all of dy to the smaller one, to a where they are equal, summed over broadcast
 *   dimensions.
 * - **Edge cases**: NaN wins, and gets the gradient: a's, if both are.
 *
 * @example
 * ```ts
 * import { minimum, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(minimum(tensor([1, 5]), 3).toArray(), [1, 3]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function minimum(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply minimum", arguments, 2);
  return applyBinary(minimumOp, a, b);
}

/** The op of {@link minimum}. */
export const minimumOp: BinaryOp<"a" | "b"> = /* @__PURE__ */ defineBinary(
  "minimum",
  ["a", "b"],
  (dy, { a, b }, g) => ({
    a: () => sumTo(where(firstWins(a, b), dy, 0), g.aShape),
    b: () => sumTo(where(firstWins(a, b), 0, dy), g.bShape),
  }),
);

function firstWins(a: Tensor, b: Tensor): Tensor {
  return logicalOr(lessEqual(a, b), isNaN(a));
}
