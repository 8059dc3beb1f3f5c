/**
 * `klDiv`: the Kullback-Leibler divergence of a distribution from predicted log-probabilities.
 *
 * The loss of an element is `t (log(t) - x)`: linear in x with the slope -t. Where t is given as
 * its logarithm, `exp(t)` takes its place.
 *
 * @module
 */
import type { PairLoss } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { div } from "../elementwise/div.ts";
import { exp } from "../elementwise/exp.ts";
import { log } from "../elementwise/log.ts";
import { mul } from "../elementwise/mul.ts";
import { neg } from "../elementwise/neg.ts";
import { sub } from "../elementwise/sub.ts";
import { checkPair, definePairLoss, type PairLossGradOp, type PairLossOp } from "./define.ts";
import { checkReduction, reduceLosses, type Reduction } from "./reduction.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link klDiv}. */
export interface KlDivOptions {
  /** The target is given as logarithms of probabilities too; it is not by default. */
  readonly logTarget?: boolean;
  /**
   * Reduction of the losses: the `"mean"` over all elements (the default), their `"sum"`, `"none"`,
   * or `"batchMean"`, the sum divided by the first dimension: the divergence by definition.
   */
  readonly reduction?: Reduction | "batchMean";
}

const KNOWN = "reduction logTarget?";

type Divergence = PairLoss & { readonly kind: "divergence" };

/**
 * Computes the Kullback-Leibler divergence of target probabilities from predicted
 * log-probabilities.
 *
 * - **Formula**: `target (log(target) - x)` by elements, or `exp(target) (target - x)` with
 *   `logTarget`.
 * - **Shapes**: any, equal: nothing is broadcast; -> a scalar, or x's shape with reduction "none".
 * - **Gradient**: `dx = -target dy` (`-exp(target) dy`), and to the target
 *   `(log(target) + 1 - x) dy` (`exp(target) (target + 1 - x) dy`), which is infinite at 0.
 * - **Edge cases**: a probability of 0 costs nothing, even where x is infinite; NaN wins.
 * - **Source**: PyTorch's `kl_div`, in names and order of arguments; Keras takes probabilities for
 *   both, the true ones first.
 *
 * @example
 * ```ts
 * import { klDiv, log, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const x = log(tensor([[0.5, 0.5]]));
 * const options = { reduction: "batchMean" } as const;
 * assertAlmostEquals(klDiv(x, tensor([[1, 0]]), options).item(), Math.LN2, 1e-7);
 * ```
 *
 * @param x logarithms of probabilities, a float tensor; `logSoftmax` makes them.
 * @param target probabilities, of x's shape and dtype.
 * @param options `logTarget` (false by default), `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if the reduction is none of the four.
 */
export function klDiv(x: Tensor, target: Tensor, options: KlDivOptions = {}): Tensor {
  const action = "apply klDiv";
  const { logTarget = false, reduction = "mean" } = checkOptions(action, options, KNOWN);
  checkPair(action, ["x", x], ["target", target], {});
  checkReduction(action, reduction, ["mean", "sum", "none", "batchMean"]);
  const losses = apply(klDivOp, { x, target }, { kind: "divergence", logTarget });
  if (reduction !== "batchMean") return reduceLosses(losses, reduction);
  return div(reduceLosses(losses, "sum"), x.shape[0] ?? 1);
}

const pair = definePairLoss<Divergence>("klDiv", {
  target: (dy, x, target, loss) => {
    if (!loss.logTarget) return mul(dy, sub(add(log(target), 1), x));
    // exp(t) (t - x) is the loss itself, which is 0 where exp(t) is.
    return mul(dy, add(apply(klDivOp, { x, target }, loss), exp(target)));
  },
  xx: null, // linear in x
  xTarget: (v, _x, target, { logTarget }) => neg(logTarget ? mul(v, exp(target)) : v),
});

/** The op of {@link klDiv}: one loss per element. */
export const klDivOp: PairLossOp<Divergence> = pair.op;

/** The gradient of klDiv with respect to x. */
export const klDivGradOp: PairLossGradOp<Divergence> = pair.gradOp;
