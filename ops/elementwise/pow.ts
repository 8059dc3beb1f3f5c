/**
 * `pow`: powers of one tensor with exponents of another.
 *
 * Where a derivative is 0 times infinity it is taken for 0: its factor is replaced before the
 * product.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { checkFloats } from "../../src/core/checks.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { abs } from "./abs.ts";
import { equal, greaterEqual, less } from "./compare.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";
import { log } from "./log.ts";
import { logicalAnd, logicalOr } from "./logic.ts";
import { mul } from "./mul.ts";
import { sign } from "./sign.ts";
import { sub } from "./sub.ts";
import { where } from "./where.ts";

/** The least positive numbers whose inverses are finite at once with those of all larger ones. */
const LEAST_INVERTIBLE = { float32: 2 ** -126, float64: 2 ** -1022 } as const;

/**
 * Raises one tensor to the power of another, element by element.
 *
 * - **Formula**: `y = a^b`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy · b · a^(b - 1)`, 0 where `b = 0`; `db = dy · y · log(a)`, 0 where
 *   `y = 0` and `a >= 0`, or `a = 0` and `b >= 0`; summed over broadcast dimensions.
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
  if (arguments.length > 2) refuseExtra("apply pow", arguments, 2);
  return applyBinary(powOp, a, b, checkFloats);
}

/** The op of {@link pow}. */
export const powOp: BinaryOp<"a" | "b" | "y"> = /* @__PURE__ */ defineBinary(
  "pow",
  ["a", "b", "y"],
  (dy, { a, b, y }, g) => ({
    a: () => sumTo(mul(dy, mul(b, lowered(a, b))), g.aShape),
    b: () => sumTo(mul(dy, mul(y, logOfBase(a, b, y))), g.bShape),
  }),
);

/**
 * Computes a^(b - 1); where b is 0, which multiplies it, and 1 / a would be infinite, a finite number
 * in its place.
 */
function lowered(a: Tensor, b: Tensor): Tensor {
  const least = LEAST_INVERTIBLE[a.dtype as "float32" | "float64"];
  const overflows = logicalAnd(equal(b, 0), less(abs(a), least));
  const invertible = where(equal(a, 0), 1, mul(sign(a), least));
  return pow(where(overflows, invertible, a), sub(b, 1));
}

/**
 * Computes log(a); where the power does not depend on its exponent, 0: that of 0, and one that is 0
 * itself, which multiplies it.
 */
function logOfBase(a: Tensor, b: Tensor, y: Tensor): Tensor {
  const isZeros = logicalAnd(equal(a, 0), greaterEqual(b, 0));
  const isNone = logicalAnd(equal(y, 0), greaterEqual(a, 0));
  return log(where(logicalOr(isZeros, isNone), 1, a));
}
