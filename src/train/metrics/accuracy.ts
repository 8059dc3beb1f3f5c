/**
 * Shares of examples that are right: the first class, one of k, yes or no.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Metric } from "../scores.ts";
import {
  binaryLabels,
  type Cases,
  checkLabels,
  checkSameLength,
  checkScoreOptions,
  classLabels,
  classOfRow,
  IGNORED,
  isArrayOf,
  type LabelOptions,
  readCases,
  readPairs,
  SCORE_OPTIONS,
  type ScoreOptions,
} from "./cases.ts";

/**
 * Measures the share of examples whose highest score is that of their class.
 *
 * - **Shapes**: scores `[N, ..., C]`; targets `[N, ...]` or `[N, ..., 1]` (classes), or
 *   `[N, ..., C]` (distributions, whose highest share counts). Or one score per example, `[N]` or
 *   `[N, ..., 1]`: class 1 above `threshold`, else 0; targets from 0 to 1, of which those above a
 *   half are class 1. Every row of scores is an example: a step of `[N, T, C]`, a pixel of
 *   `[N, H, W, C]`.
 * - **Edge cases**: of equal scores the first counts; NaN is below every number, and never right;
 *   NaN for no examples.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { accuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = accuracy();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1, 2], [4, 3]]), tensor([1, 1], { dtype: "int32" }));
 * assertEquals(measurement.value(), 0.5);
 * ```
 *
 * @param options `ignoreIndex`, `threshold`.
 * @returns a metric.
 * @throws {ShapeError} (when it measures) if targets do not fit scores.
 * @throws {RangeError} (when it measures) if a label is no class, or a distribution does not sum to
 * 1; it names the row.
 */
export function accuracy(options?: ScoreOptions): Metric;
/**
 * Computes the share of predictions that are right; NaN for none.
 *
 * @example Of all predictions at once
 * ```ts
 * import { accuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(accuracy([0, 1, 2, 2], [0, 1, 2, 0]), 0.75);
 * ```
 *
 * @param predicted predicted classes; -1 for none, as `predictions` gives it.
 * @param labels true classes, as many.
 * @param options `ignoreIndex`.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if there are not as many labels as predictions.
 * @throws {RangeError} if a label is no integer of at least 0.
 */
export function accuracy(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  options?: LabelOptions,
): number;
export function accuracy(
  first?: ArrayLike<number> | ScoreOptions,
  labels?: ArrayLike<number>,
  more: LabelOptions = {},
): Metric | number {
  const action = "compute accuracy";
  if (isArrayOf(action, "predicted", first, labels !== undefined)) {
    more = checkOptions(action, more, "ignoreIndex#");
    checkSameLength(first, labels ?? []);
    const known = classLabels(action, labels ?? [], Infinity, more);
    return shareOf(known, (row) => first[row] === known[row]);
  }
  const given: ScoreOptions = first === undefined ? {} : first;
  const options = checkOptions(action, given, SCORE_OPTIONS);
  checkScoreOptions(action, options);
  return shareMetric(
    (y, target) => readCases(action, y, target, options),
    ({ scores, columns, labels }, row) =>
      classOfRow(scores, row, columns, options.threshold) === labels[row],
  );
}

/**
 * Measures the share of labels of yes and no that are right: of models with one score per example,
 * or with one for each of several labels that exclude nothing. For `sigmoidCE`.
 *
 * - **Shapes**: scores of any shape; targets of the same, from 0 to 1 (those above a half are a
 *   yes). A last dimension of 1 may be missing in one of them.
 * - **Edge cases**: a score that equals the threshold is a no; NaN is never right; NaN for no
 *   examples.
 * - **Source**: Keras's `BinaryAccuracy`, whose threshold is one of probabilities: 0.5.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { binaryAccuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = binaryAccuracy(); // of logits; of probabilities: { threshold: 0.5 }
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[-2], [1], [3], [-1]]), tensor([[0], [1], [0], [0]]));
 * assertEquals(measurement.value(), 0.75);
 * ```
 *
 * @param options `threshold` (0 by default), `ignoreIndex`.
 * @returns a metric.
 * @throws {RangeError} if threshold is not finite; (when it measures) if a label is not from 0 to
 * 1.
 * @throws {ShapeError} (when it measures) if targets do not fit scores.
 */
export function binaryAccuracy(options?: ScoreOptions): Metric;
/**
 * Computes the share of labels of yes and no that are right; NaN for none.
 *
 * @example Of all predictions at once
 * ```ts
 * import { binaryAccuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(binaryAccuracy([0.9, 0.2, 0.6, 0.4], [1, 0, 0, 0], { threshold: 0.5 }), 0.75);
 * ```
 *
 * @param scores logits or probabilities.
 * @param labels from 0 to 1, as many.
 * @param options `threshold` (0 by default), `ignoreIndex`.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if there are not as many labels as scores.
 * @throws {RangeError} if threshold is not finite, or a label is not from 0 to 1.
 */
export function binaryAccuracy(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  options?: ScoreOptions,
): number;
export function binaryAccuracy(
  first?: ArrayLike<number> | ScoreOptions,
  labels?: ArrayLike<number>,
  more: ScoreOptions = {},
): Metric | number {
  const action = "compute binaryAccuracy";
  if (isArrayOf(action, "scores", first, labels !== undefined)) {
    more = checkOptions(action, more, SCORE_OPTIONS);
    checkScoreOptions(action, more);
    checkSameLength(first, labels ?? []);
    const known = binaryLabels(action, labels ?? [], more);
    return shareOf(known, (row) => classOfRow(first, row, 1, more.threshold) === known[row]);
  }
  const given: ScoreOptions = first === undefined ? {} : first;
  const options = checkOptions(action, given, SCORE_OPTIONS);
  checkScoreOptions(action, options);
  return shareMetric(
    (y, target) => readPairs(action, y, target, options),
    ({ scores, labels }, row) => classOfRow(scores, row, 1, options.threshold) === labels[row],
  );
}

/**
 * Measures the share of examples whose class is among the k with the highest scores.
 *
 * - **Shapes**: as for {@link accuracy}.
 * - **Edge cases**: as for {@link accuracy}; one score per example has two classes.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { topKAccuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = topKAccuracy(2);
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[3, 2, 1], [3, 2, 1]]), tensor([1, 2], { dtype: "int32" }));
 * assertEquals(measurement.value(), 0.5);
 * ```
 *
 * @param k how many classes may be named, an integer of at least 1.
 * @param options `ignoreIndex`, `threshold`.
 * @returns a metric.
 * @throws {RangeError} if k is no such integer; (when it measures) as {@link accuracy}.
 * @throws {ShapeError} (when it measures) as {@link accuracy}.
 */
export function topKAccuracy(k: number, options?: ScoreOptions): Metric;
/**
 * Computes the share of rows whose true class is among the k with the highest scores; NaN for none.
 *
 * - **Edge cases**: among equal scores the first class is the higher one; NaN is below every
 *   number, and never right.
 *
 * @example Of all predictions at once
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { topKAccuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = tensor([[3, 2, 1], [3, 2, 1]]);
 * assertEquals(topKAccuracy(scores, [1, 2], 2), 0.5);
 * ```
 *
 * @param scores logits or probabilities, `[N, ..., C]`, or one score per row, `[N, ..., 1]`.
 * @param labels true classes, one per row of scores.
 * @param k how many classes may be named, an integer of at least 1.
 * @param options `ignoreIndex`, `threshold`.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if scores is no matrix, or there are not as many labels as rows.
 * @throws {RangeError} if k is no integer of at least 1, or a label is no class.
 */
export function topKAccuracy(
  scores: Tensor,
  labels: ArrayLike<number>,
  k: number,
  options?: ScoreOptions,
): number;
export function topKAccuracy(
  first: number | Tensor,
  second: ArrayLike<number> | ScoreOptions = {},
  k: number = NaN,
  more: ScoreOptions = {},
): Metric | number {
  const action = "compute topKAccuracy";
  const given = typeof first === "object" ? more : second as ScoreOptions;
  const most = typeof first === "object" ? k : first;
  const options = checkOptions(action, given, SCORE_OPTIONS);
  checkScoreOptions(action, options);
  checkInteger(action, "k", most, 1);
  const isRight = (cases: Cases, row: number) => isAmong(cases, row, most, options.threshold);
  if (typeof first !== "object") {
    return shareMetric((y, target) => readCases(action, y, target, options), isRight);
  }
  const cases = rowsWith(action, first, second as ArrayLike<number>, options);
  return shareOf(cases.labels, (row) => isRight(cases, row));
}

/** Reads rows of scores with as many labels. */
function rowsWith(
  action: string,
  scores: Tensor,
  labels: ArrayLike<number>,
  options: LabelOptions,
): Cases {
  checkLabels(labels);
  const columns = scores.shape[scores.rank - 1];
  if (scores.rank < 2 || columns * labels.length !== scores.size) {
    throw new ShapeError(
      `Cannot ${action}: scores must be [N, ..., C] with a row per label: scores is ` +
        `${formatShape(scores.shape)}, there are ${labels.length} labels`,
    );
  }
  const classes = Math.max(columns, 2);
  const known = columns === 1
    ? binaryLabels(action, labels, options)
    : classLabels(action, labels, classes, options);
  return { classes, columns, scores: scores.dataSync(), labels: known };
}

/** Returns true if less than k classes are above that of the row, which must have a score. */
function isAmong(
  { classes, columns, scores, labels }: Cases,
  row: number,
  k: number,
  threshold: number | undefined,
): boolean {
  const [start, label] = [row * columns, labels[row]];
  if (columns === 1) {
    return !Number.isNaN(scores[row]) &&
      (k >= classes || classOfRow(scores, row, columns, threshold) === label);
  }
  const own = scores[start + label];
  if (Number.isNaN(own)) return false;
  let above = 0;
  for (let j = 0; j < columns; j++) {
    const other = scores[start + j];
    if (other > own || (other === own && j < label)) above++;
  }
  return above < k;
}

/** Makes a metric of the share of rows that are right. */
function shareMetric(
  read: (y: Tensor, target: Tensor) => Cases,
  isRight: (cases: Cases, row: number) => boolean,
): Metric {
  return () => {
    let [right, counted] = [0, 0];
    return {
      add(y, target) {
        const cases = read(y, target);
        for (let row = 0; row < cases.labels.length; row++) {
          if (cases.labels[row] === IGNORED) continue;
          counted++;
          if (isRight(cases, row)) right++;
        }
      },
      value: () => right / counted,
    };
  };
}

/** Computes the share of labelled rows that are right. */
function shareOf(labels: Int32Array, isRight: (row: number) => boolean): number {
  let [right, counted] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] === IGNORED) continue;
    counted++;
    if (isRight(row)) right++;
  }
  return right / counted;
}
