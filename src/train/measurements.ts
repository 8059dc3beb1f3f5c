/**
 * Metrics of classifiers: batch by batch, for training and evaluation, or of all predictions at once.
 *
 * @module
 */
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import {
  accuracyOf,
  type ClassScores,
  classScores,
  confusionMatrixOf,
  predictions,
  rocAucOf,
  topKAccuracyOf,
} from "./metrics.ts";
import type { Measurement, Metric } from "./scores.ts";

/**
 * Measures the share of examples whose highest score is that of their class.
 *
 * - **Shapes**: scores `[N, C]`; targets `[N]` (classes) or `[N, C]` (distributions, whose highest
 *   share counts).
 * - **Edge cases**: NaN for no examples.
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
 * @returns a metric.
 */
export function accuracy(): Metric;
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
 * @param predicted predicted classes.
 * @param labels true classes, as many.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if there are not as many labels as predictions.
 */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number;
export function accuracy(
  predicted?: ArrayLike<number>,
  labels: ArrayLike<number> = [],
): Metric | number {
  if (predicted !== undefined) return accuracyOf(predicted, labels);
  return shareMetric((y, target) => accuracyOf(predictions(y), classesOf(target)));
}

/**
 * Measures the share of examples whose class is among the k with the highest scores.
 *
 * - **Shapes**: as for {@link accuracy}.
 * - **Edge cases**: NaN for no examples.
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
 * @returns a metric.
 * @throws {RangeError} (when it measures) if k is no such integer.
 */
export function topKAccuracy(k: number): Metric;
/**
 * Computes the share of rows whose true class is among the k with the highest scores; NaN for none.
 *
 * - **Edge cases**: among equal scores the first class is the higher one; NaN is below every
 *   number.
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
 * @param scores logits or probabilities, `[N, C]`.
 * @param labels true classes, N.
 * @param k how many classes may be named, an integer of at least 1.
 * @returns a number from 0 to 1.
 * @throws {ShapeError} if scores is no matrix, or there are not as many labels as rows.
 * @throws {RangeError} if k is no integer of at least 1.
 */
export function topKAccuracy(scores: Tensor, labels: ArrayLike<number>, k: number): number;
export function topKAccuracy(
  first: number | Tensor,
  labels: ArrayLike<number> = [],
  k: number = NaN,
): Metric | number {
  if (typeof first !== "number") return topKAccuracyOf(first, labels, k);
  return shareMetric((y, target) => topKAccuracyOf(y, classesOf(target), first));
}

/**
 * Counts how often each true class (row) was predicted as each class (column).
 *
 * - **Shapes**: as for {@link accuracy}; as many classes as scores.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { confusionMatrix } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = confusionMatrix();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1, 2], [4, 3]]), tensor([1, 1], { dtype: "int32" }));
 * assertEquals(measurement.value(), [[0, 0], [1, 1]]);
 * ```
 *
 * @returns a metric whose value is a matrix of counts.
 */
export function confusionMatrix(): Metric<number[][]>;
/**
 * Counts how often each true class (row) was predicted as each class (column).
 *
 * @example Of all predictions at once
 * ```ts
 * import { confusionMatrix } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(confusionMatrix([0, 1, 1], [0, 0, 1], 2), [[1, 1], [0, 1]]);
 * ```
 *
 * @param predicted predicted classes.
 * @param labels true classes, as many.
 * @param classes number of classes.
 * @returns `classes` rows of `classes` counts.
 * @throws {ShapeError} if there are not as many labels as predictions.
 */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number[][];
export function confusionMatrix(
  predicted?: ArrayLike<number>,
  labels: ArrayLike<number> = [],
  classes: number = 0,
): Metric<number[][]> | number[][] {
  if (predicted !== undefined) return confusionMatrixOf(predicted, labels, classes);
  return confusionMetric;
}

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface ClassMetricOptions {
  /** The class to measure; by default the mean of all classes that have a value. */
  readonly of?: number;
}

/**
 * Measures the share of predictions of a class that are right.
 *
 * - **Shapes**: as for {@link accuracy}.
 * - **Edge cases**: a class that was never predicted has none and is left out of the mean.
 * - **Source**: "macro" of scikit-learn.
 *
 * @example
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
 * @param options `of`, a class; the mean of all by default.
 * @returns a metric.
 */
export function precision(options: ClassMetricOptions = {}): Metric {
  return classMetric("precision", options);
}

/**
 * Measures the share of a class's examples that are predicted as it.
 *
 * - **Shapes**: as for {@link accuracy}.
 * - **Edge cases**: a class without examples has none and is left out of the mean.
 * - **Source**: "macro" of scikit-learn.
 *
 * @example
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
 * @param options `of`, a class; the mean of all by default.
 * @returns a metric.
 */
export function recall(options: ClassMetricOptions = {}): Metric {
  return classMetric("recall", options);
}

/**
 * Measures the harmonic mean of precision and recall.
 *
 * - **Formula**: `2 right / (predicted + true)` of a class.
 * - **Shapes**: as for {@link accuracy}.
 * - **Edge cases**: a class that neither occurs nor was predicted has none and is left out of the
 *   mean.
 *
 * @example
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
 * @param options `of`, a class; the mean of all by default.
 * @returns a metric.
 */
export function f1(options: ClassMetricOptions = {}): Metric {
  return classMetric("f1", options);
}

/**
 * Measures the area under the receiver operating characteristic of a classifier of two classes.
 *
 * - **Shapes**: scores `[N]`, `[N, 1]` or `[N, 2]` (the second less the first counts); targets
 *   `[N]`, or of the scores' shape. It keeps a number per example.
 * - **Edge cases**: NaN without one of the classes.
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
 * @returns a metric.
 */
export function rocAuc(): Metric;
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
 * @returns a number from 0 to 1; 0.5 for scores that tell nothing.
 * @throws {ShapeError} if there are not as many labels as scores.
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number;
export function rocAuc(
  scores?: ArrayLike<number>,
  labels: ArrayLike<number> = [],
): Metric | number {
  return scores === undefined ? rocAucMetric : rocAucOf(scores, labels);
}

/** The metric behind {@link confusionMatrix}. */
function confusionMetric(): Measurement<number[][]> {
  let total: number[][] = [];
  return {
    add(y, target) {
      const counts = confusionMatrixOf(predictions(y), classesOf(target), y.shape[1]);
      total = counts.map((row, i) => row.map((count, j) => count + (total[i]?.[j] ?? 0)));
    },
    value: () => total,
  };
}

/** The metric behind {@link rocAuc}. */
function rocAucMetric(): Measurement<number> {
  const scores: number[] = [];
  const labels: number[] = [];
  return {
    add(y, target) {
      scores.push(...scoresOfTwo(y));
      labels.push(
        ...(target.rank === 2 && target.shape[1] === 2 ? predictions(target) : target.dataSync()),
      );
    },
    value: () => rocAucOf(scores, labels),
  };
}

/** Computes a number per example: the probability of the second class. */
function scoresOfTwo(y: Tensor): ArrayLike<number> & Iterable<number> {
  const data = y.dataSync();
  if (y.rank === 1 || (y.rank === 2 && y.shape[1] === 1)) return data;
  if (y.rank === 2 && y.shape[1] === 2) {
    return Array.from({ length: y.shape[0] }, (_, i) => data[2 * i + 1] - data[2 * i]);
  }
  throw new ShapeError(
    `Cannot compute rocAuc: scores must be [N], [N, 1] or [N, 2]: got ${formatShape(y.shape)}`,
  );
}

/** Makes a metric that averages over all examples the means over those of a batch. */
function shareMetric(ofBatch: (y: Tensor, target: Tensor) => number): Metric {
  return () => {
    let [sum, examples] = [0, 0];
    return {
      add(y, target) {
        const [count] = y.shape;
        if (count > 0) sum += ofBatch(y, target) * count;
        examples += count;
      },
      value: () => sum / examples,
    };
  };
}

function classMetric(score: keyof ClassScores, { of }: ClassMetricOptions): Metric {
  return () => {
    const { add, value } = confusionMetric();
    return {
      add,
      value() {
        const scores = classScores(value()).map((all) => all[score]);
        if (of !== undefined) return scores[of] ?? NaN;
        const known = scores.filter((v) => !Number.isNaN(v));
        return known.reduce((a, b) => a + b, 0) / known.length;
      },
    };
  };
}

/** Reads the class of each example: as it is, or the one with the highest share. */
function classesOf(target: Tensor): ArrayLike<number> {
  return target.rank === 2 ? predictions(target) : target.dataSync();
}
