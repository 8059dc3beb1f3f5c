/**
 * `sum`: the sum of elements along axes.
 *
 * Linear: every element gets the gradient of the sum it went into.
 *
 * @module
 */
import { checkTensors } from "../../src/core/checks.ts";
import {
  type ReduceGeometry,
  reduceGeometry,
  type ReduceOptions,
} from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { broadcastTo } from "../shape/broadcast_to.ts";
import { reshape } from "../shape/reshape.ts";

/**
 * Computes the sum of elements along axes.
 *
 * - **Formula**: `y = sum_i x_i`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: `dx = dy`, repeated over the reduced dimensions.
 * - **Edge cases**: an empty sum is 0; uint8 sums are int32; NaN wins.
 *
 * @example
 * ```ts
 * import { sum, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sum(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray(), [4, 6]);
 * ```
 *
 * @param x any tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice.
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkTensors("apply sum", { x });
  return apply(sumOp, { x }, reduceGeometry("apply sum", x.shape, options));
}

/** The op of {@link sum}. */
export const sumOp: Op<readonly ["x"], never, ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "sum",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: ReduceGeometry) => k.reduce("sum", x, g),
  backward: (dy, _saved, g) => ({
    x: () => broadcastTo(reshape(dy, g.keptShape), g.xShape),
  }),
});
