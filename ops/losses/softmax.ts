/**
 * `softmax` and `logSoftmax`: logits made probabilities, and the logarithms of these.
 *
 * With p = softmax(x) the Jacobian is `diag(p) - p pᵀ`: `dx = p (dy - sum(dy p))`. For the
 * logarithm it is `1 - p` by rows: `dx = dy - p sum(dy)`.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkFloats } from "../../src/core/checks.ts";
import { type RowsGeometry, rowsGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "../elementwise/mul.ts";
import { sub } from "../elementwise/sub.ts";
import { sum } from "../reduce/sum.ts";

/**
 * Turns logits into probabilities, along the last axis.
 *
 * - **Formula**: `y_j = exp(x_j) / sum_i exp(x_i)`.
 * - **Shapes**: `[..., C]`, kept.
 * - **Gradient**: `dx = y (dy - sum(dy y))`.
 * - **Edge cases**: the maximum is subtracted first, so that nothing overflows; a row with NaN is
 *   all NaN.
 *
 * @example
 * ```ts
 * import { softmax, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(softmax(tensor([1e4, 1e4])).toArray(), [0.5, 0.5]);
 * ```
 *
 * @param x logits, a float tensor of at least one dimension.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x is a scalar or has an integer dtype.
 */
export function softmax(x: Tensor): Tensor {
  if (arguments.length > 1) {
    refuseExtra(
      "apply softmax",
      arguments,
      1,
      "; it goes along the last axis: transpose",
    );
  }
  checkFloats("apply softmax", { x });
  return apply(softmaxOp, { x }, rowsGeometry("apply softmax", x.shape));
}

/** The op of {@link softmax}. */
export const softmaxOp: Op<readonly ["x"], "y", RowsGeometry> = /* @__PURE__ */ defineOp({
  name: "softmax",
  inputs: ["x"],
  reads: ["y"],
  forward: (k, { x }, g: RowsGeometry) => k.softmax(x, g),
  backward: (dy, { y }) => ({ x: () => mul(y, sub(dy, rowSum(mul(dy, y)))) }),
});

/**
 * Computes the logarithms of the probabilities of logits, along the last axis.
 *
 * - **Formula**: `y_j = x_j - log(sum_i exp(x_i))`.
 * - **Shapes**: `[..., C]`, kept.
 * - **Gradient**: `dx = dy - softmax(x) sum(dy)`.
 * - **Edge cases**: exact where softmax underflows to 0; a row with NaN is all NaN.
 *
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logSoftmax(tensor([0, -1e4])).toArray(), [0, -1e4]);
 * ```
 *
 * @param x logits, a float tensor of at least one dimension.
 * @returns a tensor of x's shape and dtype.
 * @throws {ShapeError} if x is a scalar or has an integer dtype.
 */
export function logSoftmax(x: Tensor): Tensor {
  if (arguments.length > 1) {
    refuseExtra(
      "apply logSoftmax",
      arguments,
      1,
      "; it goes along the last axis: transpose",
    );
  }
  checkFloats("apply logSoftmax", { x });
  return apply(logSoftmaxOp, { x }, rowsGeometry("apply logSoftmax", x.shape));
}

/** The op of {@link logSoftmax}. */
export const logSoftmaxOp: Op<readonly ["x"], "x", RowsGeometry> = /* @__PURE__ */ defineOp({
  name: "logSoftmax",
  inputs: ["x"],
  reads: ["x"],
  forward: (k, { x }, g: RowsGeometry) => k.logSoftmax(x, g),
  backward: (dy, { x }) => ({ x: () => sub(dy, mul(softmax(x), rowSum(dy))) }),
});

/** Sums along the last axis, kept as a column. */
function rowSum(x: Tensor): Tensor {
  return sum(x, { axis: -1, keepDims: true });
}
