/**
 * Blocks of arrays that the host holds.
 *
 * @module
 */
import type { TypedArray } from "./dtype.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** Place of a block in an array. */
export interface BlockPlace {
  /** Index of its first element. */
  readonly offset: number;
  /** Elements of the array from one position to the next, along each axis. */
  readonly strides: readonly number[];
  /** Elements of the block along each axis. */
  readonly counts: Shape;
}

/** Copies a block of an array, in row-major order. */
export function blockOf<A extends TypedArray>(data: A, { offset, strides, counts }: BlockPlace): A {
  const block = new (data.constructor as new (length: number) => A)(sizeOf(counts));
  for (let i = 0; i < block.length; i++) {
    let at = offset, rest = i;
    for (let axis = counts.length - 1; axis >= 0; axis--) {
      at += rest % counts[axis] * strides[axis];
      rest = Math.floor(rest / counts[axis]);
    }
    block[i] = data[at];
  }
  return block;
}
