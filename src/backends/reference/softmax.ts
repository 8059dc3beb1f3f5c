/**
 * Reference loops over rows: softmax and its logarithm.
 *
 * The maximum of a row is subtracted before exp, so that no logit overflows.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { RowsGeometry } from "../../core/geometry/mod.ts";

/**
 * Computes `log(sum(exp(row)))` as a sum of two parts, NaN where the row has one. They are
 * subtracted one after the other: together they would lose the digits that a large maximum pushes
 * out.
 */
export function logSumExp(
  x: TypedArray,
  start: number,
  columns: number,
): [max: number, rest: number] {
  let max = -Infinity;
  for (let j = 0; j < columns; j++) max = Math.max(max, x[start + j]);
  if (!Number.isFinite(max)) return [max, 0];
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += Math.exp(x[start + j] - max);
  return [max, Math.log(sum)];
}

/** Computes `y = x - logSumExp(x)` by rows. */
export function logSoftmax(x: TypedArray, y: TypedArray, { rows, columns }: RowsGeometry): void {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const [max, rest] = logSumExp(x, start, columns);
    for (let j = 0; j < columns; j++) y[start + j] = x[start + j] - max - rest;
  }
}

/** Computes `y = exp(x - logSumExp(x))` by rows. */
export function softmax(x: TypedArray, y: TypedArray, { rows, columns }: RowsGeometry): void {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const [max, rest] = logSumExp(x, start, columns);
    for (let j = 0; j < columns; j++) y[start + j] = Math.exp(x[start + j] - max - rest);
  }
}
