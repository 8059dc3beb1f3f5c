/**
 * Reference loops over rows: softmax, its logarithm, the cross entropy and its gradient.
 *
 * The maximum of a row is subtracted before exp, so that no logit overflows.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { RowsGeometry, SoftmaxCEGeometry } from "../../core/geometry/mod.ts";

/**
 * `log(sum(exp(row)))` as a sum of two parts, NaN where the row has one. They are subtracted one
 * after the other: together they would lose the digits that a large maximum pushes out.
 */
function logSumExp(x: TypedArray, start: number, columns: number): [max: number, rest: number] {
  let max = -Infinity;
  for (let j = 0; j < columns; j++) max = Math.max(max, x[start + j]);
  if (!Number.isFinite(max)) return [max, 0];
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += Math.exp(x[start + j] - max);
  return [max, Math.log(sum)];
}

/** `y = x - logSumExp(x)` by rows. */
export function logSoftmax(x: TypedArray, y: TypedArray, { rows, columns }: RowsGeometry): void {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const [max, rest] = logSumExp(x, start, columns);
    for (let j = 0; j < columns; j++) y[start + j] = x[start + j] - max - rest;
  }
}

/** `y = exp(x - logSumExp(x))` by rows. */
export function softmax(x: TypedArray, y: TypedArray, { rows, columns }: RowsGeometry): void {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const [max, rest] = logSumExp(x, start, columns);
    for (let j = 0; j < columns; j++) y[start + j] = Math.exp(x[start + j] - max - rest);
  }
}

/** The share of the target that class j of a row has. */
function target(labels: TypedArray, row: number, j: number, g: SoftmaxCEGeometry): number {
  const share = g.indices ? Number(labels[row] === j) : labels[row * g.columns + j];
  return share * (1 - g.labelSmoothing) + g.labelSmoothing / g.columns;
}

/** `y[row] = -sum_j target_j log softmax(logits)_j`; a class with no share adds nothing. */
export function softmaxCE(
  logits: TypedArray,
  labels: TypedArray,
  y: TypedArray,
  g: SoftmaxCEGeometry,
): void {
  for (let row = 0; row < g.rows; row++) {
    const start = row * g.columns;
    const [max, rest] = logSumExp(logits, start, g.columns);
    let loss = Number.isNaN(max) ? NaN : 0;
    for (let j = 0; j < g.columns; j++) {
      const share = target(labels, row, j, g);
      if (share !== 0) loss += share * (max - logits[start + j] + rest);
    }
    y[row] = loss;
  }
}

/** `dlogits = dy (softmax(logits) sum_j target_j - target)` by rows. */
export function softmaxCEGrad(
  dy: TypedArray,
  logits: TypedArray,
  labels: TypedArray,
  dlogits: TypedArray,
  g: SoftmaxCEGeometry,
): void {
  for (let row = 0; row < g.rows; row++) {
    const start = row * g.columns;
    const [max, rest] = logSumExp(logits, start, g.columns);
    let mass = 0;
    for (let j = 0; j < g.columns; j++) mass += target(labels, row, j, g);
    for (let j = 0; j < g.columns; j++) {
      const probability = Math.exp(logits[start + j] - max - rest);
      dlogits[start + j] = dy[row] * (probability * mass - target(labels, row, j, g));
    }
  }
}
