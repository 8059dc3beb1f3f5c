/**
 * `softmaxCE`: the cross entropy of labels and the softmax of logits, the loss of classifiers.
 *
 * With p = softmax(logits) and target t the loss of a row is `-sum_j t_j log p_j`, and its
 * gradient is `p sum(t) - t`: the exponentials cancel, so it is exact where p underflows. The
 * gradient is an op with a gradient of its own, made of softmax and products.
 *
 * @module
 */
import { adoptLike } from "../../src/core/arena.ts";
import { checkFloats, checkTensors } from "../../src/core/checks.ts";
import { checkLabels, ones } from "../../src/core/create.ts";
import { type SoftmaxCEGeometry, softmaxCEGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import type { Operand } from "../elementwise/define.ts";
import { mean } from "../reduce/mean.ts";
import { mul } from "../elementwise/mul.ts";
import { neg } from "../elementwise/neg.ts";
import { reshape } from "../shape/reshape.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { sub } from "../elementwise/sub.ts";
import { sum } from "../reduce/sum.ts";

/** Options of {@link softmaxCE}. */
export interface SoftmaxCEOptions {
  /** Share of the target spread evenly over all classes, from 0 (the default) to 1. */
  readonly labelSmoothing?: number;
  /** How the losses of the rows become one: their `"mean"` (the default), `"sum"`, or `"none"`. */
  readonly reduction?: "mean" | "sum" | "none";
}

/**
 * The cross entropy of labels and the softmax of logits.
 *
 * Formula: `-sum_j t_j log softmax(logits)_j` by rows, with the target
 * `t = (1 - labelSmoothing) label + labelSmoothing / C`. Shapes: logits `[N, C]`; labels `[N]`
 * int32 or uint8 class indices, or a distribution `[N, C]`; -> a scalar, or `[N]` with reduction
 * "none". Gradient: `(softmax(logits) sum(t) - t) dy` to the logits, also to a distribution. Edge
 * cases: stable for logits of ±1e4; a row with NaN is NaN; the mean of no rows is NaN. Source:
 * PyTorch's `cross_entropy`, also for the smoothing.
 *
 * @example
 * ```ts
 * import { softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const logits = tensor([[0, 0], [1e4, 0]]);
 * const labels = tensor([1, 0], { dtype: "int32" });
 * assertAlmostEquals(softmaxCE(logits, labels).item(), Math.LN2 / 2, 1e-7);
 * assertEquals(softmaxCE(logits, labels, { reduction: "none" }).shape, [2]);
 * ```
 *
 * @param logits unnormalised log-probabilities, a float tensor.
 * @param labels class indices, or a distribution of the logits' dtype.
 * @param options `labelSmoothing` (0 by default), `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if an index is no class, naming its row, or the smoothing is not in 0..1.
 */
export function softmaxCE(
  logits: Tensor,
  labels: Tensor,
  { labelSmoothing = 0, reduction = "mean" }: SoftmaxCEOptions = {},
): Tensor {
  const action = "apply softmaxCE";
  checkTensors(action, { labels });
  checkFloats(action, { logits });
  const g = softmaxCEGeometry(logits, labels, labelSmoothing);
  if (g.indices) checkLabels(action, labels, g.columns);
  const reduce = REDUCTIONS[reduction];
  if (reduce === undefined) {
    throw new RangeError(
      `Cannot ${action}: reduction must be "mean", "sum" or "none": got ${String(reduction)}`,
    );
  }
  return reduce(apply(softmaxCEOp, { logits, labels }, g));
}

const REDUCTIONS: Record<"mean" | "sum" | "none", (losses: Tensor) => Tensor> = {
  mean: (losses) => mean(losses),
  sum: (losses) => sum(losses),
  none: (losses) => losses,
};

/** The op of {@link softmaxCE}: one loss per row. */
export const softmaxCEOp: Op<
  readonly ["logits", "labels"],
  "logits" | "labels",
  SoftmaxCEGeometry
> = defineOp({
  name: "softmaxCE",
  inputs: ["logits", "labels"],
  reads: ["logits", "labels"],
  forward: (k, { logits, labels }, g: SoftmaxCEGeometry) => k.softmaxCE(logits, labels, g),
  backward: (dy, { logits, labels }, g) => ({
    logits: () => apply(softmaxCEGradOp, { dy, logits, labels }, g),
    labels: g.indices ? null : () => neg(mul(logSoftmax(logits), labelWeight(dy, g))),
  }),
});

/** The gradient of softmaxCE with respect to the logits. */
export const softmaxCEGradOp: Op<
  readonly ["dy", "logits", "labels"],
  "dy" | "logits" | "labels",
  SoftmaxCEGeometry
> = defineOp({
  name: "softmaxCEGrad",
  inputs: ["dy", "logits", "labels"],
  reads: ["dy", "logits", "labels"],
  forward: (k, { dy, logits, labels }, g: SoftmaxCEGeometry) =>
    k.softmaxCEGrad(dy, logits, labels, g),
  backward: (ddx, { dy, logits, labels }, g) => ({
    dy: () => sum(mul(ddx, unitGradient(logits, labels, g)), { axis: 1 }),
    logits: () => {
      // Of p sum(t) dy - t dy only p depends on the logits: its Jacobian is softmax's.
      const p = softmax(logits);
      const turned = mul(p, sub(ddx, expectation(p, ddx)));
      return mul(turned, column(mul(dy, targetMass(labels, g))));
    },
    labels: g.indices
      ? null
      : () => mul(sub(expectation(softmax(logits), ddx), ddx), labelWeight(dy, g)),
  }),
});

/** The gradient of each row's loss for dy = 1. */
function unitGradient(logits: Tensor, labels: Tensor, g: SoftmaxCEGeometry): Tensor {
  const { dtype, backend } = logits;
  const dy = adoptLike(logits, ones([g.rows], { dtype, backend }));
  return apply(softmaxCEGradOp, { dy, logits, labels }, g);
}

/** The sum of each row's target: 1 for a class index. */
function targetMass(labels: Tensor, { indices, labelSmoothing }: SoftmaxCEGeometry): Operand {
  if (indices) return 1;
  return add(mul(sum(labels, { axis: 1 }), 1 - labelSmoothing), labelSmoothing);
}

/** Per row, what a share of 1 in the label weighs in the gradient, as a column. */
function labelWeight(dy: Tensor, { labelSmoothing }: SoftmaxCEGeometry): Tensor {
  return column(mul(dy, 1 - labelSmoothing));
}

/** The mean of each row of values under the probabilities p, as a column. */
function expectation(p: Tensor, values: Tensor): Tensor {
  return sum(mul(p, values), { axis: 1, keepDims: true });
}

function column(x: Tensor): Tensor {
  return reshape(x, [x.size, 1]);
}
