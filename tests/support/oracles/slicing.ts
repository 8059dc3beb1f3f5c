// Cutting, joining, picking and adding by indices, element by element by their definitions.

import type { SliceRange } from "../../../mod.ts";
import { elementAt, fromIndex } from "./arrays.ts";
import type { Values } from "../grids.ts";
import { indicesOf, offset } from "./windows.ts";

/**
 * Lists the indices that a range takes of `size` elements: Python's `range(*slice.indices(size))`.
 */
export function indicesOfRange(range: SliceRange, size: number): number[] {
  if (typeof range === "number") return [range < 0 ? range + size : range];
  const [first, last, by] = range ?? [];
  const step = by ?? 1;
  const place = (end: number) => end < 0 ? end + size : end;
  const all = Array.from({ length: size }, (_, i) => i);
  const walked = step > 0 ? all : all.toReversed();
  const start = first ?? null;
  const stop = last ?? null;
  // A walk from the given start may start outside: it begins where it meets elements.
  const begin = start === null ? walked[0] : inReach(place(start), step, size);
  return walked.filter((i) => {
    const reached = step > 0 ? i >= begin : i <= begin;
    const before = stop === null || (step > 0 ? i < place(stop) : i > place(stop));
    return reached && before && (i - begin) % step === 0;
  });
}

/** Moves a start that is outside to the nearest end that the walk passes. */
function inReach(start: number, step: number, size: number): number {
  return step > 0 ? Math.max(start, 0) : Math.min(start, size - 1);
}

/** Takes the elements in ranges. */
export function sliceOracle(x: Values, ranges: readonly SliceRange[]): Values {
  const taken = x.shape.map((size, d) => indicesOfRange(ranges[d] ?? null, size));
  const kept = x.shape.flatMap((_, d) => typeof ranges[d] === "number" ? [] : [d]);
  return fromIndex(kept.map((d) => taken[d].length), (index) => {
    const from = taken.map((list, d) => list[kept.includes(d) ? index[kept.indexOf(d)] : 0]);
    return x.data[offset(from, x.shape)];
  });
}

/** Joins parts along an axis. */
export function concatOracle(parts: readonly Values[], axis: number): Values {
  const size = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  return fromIndex(parts[0].shape.with(axis, size), (index) => {
    let at = index[axis];
    for (const part of parts) {
      if (at < part.shape[axis]) return part.data[offset(index.with(axis, at), part.shape)];
      at -= part.shape[axis];
    }
    return NaN;
  });
}

/** Picks along an axis by a list of indices for all. */
export function takeOracle(x: Values, indices: Values, axis: number): Values {
  const rank = indices.shape.length;
  return fromIndex(x.shape.toSpliced(axis, 1, ...indices.shape), (index) => {
    const at = elementAt(indices, index.slice(axis, axis + rank));
    return x.data[offset(index.toSpliced(axis, rank, at), x.shape)];
  });
}

/** Picks along an axis by indices, one for each element. */
export function takeAlongAxisOracle(x: Values, indices: Values, axis: number): Values {
  return fromIndex(
    indices.shape,
    (index) =>
      x.data[offset(index.with(axis, indices.data[offset(index, indices.shape)]), x.shape)],
  );
}

/** Adds updates to `x` where a list of indices points to along an axis. */
export function scatterAddOracle(
  x: Values,
  indices: Values,
  updates: Values,
  axis: number,
): Values {
  const rank = indices.shape.length;
  const data = Array.from(x.data);
  let i = 0;
  for (const index of indicesOf(updates.shape)) {
    const at = elementAt(indices, index.slice(axis, axis + rank));
    data[offset(index.toSpliced(axis, rank, at), x.shape)] += updates.data[i++];
  }
  return { shape: x.shape, data };
}

/** Adds updates to `x` where indices, one for each update, point to along an axis. */
export function scatterAddAlongAxisOracle(
  x: Values,
  indices: Values,
  updates: Values,
  axis: number,
): Values {
  const data = Array.from(x.data);
  let i = 0;
  for (const index of indicesOf(updates.shape)) {
    data[offset(index.with(axis, indices.data[i]), x.shape)] += updates.data[i++];
  }
  return { shape: x.shape, data };
}
