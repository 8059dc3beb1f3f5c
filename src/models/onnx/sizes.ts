/**
 * Sizes that grow with the batch, found by comparing what a function does to batches of two sizes.
 *
 * @module
 */
import { formatShape, type Shape } from "../../core/shape.ts";

/** A size: a number, or a multiple of the number of examples in a batch. */
export type Size = number | { readonly perExample: number };

/** Two sizes of a batch. */
export type Batches = readonly [number, number];

/** Makes a shape for batches of any size; undefined where sizes do not grow with the batch. */
export function growingShape(
  a: Shape,
  b: Shape,
  [batchA, batchB]: Batches,
): readonly Size[] | undefined {
  if (a.length !== b.length) return undefined;
  const sizes = a.map((n, i): Size | undefined => {
    if (n === b[i]) return n;
    const perExample = n / batchA;
    const isLinear = Number.isInteger(perExample) && perExample * batchB === b[i];
    return isLinear ? { perExample } : undefined;
  });
  return sizes.every((size) => size !== undefined) ? sizes as Size[] : undefined;
}

/** Returns true if a size is a number. */
export function isFixed(size: Size): size is number {
  return typeof size === "number";
}

/** Returns the numbers of a shape none of whose sizes grows; undefined for another one. */
export function fixedShape(shape: readonly Size[]): number[] | undefined {
  return shape.every(isFixed) ? [...shape] : undefined;
}

/** Returns true if two sizes are the same for every batch. */
export function sameSizes(a: readonly Size[], b: readonly Size[]): boolean {
  return a.length === b.length && a.every((size, i) => sizeText(size) === sizeText(b[i]));
}

/** Writes a size as files name it: `N`, `N*4`. */
export function sizeText(size: Size): number | string {
  if (isFixed(size)) return size;
  return size.perExample === 1 ? "N" : `N*${size.perExample}`;
}

/** Writes a shape for a message. */
export function formatSizes(shape: readonly Size[]): string {
  return formatShape(shape.map(sizeText) as number[]);
}
