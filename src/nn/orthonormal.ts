/**
 * Random orthonormal vectors, by Gram and Schmidt's method.
 *
 * @module
 */
import type { Random } from "../random/random.ts";

/**
 * Makes `count` random vectors of a length, of norm 1 and at right angles; count is at most length.
 */
export function orthonormalColumns(random: Random, length: number, count: number): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    // Once leaves a rounding error that grows with the angle lost; twice is enough (W. Kahan).
    for (const _round of [1, 2]) for (const other of basis) removeAlong(vector, other);
    const norm = Math.sqrt(inner(vector, vector));
    if (norm > 1e-8) basis.push(vector.map((v) => v / norm));
  }
  return basis;
}

function removeAlong(vector: Float64Array, unit: Float64Array): void {
  const part = inner(vector, unit);
  for (let i = 0; i < vector.length; i++) vector[i] -= part * unit[i];
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
