/**
 * `mean`: the mean of elements along axes.
 *
 * Linear: every element gets its share of the gradient of the mean.
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
import { broadcastTo } from "../shape/broadcast_to.ts";
import { div } from "../elementwise/div.ts";
import { reshape } from "../shape/reshape.ts";

/**
 * Computes the mean of elements along axes.
 *
 * - **Formula**: `y = sum_i x_i / count`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: `dx = dy / count`, repeated over the reduced dimensions.
 * - **Edge cases**: an empty mean is NaN; NaN wins.
 *
 * @example
 * ```ts
 * import { mean, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mean(tensor([[1, 2], [3, 4]]), { axis: 1 }).toArray(), [1.5, 3.5]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, or x has an integer dtype.
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkFloats("apply mean", { x });
  return apply(meanOp, { x }, reduceGeometry("apply mean", x.shape, options));
}

/** The op of {@link mean}. */
export const meanOp: Op<readonly ["x"], never, ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "mean",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: ReduceGeometry) => k.reduce("mean", x, g),
  backward: (dy, _saved, g) => ({
    x: () => broadcastTo(reshape(div(dy, g.count), g.keptShape), g.xShape),
  }),
});
