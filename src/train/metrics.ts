/**
 * How good predictions of classes are: accuracy, confusion matrix.
 *
 * @module
 */
import { ShapeError } from "../core/errors.ts";
import { formatShape } from "../core/shape.ts";
import { formatTable } from "../core/table.ts";
import type { Tensor } from "../core/tensor.ts";

/**
 * The class with the highest score in each row: predictions from logits or probabilities.
 *
 * Shapes: `[N, C]` -> N classes. Edge cases: among equal scores the first class wins; a row of
 * NaN only is class 0.
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

/**
 * The share of predictions that are right; NaN for none.
 *
 * @example
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
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkSameLength(predicted, labels);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++;
  return right / labels.length;
}

/**
 * How often each true class (row) was predicted as each class (column).
 *
 * @example
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
): number[][] {
  checkSameLength(predicted, labels);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]][predicted[i]]++;
  return counts;
}

/**
 * A confusion matrix as a table of text: true classes down, predicted ones across, and the share
 * of each true class that was found (its recall).
 *
 * @param matrix counts, from {@link confusionMatrix}.
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
