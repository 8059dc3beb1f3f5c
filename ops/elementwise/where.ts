/**
 * `where`: a choice between two tensors, element by element.
 *
 * Linear in both choices: each gets dy where it was taken.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkSameDType, checkTensors } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { type WhereGeometry, whereGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sumTo } from "../shape/broadcast_to.ts";
import { type Operand, toTensors } from "./define.ts";

/**
 * Takes the elements of one tensor where a condition holds, those of another elsewhere.
 *
 * - **Formula**: `y = condition ? a : b`.
 * - **Shapes**: all three broadcast as NumPy does.
 * - **Gradient**: `da = dy` where the condition holds, else 0, summed over broadcast dimensions; db
 *   the other way round; none for the condition.
 * - **Edge cases**: what is not taken does not matter, NaN included; any number but 0 holds.
 *
 * @example
 * ```ts
 * import { less, tensor, where } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(where(less(tensor([1, 5]), 3), tensor([10, 20]), 0).toArray(), [10, 0]);
 * ```
 *
 * @param condition a uint8 tensor, as comparisons make them.
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, the dtypes of a and b differ, or the condition
 * is not uint8.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (arguments.length > 3) refuseExtra("apply where", arguments, 3);
  const action = "apply where";
  checkTensors(action, { condition });
  const choices = toTensors(a, b, condition);
  checkSameDType(action, choices);
  if (condition.dtype !== "uint8") {
    throw new ShapeError(
      `Cannot ${action}: condition must be uint8, as comparisons make them: condition is ` +
        condition.dtype,
    );
  }
  const g = whereGeometry(action, condition.shape, choices.a.shape, choices.b.shape);
  return apply(whereOp, { condition, ...choices }, g);
}

/** The op of {@link where}. */
export const whereOp: Op<readonly ["condition", "a", "b"], "condition", WhereGeometry> =
  /* @__PURE__ */ defineOp({
    name: "where",
    inputs: ["condition", "a", "b"],
    reads: ["condition"],
    forward: (k, { condition, a, b }, g: WhereGeometry) => k.where(condition, a, b, g),
    backward: (dy, { condition }, { shapes: [, aShape, bShape] }) => ({
      condition: null,
      a: () => sumTo(where(condition, dy, 0), aShape),
      b: () => sumTo(where(condition, 0, dy), bShape),
    }),
  });
