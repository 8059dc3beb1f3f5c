/**
 * `concat` and `stack`: tensors joined along an axis, one that they have or a new one.
 *
 * Linear: each part gets its part of dy.
 *
 * @module
 */
import { checkSameDType } from "../../src/core/checks.ts";
import {
  type ConcatGeometry,
  concatGeometry,
  partGeometry,
  stackGeometry,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { sliceBy } from "./slice.ts";
import { squeeze } from "./squeeze.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of joining tensors. */
export interface JoinOptions {
  /** The axis of the result along which they follow each other, 0 by default; may be negative. */
  readonly axis?: number;
}

const KNOWN = "axis#";

/**
 * Joins tensors along an axis that they have.
 *
 * - **Shapes**: equal but along the axis, where sizes add up.
 * - **Gradient**: to each its part of dy.
 * - **Edge cases**: a part may be empty; NaN stays NaN; every dtype.
 * - **Source**: NumPy's `concatenate`.
 *
 * @example
 * ```ts
 * import { concat, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = [tensor([[1, 2]]), tensor([[3, 4]])];
 * assertEquals(concat([a, b]).toArray(), [[1, 2], [3, 4]]);
 * assertEquals(concat([a, b, a], { axis: 1 }).toArray(), [[1, 2, 3, 4, 1, 2]]);
 * ```
 *
 * @param x the tensors, one at least, of one dtype.
 * @param options `axis`, 0 by default.
 * @returns a new tensor.
 * @throws {ShapeError} if shapes or dtypes differ, or there is no such axis.
 * @throws {TypeError} if x is no list of tensors.
 */
export function concat(x: readonly Tensor[], options: JoinOptions = {}): Tensor {
  const { axis = 0 } = checkOptions("apply concat", options, KNOWN);
  checkParts("apply concat", x);
  return apply(concatOp, { x }, concatGeometry(x.map(({ shape }) => shape), axis));
}

/**
 * Joins tensors along a new axis.
 *
 * - **Formula**: `y[i] = x[i]` for axis 0.
 * - **Shapes**: n tensors of one shape; the result has n in addition at the axis.
 * - **Gradient**: `dx[i] = dy[i]`.
 * - **Edge cases**: scalars become a vector; NaN stays NaN; every dtype.
 * - **Source**: NumPy's `stack`.
 *
 * @example
 * ```ts
 * import { stack, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [red, green] = [tensor([1, 2]), tensor([3, 4])];
 * assertEquals(stack([red, green]).toArray(), [[1, 2], [3, 4]]);
 * assertEquals(stack([red, green], { axis: -1 }).toArray(), [[1, 3], [2, 4]]);
 * ```
 *
 * @param x the tensors, one at least, of one shape and dtype.
 * @param options `axis` of the result, 0 by default.
 * @returns a new tensor.
 * @throws {ShapeError} if shapes or dtypes differ, or there is no such axis.
 * @throws {TypeError} if x is no list of tensors.
 */
export function stack(x: readonly Tensor[], options: JoinOptions = {}): Tensor {
  const { axis = 0 } = checkOptions("apply stack", options, KNOWN);
  checkParts("apply stack", x);
  return apply(stackOp, { x }, stackGeometry(x.map(({ shape }) => shape), axis));
}

/** The op of {@link concat}. */
export const concatOp: Op<readonly ["x[]"], never, ConcatGeometry> = /* @__PURE__ */ defineOp({
  name: "concat",
  inputs: ["x[]"],
  reads: [],
  forward: (k, { x }, g: ConcatGeometry) => k.concat(x, g),
  backward: (dy, _saved, g) => ({ x: partsOf(dy, g) }),
});

/** The op of {@link stack}: to the kernel, parts of size 1 along the axis. */
export const stackOp: Op<readonly ["x[]"], never, ConcatGeometry> = /* @__PURE__ */ defineOp({
  name: "stack",
  inputs: ["x[]"],
  reads: [],
  forward: (k, { x }, g: ConcatGeometry) => k.concat(x, g),
  backward: (dy, _saved, g) => {
    const partOf = partsOf(dy, g);
    return { x: (i) => squeeze(partOf(i), { axis: g.axis }) };
  },
});

/** Cuts parts out of what was joined, by their number. */
function partsOf(y: Tensor, { axis, sizes }: ConcatGeometry): (i: number) => Tensor {
  let end = 0;
  const starts = sizes.map((size) => (end += size) - size);
  return (i) => sliceBy(y, partGeometry(y.shape, axis, starts[i], sizes[i]));
}

function checkParts(action: string, x: readonly Tensor[]): void {
  if (!Array.isArray(x) || x.length === 0) {
    const got = Array.isArray(x) ? "an empty list" : typeof x;
    throw new TypeError(`Cannot ${action}: x must be a list of tensors, one at least: got ${got}`);
  }
  checkSameDType(action, Object.fromEntries(x.map((part, i) => [`x[${i}]`, part])));
}
