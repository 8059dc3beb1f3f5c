/**
 * Arithmetic on shapes: sizes, strides, formatting.
 *
 * @module
 */
import { formatValue } from "./format_value.ts";
import { ShapeError } from "./errors.ts";

/** Sizes of the dimensions of a tensor; `[]` for a scalar. */
export type Shape = readonly number[];

/** Counts the elements of a shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Writes a shape as in error messages: `[8, 32, 32, 3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Returns true if two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** Computes row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** Computes the index of the element at `offset` in row-major order. */
export function indexOf(offset: number, shape: Shape): number[] {
  return stridesOf(shape).map((stride, i) => Math.floor(offset / stride) % shape[i]);
}

/** Most elements of an array, and most along a dimension: bytes that 32 bits can address. */
export const MOST_ELEMENTS: number = 2 ** 32;

/** Throws a `RangeError` where an array of this shape would have more elements than any can. */
export function checkSize(action: string, shape: Shape): void {
  if (sizeOf(shape) <= MOST_ELEMENTS && shape.every((n) => n <= MOST_ELEMENTS)) return;
  throw new RangeError(
    `Cannot ${action}: an array must have at most ${MOST_ELEMENTS} elements, and as many along a ` +
      `dimension: its shape would be ${formatShape(shape)}`,
  );
}

/** Returns true for a list of integers of at least 0. */
export function isListOfSizes(shape: unknown): shape is Shape {
  return Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/**
 * Throws a {@link ShapeError} unless `shape` is a list of integers of at least 0, a `RangeError`
 * where it is too large. Errors call it by `name`.
 */
export function checkShape(action: string, shape: Shape, name = "shape"): void {
  if (!isListOfSizes(shape)) {
    throw new ShapeError(
      `Cannot ${action}: ${name} must be a list of integers of at least 0: got ` +
        formatValue(shape),
    );
  }
  checkSize(action, shape);
}
