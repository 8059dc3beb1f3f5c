/**
 * How the work of kernels on arrays is cut, and how broadcast arrays are walked through. Cuts
 * depend on shapes alone, so that results do not depend on the number of threads.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../core/shape.ts";

/** A chunk should be this many elements, which take some 20 µs: less is not worth sharing. */
export const CHUNK_ELEMENTS = 65536;

/** Chunks of so many elements. */
export function chunksOf(size: number): number {
  return Math.ceil(size / CHUNK_ELEMENTS);
}

/** The numbers of kinds: their places in their list. */
export function numbersOf<Kind extends string>(kinds: readonly Kind[]): Record<Kind, number> {
  const numbers = kinds.map((kind, number) => [kind, number]);
  return Object.fromEntries(numbers) as Record<Kind, number>;
}

/** How many of a row of units make a chunk, each being the work of some elements; at least 1. */
export function unitsOfChunk(units: number, elements: number): number {
  return Math.max(Math.min(Math.floor(CHUNK_ELEMENTS / Math.max(elements, 1)), units), 1);
}

/** Rows cut into chunks: blocks of rows, or pieces of long ones. */
export interface RowChunks {
  readonly count: number;
  readonly rows: number;
  readonly pieces: number;
  readonly piece: number;
}

/** Cuts rows of some length. */
export function rowChunks(rows: number, length: number): RowChunks {
  const pieces = Math.ceil(length / CHUNK_ELEMENTS);
  const perChunk = unitsOfChunk(rows, length);
  const count = pieces > 1 ? rows * pieces : Math.ceil(rows / perChunk);
  return { count, rows: perChunk, pieces, piece: CHUNK_ELEMENTS };
}

/** A dimension of two arrays that are walked through together: strides in elements. */
export interface Dimension {
  readonly size: number;
  readonly strides: readonly [number, number];
}

/** Dimensions with two sets of strides, neighbours made one where both sets allow it. */
export function mergedDimensions(
  shape: Shape,
  first: readonly number[],
  second: readonly number[],
): Dimension[] {
  const merged: Dimension[] = [];
  shape.forEach((size, d) => {
    if (size === 1) return;
    const strides: Dimension["strides"] = [first[d], second[d]];
    const before = merged.at(-1);
    const follows = before?.strides.every((stride, i) => stride === strides[i] * size);
    if (follows) merged[merged.length - 1] = { size: before!.size * size, strides };
    else merged.push({ size, strides });
  });
  return merged;
}

/** Dimensions as the list of integers that kernels read: sizes and strides in bytes. */
export function listOf(dimensions: readonly Dimension[]): number[] {
  return dimensions.flatMap(({ size, strides }) => [size, strides[0] * 4, strides[1] * 4]);
}

/** Number of elements that dimensions span. */
export function spanOf(dimensions: readonly Dimension[]): number {
  return sizeOf(dimensions.map(({ size }) => size));
}
