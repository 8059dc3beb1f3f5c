/**
 * Limits on sizes that files declare: counts that stay exact, the most elements accepted, and
 * excerpts of a file made fit for messages.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { formatShape, type Shape } from "../core/shape.ts";

const MAX_COUNT = 2 ** 49; // so that the number of bytes is exact too
const EXCERPT_LENGTH = 60;

/** The most elements an array may have unless the caller says otherwise. */
export const DEFAULT_MAX_ELEMENTS: number = 2 ** 28;

/** Throws unless the limit is one. */
export function checkMaxElements(maxElements: number, action: string): void {
  if (Number.isSafeInteger(maxElements) && maxElements >= 0) return;
  throw new RangeError(
    `${action}: maxElements must be an integer of at least 0: got ${String(maxElements)}`,
  );
}

/** Throws if an array has more elements than the caller accepts. */
export function checkCount(
  shape: Shape,
  count: number,
  maxElements: number,
  action: string,
): void {
  if (count <= maxElements) return;
  throw new RangeError(
    `${action}: the array must have at most maxElements = ${maxElements} elements: ` +
      `shape ${excerpt(formatShape(shape))} has ${count}`,
  );
}

/** Counts the elements of a shape; undefined when its non-zero sizes multiply beyond 2^49. */
export function countElements(shape: Shape): number | undefined {
  let product = 1;
  let count = 1;
  for (const size of shape) {
    if (size !== 0) product *= size;
    if (product > MAX_COUNT) return undefined;
    count *= size;
  }
  return count;
}

/** Makes a piece of a file fit for an error: its first 60 characters, safe to print. */
export function excerpt(text: string): string {
  const shown = printable(text.slice(0, EXCERPT_LENGTH));
  return text.length > EXCERPT_LENGTH ? `${shown}...` : shown;
}
