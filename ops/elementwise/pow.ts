/**
 * `pow`: powers of one tensor with exponents of another.
 *
 * Where a derivative is 0 times infinity it is taken for 0: its factor is replaced before the
 * product.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import { checkFloats } from "../../src/core/checks.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { equal, greaterEqual } from "./compare.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";
import { log } from "./log.ts";
import { logicalAnd } from "./logic.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/**
 * Raises one tensor to the power of another, element by element.
 *
 * - **Formula**: `y = a^b`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy · b · a^(b - 1)`, 0 where `b = 0`; `db = dy · y · log(a)`, 0 where
 *   `a = 0` and `b >= 0`; summed over broadcast dimensions.
 * - **Edge cases**: anything to the power of 0 is 1, 0 to a negative power Infinity; a negative
 *   number to a power that is no integer is NaN, and db is NaN wherever a is negative; NaN wins,
 *   also over 0 and 1.
 * - **Source**: C's `pow` but for NaN; PyTorch's gradients at 0.
 *
 * @example
 * ```ts
 * import { pow, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pow(tensor([-2, 3]), 3).toArray(), [-8, 27]);
 * assertEquals(pow(2, tensor([-1, 1])).toArray(), [0.5, 2]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ or are integers.
 */
export function pow(a: Operand, b: Operand): Tensor {
  return applyBinary(powOp, a, b, checkFloats);
}

/** The op of {@link pow}. */
export const powOp: BinaryOp<"a" | "b" | "y"> = /* @__PURE__ */ defineBinary(
  "pow",
  ["a", "b", "y"],
  (dy, { a, b, y }, g) => ({
    a: () => sumTo(mul(dy, mul(b, lowered(a, b))), g.aShape),
    b: () => sumTo(mul(dy, mul(y, logOfBase(a, b))), g.bShape),
  }),
);

/** Computes a^(b - 1); where both are 0, 1 in its place: it is multiplied by 0. */
function lowered(a: Tensor, b: Tensor): Tensor {
  const bothZero = logicalAnd(equal(a, 0), equal(b, 0));
  return pow(where(bothZero, 1, a), sub(b, 1));
}

/** Computes log(a); where the power of 0 does not depend on its exponent, 0. */
function logOfBase(a: Tensor, b: Tensor): Tensor {
  const isFlat = logicalAnd(equal(a, 0), greaterEqual(b, 0));
  return log(where(isFlat, 1, a));
}
