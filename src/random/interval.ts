/**
 * Ends of half-open intervals among the numbers of a dtype.
 *
 * @module
 */
import type { DType } from "../core/dtype.ts";

const float64 = new Float64Array(1);
const bits64 = new BigInt64Array(float64.buffer);
const float32 = new Float32Array(1);
const bits32 = new Int32Array(float32.buffer);

/** Finds the largest number of a dtype below a finite number. */
export function numberBelow(high: number, dtype: DType): number {
  if (dtype !== "float32") return doubleBelow(high);
  const nearest = Math.fround(high);
  return nearest < high ? nearest : singleBelow(nearest);
}

/** Finds the smallest number of a dtype that is at least a finite number. */
export function numberFrom(low: number, dtype: DType): number {
  if (dtype !== "float32") return low;
  const nearest = Math.fround(low);
  return nearest >= low ? nearest : -singleBelow(-nearest);
}

// The bits of floats of one sign are in the order of their magnitudes.

function doubleBelow(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  float64[0] = x;
  bits64[0] += x > 0 ? -1n : 1n;
  return float64[0];
}

function singleBelow(x: number): number {
  float32[0] = x === 0 ? -(2 ** -149) : x;
  if (x !== 0) bits32[0] += x > 0 ? -1 : 1;
  return float32[0];
}
