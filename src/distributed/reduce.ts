/**
 * Reductions of arrays on the host, element by element.
 *
 * @module
 */
import type { TypedArray } from "../core/dtype.ts";
import type { RankReduction } from "./group.ts";

/** Ways of joining the numbers of two ranks; NaN is larger and smaller than all others. */
const JOINS: Readonly<Record<RankReduction, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  mean: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

/** Reduces the arrays of all ranks into `result`, in the order of the ranks. */
export function reduceArrays(
  result: TypedArray,
  arrays: readonly TypedArray[],
  reduction: RankReduction,
): void {
  const join = JOINS[reduction];
  for (let i = 0; i < result.length; i++) {
    let joined = arrays[0][i];
    for (let rank = 1; rank < arrays.length; rank++) joined = join(joined, arrays[rank][i]);
    result[i] = reduction === "mean" ? joined / arrays.length : joined;
  }
}

/** Divides sums by the number of ranks. */
export function divideBy(x: TypedArray, count: number): void {
  for (let i = 0; i < x.length; i++) x[i] /= count;
}
