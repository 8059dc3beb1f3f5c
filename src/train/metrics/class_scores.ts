/**
 * Precision, recall and F1, by class or as their mean.
 *
 * @module
 */
import { ShapeError } from "../../core/errors.ts";
import { checkList } from "../../core/check_kinds.ts";
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import type { Metric } from "../scores.ts";
import {
  checkSameLength,
  checkScoreOptions,
  classLabels,
  isArrayOf,
  NO_CLASS,
  type ScoreOptions,
} from "./cases.ts";
import { ClassCounts } from "./matrix.ts";

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface ClassMetricOptions extends ScoreOptions {
  /**
   * The class to measure; by default 1 for models of one score per example, else the mean of all
   * classes that occur among labels or predictions.
   */
  readonly of?: number;
}

/**
 * Measures the share of predictions of a class that are right.
 *
 * - **Shapes**: as for `accuracy`.
 * - **Edge cases**: a class that was never predicted has 0; NaN for no examples.
 * - **Source**: scikit-learn's `precision_score`, "binary" of one score per example, else "macro",
 *   with its default for a division by 0.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { precision } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = precision({ of: 1 });
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1, 2], [3, 4]]), tensor([1, 0], { dtype: "int32" }));
 * assertEquals(measurement.value(), 0.5);
 * ```
 *
 * @param options `of`, a class; `ignoreIndex`, `threshold`.
 * @returns a metric.
 * @throws {RangeError} if `of` is no integer of at least 0; (when it measures) if it is no class, or
 * a label is none.
 * @throws {ShapeError} (when it measures) if targets do not fit scores.
 */
export function precision(options?: ClassMetricOptions): Metric;
/**
 * Computes the share of predictions of a class that are right.
 *
 * @example Of all predictions at once
 * ```ts
 * import { precision } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(precision([0, 1, 1], [0, 0, 1], { of: 1 }), 0.5);
 * ```
 *
 * @param predicted predicted classes.
 * @param labels true classes, as many.
 * @param options `of`, a class, the mean of all by default; `ignoreIndex`.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if there are not as many labels as predictions.
 * @throws {RangeError} if a label is no class.
 */
export function precision(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  options?: ClassMetricOptions,
): number;
export function precision(
  first?: ArrayLike<number> | ClassMetricOptions,
  labels?: ArrayLike<number>,
  options?: ClassMetricOptions,
): Metric | number {
  return classMetric("precision", first, labels, options);
}

/**
 * Measures the share of a class's examples that are predicted as it.
 *
 * - **Shapes**: as for `accuracy`.
 * - **Edge cases**: a class without examples has 0; NaN for no examples.
 * - **Source**: scikit-learn's `recall_score`, "binary" of one score per example, else "macro", with
 *   its default for a division by 0.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { recall } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = recall();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1, 2], [3, 4]]), tensor([1, 0], { dtype: "int32" }));
 * assertEquals(measurement.value(), 0.5); // of [0, 1]
 * ```
 *
 * @param options `of`, a class; `ignoreIndex`, `threshold`.
 * @returns a metric.
 * @throws {RangeError} if `of` is no integer of at least 0; (when it measures) if it is no class, or
 * a label is none.
 * @throws {ShapeError} (when it measures) if targets do not fit scores.
 */
export function recall(options?: ClassMetricOptions): Metric;
/**
 * Computes the share of a class's examples that are predicted as it.
 *
 * @example Of all predictions at once
 * ```ts
 * import { recall } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(recall([0, 1, 1], [0, 0, 1], { of: 0 }), 0.5);
 * ```
 *
 * @param predicted predicted classes.
 * @param labels true classes, as many.
 * @param options `of`, a class, the mean of all by default; `ignoreIndex`.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if there are not as many labels as predictions.
 * @throws {RangeError} if a label is no class.
 */
export function recall(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  options?: ClassMetricOptions,
): number;
export function recall(
  first?: ArrayLike<number> | ClassMetricOptions,
  labels?: ArrayLike<number>,
  options?: ClassMetricOptions,
): Metric | number {
  return classMetric("recall", first, labels, options);
}

/**
 * Measures the harmonic mean of precision and recall.
 *
 * - **Formula**: `2 right / (predicted + true)` of a class.
 * - **Shapes**: as for `accuracy`.
 * - **Edge cases**: a class that neither occurs nor was predicted has 0; NaN for no examples.
 * - **Source**: scikit-learn's `f1_score`, "binary" of one score per example, else "macro", with its
 *   default for a division by 0.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { f1 } from "@tapegrad/tapegrad/train";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const measure = f1({ of: 1 });
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1, 2], [3, 4]]), tensor([1, 0], { dtype: "int32" }));
 * assertAlmostEquals(measurement.value(), 2 / 3);
 * ```
 *
 * @param options `of`, a class; `ignoreIndex`, `threshold`.
 * @returns a metric.
 * @throws {RangeError} if `of` is no integer of at least 0; (when it measures) if it is no class, or
 * a label is none.
 * @throws {ShapeError} (when it measures) if targets do not fit scores.
 */
export function f1(options?: ClassMetricOptions): Metric;
/**
 * Computes the harmonic mean of precision and recall.
 *
 * @example Of all predictions at once
 * ```ts
 * import { f1 } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(f1([0, 1, 1], [0, 0, 1], { of: 1 }), 2 / 3);
 * ```
 *
 * @param predicted predicted classes.
 * @param labels true classes, as many.
 * @param options `of`, a class, the mean of all by default; `ignoreIndex`.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if there are not as many labels as predictions.
 * @throws {RangeError} if a label is no class.
 */
export function f1(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  options?: ClassMetricOptions,
): number;
export function f1(
  first?: ArrayLike<number> | ClassMetricOptions,
  labels?: ArrayLike<number>,
  options?: ClassMetricOptions,
): Metric | number {
  return classMetric("f1", first, labels, options);
}

/** Precision, recall and their mean, of a class or of all. */
export interface ClassScores {
  /** Share of the predictions of the class that are right; 0 where there are none. */
  readonly precision: number;
  /** Share of the examples of the class that are predicted as it; 0 where there are none. */
  readonly recall: number;
  /** Their harmonic mean, `2 right / (predicted + true)`; 0 where both are 0. */
  readonly f1: number;
}

/**
 * Computes precision, recall and F1 of every class.
 *
 * - **Formula**: `precision = right / predicted`, `recall = right / true`,
 *   `f1 = 2 right / (predicted + true)`, each a number of examples.
 * - **Edge cases**: 0 / 0 is 0, as in scikit-learn.
 *
 * @example
 * ```ts
 * import { classScores } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = classScores([[3, 1], [0, 4]]);
 * assertEquals(scores[0], { precision: 1, recall: 0.75, f1: 6 / 7 });
 * ```
 *
 * @param matrix counts, from `confusionMatrix`.
 * @returns scores per class.
 */
export function classScores(matrix: readonly (readonly number[])[]): ClassScores[] {
  checkList("compute classScores", "matrix", matrix, "rows of counts");
  const uneven = matrix.findIndex((row) => row?.length !== matrix.length);
  if (uneven >= 0) {
    throw new ShapeError(
      "Cannot compute classScores: matrix must have as many columns as rows: " +
        `row ${uneven} has ${matrix[uneven]?.length} of ${matrix.length}`,
    );
  }
  return tallies(matrix).map((tally) => ({
    precision: SCORES.precision(tally),
    recall: SCORES.recall(tally),
    f1: SCORES.f1(tally),
  }));
}

/** Numbers of examples of a class. */
interface Tally {
  readonly right: number;
  readonly predicted: number;
  readonly truth: number;
}

/** Counts the examples of each class; `missed` are those without a prediction. */
function tallies(
  matrix: readonly (readonly number[])[],
  missed: readonly number[] = [],
): Tally[] {
  return matrix.map((row, i) => ({
    right: row[i],
    predicted: matrix.reduce((total, counts) => total + counts[i], 0),
    truth: row.reduce((a, b) => a + b, missed[i] ?? 0),
  }));
}

/** Divides counts; 0 / 0 is 0. */
function ratio(part: number, all: number): number {
  return all === 0 ? 0 : part / all;
}

const SCORES: Readonly<Record<keyof ClassScores, (tally: Tally) => number>> = {
  precision: ({ right, predicted }) => ratio(right, predicted),
  recall: ({ right, truth }) => ratio(right, truth),
  f1: ({ right, predicted, truth }) => ratio(2 * right, predicted + truth),
};

/** The metrics of one kind of score: batch by batch, or of all predictions. */
function classMetric(
  name: keyof ClassScores,
  first: ArrayLike<number> | ClassMetricOptions | undefined,
  labels: ArrayLike<number> | undefined,
  more: ClassMetricOptions = {},
): Metric | number {
  const action = `compute ${name}`;
  const isAtOnce = isArrayOf(action, "predicted", first, labels !== undefined);
  const given = isAtOnce ? more : first === undefined ? {} : first;
  const options = checkOptions(action, given, "ignoreIndex# threshold# of#");
  checkScoreOptions(action, options);
  if (options.of !== undefined) checkInteger(action, "of", options.of, 0);
  if (isAtOnce) {
    const all = new ClassCounts(action);
    const known = labels ?? [];
    checkSameLength(first, known);
    const classes = classesIn(first, known, options);
    all.count(classes, classLabels(action, known, classes, options), (row) => first[row]);
    return valueOf(name, all, options.of);
  }
  return () => {
    const all = new ClassCounts(action);
    let of = options.of;
    return {
      add(y, target) {
        const isBinary = y.rank < 2 || y.shape[y.rank - 1] === 1;
        if (isBinary) of ??= 1;
        all.add(y, target, options);
      },
      value: () => valueOf(name, all, of),
    };
  };
}

/** Finds the number of classes of plain arrays: one more than the highest. */
function classesIn(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  { of = 0, ignoreIndex }: ClassMetricOptions,
): number {
  let highest = of;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === ignoreIndex) continue;
    for (const one of [labels[i], predicted[i]]) {
      if (Number.isInteger(one) && one !== NO_CLASS) highest = Math.max(highest, one);
    }
  }
  return highest + 1;
}

/** Computes the score of a class, or the mean over those that occur. */
function valueOf(name: keyof ClassScores, counts: ClassCounts, of: number | undefined): number {
  const all = tallies(counts.known, counts.missed);
  const occurring = all.filter(({ predicted, truth }) => predicted + truth > 0);
  if (occurring.length === 0) return NaN;
  if (of === undefined) {
    return occurring.reduce((sum, tally) => sum + SCORES[name](tally), 0) / occurring.length;
  }
  if (of < all.length) return SCORES[name](all[of]);
  throw new RangeError(
    `Cannot compute ${name}: of must be a class from 0 to ${all.length - 1}: got ${of}`,
  );
}
