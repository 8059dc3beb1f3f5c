/**
 * Sums of arrays that cross as float16: half of the bytes, and what rounding takes away is added the
 * next time.
 *
 * @module
 */
import type { TypedArray } from "../core/dtype.ts";
import type { Group } from "./group.ts";
import type { Sum } from "./sum_tensors.ts";

/** Mantissa bits that float32 has more than float16. */
const LOST_BITS = 13;
/** The largest float16, its exponent's bias in float32, and the smallest normal one. */
const LARGEST = 65504;
const SMALLEST_NORMAL = 2 ** -14;
const SUBNORMAL_UNIT = 2 ** -24;
const INFINITY_BITS = 0x7c00;
const NAN_BITS = 0x7e00;
/** Difference of the biases of the two formats, where float32 keeps the exponent. */
const BIAS_SHIFT = (127 - 15) << 23;

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** Writes a number as the bits of the nearest float16, of two that are as near the even one. */
export function toHalf(value: number): number {
  floats[0] = value;
  const sign = (words[0] >>> 16) & 0x8000;
  const size = Math.abs(floats[0]);
  if (Number.isNaN(size)) return sign | NAN_BITS;
  // From half a unit above the largest on, rounding leads to infinity.
  if (size >= LARGEST + 16) return sign | INFINITY_BITS;
  if (size < SMALLEST_NORMAL) return sign | roundToEven(size / SUBNORMAL_UNIT);
  const bits = (words[0] & 0x7fffffff) - BIAS_SHIFT;
  const odd = (bits >>> LOST_BITS) & 1;
  return sign | ((bits + (1 << (LOST_BITS - 1)) - 1 + odd) >>> LOST_BITS);
}

function roundToEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** All float16 numbers, by their bits; made when first needed. */
let table: Float32Array | undefined;

/** Reads the bits of a float16. */
export function fromHalf(bits: number): number {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, i) => {
    const [sign, exponent, fraction] = [i >>> 15 ? -1 : 1, (i >>> 10) & 31, i & 1023];
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    if (exponent === 0) return sign * fraction * SUBNORMAL_UNIT;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return table[bits];
}

/**
 * Makes a sum in which float32 arrays cross as float16: every rank sums one part of all, and hands
 * the sum on. Errors of rounding, of what is sent and of the sums, are kept and added to the next
 * array of the same bucket. Other arrays cross as they are.
 */
export function halfSum(group: Group): Sum {
  const kept = new Map<number, Float32Array>();
  const errorsOf = (bucket: number, length: number) => {
    const known = kept.get(bucket);
    if (known?.length === length) return known;
    const fresh = new Float32Array(length);
    kept.set(bucket, fresh);
    return fresh;
  };
  return (x: TypedArray, bucket: number) => {
    if (!(x instanceof Float32Array)) return group.allReduce(x, "sum");
    const { size, rank } = group;
    const part = Math.ceil(x.length / size);
    const errors = errorsOf(bucket, part * size);
    const mine = asBytes(group.allToAll(bytesOf(encode(x, errors))));
    const sums = new Float32Array(part);
    for (let from = 0; from < size; from++) {
      for (let i = 0; i < part; i++) sums[i] += fromHalf(mine[from * part + i]);
    }
    const own = errors.subarray(rank * part, (rank + 1) * part);
    const all = asBytes(group.allGather(bytesOf(encodeSums(sums, own))));
    for (let i = 0; i < x.length; i++) x[i] = fromHalf(all[i]);
  };
}

/** Rounds numbers and the errors of before to float16; keeps the errors that are made. */
function encode(x: Float32Array, errors: Float32Array): Uint16Array {
  const halves = new Uint16Array(errors.length);
  for (let i = 0; i < x.length; i++) errors[i] = round(halves, i, x[i] + errors[i]);
  return halves;
}

/** Rounds sums; the errors are added to those of what this rank sends. */
function encodeSums(sums: Float32Array, errors: Float32Array): Uint16Array {
  const halves = new Uint16Array(sums.length);
  for (let i = 0; i < sums.length; i++) errors[i] += round(halves, i, sums[i]);
  return halves;
}

/** Rounds a number into a place; returns the error, 0 where there is none that is finite. */
function round(halves: Uint16Array, i: number, value: number): number {
  halves[i] = toHalf(value);
  const error = value - fromHalf(halves[i]);
  return Number.isFinite(error) ? error : 0;
}

function bytesOf({ buffer }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer);
}

function asBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint16Array {
  return new Uint16Array(buffer, byteOffset, byteLength / Uint16Array.BYTES_PER_ELEMENT);
}
