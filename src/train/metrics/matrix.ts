/**
 * The confusion matrix: which class was taken for which, as counts and as text.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { ShapeError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import { formatTable } from "../../display/table.ts";
import type { Metric } from "../scores.ts";
import {
  checkSameLength,
  checkScoreOptions,
  classLabels,
  classOfRow,
  IGNORED,
  isArrayOf,
  type LabelOptions,
  NO_CLASS,
  readCases,
  SCORE_OPTIONS,
  type ScoreOptions,
} from "./cases.ts";

/**
 * Counts how often each true class (row) was predicted as each class (column).
 *
 * - **Shapes**: as for `accuracy`; as many classes as scores, 2 for one score per example.
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
 * @param options `ignoreIndex`, `threshold`.
 * @returns a metric whose value is a matrix of counts.
 * @throws {ShapeError} (when it measures) as `accuracy`.
 * @throws {RangeError} (when it measures) as `accuracy`, and for a row whose scores are all NaN.
 */
export function confusionMatrix(options?: ScoreOptions): Metric<number[][]>;
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
 * @param options `ignoreIndex`.
 * @returns `classes` rows of `classes` counts.
 * @throws {ShapeError} if there are not as many labels as predictions.
 * @throws {RangeError} if a label or a prediction is not from 0 to `classes - 1`.
 */
export function confusionMatrix(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  options?: LabelOptions,
): number[][];
export function confusionMatrix(
  first?: ArrayLike<number> | ScoreOptions,
  labels?: ArrayLike<number>,
  classes: number = NaN,
  more: LabelOptions = {},
): Metric<number[][]> | number[][] {
  const action = "compute confusionMatrix";
  if (isArrayOf(action, "predicted", first, labels !== undefined)) {
    more = checkOptions(action, more, "ignoreIndex#");
    checkInteger(action, "classes", classes, 1);
    checkSameLength(first, labels ?? []);
    const counts = new ClassCounts(action);
    counts.count(classes, classLabels(action, labels ?? [], classes, more), (row) => first[row]);
    return counts.matrix;
  }
  const given: ScoreOptions = first === undefined ? {} : first;
  const options = checkOptions(action, given, SCORE_OPTIONS);
  checkScoreOptions(action, options);
  return () => {
    const counts = new ClassCounts(action);
    return {
      add: (y, target) => counts.add(y, target, options),
      value: () => counts.matrix,
    };
  };
}

/** Counts of predictions by true class, over any number of batches. */
export class ClassCounts {
  readonly #action: string;
  #counts: number[][] = [];
  /** Rows of each true class for which there was no prediction. */
  #missed: number[] = [];
  #firstMissed = -1;
  #rows = 0;

  /** Begins with nothing; `action` begins errors: "compute recall". */
  constructor(action: string) {
    this.#action = action;
  }

  /** Takes in a batch. */
  add(y: Tensor, target: Tensor, options: ScoreOptions): void {
    const { classes, columns, scores, labels } = readCases(this.#action, y, target, options);
    this.count(classes, labels, (row) => classOfRow(scores, row, columns, options.threshold));
  }

  /** Takes in rows. */
  count(classes: number, labels: Int32Array, predicted: (row: number) => number): void {
    if (this.#counts.length === 0) {
      this.#counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
      this.#missed = new Array<number>(classes).fill(0);
    }
    if (this.#counts.length !== classes) {
      throw new ShapeError(
        `Cannot ${this.#action}: all batches must have as many classes: got ${classes} after ` +
          this.#counts.length,
      );
    }
    for (let row = 0; row < labels.length; row++) {
      if (labels[row] !== IGNORED) this.#countOne(labels[row], predicted(row));
      this.#rows++;
    }
  }

  #countOne(label: number, predicted: number): void {
    const classes = this.#counts.length;
    if (predicted === NO_CLASS) {
      if (this.#firstMissed < 0) this.#firstMissed = this.#rows;
      this.#missed[label]++;
    } else if (Number.isInteger(predicted) && predicted >= 0 && predicted < classes) {
      this.#counts[label][predicted]++;
    } else {
      throw new RangeError(
        `Cannot ${this.#action}: predictions must be from 0 to ${classes - 1}: that of row ` +
          `${this.#rows} is ${predicted}`,
      );
    }
  }

  /** Number of rows by true class: those without a prediction. */
  get missed(): readonly number[] {
    return this.#missed;
  }

  /** Number of rows by true class and prediction; some may be missing in it. */
  get known(): readonly (readonly number[])[] {
    return this.#counts;
  }

  /** The matrix of all rows; throws where one has no prediction. */
  get matrix(): number[][] {
    if (this.#firstMissed >= 0) {
      throw new RangeError(
        `Cannot ${this.#action}: every row must have a class: the scores of row ` +
          `${this.#firstMissed} are all NaN`,
      );
    }
    return this.#counts.map((row) => [...row]);
  }
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
