/**
 * Reference loops that cut, join, pick and add by indices.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { ConcatGeometry, GatherGeometry, SliceGeometry } from "../../core/geometry/mod.ts";
import { forEachOffset } from "./rearrange.ts";

/** Joins parts in `y`: each in turn fills its part of every row of `y`. */
export function concat(parts: readonly TypedArray[], y: TypedArray, g: ConcatGeometry): void {
  const row = g.inner * g.sizes.reduce((sum, n) => sum + n, 0);
  let at = 0;
  parts.forEach((part, i) => {
    const length = g.sizes[i] * g.inner;
    for (let o = 0; o < g.outer; o++) {
      y.set(part.subarray(o * length, (o + 1) * length), o * row + at);
    }
    at += length;
  });
}

/** Copies what a slice takes of `x` to `y`. */
export function slice(x: TypedArray, y: TypedArray, g: SliceGeometry): void {
  forEachRun(g, (from, to, length) => {
    if (length === 1) y[to] = x[from];
    else y.set(x.subarray(from, from + length), to);
  });
}

/** Copies `dy` to `dx` (zeros as it comes) where a slice takes from. */
export function sliceGrad(dy: TypedArray, dx: TypedArray, g: SliceGeometry): void {
  forEachRun(g, (to, from, length) => {
    if (length === 1) dx[to] = dy[from];
    else dx.set(dy.subarray(from, from + length), to);
  });
}

/** Visits what a slice takes: elements, or whole rows where they are together in the array. */
function forEachRun(
  g: SliceGeometry,
  visit: (inWhole: number, inSlice: number, length: number) => void,
): void {
  const last = g.counts.length - 1;
  const together = last >= 0 && g.strides[last] === 1;
  const length = together ? g.counts[last] : 1;
  const shape = together ? g.counts.slice(0, last) : g.counts;
  if (length === 0) return;
  forEachOffset(shape, g.strides, g.offset, (i, offset) => visit(offset, i * length, length));
}

/** Copies what indices pick of `x` to `y`; zeros (as `y` comes) at the index that is skipped. */
export function gather(x: TypedArray, indices: TypedArray, y: TypedArray, g: GatherGeometry): void {
  forEachPick(indices, g, (inX, picked, length) => {
    if (length === 1) y[picked] = x[inX];
    else y.set(x.subarray(inX, inX + length), picked);
  });
}

/** Adds `updates` to `y` where indices point to, in the order of the indices. */
export function scatterAdd(
  updates: TypedArray,
  indices: TypedArray,
  y: TypedArray,
  g: GatherGeometry,
): void {
  const sums = Float64Array.from(y);
  forEachPick(indices, g, (inX, picked, length) => {
    for (let i = 0; i < length; i++) sums[inX + i] += updates[picked + i];
  });
  y.set(sums);
}

/** Visits what indices point to: rows, or elements where each has an index of its own. */
function forEachPick(
  indices: TypedArray,
  { outer, size, inner, count, alongAxis, skip }: GatherGeometry,
  visit: (inX: number, picked: number, length: number) => void,
): void {
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const picked = (o * count + j) * inner;
      for (let i = 0; i < (alongAxis ? inner : 1); i++) {
        const index = indices[alongAxis ? picked + i : j];
        if (index === skip) continue;
        visit((o * size + index) * inner + i, picked + i, alongAxis ? 1 : inner);
      }
    }
  }
}
