/**
 * Metrics of predictions, from arrays of all of them: accuracy, confusion matrix and what follows
 * from it, area under the curve. `measurements.ts` gives them to users, and batch by batch.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import { formatTable } from "../display/table.ts";
import type { Tensor } from "../core/tensor.ts";

/**
 * Finds the class with the highest score in each row: predictions from logits or probabilities.
 *
 * - **Shapes**: `[N, C]` -> N classes.
 * - **Edge cases**: among equal scores the first class wins; a row of NaN only is class 0.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { predictions } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(predictions(tensor([[1, 3, 2], [5, 0, 0]])), new Int32Array([1, 0]));
 * ```
 *
 * @param scores logits or probabilities, a matrix.
 * @returns a class index per row, on the host.
 * @throws {ShapeError} if scores is no matrix of at least one column.
 */
export function predictions(scores: Tensor): Int32Array {
  const [rows, classes] = scores.shape;
  if (scores.rank !== 2 || classes < 1) {
    throw new ShapeError(
      `Cannot predict classes: scores must be [N, C]: scores is ${formatShape(scores.shape)}`,
    );
  }
  const data = scores.dataSync();
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let j = 1; j < classes; j++) {
      if (data[row * classes + j] > data[row * classes + best]) best = j;
    }
    return best;
  });
}

/** Computes the share of predictions that are right. */
export function accuracyOf(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkSameLength(predicted, labels);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++;
  return right / labels.length;
}

/** Counts how often each true class (row) was predicted as each class (column). */
export function confusionMatrixOf(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number[][] {
  checkSameLength(predicted, labels);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]][predicted[i]]++;
  return counts;
}

/** Precision, recall and their mean, of a class or of all. */
export interface ClassScores {
  /** Share of the predictions of the class that are right; NaN where there are none. */
  readonly precision: number;
  /** Share of the examples of the class that are predicted as it; NaN where there are none. */
  readonly recall: number;
  /** Their harmonic mean, `2 right / (predicted + true)`; NaN where both are 0. */
  readonly f1: number;
}

/**
 * Computes precision, recall and F1 of every class.
 *
 * - **Formula**: `precision = right / predicted`, `recall = right / true`,
 *   `f1 = 2 right / (predicted + true)`, each a number of examples.
 * - **Edge cases**: 0 / 0 is NaN.
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
  return matrix.map((row, i) => {
    const truth = row.reduce((a, b) => a + b, 0);
    const predicted = matrix.reduce((total, counts) => total + counts[i], 0);
    const right = row[i];
    return {
      precision: right / predicted,
      recall: right / truth,
      f1: 2 * right / (predicted + truth),
    };
  });
}

/** Computes the share of rows whose class is among the k with the highest scores. */
export function topKAccuracyOf(scores: Tensor, labels: ArrayLike<number>, k: number): number {
  checkInteger("compute topKAccuracy", "k", k, 1);
  const [rows, classes] = scores.shape;
  if (scores.rank !== 2 || rows !== labels.length) {
    throw new ShapeError(
      `Cannot compute topKAccuracy: scores must be [N, C] with a row per label: scores is ` +
        `${formatShape(scores.shape)}, there are ${labels.length} labels`,
    );
  }
  const data = scores.dataSync();
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const [start, label] = [row * classes, labels[row]];
    const own = data[start + label];
    let above = 0;
    for (let j = 0; j < classes; j++) {
      const other = data[start + j];
      if (other > own || (other === own && j < label) || (own !== own && other === other)) above++;
    }
    if (above < k) right++;
  }
  return right / rows;
}

/** Computes the area under the curve from the ranks of scores. */
export function rocAucOf(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkSameLength(scores, labels);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  if (order.some((i) => Number.isNaN(scores[i]))) return NaN;
  let [positives, rankSum] = [0, 0];
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++;
    const rank = (start + 1 + end) / 2;
    for (const i of order.slice(start, end)) {
      if (labels[i] === 0) continue;
      positives++;
      rankSum += rank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
}

/**
 * Writes a confusion matrix as a table of text: true classes down, predicted ones across, and the
 * share of each true class that was found (its recall).
 *
 * @example
 * ```ts
 * import { confusionMatrix, formatConfusionMatrix } from "@tapegrad/tapegrad/train";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const matrix = confusionMatrix([0, 1, 1, 1], [0, 0, 1, 1], 2);
 * const table = formatConfusionMatrix(matrix, ["cat", "dog"]);
 * console.log(table); // one cat in two was found, and both dogs
 * assertStringIncludes(table, "50 %");
 * ```
 *
 * @param matrix counts, from `confusionMatrix`.
 * @param names a name per class.
 * @returns lines of text with aligned columns.
 */
export function formatConfusionMatrix(
  matrix: readonly (readonly number[])[],
  names: readonly string[],
): string {
  const rows = matrix.map((counts, i) => {
    const total = counts.reduce((a, b) => a + b, 0);
    const recall = total === 0 ? "–" : `${(100 * counts[i] / total).toFixed(0)} %`;
    return [names[i], ...counts.map((n) => n === 0 ? "·" : String(n)), recall];
  });
  const headings = ["true \\ predicted", ...names, "recall"];
  return formatTable(headings, rows, "l" + "r".repeat(names.length + 1));
}

function checkSameLength(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
  if (predicted.length !== labels.length) {
    throw new ShapeError(
      `Cannot compare predictions: there must be one per label: got ${predicted.length} ` +
        `predictions, ${labels.length} labels`,
    );
  }
}
