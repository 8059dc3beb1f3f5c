/**
 * Largest numbers that windows may have: sums of a few of them are still integers of 32 bits, with
 * which kernels compute.
 *
 * @module
 */
import { formatShape } from "../shape.ts";

/** Most that a size, a step, a distance, a padding or a padded image may be along an axis. */
export const MOST_EXTENT: number = 2 ** 30;

/** Throws a `RangeError` where an option is larger than {@link MOST_EXTENT}. */
export function checkExtent(action: string, name: string, values: readonly number[]): void {
  if (values.every((n) => n <= MOST_EXTENT)) return;
  const got = new Set(values).size === 1 ? String(values[0]) : formatShape(values);
  throw new RangeError(`Cannot ${action}: ${name} must be at most ${MOST_EXTENT}: got ${got}`);
}

/** Throws a `RangeError` where windows reach, or hold, more than {@link MOST_EXTENT}. */
export function checkReach(
  action: string,
  size: readonly number[],
  dilation: readonly number[],
): void {
  const reaches = size.every((n, i) => (n - 1) * dilation[i] + 1 <= MOST_EXTENT);
  if (reaches && size.reduce((area, n) => area * n, 1) <= MOST_EXTENT) return;
  throw new RangeError(
    `Cannot ${action}: a window must reach over at most ${MOST_EXTENT} pixels along each axis, and ` +
      `hold no more: size is ${formatShape(size)}, dilation is ${formatShape(dilation)}`,
  );
}

/** Throws a `RangeError` where images with what is around them exceed {@link MOST_EXTENT}. */
export function checkPadded(
  action: string,
  what: string,
  sizes: readonly number[],
  described: string,
): void {
  if (sizes.every((n) => n <= MOST_EXTENT)) return;
  throw new RangeError(
    `Cannot ${action}: ${what} must have at most ${MOST_EXTENT} pixels along each axis: ` +
      `it would have ${formatShape(sizes)}, ${described}`,
  );
}

/**
 * Most elements of a list that is made on the host: of places along an axis, of matrices in a
 * batch.
 */
export const MOST_LISTED: number = 2 ** 27;

/** Throws a `RangeError` where a count is larger than a bound. */
export function checkMost(action: string, what: string, count: number, most: number): void {
  if (count <= most) return;
  throw new RangeError(`Cannot ${action}: ${what} must be at most ${most}: got ${count}`);
}
