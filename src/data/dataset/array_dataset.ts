/**
 * A dataset of arrays in memory.
 *
 * @module
 */
import type { HostArray, TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { arraySource } from "./array_source.ts";
import { Dataset } from "./dataset.ts";
import { hostArrayOf } from "./host_arrays.ts";

/** An array of examples: its first dimension counts them. A typed array is one number for each. */
export type ArrayField = HostArray | TypedArray | Tensor;

/**
 * Makes a dataset of arrays that are in memory.
 *
 * The arrays stay as they are on the host, in their own dtype: 60,000 images of 28 × 28 bytes take
 * 47 MB, whatever batches are made of them. They are not copied (a tensor is), so do not change
 * them while they are used.
 *
 * - **Shapes**: for each field `[N, ...]`, the same N for all.
 *
 * @example
 * ```ts
 * import { arrayDataset } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const images = { shape: [3, 2, 1], dtype: "uint8", data: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
 * const dataset = arrayDataset({ x: images, y: Int32Array.of(0, 1, 0) });
 * assertEquals(dataset.size, 3);
 * for await (const { x, y } of dataset.batch(2).batches()) console.log(x.shape, y.shape);
 * ```
 *
 * @param fields for each name an array, a typed array or a tensor.
 * @returns a dataset with those fields.
 * @throws {ShapeError} if the arrays do not hold equally many examples.
 * @throws {TypeError} if a field is no array.
 */
export function arrayDataset<const Arrays extends Readonly<Record<string, ArrayField>>>(
  fields: Arrays,
): Dataset<{ readonly [Name in keyof Arrays]: Tensor }> {
  const action = "make dataset";
  const arrays = Object.entries(fields).map(([name, value]) =>
    [name, hostArrayOf(action, name, value)] as const
  );
  return new Dataset(arraySource(arrays, checkSizes(action, arrays)));
}

/** Finds the number of examples, which all arrays must agree about. */
function checkSizes(action: string, arrays: readonly (readonly [string, HostArray])[]): number {
  if (arrays.length === 0) throw new TypeError(`Cannot ${action}: it must have fields: got none`);
  const scalar = arrays.find(([, { shape }]) => shape.length === 0);
  if (scalar !== undefined) {
    throw new ShapeError(
      `Cannot ${action}: the first dimension counts the examples: ${scalar[0]} is a scalar`,
    );
  }
  const [[, first]] = arrays;
  if (arrays.some(([, { shape }]) => shape[0] !== first.shape[0])) {
    const shapes = arrays.map(([name, { shape }]) => `${name} is ${formatShape(shape)}`);
    throw new ShapeError(
      `Cannot ${action}: all fields must hold equally many examples: ${shapes.join(", ")}`,
    );
  }
  return first.shape[0];
}
