/**
 * Values of the host that become elements of tensors: numbers, nested lists of them.
 *
 * @module
 */
import { allocate, type DType, type TypedArray } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import { formatShape, indexOf, type Shape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** Numbers nested as deep as the tensor has dimensions. */
export type NestedValues = number | readonly NestedValues[];

/** Converts values to a dtype that can hold each of them. */
export function convert(values: ArrayLike<number>, dtype: DType, shape: Shape): TypedArray {
  const data = allocate(dtype, values.length);
  for (let i = 0; i < values.length; i++) {
    checkHolds(values[i], dtype, ` at index ${formatShape(indexOf(i, shape))}`);
    data[i] = values[i];
  }
  return data;
}

const RANGES: Partial<Record<DType, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
};

/** Throws unless a value is a number, and one that an integer dtype can hold. */
export function checkHolds(value: unknown, dtype: DType, where: string): void {
  const range = RANGES[dtype];
  if (typeof value !== "number") {
    const isTensor = value instanceof Tensor;
    const got = isTensor
      ? "a tensor"
      : value === null
      ? "null"
      : `${typeof value} ${String(value)}`;
    throw new TypeError(
      `Cannot create tensor: values must be numbers: got ${got}${where}` +
        (isTensor ? "; stack(tensors) joins tensors, x.clone() copies one" : ""),
    );
  }
  if (range !== undefined && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) {
    throw new RangeError(
      `Cannot create tensor: ${dtype} holds integers from ${range[0]} to ${range[1]}: ` +
        `got ${value}${where}`,
    );
  }
}

/** Turns nested lists into one list and the shape of their nesting. */
export function flatten(values: NestedValues): { flat: number[]; nested: number[] } {
  const nested: number[] = [];
  for (let level: unknown = values; Array.isArray(level); level = level[0]) {
    nested.push(level.length);
  }
  const flat: number[] = [];
  const visit = (value: unknown, path: number[]): void => {
    if (path.length === nested.length && !Array.isArray(value)) {
      flat.push(value as number);
      return;
    }
    const expected = nested[path.length];
    if (!Array.isArray(value) || value.length !== expected) {
      const got = Array.isArray(value) ? `a list of ${value.length}` : typeof value;
      throw new ShapeError(
        `Cannot create tensor: nested lists must be equally long: expected ${
          expected === undefined ? "a number" : `a list of ${expected}`
        } at ${formatShape(path)}, got ${got}`,
      );
    }
    value.forEach((child, i) => visit(child, [...path, i]));
  };
  visit(values, []);
  return { flat, nested };
}
