/**
 * `sigmoidFocal`: the focal loss, a sigmoid cross entropy in which easy examples weigh little.
 *
 * The cross entropy of a label is multiplied by (1 - p)^gamma, p being the probability given to
 * it. As p = sigmoid(x), that factor is exp(-gamma softplus(x)): it needs no power of a
 * difference that has lost its digits.
 *
 * @module
 */
import { checkAtLeast } from "../../src/core/checks.ts";
import { formatValue } from "../../src/core/format_value.ts";
import { apply } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { checkPair, type PairLossGradOp, type PairLossOp } from "./define.ts";
import { reduceLosses, type ReductionOptions } from "./reduction.ts";
import { type BinaryLoss, defineBinaryLoss } from "./sigmoid_ce.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link sigmoidFocal}. */
export interface SigmoidFocalOptions extends ReductionOptions {
  /**
   * Weight of a positive label, from 0 to 1; a negative one weighs `1 - alpha`. 0.25 by default;
   * null weighs both with 1.
   */
  readonly alpha?: number | null;
  /**
   * Exponent that makes easy examples count less: at least 0, at which they count in full. 2 by
   * default.
   */
  readonly gamma?: number;
}

const KNOWN = "reduction alpha gamma#";

/**
 * Computes the focal loss of logits against labels, by default its mean.
 *
 * - **Formula**: `alpha t (1 - p)^gamma softplus(-x) + (1 - alpha) (1 - t) p^gamma softplus(x)` by
 *   elements, x being a logit, `p = sigmoid(x)` and t the label.
 * - **Shapes**: any, equal: nothing is broadcast; -> a scalar, or the logits' shape with reduction
 *   "none".
 * - **Gradient**: that of the formula, also to labels, in which it is linear.
 * - **Edge cases**: stable for logits of ±1e4; NaN wins; with `gamma` 0 and `alpha` null it is
 *   `sigmoidCE`.
 * - **Source**: T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, "Focal loss for dense object
 *   detection", ICCV 2017; torchvision's `sigmoid_focal_loss` and Keras's `BinaryFocalCrossentropy`
 *   are the same for labels of 0 and 1.
 *
 * @example
 * ```ts
 * import { sigmoidFocal, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const easy = sigmoidFocal(tensor([4]), tensor([1])).item();
 * const hard = sigmoidFocal(tensor([-4]), tensor([1])).item();
 * assertAlmostEquals(easy, 0.25 * 0.018 ** 2 * 0.018, 1e-7);
 * assertAlmostEquals(hard, 0.25 * 0.982 ** 2 * 4.018, 1e-3);
 * ```
 *
 * @param logits a float tensor.
 * @param labels 0 and 1, of the logits' shape and dtype.
 * @param options `alpha` (0.25 by default), `gamma` (2 by default), `reduction` ("mean" by
 * default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if alpha is not in 0..1, gamma is negative or not finite, or the reduction
 * is none of the three.
 */
export function sigmoidFocal(
  logits: Tensor,
  labels: Tensor,
  options: SigmoidFocalOptions = {},
): Tensor {
  const action = "apply sigmoidFocal";
  options = checkOptions(action, options, KNOWN);
  const { alpha = 0.25, gamma = 2, reduction } = options;
  checkPair(action, ["logits", logits], ["labels", labels], options);
  if (alpha !== null && !(typeof alpha === "number" && alpha >= 0 && alpha <= 1)) {
    const got = formatValue(alpha);
    throw new RangeError(`Cannot ${action}: alpha must be from 0 to 1, or null: got ${got}`);
  }
  checkAtLeast(action, "gamma", gamma, 0);
  const [positive, negative] = alpha === null ? [1, 1] : [alpha, 1 - alpha];
  const loss: BinaryLoss = { kind: "focal", positive, negative, gamma };
  return reduceLosses(apply(sigmoidFocalOp, { x: logits, target: labels }, loss), reduction);
}

const pair = /* @__PURE__ */ defineBinaryLoss("sigmoidFocal");

/** The op of {@link sigmoidFocal}: one loss per element. */
export const sigmoidFocalOp: PairLossOp<BinaryLoss> = pair.op;

/** The gradient of sigmoidFocal with respect to the logits. */
export const sigmoidFocalGradOp: PairLossGradOp<BinaryLoss> = pair.gradOp;
