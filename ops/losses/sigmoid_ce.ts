/**
 * `sigmoidCE`: the cross entropy of labels and the sigmoid of logits, the loss of yes and no.
 *
 * With f(x) = softplus(-x) = -log(sigmoid(x)) the loss is `t f(x) + (1 - t) f(-x)`: linear in the
 * label t, so the label's derivative is the loss for 1 minus the loss for 0. The focal loss
 * (`sigmoid_focal.ts`) has another f and is else the same.
 *
 * @module
 */
import { adoptLike } from "../../src/core/arena.ts";
import { checkAtLeast, checkFloats } from "../../src/core/checks.ts";
import { full } from "../../src/core/create.ts";
import { checkRepeats, type PairLoss } from "../../src/core/geometry/mod.ts";
import { apply } from "../../src/core/op.ts";
import { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { exp } from "../elementwise/exp.ts";
import { mul } from "../elementwise/mul.ts";
import { sigmoid } from "../elementwise/sigmoid.ts";
import { softplus } from "../elementwise/softplus.ts";
import { square } from "../elementwise/square.ts";
import { sub } from "../elementwise/sub.ts";
import {
  checkPair,
  definePairLoss,
  type PairLossGradOp,
  type PairLossOp,
  type PairLossOps,
} from "./define.ts";
import { reduceLosses, type ReductionOptions } from "./reduction.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link sigmoidCE}. */
export interface SigmoidCEOptions extends ReductionOptions {
  /**
   * Weight of a positive label, against 1 for a negative one: a number of at least 0, or a tensor
   * that broadcasts to the logits, one number for each class. 1 by default.
   */
  readonly positiveWeight?: number | Tensor;
}

const KNOWN = "reduction positiveWeight";

/** The parameters of a loss of logits against labels from 0 to 1. */
export type BinaryLoss = PairLoss & { readonly kind: "focal" };

const PLAIN: BinaryLoss = { kind: "focal", positive: 1, negative: 1, gamma: 0 };

/**
 * Computes the cross entropy of labels and the sigmoid of logits, by default its mean: for labels
 * that exclude nothing, each a yes or no of its own.
 *
 * - **Formula**: `positiveWeight t softplus(-x) + (1 - t) softplus(x)` by elements, x being a
 *   logit, t its label and `softplus(x) = log(1 + exp(x))`.
 * - **Shapes**: any, equal: nothing is broadcast; -> a scalar, or the logits' shape with reduction
 *   "none".
 * - **Gradient**: `(sigmoid(x) - t) dy` with a weight of 1, also to labels.
 * - **Edge cases**: stable for logits of ±1e4; a label of 0 or 1 that an infinite logit agrees with
 *   costs nothing; NaN wins.
 * - **Source**: PyTorch's `binary_cross_entropy_with_logits`, also for `pos_weight`.
 *
 * @example
 * ```ts
 * import { sigmoidCE, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const logits = tensor([0, 1e4, -1e4]);
 * const labels = tensor([1, 1, 0]);
 * assertAlmostEquals(sigmoidCE(logits, labels).item(), Math.LN2 / 3, 1e-7);
 * ```
 *
 * @param logits a float tensor.
 * @param labels from 0 to 1, of the logits' shape and dtype.
 * @param options `positiveWeight` (1 by default), `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if the weight is negative or not finite, or the reduction is none of the
 * three.
 */
export function sigmoidCE(
  logits: Tensor,
  labels: Tensor,
  options: SigmoidCEOptions = {},
): Tensor {
  const action = "apply sigmoidCE";
  options = checkOptions(action, options, KNOWN);
  const { positiveWeight = 1, reduction } = options;
  checkPair(action, ["logits", logits], ["labels", labels], options);
  if (positiveWeight instanceof Tensor) {
    checkFloats(action, { logits, positiveWeight });
    checkRepeats(action, { positiveWeight: positiveWeight.shape, logits: logits.shape });
    return reduceLosses(weighted(logits, labels, positiveWeight), reduction);
  }
  checkAtLeast(action, "positiveWeight", positiveWeight, 0);
  const loss = { ...PLAIN, positive: positiveWeight };
  return reduceLosses(apply(sigmoidCEOp, { x: logits, target: labels }, loss), reduction);
}

/**
 * Computes the losses with a weight for each class: those without, and the further cost of positive
 * labels. Made of other ops, at the price of a second pass of softplus: the tensor may need a
 * gradient.
 */
function weighted(logits: Tensor, labels: Tensor, weight: Tensor): Tensor {
  const plain = apply(sigmoidCEOp, { x: logits, target: labels }, PLAIN);
  return add(plain, mul(mul(sub(weight, 1), labels), softplusOfNegative(logits)));
}

/** Defines a loss `positive t f(x) + negative (1 - t) f(-x)` by the name of its op. */
export function defineBinaryLoss(name: string): PairLossOps<BinaryLoss> {
  const ops: PairLossOps<BinaryLoss> = definePairLoss<BinaryLoss>(name, {
    target: (dy, x, _target, loss) => {
      const at = (label: number) => apply(ops.op, { x, target: constant(x, label) }, loss);
      return mul(dy, sub(at(1), at(0)));
    },
    xx: (v, x, target, loss) => mul(v, curvature(x, target, loss)),
    xTarget: (v, x, _target, loss) => {
      const at = (label: number) =>
        apply(ops.gradOp, { dy: v, x, target: constant(x, label) }, loss);
      return sub(at(1), at(0));
    },
  });
  return ops;
}

/**
 * Computes the second derivative by x. With s = sigmoid(x), u = softplus(x), v = softplus(-x) that
 * of `f = exp(-gamma u) v` is `exp(-gamma u) (gamma² s² v + s (1 - s) (1 + gamma (2 - v)))`.
 */
function curvature(x: Tensor, target: Tensor, { positive, negative, gamma }: BinaryLoss): Tensor {
  const [s, rest] = [sigmoid(x), sigmoid(mul(x, -1))];
  const both = mul(s, rest);
  const [yes, no] = [mul(target, positive), mul(sub(1, target), negative)];
  if (gamma === 0) return mul(add(yes, no), both);
  const [u, v] = [softplus(x), softplusOfNegative(x)];
  const term = (s: Tensor, u: Tensor, v: Tensor) => {
    const inner = add(mul(both, add(1, mul(sub(2, v), gamma))), mul(mul(square(s), v), gamma ** 2));
    return mul(exp(mul(u, -gamma)), inner);
  };
  return add(mul(yes, term(s, u, v)), mul(no, term(rest, v, u)));
}

/** Computes `log(1 + exp(-x))`: the loss of a positive label. */
function softplusOfNegative(x: Tensor): Tensor {
  return softplus(mul(x, -1));
}

/** Makes a tensor like x of one value. */
function constant(x: Tensor, value: number): Tensor {
  return adoptLike(x, full(x.shape, value, { dtype: x.dtype, backend: x.backend }));
}

const pair = /* @__PURE__ */ defineBinaryLoss("sigmoidCE");

/** The op of {@link sigmoidCE}: one loss per element. */
export const sigmoidCEOp: PairLossOp<BinaryLoss> = pair.op;

/** The gradient of sigmoidCE with respect to the logits. */
export const sigmoidCEGradOp: PairLossGradOp<BinaryLoss> = pair.gradOp;
