/**
 * Reference loops that move elements: transpose, pad, one-hot rows.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { PadGeometry, TransposeGeometry } from "../../core/geometry/mod.ts";
import { stridesOf } from "../../core/shape.ts";

/** Visits every index of `shape` in row-major order with the offset its strides give. */
export function forEachOffset(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (i: number, offset: number) => void,
): void {
  if (shape.includes(0)) return;
  const index = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0;; i++) {
    visit(i, offset);
    let d = shape.length - 1;
    for (; d >= 0; d--) {
      offset += strides[d];
      if (++index[d] < shape[d]) break;
      index[d] = 0;
      offset -= strides[d] * shape[d];
    }
    if (d < 0) return;
  }
}

/** Copies `x` to `y` with its dimensions in another order. */
export function transpose(x: TypedArray, y: TypedArray, g: TransposeGeometry): void {
  forEachOffset(g.shape, g.strides, 0, (i, offset) => {
    y[i] = x[offset];
  });
}

/** Copies `x` to `y` with elements added around it, or removed where an amount is negative. */
export function pad(x: TypedArray, y: TypedArray, g: PadGeometry): void {
  y.fill(g.value);
  const xStrides = stridesOf(g.xShape);
  const yStrides = stridesOf(g.shape);
  // The part of x that stays, and where it begins in both arrays.
  const kept = g.xShape.map((n, d) =>
    n + Math.min(g.amounts[d][0], 0) + Math.min(g.amounts[d][1], 0)
  );
  let xStart = 0;
  let yStart = 0;
  g.amounts.forEach(([before], d) => {
    xStart += Math.max(-before, 0) * xStrides[d];
    yStart += Math.max(before, 0) * yStrides[d];
  });
  if (kept.some((n) => n <= 0)) return;
  const offsets: number[] = [];
  forEachOffset(kept, xStrides, xStart, (_, offset) => offsets.push(offset));
  forEachOffset(kept, yStrides, yStart, (i, offset) => {
    y[offset] = x[offsets[i]];
  });
}

/** Sets a one at each label in rows of zeros (as `y` comes). */
export function oneHot(labels: TypedArray, y: TypedArray, classes: number): void {
  for (let row = 0; row < labels.length; row++) y[row * classes + labels[row]] = 1;
}

/** Finds the first offset whose element is not in `[low, high)`, or -1. */
export function firstOutOfRange(
  x: TypedArray,
  low: number,
  high: number,
  except?: number,
): number {
  for (let i = 0; i < x.length; i++) if ((x[i] < low || x[i] >= high) && x[i] !== except) return i;
  return -1;
}
