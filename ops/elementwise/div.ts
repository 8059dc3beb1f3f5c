/**
 * `div`: the quotient of two tensors, element by element.
 *
 * The derivative of a / b with respect to b is -a / b² = -y / b: backward reads the output.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkFloats } from "../../src/core/checks.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { applyBinary, type BinaryOp, defineBinary, type Operand } from "./define.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";

/**
 * Computes the quotient of two tensors, element by element.
 *
 * - **Formula**: `y = a / b`.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: `da = dy / b, db = -dy · y / b`, summed over broadcast dimensions.
 * - **Edge cases**: division by zero gives ±Infinity, 0 / 0 NaN; NaN wins.
 *
 * @example
 * ```ts
 * import { div, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(div(tensor([3, 2]), 2).toArray(), [1.5, 1]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ or are integers.
 */
export function div(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply div", arguments, 2);
  return applyBinary(divOp, a, b, checkFloats);
}

/** The op of {@link div}. */
export const divOp: BinaryOp<"b" | "y"> = /* @__PURE__ */ defineBinary(
  "div",
  ["b", "y"],
  (dy, { b, y }, g) => ({
    a: () => sumTo(div(dy, b), g.aShape),
    b: () => neg(sumTo(div(mul(dy, y), b), g.bShape)),
  }),
);
