/**
 * `mod` and `fmod`: remainders of divisions, of the sign of the divisor or of the dividend.
 *
 * Between its jumps each is `a - b q`, q a whole number: the gradient of b is -q, which is told from
 * the result, as a rounded quotient may be the next whole number.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { BinaryKind } from "../../src/backends/kernels.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { div } from "./div.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { round } from "./round.ts";
import { sub } from "./sub.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";

/**
 * Computes the remainder of a division, with the sign of the divisor.
 *
 * - **Formula**: `y = a - b · floor(a / b)`, exact but for one rounding where the signs differ.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy, db = -dy · floor(a / b)`, summed over broadcast dimensions; jumps have
 *   that of one side. NaN for an infinite divisor of the other sign.
 * - **Edge cases**: a remainder of 0 has the sign of b. A divisor of 0 gives NaN, among integers 0;
 *   an infinite dividend NaN. An infinite divisor gives a where the signs are equal, else itself.
 *   NaN wins.
 * - **Source**: `mod` of NumPy, `remainder` of PyTorch, `%` of Python.
 *
 * @example
 * ```ts
 * import { mod, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mod(tensor([7, -7, 5.5]), 3).toArray(), [1, 2, 2.5]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function mod(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply mod", arguments, 2);
  return applyBinary(modOp, a, b);
}

/**
 * Computes the remainder of a division, with the sign of the dividend.
 *
 * - **Formula**: `y = a - b · trunc(a / b)`, exact.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy, db = -dy · trunc(a / b)`, summed over broadcast dimensions; jumps have
 *   that of one side.
 * - **Edge cases**: a remainder of 0 has the sign of a. A divisor of 0 gives NaN, among integers 0;
 *   an infinite dividend NaN. An infinite divisor gives a. NaN wins.
 * - **Source**: `fmod` of C, NumPy and PyTorch, `%` of JavaScript.
 *
 * @example
 * ```ts
 * import { fmod, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fmod(tensor([7, -7, 5.5]), 3).toArray(), [1, -1, 2.5]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function fmod(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply fmod", arguments, 2);
  return applyBinary(fmodOp, a, b);
}

/** The op of {@link mod}. */
export const modOp: BinaryOp<"a" | "b" | "y"> = /* @__PURE__ */ defineRemainder("mod");

/** The op of {@link fmod}. */
export const fmodOp: BinaryOp<"a" | "b" | "y"> = /* @__PURE__ */ defineRemainder("fmod");

function defineRemainder(kind: BinaryKind): BinaryOp<"a" | "b" | "y"> {
  return defineBinary(kind, ["a", "b", "y"], (dy, { a, b, y }, g) => ({
    a: () => sumTo(dy, g.aShape),
    b: () => sumTo(mul(neg(dy), round(div(sub(a, y), b))), g.bShape),
  }));
}
