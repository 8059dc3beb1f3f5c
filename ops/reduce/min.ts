/**
 * `min`: the smallest of the elements along axes.
 *
 * The gradient goes to the first minimum of each group: where the negative has its first maximum.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import {
  type ReduceGeometry,
  reduceGeometry,
  type ReduceOptions,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { neg } from "../elementwise/neg.ts";
import { checkCount } from "./check_count.ts";
import { maxGradOp } from "./max.ts";

/**
 * Finds the smallest of the elements along axes.
 *
 * - **Formula**: `y = min_i x_i`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: all of dy to the first minimum in row-major order, ties get nothing.
 * - **Edge cases**: NaN is below all, the first one takes the gradient; there is no minimum of
 *   nothing.
 *
 * @example
 * ```ts
 * import { min, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(min(tensor([[1, 5], [4, 3]]), { axis: 1 }).toArray(), [1, 3]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, x has an integer dtype, or
 * there are no elements along the axes.
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  const action = "apply min";
  checkFloats(action, { x });
  const g = reduceGeometry(action, x.shape, options);
  checkCount(action, g);
  return apply(minOp, { x }, g);
}

/** The op of {@link min}. */
export const minOp: Op<readonly ["x"], "x", ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "min",
  inputs: ["x"],
  reads: ["x"],
  forward: (k, { x }, g: ReduceGeometry) => k.reduce("min", x, g),
  backward: (dy, { x }, g) => ({ x: () => apply(maxGradOp, { dy, x: neg(x) }, g) }),
});
