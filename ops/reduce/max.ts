/**
 * `max`: the largest of the elements along axes.
 *
 * The gradient goes to the first maximum of each group, in row-major order: an op that scatters
 * dy. Its own gradient gathers from the same places. Both are linear in what they move and
 * constant in x (away from ties).
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
import { checkCount } from "./check_count.ts";

/**
 * Finds the largest of the elements along axes.
 *
 * - **Formula**: `y = max_i x_i`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: all of dy to the first maximum in row-major order, ties get nothing.
 * - **Edge cases**: NaN is above all, the first one takes the gradient; there is no maximum of
 *   nothing.
 *
 * @example
 * ```ts
 * import { max, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(max(tensor([[1, 5], [4, 3]]), { axis: 1 }).toArray(), [5, 4]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, x has an integer dtype, or
 * there are no elements along the axes.
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  const action = "apply max";
  checkFloats(action, { x });
  const g = reduceGeometry(action, x.shape, options);
  checkCount(action, g);
  return apply(maxOp, { x }, g);
}

/** The op of {@link max}. */
export const maxOp: Op<readonly ["x"], "x", ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "max",
  inputs: ["x"],
  reads: ["x"],
  forward: (k, { x }, g: ReduceGeometry) => k.reduce("max", x, g),
  backward: (dy, { x }, g) => ({ x: () => apply(maxGradOp, { dy, x }, g) }),
});

/** The gradient of max: dy at the first maximum of each group. */
export const maxGradOp: Op<readonly ["dy", "x"], "x", ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "maxGrad",
  inputs: ["dy", "x"],
  reads: ["x"],
  forward: (k, { dy, x }, g: ReduceGeometry) => k.maxGrad(dy, x, g),
  backward: (ddx, { x }, g) => ({
    dy: () => apply(maxGatherOp, { values: ddx, x }, g),
    x: null, // constant away from ties
  }),
});

/** The gradient of maxGrad with respect to dy: values at the first maximum of each group. */
export const maxGatherOp: Op<readonly ["values", "x"], "x", ReduceGeometry> =
  /* @__PURE__ */ defineOp({
    name: "maxGather",
    inputs: ["values", "x"],
    reads: ["x"],
    forward: (k, { values, x }, g: ReduceGeometry) => k.maxGather(values, x, g),
    backward: (dy, { x }, g) => ({
      values: () => apply(maxGradOp, { dy, x }, g),
      x: null, // constant away from ties
    }),
  });
