/**
 * `reshape` and `flatten`: the same elements in another shape, without a copy.
 *
 * Linear, and a permutation of nothing: the gradient has the old shape again.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import { ShapeError } from "../../src/core/errors.ts";
import { reshapedShape } from "../../src/core/geometry/mod.ts";
import { copied } from "../../src/core/options.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import { sameShape, type Shape, sizeOf } from "../../src/core/shape.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/** Shapes before and after. */
export interface ReshapeAttributes {
  readonly from: Shape;
  readonly to: Shape;
}

/**
 * Puts the same elements, in row-major order, into another shape. Memory is shared, not copied.
 *
 * - **Shapes**: any -> `shape`, of equally many elements; one size may be -1, to be worked out.
 * - **Gradient**: dy in x's shape.
 * - **Edge cases**: NaN stays NaN.
 * - **Source**: NumPy's `reshape`.
 *
 * @example
 * ```ts
 * import { arange, reshape } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reshape(arange(6), [2, -1]).toArray(), [[0, 1, 2], [3, 4, 5]]);
 * ```
 *
 * @param x any tensor.
 * @param shape the new shape.
 * @returns a tensor of that shape on the same memory.
 * @throws {ShapeError} if the number of elements would change.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (arguments.length > 2) refuseExtra("apply reshape", arguments, 2);
  checkTensors("apply reshape", { x });
  return reshapeAs("apply reshape", x, shape);
}

/**
 * Makes all dimensions but the first one: images become rows for a dense layer.
 *
 * - **Shapes**: `[N, H, W, C]` -> `[N, H W C]`; `[N]` -> `[N, 1]`.
 * - **Gradient**: dy in x's shape.
 * - **Edge cases**: the order is that of memory, so channels vary fastest; NaN stays NaN.
 *
 * @example
 * ```ts
 * import { flatten, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(flatten(zeros([8, 2, 2, 16])).shape, [8, 64]);
 * ```
 *
 * @param x a tensor of at least one dimension.
 * @returns a matrix on the same memory.
 * @throws {ShapeError} if x is a scalar.
 */
export function flatten(x: Tensor): Tensor {
  if (arguments.length > 1) {
    refuseExtra("apply flatten", arguments, 1, "; it keeps the first axis; reshape does others");
  }
  checkTensors("apply flatten", { x });
  if (x.rank < 1) {
    throw new ShapeError("Cannot apply flatten: x must have at least one dimension: x is []");
  }
  return reshapeAs("apply flatten", x, [x.shape[0], sizeOf(x.shape.slice(1))]);
}

function reshapeAs(action: string, x: Tensor, shape: Shape): Tensor {
  const to = reshapedShape(action, x.shape, copied(shape));
  return sameShape(to, x.shape) ? x : apply(reshapeOp, { x }, { from: x.shape, to });
}

/** The op of {@link reshape}. */
export const reshapeOp: Op<readonly ["x"], never, ReshapeAttributes> = /* @__PURE__ */ defineOp({
  name: "reshape",
  inputs: ["x"],
  reads: [],
  forward: (_k, { x }, g: ReshapeAttributes) => ({ ...x, shape: g.to }),
  backward: (dy, _saved, g) => ({ x: () => reshape(dy, g.from) }),
});
