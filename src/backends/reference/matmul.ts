/**
 * Reference matrix product. Sums are kept in float64 and rounded once.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { MatmulGeometry } from "../../core/geometry/mod.ts";

/**
 * Computes `y = a · b + bias`, either operand read transposed; of one pair of matrices or of many.
 */
export function matmul(
  a: TypedArray,
  b: TypedArray,
  bias: TypedArray | null,
  y: TypedArray,
  g: MatmulGeometry,
): void {
  const { rows, inner, columns, batch } = g;
  if (batch === null) return multiply(a, b, bias, y, g);
  const matrix = (x: TypedArray, size: number, i: number) => x.subarray(i * size, (i + 1) * size);
  batch.a.forEach((_, i) => {
    const left = matrix(a, rows * inner, batch.a[i]);
    const right = matrix(b, inner * columns, batch.b[i]);
    multiply(left, right, bias, matrix(y, rows * columns, i), g);
  });
}

function multiply(
  a: TypedArray,
  b: TypedArray,
  bias: TypedArray | null,
  y: TypedArray,
  { rows, inner, columns, transposeA, transposeB }: MatmulGeometry,
): void {
  const [aRow, aInner] = transposeA ? [1, rows] : [inner, 1];
  const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1];
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    for (let k = 0; k < inner; k++) {
      const left = a[i * aRow + k * aInner];
      let right = k * bInner;
      for (let j = 0; j < columns; j++, right += bColumn) sums[j] += left * b[right];
    }
    const row = i * columns;
    for (let j = 0; j < columns; j++) y[row + j] = bias === null ? sums[j] : sums[j] + bias[j];
  }
}
