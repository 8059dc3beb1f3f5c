/**
 * Values of all ranks, known to each: numbers, bytes of any length, rows of tensors.
 *
 * @module
 */
import type { TypedArray } from "../core/dtype.ts";
import { arrayLike, type Group } from "./group.ts";

/** Gathers as many numbers of each rank: a list for each, by rank. */
export function gatherNumbers(group: Group, numbers: readonly number[]): readonly number[][] {
  if (group.size === 1) return [[...numbers]];
  const all = group.allGather(Float64Array.from(numbers));
  return Array.from(
    { length: group.size },
    (_, rank) => [...all.subarray(rank * numbers.length, (rank + 1) * numbers.length)],
  );
}

/** Gathers arrays of any length, one after the other, by rank. */
export function gatherArrays<A extends TypedArray>(group: Group, x: A): A[] {
  if (group.size === 1) return [x];
  const lengths = gatherNumbers(group, [x.length]).map(([length]) => length);
  const longest = Math.max(...lengths);
  if (longest === 0) return lengths.map(() => x);
  const padded = arrayLike(x, longest);
  padded.set(x);
  const all = group.allGather(padded);
  return lengths.map((length, rank) => all.subarray(rank * longest, rank * longest + length) as A);
}

/** Hands bytes of one rank to all others, which need not know how many there are. */
export function broadcastBytes(group: Group, bytes: Uint8Array | undefined, root: number) {
  const length = Float64Array.of(group.rank === root ? bytes!.length : 0);
  group.broadcast(length, root);
  const copy = group.rank === root ? bytes! : new Uint8Array(length[0]);
  if (copy.length > 0) group.broadcast(copy, root);
  return copy;
}

/** Puts arrays of one kind one after the other. */
export function joinArrays<A extends TypedArray>(parts: readonly A[]): A {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = arrayLike(parts[0], length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
