/**
 * Element types of files, and bytes to numbers and back: the codes are those of NumPy.
 *
 * Every loop goes through `DataView`, which needs no alignment and does not depend on the byte
 * order of the machine; where the bytes already are what memory holds, they are copied as a block.
 *
 * @module
 */
import { allocate, type DType, type TypedArray } from "../core/dtype.ts";
import { formatShape, type Shape } from "../core/shape.ts";
import { excerpt } from "./file_limits.ts";

/** An element type that can be read. */
export interface ElementType {
  /** NumPy's name: `uint16`. */
  readonly name: string;
  /** Bytes of an element in the file. */
  readonly bytes: number;
  /** The dtype that holds it here. */
  readonly dtype: DType;
}

/** Errors for values that cannot be held; each receives the place of the value in the file. */
export interface Refusals {
  /** A value that does not fit in `int32`. */
  readonly tooBig: (position: number, value: number | bigint) => never;
  /** A byte of a bool array that is neither 0 nor 1. */
  readonly notBool: (position: number, value: number) => never;
}

/** The element types that can be read, by what descr has after the byte order. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["b1", { name: "bool", bytes: 1, dtype: "uint8" }],
  ["i1", { name: "int8", bytes: 1, dtype: "int32" }],
  ["i2", { name: "int16", bytes: 2, dtype: "int32" }],
  ["i4", { name: "int32", bytes: 4, dtype: "int32" }],
  ["i8", { name: "int64", bytes: 8, dtype: "int32" }],
  ["u1", { name: "uint8", bytes: 1, dtype: "uint8" }],
  ["u2", { name: "uint16", bytes: 2, dtype: "int32" }],
  ["u4", { name: "uint32", bytes: 4, dtype: "int32" }],
  ["u8", { name: "uint64", bytes: 8, dtype: "int32" }],
  ["f2", { name: "float16", bytes: 2, dtype: "float32" }],
  ["f4", { name: "float32", bytes: 4, dtype: "float32" }],
  ["f8", { name: "float64", bytes: 8, dtype: "float64" }],
]);

/** The descr that each dtype is written with. */
export const WRITTEN_DESCR: Readonly<Record<DType, string>> = {
  float32: "<f4",
  float64: "<f8",
  int32: "<i4",
  uint8: "|u1",
};

/** Words for the kinds of NumPy types that have no place here, by the letter in descr. */
export const KIND_NAMES: ReadonlyMap<string, string> = new Map([
  ["c", "complex numbers"],
  ["S", "byte strings"],
  ["a", "byte strings"],
  ["U", "strings"],
  ["O", "Python objects"],
  ["M", "dates"],
  ["m", "time spans"],
  ["V", "raw or structured data"],
  ["f", "an unsupported float"],
  ["i", "an unsupported integer"],
  ["u", "an unsupported integer"],
]);

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const MAX_INT32 = 0x7fffffff;

/**
 * Decodes the elements stored in `bytes`, in the order of the file, to the type's dtype.
 *
 * @param element Their type; `bytes` holds a whole number of them.
 * @param littleEndian The byte order of the file.
 * @param bytes The data of the file.
 * @param refuse Errors for values that cannot be held.
 * @param hostIsLittleEndian For tests: `false` takes the element-wise path for little endian files.
 */
export function decodeElements(
  element: ElementType,
  littleEndian: boolean,
  bytes: Uint8Array,
  refuse: Refusals,
  hostIsLittleEndian: boolean = HOST_IS_LITTLE_ENDIAN,
): TypedArray {
  const count = bytes.length / element.bytes;
  const data = allocate(element.dtype, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  switch (element.name) {
    case "bool":
      for (let i = 0; i < count; i++) {
        if (bytes[i] > 1) refuse.notBool(i, bytes[i]);
        data[i] = bytes[i];
      }
      return data;
    case "int8":
      for (let i = 0; i < count; i++) data[i] = view.getInt8(i);
      return data;
    case "int16":
      for (let i = 0; i < count; i++) data[i] = view.getInt16(2 * i, littleEndian);
      return data;
    case "uint16":
      for (let i = 0; i < count; i++) data[i] = view.getUint16(2 * i, littleEndian);
      return data;
    case "uint32":
      for (let i = 0; i < count; i++) {
        const value = view.getUint32(4 * i, littleEndian);
        if (value > MAX_INT32) refuse.tooBig(i, value);
        data[i] = value;
      }
      return data;
    case "int64":
      for (let i = 0; i < count; i++) {
        const low = view.getInt32(8 * i + (littleEndian ? 0 : 4), littleEndian);
        const high = view.getInt32(8 * i + (littleEndian ? 4 : 0), littleEndian);
        if (high !== low >> 31) refuse.tooBig(i, view.getBigInt64(8 * i, littleEndian));
        data[i] = low;
      }
      return data;
    case "uint64":
      for (let i = 0; i < count; i++) {
        const low = view.getInt32(8 * i + (littleEndian ? 0 : 4), littleEndian);
        const high = view.getInt32(8 * i + (littleEndian ? 4 : 0), littleEndian);
        if (high !== 0 || low < 0) refuse.tooBig(i, view.getBigUint64(8 * i, littleEndian));
        data[i] = low;
      }
      return data;
    case "float16": {
      const bits = new Uint32Array(data.buffer);
      for (let i = 0; i < count; i++) {
        bits[i] = float16ToFloat32Bits(view.getUint16(2 * i, littleEndian));
      }
      return data;
    }
  }
  // The dtypes of this library: the bytes of the file are the bytes of the array.
  if (element.bytes === 1 || littleEndian === hostIsLittleEndian) {
    new Uint8Array(data.buffer).set(bytes);
  } else if (element.name === "float32") {
    for (let i = 0; i < count; i++) data[i] = view.getFloat32(4 * i, littleEndian);
  } else if (element.name === "float64") {
    for (let i = 0; i < count; i++) data[i] = view.getFloat64(8 * i, littleEndian);
  } else {
    for (let i = 0; i < count; i++) data[i] = view.getInt32(4 * i, littleEndian);
  }
  return data;
}

/**
 * Writes `data` into `bytes`, little endian.
 *
 * @param data The elements.
 * @param bytes Room for exactly those.
 * @param hostIsLittleEndian For tests: `false` takes the element-wise path.
 */
export function encodeElements(
  data: TypedArray,
  bytes: Uint8Array,
  hostIsLittleEndian: boolean = HOST_IS_LITTLE_ENDIAN,
): void {
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const width = data.BYTES_PER_ELEMENT;
  if (width === 1 || hostIsLittleEndian) {
    bytes.set(source);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < data.length; i++) {
    if (data instanceof Float32Array) view.setFloat32(4 * i, data[i], true);
    else if (data instanceof Float64Array) view.setFloat64(8 * i, data[i], true);
    else view.setInt32(4 * i, data[i], true);
  }
}

/**
 * Computes the bits of the float32 equal to a float16: 1 sign bit, 5 of exponent (bias 15), 10 of
 * fraction become 1, 8 (bias 127) and 23. Every float16 is exact in float32; a NaN keeps its
 * payload.
 */
export function float16ToFloat32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal, fraction * 2^-24: shift the leading one out of the fraction and into the exponent.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** Decodes bfloat16, which is the upper half of a float32, little endian. */
export function decodeBfloat16(bytes: Uint8Array): Float32Array {
  const data = allocate("float32", bytes.length / 2) as Float32Array;
  const bits = new Uint32Array(data.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = (bytes[2 * i] | (bytes[2 * i + 1] << 8)) << 16;
  return data;
}

/** Puts elements into row-major order, given those of `shape` with the first index fastest. */
export function fortranToRowMajor(stored: TypedArray, shape: Shape): TypedArray {
  // Sizes of 1 move nothing; without them the loops are few and the inner one is long.
  const sizes: number[] = [];
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape) {
    if (size !== 1) {
      sizes.push(size);
      strides.push(stride);
    }
    stride *= size;
  }
  const rank = sizes.length;
  if (rank < 2 || stored.length === 0) return stored;

  const data = stored.slice();
  const index = new Array<number>(rank).fill(0);
  const columns = sizes[rank - 1];
  const columnStride = strides[rank - 1];
  let start = 0;
  for (let position = 0; position < data.length;) {
    for (let column = 0; column < columns; column++) {
      data[position++] = stored[start + column * columnStride];
    }
    for (let axis = rank - 2; axis >= 0; axis--) {
      start += strides[axis];
      if (++index[axis] < sizes[axis]) break;
      start -= sizes[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return data;
}

/** Computes the index, one number a dimension, of the element stored at `position` of the file. */
export function indexAt(position: number, shape: Shape, fortranOrder: boolean): number[] {
  const index = new Array<number>(shape.length).fill(0);
  let rest = position;
  for (let i = 0; i < shape.length; i++) {
    const axis = fortranOrder ? i : shape.length - 1 - i;
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** Type, shape and order of elements that lie one after the other. */
export interface ElementsLayout {
  readonly element: ElementType;
  readonly shape: Shape;
  /** True if the first index varies fastest; false when left out. */
  readonly fortranOrder?: boolean;
}

/**
 * Makes the errors for values that cannot be held.
 *
 * @param action "Cannot read x.npy".
 * @param layout Type, shape and order that the file declares.
 * @param first Place in the data of the first value that is decoded.
 */
export function refusalsOf(
  action: string,
  { element, shape, fortranOrder = false }: ElementsLayout,
  first = 0,
): Refusals {
  const at = (position: number) =>
    excerpt(formatShape(indexAt(first + position, shape, fortranOrder)));
  return {
    tooBig: (position, value) => {
      throw new RangeError(
        `${action}: every ${element.name} value must fit in int32 (-2147483648 to 2147483647): ` +
          `the value at ${at(position)} is ${value}`,
      );
    },
    notBool: (position, value) => {
      throw new SyntaxError(
        `${action}: every byte of a bool array must be 0 or 1: ` +
          `the byte at ${at(position)} is ${value}`,
      );
    },
  };
}
