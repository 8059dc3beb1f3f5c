/**
 * `softmaxCE`: the cross entropy of labels and the softmax of logits, the loss of classifiers.
 *
 * With p = softmax(logits) and target t, weighted by class, the loss of a row is
 * `-sum_j t_j log p_j`, and its gradient is `p sum(t) - t`: the exponentials cancel, so it is
 * exact where p underflows. The gradient is an op with a gradient of its own, made of softmax and
 * products.
 *
 * @module
 */
import type { Kernels, NdArray } from "../../src/backends/kernels.ts";
import { adoptLike } from "../../src/core/arena.ts";
import { checkFloats, checkTensors } from "../../src/core/checks.ts";
import { checkLabels, ones } from "../../src/core/create.ts";
import {
  broadcastGeometry,
  reduceGeometry,
  type SoftmaxCEGeometry,
  softmaxCEGeometry,
  takeGeometry,
} from "../../src/core/geometry/mod.ts";
import { noteMean } from "../../src/core/loss_weight.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import type { Operand } from "../elementwise/define.ts";
import { mul } from "../elementwise/mul.ts";
import { neg } from "../elementwise/neg.ts";
import { reshape } from "../shape/reshape.ts";
import { checkReduction, reduceLosses, type ReductionOptions } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { sub } from "../elementwise/sub.ts";
import { sum } from "../reduce/sum.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link softmaxCE}. */
export interface SoftmaxCEOptions extends ReductionOptions {
  /** Share of the target spread evenly over all classes, from 0 (the default) to 1. */
  readonly labelSmoothing?: number;
  /** A weight for each class, `[C]`, for classes of unequal frequency; ones by default. */
  readonly classWeights?: Tensor;
  /** Rows with this class index have neither loss nor gradient; there is none by default. */
  readonly ignoreIndex?: number;
}

const KNOWN = "reduction labelSmoothing# classWeights ignoreIndex#";

/**
 * Computes the cross entropy of labels and the softmax of logits.
 *
 * - **Formula**: `-sum_j t_j log softmax(logits)_j` by rows, with the target
 *   `t = classWeights ((1 - labelSmoothing) label + labelSmoothing / C)`. The mean of class indices
 *   with weights, or with rows that are ignored, is the sum of the losses divided by the sum of the
 *   weights of the labels that count; every other mean is one over all rows.
 * - **Shapes**: logits `[..., C]`; labels `[...]` int32 or uint8 class indices, or a distribution
 *   `[..., C]`; -> a scalar, or `[...]` with reduction "none".
 * - **Gradient**: `(softmax(logits) sum(t) - t) dy` to the logits, also to a distribution, none to
 *   the weights.
 * - **Edge cases**: stable for logits of ±1e4; a row with NaN is NaN unless it is ignored; a class
 *   without a share adds nothing, even where its logit is infinite; the mean of no rows is NaN.
 * - **Source**: PyTorch's `cross_entropy`, also for smoothing and mean.
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
 *
 * const weighted = softmaxCE(logits, labels, { classWeights: tensor([3, 1]) });
 * assertAlmostEquals(weighted.item(), Math.LN2 / 4, 1e-7); // (1 ln 2 + 3 · 0) / (1 + 3)
 * const padded = tensor([1, -100], { dtype: "int32" });
 * assertAlmostEquals(softmaxCE(logits, padded, { ignoreIndex: -100 }).item(), Math.LN2, 1e-7);
 * ```
 *
 * @param logits unnormalised log-probabilities, a float tensor.
 * @param labels class indices, or a distribution of the logits' dtype.
 * @param options `labelSmoothing` (0 by default), `classWeights`, `ignoreIndex`, `reduction`
 * ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes do not fit.
 * @throws {RangeError} if an index is no class, naming its row, or the smoothing is not in 0..1.
 */
export function softmaxCE(
  logits: Tensor,
  labels: Tensor,
  options: SoftmaxCEOptions = {},
): Tensor {
  const action = "apply softmaxCE";
  const { labelSmoothing = 0, classWeights, ignoreIndex, reduction = "mean" } = checkOptions(
    action,
    options,
    KNOWN,
  );
  checkTensors(action, { labels });
  checkFloats(action, { logits }, { classWeights });
  const g = softmaxCEGeometry(logits, labels, { labelSmoothing, classWeights, ignoreIndex });
  if (g.indices) checkLabels(action, labels, g.columns, ignoreIndex);
  checkReduction(action, reduction);
  const inputs = { logits, labels, classWeights };
  const byWeight = g.indices && (classWeights !== undefined || ignoreIndex !== undefined);
  if (reduction === "mean" && byWeight && g.rows > 0) {
    noteMean({ labels, classWeights, ignoreIndex });
    return reduceLosses(apply(softmaxCEOp, inputs, { ...g, divided: true }), "sum");
  }
  return reduceLosses(apply(softmaxCEOp, inputs, g), reduction);
}

/** The op of {@link softmaxCE}: one loss per row. */
export const softmaxCEOp: Op<
  readonly ["logits", "labels", "classWeights?"],
  "logits" | "labels" | "classWeights",
  SoftmaxCEGeometry
> = /* @__PURE__ */ defineOp({
  name: "softmaxCE",
  inputs: ["logits", "labels", "classWeights?"],
  reads: ["logits", "labels", "classWeights"],
  forward: (k, { logits, labels, classWeights }, g: SoftmaxCEGeometry) =>
    k.softmaxCE(logits, labels, classWeights ?? null, g),
  backward: (dy, { logits, labels, classWeights }, g) => ({
    logits: () => apply(softmaxCEGradOp, { dy, logits, labels, classWeights }, g),
    labels: g.indices ? null : () => neg(mul(logSoftmax(logits), labelWeight(dy, classWeights, g))),
    classWeights: null, // settings, not what is learned
  }),
});

/** The gradient of softmaxCE with respect to the logits. */
export const softmaxCEGradOp: Op<
  readonly ["dy", "logits", "labels", "classWeights?"],
  "dy" | "logits" | "labels" | "classWeights",
  SoftmaxCEGeometry
> = /* @__PURE__ */ defineOp({
  name: "softmaxCEGrad",
  inputs: ["dy", "logits", "labels", "classWeights?"],
  reads: ["dy", "logits", "labels", "classWeights"],
  forward: (k, { dy, logits, labels, classWeights }, g: SoftmaxCEGeometry) =>
    k.softmaxCEGrad(dy, logits, labels, classWeights ?? null, g),
  backward: (ddx, { dy, logits, labels, classWeights }, g) => ({
    dy: () => sum(mul(ddx, unitGradient({ logits, labels, classWeights }, g)), { axis: -1 }),
    logits: () => {
      // Of p sum(t) dy - t dy only p depends on the logits: its Jacobian is softmax's.
      const p = softmax(logits);
      const turned = mul(p, sub(ddx, expectation(p, ddx)));
      return mul(turned, mul(column(dy), targetMass({ logits, labels, classWeights }, g)));
    },
    labels: g.indices ? null : () =>
      mul(
        sub(expectation(softmax(logits), ddx), ddx),
        labelWeight(dy, classWeights, g),
      ),
    classWeights: null,
  }),
});

interface Rows {
  readonly logits: Tensor;
  readonly labels: Tensor;
  readonly classWeights?: Tensor;
}

/** Computes the gradient of each row's loss for dy = 1. */
function unitGradient(rows: Rows, g: SoftmaxCEGeometry): Tensor {
  const { shape, dtype, backend } = rows.logits;
  const dy = adoptLike(rows.logits, ones(shape.slice(0, -1), { dtype, backend }));
  return apply(softmaxCEGradOp, { dy, ...rows }, g);
}

/** Computes the sum of each row's target, as a column; 1 for plain class indices. */
function targetMass(rows: Rows, g: SoftmaxCEGeometry): Operand {
  const { labels, classWeights } = rows;
  if (g.indices) {
    const isPlain = classWeights === undefined && g.ignoreIndex === undefined;
    return isPlain ? 1 : column(apply(softmaxCEMassOp, rows, g));
  }
  const target = add(mul(labels, 1 - g.labelSmoothing), g.labelSmoothing / g.columns);
  const shares = classWeights === undefined ? target : mul(target, classWeights);
  return sum(shares, { axis: -1, keepDims: true });
}

/**
 * The sum of each row's target for class indices with weights, or with rows that are ignored. A
 * constant: no gradient flows through it. The sum depends on the label alone, so that it is picked
 * from a row with one for each class; for a row that is ignored nothing is picked, which is 0.
 */
export const softmaxCEMassOp: Op<
  readonly ["logits", "labels", "classWeights?"],
  never,
  SoftmaxCEGeometry
> = /* @__PURE__ */ defineOp({
  name: "softmaxCEMass",
  inputs: ["logits", "labels", "classWeights?"],
  reads: [],
  forward: (k, { logits, labels, classWeights }, g: SoftmaxCEGeometry) => {
    const weights = classWeights ?? k.fill([g.columns], logits.dtype, 1);
    const masses = massOfClasses(k, weights, g);
    const pick = (x: NdArray) =>
      k.gather(x, labels, {
        ...takeGeometry("apply softmaxCE", x.shape, labels.shape, 0),
        skip: g.ignoreIndex ?? -1, // a class is never -1: then no row is skipped
      });
    const y = g.divided ? divided(k, pick(masses), pick(weights)) : pick(masses);
    if (weights !== classWeights) k.free(weights);
    k.free(masses);
    return y;
  },
  backward: () => ({ logits: null, labels: null, classWeights: null }),
});

/** Computes `(1 - labelSmoothing) weight + labelSmoothing mean(weights)` for each class. */
function massOfClasses(k: Kernels, weights: NdArray, g: SoftmaxCEGeometry): NdArray {
  const { shape, dtype } = weights;
  const over = broadcastGeometry("apply softmaxCE", shape, []);
  const [own, spread] = [1 - g.labelSmoothing, g.labelSmoothing].map((v) => k.fill([], dtype, v));
  const mean = k.reduce("mean", weights, reduceGeometry("apply softmaxCE", shape));
  const parts = [
    k.binary("mul", weights, own, over),
    k.binary("mul", mean, spread, broadcastGeometry("apply softmaxCE", [], [])),
  ];
  const masses = k.binary("add", parts[0], parts[1], over);
  for (const x of [own, spread, mean, ...parts]) k.free(x);
  return masses;
}

/** Divides masses by the sum of weights; frees both. */
function divided(k: Kernels, masses: NdArray, weights: NdArray): NdArray {
  const total = k.reduce("sum", weights, reduceGeometry("apply softmaxCE", weights.shape));
  const y = k.binary("div", masses, total, broadcastGeometry("apply softmaxCE", masses.shape, []));
  for (const x of [masses, weights, total]) k.free(x);
  return y;
}

/**
 * Computes the weight in the gradient of a share of 1 in the label: by row, or by row and class.
 */
function labelWeight(
  dy: Tensor,
  classWeights: Tensor | undefined,
  { labelSmoothing }: SoftmaxCEGeometry,
): Tensor {
  const byRow = column(mul(dy, 1 - labelSmoothing));
  return classWeights === undefined ? byRow : mul(byRow, classWeights);
}

/** Computes the mean of each row of values under the probabilities p, as a column. */
function expectation(p: Tensor, values: Tensor): Tensor {
  return sum(mul(p, values), { axis: -1, keepDims: true });
}

/** Shapes one element for each row, against the elements of the row. */
function column(x: Tensor): Tensor {
  return reshape(x, [...x.shape, 1]);
}
