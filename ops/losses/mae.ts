/**
 * `mae`: the absolute error of predictions, a loss that outliers weigh less in.
 *
 * With d = x - target the loss of an element is |d|, and its derivative the sign of d; at the kink
 * it is 0 by convention.
 *
 * @module
 */
import type { PairLoss } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { neg } from "../elementwise/neg.ts";
import { checkPair, definePairLoss, type PairLossGradOp, type PairLossOp } from "./define.ts";
import { reduceLosses, REDUCTION_OPTIONS, type ReductionOptions } from "./reduction.ts";
import { checkOptions } from "../../src/core/options.ts";

type Absolute = PairLoss & { readonly kind: "absolute" };

/**
 * Computes the absolute error of predictions, by default its mean.
 *
 * - **Formula**: `|x - target|` by elements.
 * - **Shapes**: any, equal: nothing is broadcast; -> a scalar, or x's shape with reduction "none".
 * - **Gradient**: `dx = sign(x - target) dy`, 0 where they are equal; the target's is its negative.
 * - **Edge cases**: the mean of nothing is NaN; NaN wins.
 * - **Source**: PyTorch's `l1_loss`.
 *
 * @example
 * ```ts
 * import { mae, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mae(tensor([1, 2]), tensor([0, 4])).item(), 1.5);
 * ```
 *
 * @param x predictions, a float tensor.
 * @param target what was to be predicted, of x's shape and dtype.
 * @param options `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if the reduction is none of the three.
 */
export function mae(x: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  options = checkOptions("apply mae", options, REDUCTION_OPTIONS);
  checkPair("apply mae", ["x", x], ["target", target], options);
  return reduceLosses(apply(maeOp, { x, target }, { kind: "absolute" }), options.reduction);
}

const absolute = definePairLoss<Absolute>("mae", {
  target: (dy, x, target, loss) => neg(apply(maeGradOp, { dy, x, target }, loss)),
  xx: null, // constant on either side of the kink
  xTarget: null,
});

/** The op of {@link mae}: one loss per element. */
export const maeOp: PairLossOp<Absolute> = absolute.op;

/** The gradient of mae with respect to x. */
export const maeGradOp: PairLossGradOp<Absolute> = absolute.gradOp;
