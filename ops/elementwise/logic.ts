/**
 * Questions answered with comparisons: `isNaN`, `isInf`, `isFinite`, `logicalNot`, `logicalAnd`,
 * `logicalOr`, `logicalXor`.
 *
 * Results are uint8, 1 for yes and 0 for no; answers have no gradient.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import type { Kernels, NdArray } from "../../src/backends/kernels.ts";
import { isFloat } from "../../src/core/dtype.ts";
import { type BroadcastGeometry, broadcastGeometry } from "../../src/core/geometry/mod.ts";
import { defineOp } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { equal, notEqual } from "./compare.ts";
import { applyAny, applyBinary, type CompareOp, type Operand, type UnaryOp } from "./define.ts";
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
  if (arguments.length > 1) refuseExtra("apply isNaN", arguments, 1);
  return applyAny(isNaNOp, x);
}

/** The op of {@link isNaN}. */
export const isNaNOp: UnaryOp<never> = /* @__PURE__ */ defineQuestion(
  "isNaN",
  (k, x) => k.compare("notEqual", x, x, sameShape("isNaN", x)),
);

/**
 * Tests where elements are infinite, of either sign.
 *
 * - **Formula**: `y = 1` where `|x| = Infinity`, else 0.
 * - **Shapes**: any, kept.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN is not infinite; integers never are.
 *
 * @example
 * ```ts
 * import { isInf, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isInf(tensor([NaN, 1, -Infinity])).toArray(), [0, 0, 1]);
 * ```
 *
 * @param x any tensor.
 * @returns a uint8 tensor of x's shape.
 */
export function isInf(x: Tensor): Tensor {
  if (arguments.length > 1) refuseExtra("apply isInf", arguments, 1);
  return applyAny(isInfOp, x);
}

/** The op of {@link isInf}. */
export const isInfOp: UnaryOp<never> = /* @__PURE__ */ defineQuestion("isInf", (k, x) => {
  if (!isFloat(x.dtype)) return k.fill(x.shape, "uint8", 0);
  const size = k.unary("abs", x);
  const bound = k.fill([], x.dtype, Infinity);
  const y = k.compare("equal", size, bound, broadcastGeometry("apply isInf", x.shape, []));
  k.free(size);
  k.free(bound);
  return y;
});

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
  if (arguments.length > 1) refuseExtra("apply isFinite", arguments, 1);
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
  if (arguments.length > 1) refuseExtra("apply logicalNot", arguments, 1);
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
  if (arguments.length > 2) refuseExtra("apply logicalAnd", arguments, 2);
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
  if (arguments.length > 2) refuseExtra("apply logicalOr", arguments, 2);
  return notEqual(add(notEqual(a, 0), notEqual(b, 0)), 0);
}

/**
 * Tests where exactly one element of both tensors is not 0.
 *
 * - **Formula**: `y = 1` where either `a ≠ 0` or `b ≠ 0`, but not both, else 0.
 * - **Shapes**: broadcast as NumPy does.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: NaN is not 0.
 *
 * @example
 * ```ts
 * import { logicalXor, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logicalXor(tensor([1, 1, 0]), tensor([2, 0, 0])).toArray(), [0, 1, 0]);
 * ```
 *
 * @param a any tensor, or a number.
 * @param b a tensor of that dtype, or a number.
 * @returns a uint8 tensor of the broadcast shape.
 * @throws {ShapeError} if shapes do not broadcast.
 */
export function logicalXor(a: Operand, b: Operand): Tensor {
  if (arguments.length > 2) refuseExtra("apply logicalXor", arguments, 2);
  return applyBinary(logicalXorOp, a, b);
}

/** The op of {@link logicalXor}. */
export const logicalXorOp: CompareOp = /* @__PURE__ */ defineOp({
  name: "logicalXor",
  inputs: ["a", "b"],
  reads: [],
  forward: (k, { a, b }, g: BroadcastGeometry) => {
    const zero = k.fill([], a.dtype, 0);
    const [left, right] = [a, b].map((x) =>
      k.compare("notEqual", x, zero, broadcastGeometry("apply logicalXor", x.shape, []))
    );
    const y = k.compare("notEqual", left, right, g);
    for (const made of [zero, left, right]) k.free(made);
    return y;
  },
  backward: () => ({ a: null, b: null }),
});

/** Defines a question about each element. */
function defineQuestion(
  name: string,
  answer: (k: Kernels, x: NdArray) => NdArray,
): UnaryOp<never> {
  return defineOp({
    name,
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) => answer(k, x),
    backward: () => ({ x: null }),
  });
}

/** Returns the geometry of two arrays of one shape. */
function sameShape(name: string, { shape }: NdArray): BroadcastGeometry {
  return broadcastGeometry(`apply ${name}`, shape, shape);
}
