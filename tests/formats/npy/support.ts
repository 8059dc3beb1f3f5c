/**
 * A second writer of `.npy` files for their tests, independent of the one under test, that makes
 * files of every element type, order, version and spelling, well formed or not; and the numbers
 * that a reader must find in them.
 */
import fc from "fast-check";
import type { DType } from "../../../src/core/dtype.ts";

/** The parts of a file, each of which may be wrong. */
export interface Parts {
  magic?: Uint8Array;
  version?: [number, number];
  header?: string | Uint8Array;
  /** Length to claim for the header instead of the true one. */
  headerLength?: number;
  data?: Uint8Array;
}

/** Puts a file together; the version decides the width of the header's length. */
export function npyFile(parts: Parts): Uint8Array {
  const magic = parts.magic ?? Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
  const [major, minor] = parts.version ?? [1, 0];
  const header = typeof parts.header === "string"
    ? new TextEncoder().encode(parts.header)
    : parts.header ?? new TextEncoder().encode(headerText("<f4", "()"));
  const length = new Uint8Array(major === 1 ? 2 : 4);
  let rest = parts.headerLength ?? header.length;
  for (let i = 0; i < length.length; i++, rest = Math.floor(rest / 256)) length[i] = rest % 256;
  return concat(magic, Uint8Array.of(major, minor), length, header, parts.data ?? new Uint8Array());
}

export function headerText(descr: string, shape: string, fortranOrder = "False"): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortranOrder}, 'shape': ${shape}, }\n`;
}

export function concat(...pieces: Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Puts the same bytes at an odd place in a larger buffer. */
export function embed(bytes: Uint8Array, before: number): Uint8Array {
  const buffer = new Uint8Array(before + bytes.length + 3).fill(0xee);
  buffer.set(bytes, before);
  return buffer.subarray(before, before + bytes.length);
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** An element type: how a test writes one value, and what a reader makes of it. */
interface Element {
  bytes: number;
  dtype: DType;
  arbitrary: fc.Arbitrary<number>;
  write(view: DataView, offset: number, value: number, littleEndian: boolean): void;
  /** The number to be read; the value itself when left out. */
  read?(value: number): number;
}

const BOUNDARY_FLOATS = [0, -0, 1, -1.5, NaN, Infinity, -Infinity, 5e-324, 1e-45, 3.4e38, 1e308];
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const natural31 = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const float64 = fc.oneof(fc.constantFrom(...BOUNDARY_FLOATS), fc.double());

/** Computes a value of float16 by the textbook formula, sign * 2^(e - 15) * (1 + f / 1024). */
export function halfByFormula(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(bits / 1024) % 32;
  const fraction = bits % 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

export const ELEMENTS: Record<string, Element> = {
  b1: {
    bytes: 1,
    dtype: "uint8",
    arbitrary: fc.integer({ min: 0, max: 1 }),
    write: (view, offset, value) => view.setUint8(offset, value),
  },
  i1: {
    bytes: 1,
    dtype: "int32",
    arbitrary: fc.integer({ min: -128, max: 127 }),
    write: (view, offset, value) => view.setInt8(offset, value),
  },
  i2: {
    bytes: 2,
    dtype: "int32",
    arbitrary: fc.integer({ min: -32768, max: 32767 }),
    write: (view, offset, value, little) => view.setInt16(offset, value, little),
  },
  i4: {
    bytes: 4,
    dtype: "int32",
    arbitrary: int32,
    write: (view, offset, value, little) => view.setInt32(offset, value, little),
  },
  i8: {
    bytes: 8,
    dtype: "int32",
    arbitrary: int32,
    write: (view, offset, value, little) => view.setBigInt64(offset, BigInt(value), little),
  },
  u1: {
    bytes: 1,
    dtype: "uint8",
    arbitrary: fc.integer({ min: 0, max: 255 }),
    write: (view, offset, value) => view.setUint8(offset, value),
  },
  u2: {
    bytes: 2,
    dtype: "int32",
    arbitrary: fc.integer({ min: 0, max: 65535 }),
    write: (view, offset, value, little) => view.setUint16(offset, value, little),
  },
  u4: {
    bytes: 4,
    dtype: "int32",
    arbitrary: natural31,
    write: (view, offset, value, little) => view.setUint32(offset, value, little),
  },
  u8: {
    bytes: 8,
    dtype: "int32",
    arbitrary: natural31,
    write: (view, offset, value, little) => view.setBigUint64(offset, BigInt(value), little),
  },
  // The value stands for the bits.
  f2: {
    bytes: 2,
    dtype: "float32",
    arbitrary: fc.integer({ min: 0, max: 65535 }),
    write: (view, offset, value, little) => view.setUint16(offset, value, little),
    read: halfByFormula,
  },
  f4: {
    bytes: 4,
    dtype: "float32",
    arbitrary: float64,
    write: (view, offset, value, little) => view.setFloat32(offset, value, little),
    read: Math.fround,
  },
  f8: {
    bytes: 8,
    dtype: "float64",
    arbitrary: float64,
    write: (view, offset, value, little) => view.setFloat64(offset, value, little),
  },
};

/** A file and what must be read from it. */
export interface Sample {
  code: string;
  bytes: Uint8Array;
  headerEnd: number;
  shape: number[];
  dtype: DType;
  values: number[];
}

/** Computes the place in a file of the element with the row-major position `position`. */
export function filePosition(position: number, shape: number[], fortranOrder: boolean): number {
  if (!fortranOrder) return position;
  let rest = position;
  let stride = shape.reduce((product, size) => product * size, 1);
  let place = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride /= shape[axis];
    place += (rest % shape[axis]) * stride;
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** Well formed files of every kind, spelled in every way. */
export const samples: fc.Arbitrary<Sample> = fc.record({
  code: fc.constantFrom(...Object.keys(ELEMENTS)),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }),
  fortranOrder: fc.boolean(),
  order: fc.constantFrom("<", ">", "="),
  major: fc.constantFrom(1, 2, 3),
  quote: fc.constantFrom("'", '"'),
  space: fc.constantFrom("", " ", "\n", " \t ", "\r\n\f"),
  long: fc.constantFrom("", "L"),
  trailing: fc.boolean(),
  keys: fc.shuffledSubarray(["descr", "fortran_order", "shape"], { minLength: 3 }),
  padding: fc.integer({ min: 0, max: 70 }),
  offset: fc.integer({ min: 0, max: 7 }),
}).chain((how) => {
  const element = ELEMENTS[how.code];
  const count = how.shape.reduce((product, size) => product * size, 1);
  const values = fc.array(element.arbitrary, { minLength: count, maxLength: count });
  return values.map((given): Sample => {
    const { quote, space } = how;
    const order = element.bytes === 1 ? "|" : how.order;
    const sizes = how.shape.map((size) => `${space}${size}${how.long}`).join(",");
    const comma = how.shape.length === 1 || (how.trailing && how.shape.length > 0) ? "," : "";
    const texts: Record<string, string> = {
      descr: quote + order + how.code + quote,
      "fortran_order": how.fortranOrder ? "True" : "False",
      shape: `(${sizes}${comma}${space})`,
    };
    const header = `${space}{${space}` +
      how.keys.map((key) => `${quote}${key}${quote}${space}:${space}${texts[key]}${space}`)
        .join("," + space) +
      (how.trailing ? "," : "") + space + "}" + " ".repeat(how.padding) + "\n";
    const data = new Uint8Array(count * element.bytes);
    const view = new DataView(data.buffer);
    given.forEach((value, position) => {
      const place = filePosition(position, how.shape, how.fortranOrder);
      element.write(view, place * element.bytes, value, order !== ">");
    });
    const bytes = npyFile({ version: [how.major, 0], header, data });
    return {
      code: how.code,
      bytes: embed(bytes, how.offset),
      headerEnd: bytes.length - data.length,
      shape: how.shape,
      dtype: element.dtype,
      values: given.map(element.read ?? ((value) => value)),
    };
  });
});
