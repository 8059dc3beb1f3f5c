/**
 * Metrics of classifiers that grow batch by batch: for training and evaluation.
 *
 * @module
 */
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import {
  accuracy,
  type ClassScores,
  classScores,
  confusionMatrix,
  predictions,
  rocAuc,
  topKAccuracy,
} from "./metrics.ts";
import type { Metric } from "./scores.ts";

/**
 * Measures the share of examples whose highest score is that of their class.
 *
 * - **Shapes**: scores `[N, C]`; targets `[N]` (classes) or `[N, C]` (distributions, whose highest
 *   share counts).
 * - **Edge cases**: NaN for no examples.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { classAccuracy } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measurement = classAccuracy()();
 * measurement.add(tensor([[1, 2], [4, 3]]), tensor([1, 1], { dtype: "int32" }));
 * assertEquals(measurement.value(), 0.5);
 * ```
 *
 * @returns a metric.
 */
export function classAccuracy(): Metric {
  return shareMetric((y, target) => accuracy(predictions(y), classesOf(target)));
}

/**
 * Measures the share of examples whose class is among the k with the highest scores.
 *
 * - **Shapes**: as for {@link classAccuracy}.
 * - **Edge cases**: NaN for no examples.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { topK } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measurement = topK(2)();
 * measurement.add(tensor([[3, 2, 1], [3, 2, 1]]), tensor([1, 2], { dtype: "int32" }));
 * assertEquals(measurement.value(), 0.5);
 * ```
 *
 * @param k how many classes may be named, an integer of at least 1.
 * @returns a metric.
 * @throws {RangeError} (when it measures) if k is no such integer.
 */
export function topK(k: number): Metric {
  return shareMetric((y, target) => topKAccuracy(y, classesOf(target), k));
}

/**
 * Counts how often each true class (row) was predicted as each class (column).
 *
 * - **Shapes**: as for {@link classAccuracy}; as many classes as scores.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { confusion } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measurement = confusion()();
 * measurement.add(tensor([[1, 2], [4, 3]]), tensor([1, 1], { dtype: "int32" }));
 * assertEquals(measurement.value(), [[0, 0], [1, 1]]);
 * ```
 *
 * @returns a metric whose value is a matrix of counts.
 */
export function confusion(): Metric<number[][]> {
  return () => {
    let total: number[][] = [];
    return {
      add(y, target) {
        const counts = confusionMatrix(predictions(y), classesOf(target), y.shape[1]);
        total = counts.map((row, i) => row.map((count, j) => count + (total[i]?.[j] ?? 0)));
      },
      value: () => total,
    };
  };
}

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface ClassMetricOptions {
  /** The class to measure; by default the mean of all classes that have a value. */
  readonly of?: number;
}

/**
 * Measures the share of predictions of a class that are right.
 *
 * - **Shapes**: as for {@link classAccuracy}.
 * - **Edge cases**: a class that was never predicted has none and is left out of the mean.
 * - **Source**: "macro" of scikit-learn.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { precision } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measurement = precision({ of: 1 })();
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
 * - **Shapes**: as for {@link classAccuracy}.
 * - **Edge cases**: a class without examples has none and is left out of the mean.
 * - **Source**: "macro" of scikit-learn.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { recall } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measurement = recall()();
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
 * - **Shapes**: as for {@link classAccuracy}.
 * - **Edge cases**: a class that neither occurs nor was predicted has none and is left out of the
 *   mean.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { f1 } from "@tapegrad/tapegrad/train";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const measurement = f1({ of: 1 })();
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
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { areaUnderCurve } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measurement = areaUnderCurve()();
 * measurement.add(tensor([0.1, 0.4]), tensor([0, 0]));
 * measurement.add(tensor([0.35, 0.8]), tensor([1, 1]));
 * assertEquals(measurement.value(), 0.75);
 * ```
 *
 * @returns a metric.
 */
export function areaUnderCurve(): Metric {
  return () => {
    const scores: number[] = [];
    const labels: number[] = [];
    return {
      add(y, target) {
        scores.push(...scoresOfTwo(y));
        labels.push(
          ...(target.rank === 2 && target.shape[1] === 2 ? predictions(target) : target.dataSync()),
        );
      },
      value: () => rocAuc(scores, labels),
    };
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
    `Cannot compute areaUnderCurve: scores must be [N], [N, 1] or [N, 2]: got ${
      formatShape(y.shape)
    }`,
  );
}

/** Makes a metric that is a mean over examples of what is a mean over those of a batch. */
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
    const { add, value } = confusion()();
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
