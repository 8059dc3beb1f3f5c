/**
 * Metrics of numbers: mean absolute error, root of the mean squared error, R².
 *
 * @module
 */
import { checkNames } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Measurement, Metric } from "../scores.ts";
import { checkSameExamples, checkSameLength, isArrayOf } from "./cases.ts";

/**
 * Measures the mean distance of results from their targets.
 *
 * - **Formula**: `mean(|y - target|)` over all elements.
 * - **Shapes**: any, equal; a last dimension of 1 may be missing in one of the two.
 * - **Edge cases**: NaN wins; NaN for no examples.
 * - **Source**: scikit-learn's `mean_absolute_error`.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { meanAbsoluteError } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = meanAbsoluteError();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1], [5]]), tensor([2, 2]));
 * assertEquals(measurement.value(), 2);
 * ```
 *
 * @returns a metric.
 * @throws {ShapeError} (when it measures) if shapes do not fit.
 */
export function meanAbsoluteError(): Metric;
/**
 * Computes the mean distance of predictions from their targets; NaN for none.
 *
 * @example Of all predictions at once
 * ```ts
 * import { meanAbsoluteError } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(meanAbsoluteError([1, 5], [2, 2]), 2);
 * ```
 *
 * @param predicted results of a model.
 * @param targets what they should be, as many.
 * @returns a number of at least 0.
 * @throws {ShapeError} if there are not as many targets as predictions.
 */
export function meanAbsoluteError(
  predicted: ArrayLike<number>,
  targets: ArrayLike<number>,
): number;
export function meanAbsoluteError(
  predicted?: ArrayLike<number>,
  targets?: ArrayLike<number>,
): Metric | number {
  return numberMetric("compute meanAbsoluteError", absoluteErrors, predicted, targets);
}

/**
 * Measures the root of the mean squared distance of results from their targets, in their unit.
 *
 * - **Formula**: `sqrt(mean((y - target)²))` over all elements of all batches.
 * - **Shapes**: any, equal; a last dimension of 1 may be missing in one of the two.
 * - **Edge cases**: NaN wins; NaN for no examples.
 * - **Source**: scikit-learn's `root_mean_squared_error` of one output.
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { rootMeanSquaredError } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = rootMeanSquaredError();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1], [9]]), tensor([2, 2]));
 * assertEquals(measurement.value(), 5);
 * ```
 *
 * @returns a metric.
 * @throws {ShapeError} (when it measures) if shapes do not fit.
 */
export function rootMeanSquaredError(): Metric;
/**
 * Computes the root of the mean squared distance of predictions from their targets; NaN for none.
 *
 * @example Of all predictions at once
 * ```ts
 * import { rootMeanSquaredError } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rootMeanSquaredError([1, 9], [2, 2]), 5);
 * ```
 *
 * @param predicted results of a model.
 * @param targets what they should be, as many.
 * @returns a number of at least 0.
 * @throws {ShapeError} if there are not as many targets as predictions.
 */
export function rootMeanSquaredError(
  predicted: ArrayLike<number>,
  targets: ArrayLike<number>,
): number;
export function rootMeanSquaredError(
  predicted?: ArrayLike<number>,
  targets?: ArrayLike<number>,
): Metric | number {
  return numberMetric("compute rootMeanSquaredError", squaredErrors, predicted, targets);
}

/**
 * Measures the share of the targets' variance that the results explain: R², the coefficient of
 * determination.
 *
 * - **Formula**: `1 - sum((y - target)²) / sum((target - mean(target))²)` of each output, and the
 *   mean over outputs.
 * - **Shapes**: `[N, ...]`, equal; a last dimension of 1 may be missing in one of the two. Every
 *   element of an example is an output.
 * - **Edge cases**: of targets that are all equal 1 where the results are, too, else 0; NaN wins;
 *   NaN for less than two examples.
 * - **Source**: scikit-learn's `r2_score`, "uniform_average".
 *
 * @example Batch by batch
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { r2Score } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const measure = r2Score();
 * const measurement = measure(); // of one pass
 * measurement.add(tensor([[1], [2], [4]]), tensor([1, 2, 3]));
 * assertEquals(measurement.value(), 0.5);
 * ```
 *
 * @returns a metric.
 * @throws {ShapeError} (when it measures) if shapes do not fit.
 */
export function r2Score(): Metric;
/**
 * Computes the share of the targets' variance that predictions explain.
 *
 * @example Of all predictions at once
 * ```ts
 * import { r2Score } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(r2Score([1, 2, 4], [1, 2, 3]), 0.5);
 * ```
 *
 * @param predicted results of a model.
 * @param targets what they should be, as many.
 * @returns a number of at most 1; 0 for what is no better than the mean.
 * @throws {ShapeError} if there are not as many targets as predictions.
 */
export function r2Score(predicted: ArrayLike<number>, targets: ArrayLike<number>): number;
export function r2Score(
  predicted?: ArrayLike<number>,
  targets?: ArrayLike<number>,
): Metric | number {
  return numberMetric("compute r2Score", explainedVariance, predicted, targets);
}

/** Takes in elements of results and of targets, `outputs` of them per example. */
interface Errors {
  add(y: ArrayLike<number>, target: ArrayLike<number>, outputs: number): void;
  value(): number;
}

/** The two forms of a metric: batch by batch, or of all examples. */
function numberMetric(
  action: string,
  begin: () => Errors,
  predicted: ArrayLike<number> | undefined,
  targets: ArrayLike<number> | undefined,
): Metric | number {
  if (isArrayOf(action, "predicted", predicted, targets !== undefined)) {
    checkSameLength(predicted, targets ?? []);
    const errors = begin();
    errors.add(predicted, targets ?? [], 1);
    return errors.value();
  }
  if (predicted !== undefined) checkNames(action, predicted, "");
  return (): Measurement<number> => {
    const errors = begin();
    return {
      add(y: Tensor, target: Tensor) {
        checkSameExamples(action, y, target);
        const examples = y.shape[0] ?? 1;
        if (examples === 0) return;
        errors.add(y.dataSync(), target.dataSync(), y.size / examples);
      },
      value: errors.value,
    };
  };
}

function absoluteErrors(): Errors {
  return meanErrors((error) => Math.abs(error), (mean) => mean);
}

function squaredErrors(): Errors {
  return meanErrors((error) => error * error, Math.sqrt);
}

/** The mean of a function of errors, handed to another function. */
function meanErrors(of: (error: number) => number, last: (mean: number) => number): Errors {
  let [sum, count] = [0, 0];
  return {
    add(y, target) {
      for (let i = 0; i < y.length; i++) sum += of(y[i] - target[i]);
      count += y.length;
    },
    value: () => last(sum / count),
  };
}

/** R² of every output, by running means: those of large targets are not lost in rounding. */
function explainedVariance(): Errors {
  let means: Float64Array | undefined;
  let [spreads, errors] = [new Float64Array(), new Float64Array()];
  let count = 0;
  return {
    add(y, target, outputs) {
      if (means === undefined) {
        [means, spreads, errors] = [0, 1, 2].map(() => new Float64Array(outputs));
      }
      for (let start = 0; start < y.length; start += outputs) {
        count++;
        for (let j = 0; j < outputs; j++) {
          const value = target[start + j];
          const step = value - means[j];
          means[j] += step / count;
          spreads[j] += step * (value - means[j]);
          errors[j] += (y[start + j] - value) ** 2;
        }
      }
    },
    value() {
      if (count < 2) return NaN;
      const scores = errors.map((error, j) => {
        if (spreads[j] !== 0) return 1 - error / spreads[j];
        return Number.isNaN(error) ? NaN : error === 0 ? 1 : 0;
      });
      return scores.reduce((a, b) => a + b, 0) / scores.length;
    },
  };
}
