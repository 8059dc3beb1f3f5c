/**
 * Comparisons: `equal`, `notEqual`, `less`, `lessEqual`, `greater`, `greaterEqual`.
 *
 * Results are uint8, 1 for yes and 0 for no; answers have no gradient.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { applyBinary, type CompareOp, defineCompare, type Operand } from "./define.ts";

/**
 * Tests where elements of one tensor are equal to those of another.
 *
 * - **Formula**: `y = 1` where `a = b`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN equals nothing.
 *
 * @example
 * ```ts
 * import { equal, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(equal(tensor([1, 2, 3]), 2).toArray(), [0, 1, 0]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function equal(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply equal", arguments, 2);
  return applyBinary(equalOp, a, b);
}

/** The op of {@link equal}. */
export const equalOp: CompareOp = /* @__PURE__ */ defineCompare("equal");

/**
 * Tests where elements of one tensor are different from those of another.
 *
 * - **Formula**: `y = 1` where `a ≠ b`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN differs from everything, itself too.
 *
 * @example
 * ```ts
 * import { notEqual, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(notEqual(tensor([1, 2, 3]), 2).toArray(), [1, 0, 1]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function notEqual(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply notEqual", arguments, 2);
  return applyBinary(notEqualOp, a, b);
}

/** The op of {@link notEqual}. */
export const notEqualOp: CompareOp = /* @__PURE__ */ defineCompare("notEqual");

/**
 * Tests where elements of one tensor are smaller than those of another.
 *
 * - **Formula**: `y = 1` where `a < b`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: 0 where one is NaN.
 *
 * @example
 * ```ts
 * import { less, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(less(tensor([1, 2, 3]), 2).toArray(), [1, 0, 0]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function less(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply less", arguments, 2);
  return applyBinary(lessOp, a, b);
}

/** The op of {@link less}. */
export const lessOp: CompareOp = /* @__PURE__ */ defineCompare("less");

/**
 * Tests where elements of one tensor are smaller than or equal to those of another.
 *
 * - **Formula**: `y = 1` where `a <= b`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: 0 where one is NaN.
 *
 * @example
 * ```ts
 * import { lessEqual, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(lessEqual(tensor([1, 2, 3]), 2).toArray(), [1, 1, 0]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function lessEqual(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply lessEqual", arguments, 2);
  return applyBinary(lessEqualOp, a, b);
}

/** The op of {@link lessEqual}. */
export const lessEqualOp: CompareOp = /* @__PURE__ */ defineCompare("lessEqual");

/**
 * Tests where elements of one tensor are larger than those of another.
 *
 * - **Formula**: `y = 1` where `a > b`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: 0 where one is NaN.
 *
 * @example
 * ```ts
 * import { greater, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(greater(tensor([1, 2, 3]), 2).toArray(), [0, 0, 1]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function greater(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply greater", arguments, 2);
  return applyBinary(greaterOp, a, b);
}

/** The op of {@link greater}. */
export const greaterOp: CompareOp = /* @__PURE__ */ defineCompare("greater");

/**
 * Tests where elements of one tensor are larger than or equal to those of another.
 *
 * - **Formula**: `y = 1` where `a >= b`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: 0 where one is NaN.
 *
 * @example
 * ```ts
 * import { greaterEqual, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(greaterEqual(tensor([1, 2, 3]), 2).toArray(), [0, 1, 1]);
 * ```
 *
 * @param a a tensor, or a number that takes b's dtype.
 * @param b a tensor, or a number that takes a's dtype.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast, or dtypes differ.
 */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply greaterEqual", arguments, 2);
  return applyBinary(greaterEqualOp, a, b);
}

/** The op of {@link greaterEqual}. */
export const greaterEqualOp: CompareOp = /* @__PURE__ */ defineCompare("greaterEqual");
