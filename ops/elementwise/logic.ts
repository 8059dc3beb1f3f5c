/**
 * Questions answered with comparisons: `isNaN`, `isFinite`, `logicalNot`, `logicalAnd`, `logicalOr`.
 *
 * Results are uint8, 1 for yes and 0 for no; answers have no gradient.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import { equal, notEqual } from "./compare.ts";
import type { Operand } from "./define.ts";
import { add } from "./add.ts";
import { mul } from "./mul.ts";
import { sub } from "./sub.ts";

/**
 * Tests where elements are not a number.
 *
 * - **Formula**: `y = 1` where x is NaN, else 0.
 * - **Shapes**: any, kept.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: integers never are.
 *
 * @example
 * ```ts
 * import { isNaN, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isNaN(tensor([NaN, 1])).toArray(), [1, 0]);
 * ```
 *
 * @param x any tensor.
 * @returns a uint8 tensor of x's shape.
 */
export function isNaN(x: Tensor): Tensor {
  return notEqual(x, x);
}

/**
 * Tests where elements are neither infinite nor NaN.
 *
 * - **Formula**: `y = 1` where `|x| < Infinity`, else 0.
 * - **Shapes**: any, kept.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: integers always are.
 *
 * @example
 * ```ts
 * import { isFinite, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isFinite(tensor([NaN, 1, -Infinity])).toArray(), [0, 1, 0]);
 * ```
 *
 * @param x any tensor.
 * @returns a uint8 tensor of x's shape.
 */
export function isFinite(x: Tensor): Tensor {
  return equal(sub(x, x), 0);
}

/**
 * Tests where elements are 0.
 *
 * - **Formula**: `y = 1` where `x = 0`, else 0.
 * - **Shapes**: any, kept.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN is not 0.
 *
 * @example
 * ```ts
 * import { logicalNot, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logicalNot(tensor([0, 2])).toArray(), [1, 0]);
 * ```
 *
 * @param x any tensor.
 * @returns a uint8 tensor of x's shape.
 */
export function logicalNot(x: Tensor): Tensor {
  return equal(x, 0);
}

/**
 * Tests where elements of both tensors are not 0.
 *
 * - **Formula**: `y = 1` where `a ≠ 0` and `b ≠ 0`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN is not 0.
 *
 * @example
 * ```ts
 * import { logicalAnd, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logicalAnd(tensor([1, 1, 0]), tensor([2, 0, 0])).toArray(), [1, 0, 0]);
 * ```
 *
 * @param a any tensor, or a number.
 * @param b a tensor of that dtype, or a number.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast.
 */
export function logicalAnd(a: Operand, b: Operand): Tensor {
  return mul(notEqual(a, 0), notEqual(b, 0));
}

/**
 * Tests where an element of either tensor is not 0.
 *
 * - **Formula**: `y = 1` where `a ≠ 0` or `b ≠ 0`, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN is not 0.
 *
 * @example
 * ```ts
 * import { logicalOr, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logicalOr(tensor([1, 1, 0]), tensor([2, 0, 0])).toArray(), [1, 1, 0]);
 * ```
 *
 * @param a any tensor, or a number.
 * @param b a tensor of that dtype, or a number.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast.
 */
export function logicalOr(a: Operand, b: Operand): Tensor {
  return notEqual(add(notEqual(a, 0), notEqual(b, 0)), 0);
}
