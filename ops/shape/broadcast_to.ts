/**
 * `broadcastTo` repeats a tensor along dimensions of size 1; `sumTo` is its adjoint.
 *
 * Repeating is linear; what went to many places collects the gradients of all of them. So each
 * of the two is the other's gradient. Rule: NumPy's broadcasting.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import {
  type BroadcastGeometry,
  broadcastToGeometry,
  reduceGeometry,
  repeatedAxes,
} from "../../src/core/geometry/mod.ts";
import { copied } from "../../src/core/options.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import { checkShape, sameShape, type Shape } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/**
 * Repeats a tensor along dimensions of size 1, and along new leading ones.
 *
 * - **Formula**: `y[i, j] = x[0, j]` where x has size 1.
 * - **Shapes**: sizes counted from the last dimension must be equal to those of `shape`, or 1.
 * - **Gradient**: dy summed over the repetitions.
 * - **Edge cases**: a size of 0 gives an empty tensor; NaN is repeated as it is.
 * - **Source**: NumPy's `broadcast_to`.
 *
 * @example
 * ```ts
 * import { broadcastTo, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(broadcastTo(tensor([1, 2]), [2, 2]).toArray(), [[1, 2], [1, 2]]);
 * ```
 *
 * @param x any tensor.
 * @param shape shape of the result.
 * @returns a tensor of that shape and x's dtype.
 * @throws {ShapeError} if x does not broadcast to the shape.
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (arguments.length > 2) refuseExtra("apply broadcastTo", arguments, 2);
  const action = "apply broadcastTo";
  checkTensors(action, { x });
  shape = copied(shape);
  checkShape(action, shape);
  if (sameShape(x.shape, shape)) return x;
  return apply(broadcastToOp, { x }, broadcastToGeometry(action, x.shape, shape));
}

/** The op of {@link broadcastTo}. */
export const broadcastToOp: Op<readonly ["x"], never, BroadcastGeometry> = /* @__PURE__ */ defineOp(
  {
    name: "broadcastTo",
    inputs: ["x"],
    reads: [],
    forward: (k, { x }, g: BroadcastGeometry) => k.broadcastTo(x, g),
    backward: (dy, _saved, g) => ({ x: () => sumTo(dy, g.aShape) }),
  },
);

/**
 * Sums a tensor down to a shape that broadcasts to its own: the adjoint of {@link broadcastTo}.
 *
 * - **Formula**: `y[0, j] = sum_i x[i, j]`.
 * - **Gradient**: dy repeated. Used to un-broadcast the gradients of binary operations.
 *
 * @param x a float tensor.
 * @param shape a shape that broadcasts to x's.
 * @returns a tensor of that shape.
 */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return apply(sumToOp, { x }, broadcastToGeometry("apply sumTo", shape, x.shape));
}

/** The op of {@link sumTo}; its geometry is that of the broadcast it undoes. */
export const sumToOp: Op<readonly ["x"], never, BroadcastGeometry> = /* @__PURE__ */ defineOp({
  name: "sumTo",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: BroadcastGeometry) => {
    const axis = repeatedAxes(g.aShape, g.shape);
    const summed = k.reduce("sum", x, reduceGeometry("apply sumTo", x.shape, { axis }));
    return { ...summed, shape: g.aShape };
  },
  backward: (dy, _saved, g) => ({ x: () => broadcastTo(dy, g.shape) }),
});
