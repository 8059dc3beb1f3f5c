/**
 * `mse`: the squared error of predictions, the loss of regression.
 *
 * With d = x - target the loss of an element is d², and its derivative 2 d.
 *
 * @module
 */
import type { PairLoss } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { mul } from "../elementwise/mul.ts";
import { neg } from "../elementwise/neg.ts";
import { checkPair, definePairLoss, type PairLossGradOp, type PairLossOp } from "./define.ts";
import { reduceLosses, REDUCTION_OPTIONS, type ReductionOptions } from "./reduction.ts";
import { checkOptions } from "../../src/core/options.ts";

type Squared = PairLoss & { readonly kind: "squared" };

/**
 * Computes the squared error of predictions, by default its mean.
 *
 * - **Formula**: `(x - target)²` by elements.
 * - **Shapes**: any, equal: nothing is broadcast, so that `[N]` and `[N, 1]` cannot make `[N, N]`; ->
 *   a scalar, or x's shape with reduction "none".
 * - **Gradient**: `dx = 2 (x - target) dy`, the target's is its negative.
 * - **Edge cases**: the mean of nothing is NaN; NaN wins.
 * - **Source**: PyTorch's `mse_loss`.
 *
 * @example
 * ```ts
 * import { mse, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, target] = [tensor([1, 2]), tensor([0, 4])];
 * assertEquals(mse(x, target).item(), 2.5);
 * assertEquals(mse(x, target, { reduction: "none" }).toArray(), [1, 4]);
 * ```
 *
 * @param x predictions, a float tensor.
 * @param target what was to be predicted, of x's shape and dtype.
 * @param options `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if the reduction is none of the three.
 */
export function mse(x: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  options = checkOptions("apply mse", options, REDUCTION_OPTIONS);
  checkPair("apply mse", ["x", x], ["target", target], options);
  return reduceLosses(apply(mseOp, { x, target }, { kind: "squared" }), options.reduction);
}

const squared = definePairLoss<Squared>("mse", {
  target: (dy, x, target, loss) => neg(apply(mseGradOp, { dy, x, target }, loss)),
  xx: (v) => mul(v, 2),
  xTarget: (v) => mul(v, -2),
});

/** The op of {@link mse}: one loss per element. */
export const mseOp: PairLossOp<Squared> = squared.op;

/** The gradient of mse with respect to x. */
export const mseGradOp: PairLossGradOp<Squared> = squared.gradOp;
