/**
 * `transpose`: dimensions in another order.
 *
 * Linear, a permutation of elements: the gradient is the inverse permutation of dy.
 *
 * @module
 */
import { refuseExtra } from "../../src/core/extra_arguments.ts";
import { checkTensors } from "../../src/core/checks.ts";
import { type TransposeGeometry, transposeGeometry } from "../../src/core/geometry/mod.ts";
import { copied } from "../../src/core/options.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/**
 * Puts the dimensions into another order.
 *
 * - **Formula**: dimension i of y is dimension `axes[i]` of x.
 * - **Shapes**: any; reversed by default.
 * - **Gradient**: dy transposed back.
 * - **Edge cases**: a scalar stays as it is; NaN stays NaN.
 * - **Source**: NumPy's `transpose`.
 *
 * @example
 * ```ts
 * import { tensor, transpose, zeros } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(transpose(tensor([[1, 2, 3]])).toArray(), [[1], [2], [3]]);
 * assertEquals(transpose(zeros([8, 3, 32, 24]), [0, 2, 3, 1]).shape, [8, 32, 24, 3]); // NCHW -> NHWC
 * ```
 *
 * @param x any tensor.
 * @param axes where each dimension of the result comes from; negative ones count from the last.
 * @returns a new tensor.
 * @throws {ShapeError} if axes does not name each dimension once.
 */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  if (arguments.length > 2) {
    refuseExtra("apply transpose", arguments, 2, "; give the axes as a list, [1, 0]");
  }
  checkTensors("apply transpose", { x });
  return apply(transposeOp, { x }, transposeGeometry(x.shape, copied(axes)));
}

/** The op of {@link transpose}. */
export const transposeOp: Op<readonly ["x"], never, TransposeGeometry> = /* @__PURE__ */ defineOp({
  name: "transpose",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: TransposeGeometry) => k.transpose(x, g),
  backward: (dy, _saved, g) => ({ x: () => transpose(dy, inverse(g.axes)) }),
});

function inverse(axes: readonly number[]): number[] {
  return axes.map((_, i) => axes.indexOf(i));
}
