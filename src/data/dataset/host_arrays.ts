/**
 * Arrays of examples on the host: rows taken out of them, put together, and taken apart.
 *
 * @module
 */
import { allocate, dtypeOf, type HostArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape, sameShape, sizeOf } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { kindOf } from "../../core/kind_of.ts";
import type { Fields } from "./source.ts";

/** Copies the rows at some positions. */
export function takeRows({ shape, dtype, data }: HostArray, positions: Int32Array): HostArray {
  const [, ...rowShape] = shape;
  const row = sizeOf(rowShape);
  const rows = allocate(dtype, positions.length * row);
  if (row === 1) { for (let i = 0; i < positions.length; i++) rows[i] = data[positions[i]]; }
  else {
    for (let i = 0; i < positions.length; i++) {
      rows.set(data.subarray(positions[i] * row, (positions[i] + 1) * row), i * row);
    }
  }
  return { shape: [positions.length, ...rowShape], dtype, data: rows };
}

/** Returns one row, on the memory of the array. */
export function rowOf({ shape, dtype, data }: HostArray, position: number): HostArray {
  const [, ...rowShape] = shape;
  const row = sizeOf(rowShape);
  return { shape: rowShape, dtype, data: data.subarray(position * row, (position + 1) * row) };
}

/** Takes each field's row of one example. */
export function exampleOf(fields: Fields, position: number): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, array]) => [name, rowOf(array, position)]),
  );
}

/** Puts examples one after the other into arrays: all need the same fields, shapes and dtypes. */
export function stack(
  action: string,
  examples: readonly Fields[],
  indices: ArrayLike<number>,
): Record<string, HostArray> {
  if (examples.length === 0) return {};
  const names = Object.keys(examples[0]);
  examples.forEach((example, i) => {
    if (Object.keys(example).join() === names.join()) return;
    throw new ShapeError(
      `Cannot ${action}: all examples must have the same fields: example ${indices[0]} has ` +
        `${names.join(", ")}, example ${indices[i]} has ${Object.keys(example).join(", ")}`,
    );
  });
  return Object.fromEntries(names.map((name) => [
    name,
    stackField(action, name, examples.map((example) => example[name]), indices),
  ]));
}

function stackField(
  action: string,
  name: string,
  rows: readonly HostArray[],
  indices: ArrayLike<number>,
): HostArray {
  const { shape, dtype } = checkField(action, name, rows[0]);
  const size = sizeOf(shape);
  const data = allocate(dtype, rows.length * size);
  rows.forEach((row, i) => {
    checkField(action, name, row);
    if (!sameShape(row.shape, shape) || row.dtype !== dtype) {
      throw new ShapeError(
        `Cannot ${action}: all examples must have one shape and dtype: ${name} of example ` +
          `${indices[0]} is ${dtype} ${formatShape(shape)}, of example ${indices[i]} ` +
          `${row.dtype} ${formatShape(row.shape)}`,
      );
    }
    data.set(row.data, i * size);
  });
  return { shape: [rows.length, ...shape], dtype, data };
}

/** Joins arrays of examples one after the other. */
export function concatenate(parts: readonly Fields[]): Record<string, HostArray> {
  if (parts.length === 0) return {};
  return Object.fromEntries(
    Object.keys(parts[0]).map((name) => {
      const arrays = parts.map((part) => part[name]);
      const [{ shape: [, ...rowShape], dtype }] = arrays;
      const count = arrays.reduce((sum, { shape }) => sum + shape[0], 0);
      const data = allocate(dtype, count * sizeOf(rowShape));
      let at = 0;
      for (const array of arrays) {
        data.set(array.data, at);
        at += array.data.length;
      }
      return [name, { shape: [count, ...rowShape], dtype, data }];
    }),
  );
}

/**
 * Turns an array, tensor or vector into a host array: tensors are copied to the host, typed arrays
 * are vectors.
 */
export function hostArrayOf(action: string, name: string, value: unknown): HostArray {
  if (value instanceof Tensor) {
    return { shape: value.shape, dtype: value.dtype, data: value.dataSync() };
  }
  const dtype = dtypeOf(value);
  if (dtype !== undefined) {
    const data = value as HostArray["data"];
    return { shape: [data.length], dtype, data };
  }
  return checkField(action, name, value);
}

/** Throws unless a value is an array on the host whose shape, dtype and data fit. */
export function checkField(action: string, name: string, value: unknown): HostArray {
  const { shape, dtype, data } = (value ?? {}) as Partial<HostArray>;
  if (!Array.isArray(shape) || dtypeOf(data) !== dtype || dtype === undefined) {
    throw new TypeError(
      `Cannot ${action}: a field must be an array with shape, dtype and data: ` +
        `got ${kindOf(value)} for ${name}`,
    );
  }
  if (sizeOf(shape) !== data!.length) {
    throw new ShapeError(
      `Cannot ${action}: data must fill the shape: ${name} has ${data!.length} elements, ` +
        `shape ${formatShape(shape)} holds ${sizeOf(shape)}`,
    );
  }
  return value as HostArray;
}
