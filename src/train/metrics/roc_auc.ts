/**
 * The area under the receiver operating characteristic.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Measurement, Metric } from "../scores.ts";
import {
  binaryLabels,
  checkSameLength,
  checkScoreOptions,
  IGNORED,
  isArrayOf,
  type LabelOptions,
  readCases,
} from "./cases.ts";

const ACTION = "compute rocAuc";

/**
 * Measures the area under the receiver operating characteristic of a classifier of two classes.
 *
 * - **Shapes**: scores `[N]`, `[N, ..., 1]` or `[N, ..., 2]` (the second less the first counts);
 *   targets as for `accuracy`. It keeps a number per example.
 * - **Edge cases**: NaN without one of the classes, or with a score that is NaN.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { rocAuc } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = rocAuc();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([0.1, 0.4]), tensor([0, 0]));
 * measurement.add(tensor([0.35, 0.8]), tensor([1, 1]));
 * assertEquals(measurement.value(), 0.75);
 * ```
 *
 * @param options `ignoreIndex`.
 * @returns a metric.
 * @throws {ShapeError} (when it measures) if scores are of more than two classes, or targets do not
 * fit them.
 * @throws {RangeError} (when it measures) if a label is not 0 or 1.
 */
export function rocAuc(options?: LabelOptions): Metric;
/**
 * Computes the area under the receiver operating characteristic: the probability that a positive
 * example has a higher score than a negative one, equal scores counting half.
 *
 * - **Formula**: `(sum of the ranks of the positives - P (P + 1) / 2) / (P N)`, equal scores
 *   sharing their mean rank.
 * - **Edge cases**: NaN without positives, without negatives, or with a score that is NaN.
 * - **Source**: H. Mann, D. Whitney, 1947; `roc_auc_score` of scikit-learn.
 *
 * @example Of all predictions at once
 * ```ts
 * import { rocAuc } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 0.75);
 * ```
 *
 * @param scores higher ones for what is more probably positive.
 * @param labels 1 for positive, 0 for negative, as many.
 * @param options `ignoreIndex`.
 * @returns a number from 0 to 1; 0.5 for scores that tell nothing.
 * @throws {ShapeError} if there are not as many labels as scores.
 * @throws {RangeError} if a label is not from 0 to 1.
 */
export function rocAuc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options?: LabelOptions,
): number;
export function rocAuc(
  first?: ArrayLike<number> | LabelOptions,
  labels?: ArrayLike<number>,
  more: LabelOptions = {},
): Metric | number {
  if (isArrayOf(ACTION, "scores", first, labels !== undefined)) {
    more = checkOptions(ACTION, more, "ignoreIndex#");
    checkSameLength(first, labels ?? []);
    return areaOf(first, binaryLabels(ACTION, labels ?? [], more));
  }
  const given: LabelOptions = first === undefined ? {} : first;
  const options = checkOptions(ACTION, given, "ignoreIndex#");
  checkScoreOptions(ACTION, options);
  return () => areaMeasurement(options);
}

function areaMeasurement(options: LabelOptions): Measurement<number> {
  const scores: number[] = [];
  const labels: number[] = [];
  return {
    add(y, target) {
      const cases = readCases(ACTION, y, target, options);
      const { columns } = cases;
      if (columns > 2) {
        throw new ShapeError(
          `Cannot ${ACTION}: scores must be [N], [N, 1] or [N, 2]: got ${formatShape(y.shape)}`,
        );
      }
      cases.labels.forEach((label, row) => {
        const score = columns === 1
          ? cases.scores[row]
          : cases.scores[2 * row + 1] - cases.scores[2 * row];
        scores.push(score);
        labels.push(label);
      });
    },
    value: () => areaOf(scores, labels),
  };
}

/** Computes the area from the ranks of scores. */
function areaOf(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const order: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === IGNORED) continue;
    if (Number.isNaN(scores[i])) return NaN;
    order.push(i);
  }
  order.sort((a, b) => scores[a] - scores[b]);
  let [positives, rankSum] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (labels[order[i]] === 0) continue;
      positives++;
      rankSum += rank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
}
