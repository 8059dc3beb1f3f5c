/**
 * Parts of a whole that several share: which of the examples of a batch are whose.
 *
 * @module
 */

/** One of as many parts as there are ranks. */
export interface Part {
  /** Number of the part, from 0. */
  readonly rank: number;
  /** Number of parts. */
  readonly size: number;
}

/**
 * Finds where a part of `count` things begins and ends: parts follow each other, and differ by one
 * at most; there are empty ones where there are more parts than things.
 */
export function rangeOfPart(count: number, { rank, size }: Part): readonly [number, number] {
  return [Math.floor(rank * count / size), Math.floor((rank + 1) * count / size)];
}
