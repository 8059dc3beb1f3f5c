/**
 * Scores and targets as cases, rows of scores with a label: the rules of shapes, ranges, NaN and
 * ignored labels that all metrics of classes share.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { ShapeError } from "../../core/errors.ts";
import { kindOf } from "../../core/kind_of.ts";
import { formatShape, indexOf, sameShape, type Shape } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";

/** Options of metrics that compare with labels. */
export interface LabelOptions {
  /** Rows with this label are left out; there is none by default. */
  readonly ignoreIndex?: number;
}

/** Options of metrics that make classes of scores. */
export interface ScoreOptions extends LabelOptions {
  /**
   * Border of the two classes of models with one score per example: scores above it are class 1.
   * 0 (the default) for logits, 0.5 for probabilities.
   */
  readonly threshold?: number;
}

/** Names of {@link ScoreOptions}. */
export const SCORE_OPTIONS = "ignoreIndex# threshold#";

/** Class of a row whose scores are all NaN: none, so that it never counts as right. */
export const NO_CLASS = -1;

/** Label of a row that is left out. */
export const IGNORED = -1;

/** Farthest that the shares of a distribution may be from a sum of 1. */
const SHARE_ERROR = 1e-3;

/** Rows of scores, each with its label. */
export interface Cases {
  /** Number of classes; 2 where there is one score per row. */
  readonly classes: number;
  /** Scores per row. */
  readonly columns: number;
  /** The scores, row by row. */
  readonly scores: ArrayLike<number>;
  /** The class of each row, or `IGNORED`. */
  readonly labels: Int32Array;
}

/** Throws unless the options are numbers of their kind. */
export function checkScoreOptions(
  action: string,
  { threshold, ignoreIndex }: ScoreOptions,
): void {
  if (ignoreIndex !== undefined) checkInteger(action, "ignoreIndex", ignoreIndex);
  if (threshold !== undefined && !Number.isFinite(threshold)) {
    throw new RangeError(
      `Cannot ${action}: threshold must be a finite number: got ${String(threshold)}`,
    );
  }
}

/**
 * Reads scores `[..., C]` with classes `[...]` or `[..., 1]` or distributions `[..., C]`; or one
 * score per row, `[N]` or `[..., 1]`, with labels from 0 to 1.
 */
export function readCases(
  action: string,
  y: Tensor,
  target: Tensor,
  options: LabelOptions = {},
): Cases {
  const columns = y.rank < 2 ? 1 : y.shape[y.rank - 1];
  if (y.rank === 0 || columns === 0) {
    throw new ShapeError(
      `Cannot ${action}: scores must be [N], [..., 1] or [..., C]: got ${formatShape(y.shape)}`,
    );
  }
  const rows = y.rank < 2 ? y.shape : y.shape.slice(0, -1);
  const classes = Math.max(columns, 2);
  const shares = [...rows, classes];
  const isClass = sameShape(target.shape, rows) || sameShape(target.shape, [...rows, 1]);
  if (!isClass && !sameShape(target.shape, shares)) {
    throw new ShapeError(
      `Cannot ${action}: scores of ${formatShape(y.shape)} must have classes ` +
        `${formatShape(rows)} or distributions ${formatShape(shares)} as targets: got ` +
        formatShape(target.shape),
    );
  }
  const [scores, data] = [y.dataSync(), target.dataSync()];
  const labels = !isClass
    ? classesOfShares(action, data, classes, rows)
    : columns === 1
    ? binaryLabels(action, data, options, rows)
    : classLabels(action, data, classes, options, rows);
  return { classes, columns, scores, labels };
}

/** Reads scores of any shape, each with a label from 0 to 1 of its own. */
export function readPairs(
  action: string,
  y: Tensor,
  target: Tensor,
  options: LabelOptions = {},
): Cases {
  checkSameExamples(action, y, target);
  const labels = binaryLabels(action, target.dataSync(), options, target.shape);
  return { classes: 2, columns: 1, scores: y.dataSync(), labels };
}

/** Throws unless shapes are equal, or differ by a last dimension of 1. */
export function checkSameExamples(action: string, y: Tensor, target: Tensor): void {
  const [a, b] = [y.shape, target.shape];
  if (y.rank > 0 && [a, [...a, 1]].some((shape) => sameShape(shape, b))) return;
  if (target.rank > 0 && sameShape(a, [...b, 1])) return;
  throw new ShapeError(
    `Cannot ${action}: results and targets must have one shape: results are ${formatShape(a)}, ` +
      `targets are ${formatShape(b)}`,
  );
}

/** Reads classes from 0 to `classes - 1`. */
export function classLabels(
  action: string,
  data: ArrayLike<number>,
  classes: number,
  { ignoreIndex }: LabelOptions,
  rows: Shape = [data.length],
): Int32Array {
  return Int32Array.from(data, (label, at) => {
    if (label === ignoreIndex) return IGNORED;
    if (Number.isInteger(label) && label >= 0 && label < classes) return label;
    const range = classes === Infinity ? "integers of at least 0" : `from 0 to ${classes - 1}`;
    throw labelError(action, `labels must be ${range}`, label, at, rows);
  });
}

/** Reads labels of yes and no; of probabilities the more probable, no for a half. */
export function binaryLabels(
  action: string,
  data: ArrayLike<number>,
  { ignoreIndex }: LabelOptions,
  rows: Shape = [data.length],
): Int32Array {
  return Int32Array.from(data, (label, at) => {
    if (label === ignoreIndex) return IGNORED;
    if (label >= 0 && label <= 1) return label > 0.5 ? 1 : 0;
    throw labelError(action, "labels of one score must be from 0 to 1", label, at, rows);
  });
}

/** Finds the class with the highest share of each row. */
function classesOfShares(
  action: string,
  data: ArrayLike<number>,
  columns: number,
  rows: Shape,
): Int32Array {
  return Int32Array.from({ length: data.length / columns }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[row * columns + j];
    if (Math.abs(sum - 1) <= SHARE_ERROR) return highest(data, row, columns);
    throw new RangeError(
      `Cannot ${action}: a distribution must sum to 1 (labels that exclude nothing are for ` +
        `binaryAccuracy): that of row ${indexOf(row, rows).join(", ")} sums to ${sum}`,
    );
  });
}

function labelError(action: string, rule: string, label: unknown, at: number, rows: Shape) {
  const where = indexOf(at, rows).join(", ");
  return new RangeError(`Cannot ${action}: ${rule}: the label of row ${where} is ${label}`);
}

/**
 * Finds the class of a row: the one with the highest score, the first of equal ones, where there is
 * one score class 1 above the threshold; NaN is below every number, and of nothing else there is
 * `NO_CLASS`.
 */
export function classOfRow(
  scores: ArrayLike<number>,
  row: number,
  columns: number,
  threshold = 0,
): number {
  if (columns > 1) return highest(scores, row, columns);
  return Number.isNaN(scores[row]) ? NO_CLASS : scores[row] > threshold ? 1 : 0;
}

function highest(scores: ArrayLike<number>, row: number, columns: number): number {
  let [best, most] = [NO_CLASS, NaN];
  for (let j = 0; j < columns; j++) {
    const score = scores[row * columns + j];
    if (score > most || (best === NO_CLASS && score === score)) [best, most] = [j, score];
  }
  return best;
}

/** Returns true for the first argument of the form that takes all examples at once. */
export function isArrayOf(
  action: string,
  name: string,
  first: ArrayLike<number> | object | undefined,
  isAtOnce: boolean,
): first is ArrayLike<number> {
  if (typeof first === "object" && first !== null && "length" in first) return true;
  if (!isAtOnce) return false;
  throw new TypeError(
    `Cannot ${action}: ${name} must be an array: got ` +
      (first instanceof Tensor ? "a tensor; await tensor.data() gives one" : kindOf(first)),
  );
}

/** Throws unless labels are an array. */
export function checkLabels(labels: unknown): asserts labels is ArrayLike<number> {
  if (typeof labels === "object" && labels !== null && "length" in labels) return;
  throw new TypeError(
    "Cannot compare predictions: labels must be an array: got " +
      (labels instanceof Tensor ? "a tensor; await tensor.data() gives one" : kindOf(labels)),
  );
}

/** Throws unless there are as many predictions as labels. */
export function checkSameLength(predicted: ArrayLike<number>, labels: ArrayLike<number>): void {
  checkLabels(labels);
  if (predicted.length !== labels.length) {
    throw new ShapeError(
      `Cannot compare predictions: there must be one per label: got ${predicted.length} ` +
        `predictions, ${labels.length} labels`,
    );
  }
}
