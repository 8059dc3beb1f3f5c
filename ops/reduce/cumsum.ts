/**
 * `cumsum`: running sums along an axis.
 *
 * Linear: an element is in all sums from its own on, so its gradient is the running sum of dy from the
 * other end.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { type CumsumGeometry, cumsumGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link cumsum}. */
export interface CumsumOptions {
  /** The axis to sum along, negative ones from the last; the last one by default. */
  readonly axis?: number;
  /** Leave each element out of its own sum: the first one is 0. */
  readonly exclusive?: boolean;
  /** Sum from the end. */
  readonly reverse?: boolean;
}

const KNOWN = "axis# exclusive? reverse?";

/**
 * Computes the running sums of elements along an axis.
 *
 * - **Formula**: `y_i = sum_{j <= i} x_j`; `j < i` if exclusive, `j >= i` or `j > i` if reverse.
 * - **Shapes**: any of at least one dimension, kept.
 * - **Gradient**: the running sums of dy the other way.
 * - **Edge cases**: NaN is in all sums from its own on.
 * - **Source**: TensorFlow's `cumsum`, whose default axis is 0.
 *
 * @example
 * ```ts
 * import { cumsum, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cumsum(tensor([1, 2, 3])).toArray(), [1, 3, 6]);
 * assertEquals(cumsum(tensor([1, 2, 3]), { exclusive: true, reverse: true }).toArray(), [5, 3, 0]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` to sum along (the last one by default), `exclusive`, `reverse`.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if the axis does not exist, or x has an integer dtype.
 */
export function cumsum(x: Tensor, options: CumsumOptions = {}): Tensor {
  const { axis = -1, exclusive = false, reverse = false } = checkOptions(
    "apply cumsum",
    options,
    KNOWN,
  );
  checkFloats("apply cumsum", { x });
  const g = cumsumGeometry("apply cumsum", x.shape, { axis, exclusive, reverse });
  return apply(cumsumOp, { x }, g);
}

/** The op of {@link cumsum}. */
export const cumsumOp: Op<readonly ["x"], never, CumsumGeometry> = /* @__PURE__ */ defineOp({
  name: "cumsum",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: CumsumGeometry) => k.cumsum(x, g),
  backward: (dy, _saved, g) => ({
    x: () => apply(cumsumOp, { x: dy }, { ...g, reverse: !g.reverse }),
  }),
});
