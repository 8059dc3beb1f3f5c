/**
 * `huber`: the squared error near the target, the absolute error far from it.
 *
 * With d = x - target the derivative is d, cut off at ±delta. It has kinks there, between which
 * its own derivative is 1.
 *
 * @module
 */
import type { PairLoss } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { neg } from "../elementwise/neg.ts";
import { reluGrad } from "../elementwise/relu.ts";
import { sub } from "../elementwise/sub.ts";
import { checkPair, definePairLoss, type PairLossGradOp, type PairLossOp } from "./define.ts";
import { reduceLosses, type ReductionOptions } from "./reduction.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link huber}. */
export interface HuberOptions extends ReductionOptions {
  /** Border between the square and the absolute value: a positive number, 1 by default. */
  readonly delta?: number;
}

const KNOWN = "reduction delta#";

type Huber = PairLoss & { readonly kind: "huber" };

/**
 * Computes the Huber loss of predictions, by default its mean.
 *
 * - **Formula**: with `d = x - target`, `d² / 2` where `|d| <= delta`, else
 *   `delta (|d| - delta / 2)`.
 * - **Shapes**: any, equal: nothing is broadcast; -> a scalar, or x's shape with reduction "none".
 * - **Gradient**: `dx = clip(d, -delta, delta) dy`, the target's is its negative; the second
 *   derivative is 1 where `|d| < delta`, else 0.
 * - **Edge cases**: linear, so that nothing overflows early; NaN wins.
 * - **Source**: P. J. Huber, "Robust estimation of a location parameter", 1964; PyTorch's
 *   `huber_loss` and Keras's `Huber`, which agree.
 *
 * @example
 * ```ts
 * import { huber, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, target] = [tensor([0.5, 4]), tensor([0, 0])];
 * assertEquals(huber(x, target, { reduction: "none" }).toArray(), [0.125, 3.5]);
 * ```
 *
 * @param x predictions, a float tensor.
 * @param target what was to be predicted, of x's shape and dtype.
 * @param options `delta` (1 by default), `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if delta is not positive and finite, or the reduction is none of the three.
 */
export function huber(x: Tensor, target: Tensor, options: HuberOptions = {}): Tensor {
  const action = "apply huber";
  options = checkOptions(action, options, KNOWN);
  const { delta = 1, reduction } = options;
  checkPair(action, ["x", x], ["target", target], options);
  if (!(delta > 0 && Number.isFinite(delta))) {
    throw new RangeError(`Cannot ${action}: delta must be positive and finite: got ${delta}`);
  }
  return reduceLosses(apply(huberOp, { x, target }, { kind: "huber", delta }), reduction);
}

const pair = definePairLoss<Huber>("huber", {
  target: (dy, x, target, loss) => neg(apply(huberGradOp, { dy, x, target }, loss)),
  xx: within,
  xTarget: (v, x, target, loss) => neg(within(v, x, target, loss)),
});

/** Returns v where `|x - target| < delta`, else 0. */
function within(v: Tensor, x: Tensor, target: Tensor, { delta }: Huber): Tensor {
  const d = sub(x, target);
  return reluGrad(reluGrad(v, add(d, delta)), sub(delta, d));
}

/** The op of {@link huber}: one loss per element. */
export const huberOp: PairLossOp<Huber> = pair.op;

/** The gradient of huber with respect to x. */
export const huberGradOp: PairLossGradOp<Huber> = pair.gradOp;
