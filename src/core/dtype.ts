/**
 * The element types of tensors and the typed arrays that hold them on the host.
 *
 * @module
 */
import { ShapeError } from "./errors.ts";

/** An element type: `float32` (the default), `float64`, `int32` or `uint8`. */
export type DType = "float32" | "float64" | "int32" | "uint8";

/** The element types that have gradients. */
export type FloatDType = "float32" | "float64";

/** A typed array that can hold the elements of a tensor. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array on the host: elements in row-major order, with their shape and dtype. */
export interface HostArray {
  /** Sizes of the dimensions; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Element type; always the one that fits {@link HostArray.data}. */
  readonly dtype: DType;
  /** Elements in row-major (C) order. */
  readonly data: TypedArray;
}

/** Every dtype, in the order of the documentation. */
export const DTYPES: readonly DType[] = ["float32", "float64", "int32", "uint8"];

const BYTES: Record<DType, number> = { float32: 4, float64: 8, int32: 4, uint8: 1 };

/** Returns the bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return BYTES[dtype];
}

/** Returns true if tensors of this dtype have gradients. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === "float32" || dtype === "float64";
}

/**
 * Makes a zero-filled typed array of `length` elements; throws a `RangeError` where the system has no
 * room for it.
 */
export function allocate(dtype: DType, length: number): TypedArray {
  try {
    return zerosOf(dtype, length);
  } catch (cause) {
    const asked = `${length} elements of ${dtype} asked for`;
    throw new RangeError(`Cannot allocate memory: there must be room for it: ${asked}`, { cause });
  }
}

function zerosOf(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint8":
      return new Uint8Array(length);
  }
}

/**
 * Finds the dtype whose elements this value holds, or undefined when it is no supported typed
 * array.
 */
export function dtypeOf(values: unknown): DType | undefined {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int32Array) return "int32";
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return "uint8";
  return undefined;
}

/** Throws a {@link ShapeError} unless `dtype` is one of {@link DTYPES}. */
export function checkDType(action: string, dtype: unknown): asserts dtype is DType {
  if (!(DTYPES as readonly unknown[]).includes(dtype)) {
    throw new ShapeError(
      `Cannot ${action}: dtype must be one of ${DTYPES.join(", ")}: got ${String(dtype)}`,
    );
  }
}
