/**
 * Arrays that stay where they are, for a library that goes on with them after a call: engines move
 * small arrays about, unless their memory is made by itself.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";

/** Bytes up to which engines may keep the elements of an array inside of it. */
const MOST_INSIDE = 64;

/** Makes bytes, zeros, that stay where they are. */
export function stableBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** Makes an array of the kind of another, of zeros, that stays where it is. */
export function stableLike<A extends TypedArray>(x: A, length: number): A {
  const Kind = x.constructor as new (memory: ArrayBuffer) => A;
  return new Kind(new ArrayBuffer(length * x.BYTES_PER_ELEMENT));
}

/** Returns an array of the same elements that stays where it is: mostly the same one. */
export function stable<A extends TypedArray>(x: A): A {
  if (x.byteLength > MOST_INSIDE) return x;
  const copy = stableLike(x, x.length);
  copy.set(x);
  return copy;
}
