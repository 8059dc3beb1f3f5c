/**
 * Layouts of the numbers in HDF5 files, and bits made into numbers: integers that do not fill their
 * bytes, floats of another form than IEEE's. The library tells no layout; it returns the bits.
 *
 * - **Source**: "HDF5 File Format Specification Version 3.0", IV.A.2.d "The Datatype Message".
 *
 * @module
 */
import { ELEMENT_TYPES, type ElementType } from "../element_types.ts";
import { dataTypeMessage } from "./object_header.ts";

/** Bits that hold an integer, within bytes read as little endian. */
export interface IntegerLayout {
  readonly kind: "integer";
  readonly bytes: number;
  readonly signed: boolean;
  /** The lowest bit, and how many there are. */
  readonly offset: number;
  readonly precision: number;
}

/** Fields that hold a float, within bytes read as little endian: the lowest bit, and the number of bits. */
export interface FloatLayout {
  readonly kind: "float";
  readonly bytes: number;
  readonly sign: number;
  readonly exponent: { readonly at: number; readonly bits: number; readonly bias: number };
  readonly mantissa: { readonly at: number; readonly bits: number };
  /** True if the mantissa begins with a one that is not stored, as IEEE's do. */
  readonly hidesOne: boolean;
}

/** A layout of numbers in a file. */
export type NumberLayout = IntegerLayout | FloatLayout;

const INTEGER = 0;
const FLOAT = 1;
const HIDES_ONE = 2;
/** Integers of more bits than this may be no exact numbers. */
const EXACT_BITS = 48;

/** Fields by IEEE 754, by bytes: bits of the exponent and of the mantissa. */
const IEEE: Readonly<Record<number, readonly [number, number]>> = {
  2: [5, 10],
  4: [8, 23],
  8: [11, 52],
};

/**
 * Reads the layout of the numbers of a data set.
 *
 * @param file the whole file.
 * @param address where the header of the data set is, by the addresses of the file.
 * @returns undefined where it holds other things than numbers.
 * @throws {RangeError} if the header cannot be found in the file.
 */
export function numberLayout(file: Uint8Array, address: number): NumberLayout | undefined {
  return layoutOf(dataTypeMessage(file, address));
}

/** Returns true if every bit of the bytes counts, as in the types that NumPy has. */
export function isPlain(layout: NumberLayout): boolean {
  const bits = 8 * layout.bytes;
  if (layout.kind === "integer") return layout.offset === 0 && layout.precision === bits;
  const { sign, exponent, mantissa, hidesOne } = layout;
  const fields = IEEE[layout.bytes];
  return fields !== undefined && hidesOne && sign === bits - 1 &&
    mantissa.at === 0 && mantissa.bits === fields[1] &&
    exponent.at === fields[1] && exponent.bits === fields[0] &&
    exponent.bias === 2 ** (fields[0] - 1) - 1;
}

/** Finds the element type that holds numbers of a layout; undefined if there is none. */
export function holding(layout: NumberLayout): ElementType | undefined {
  if (layout.kind === "integer") {
    return ELEMENT_TYPES.get(`${layout.signed ? "i" : "u"}${layout.bytes}`);
  }
  if (isPlain(layout)) return ELEMENT_TYPES.get(`f${layout.bytes}`);
  const { exponent, mantissa, bytes, hidesOne } = layout;
  if (!hidesOne || bytes > 8) return undefined;
  const fits = (size: number) =>
    exponent.bits <= IEEE[size][0] && mantissa.bits <= IEEE[size][1] &&
    exponent.bias === 2 ** (exponent.bits - 1) - 1;
  const size = [4, 8].find(fits);
  return size === undefined ? undefined : ELEMENT_TYPES.get(`f${size}`);
}

/** Names a layout: `bfloat16`, `12 bits of int16`. */
export function nameOf(layout: NumberLayout): string {
  if (layout.kind === "integer") {
    return `${layout.precision} bits of ${layout.signed ? "int" : "uint"}${8 * layout.bytes}`;
  }
  const { exponent, mantissa, bytes } = layout;
  const isBrain = bytes === 2 && exponent.bits === 8 && mantissa.bits === 7;
  return isBrain ? "bfloat16" : `float of ${exponent.bits} and ${mantissa.bits} bits`;
}

/** Widens numbers, little endian, to elements of the type that {@link holding} names. */
export function widened(bytes: Uint8Array, layout: NumberLayout): Uint8Array {
  const count = bytes.length / layout.bytes;
  const { bytes: size } = holding(layout)!;
  const wide = new Uint8Array(count * size);
  const view = new DataView(wide.buffer);
  for (let i = 0; i < count; i++) {
    const element = bytes.subarray(i * layout.bytes, (i + 1) * layout.bytes);
    if (layout.kind === "integer") storeInteger(wide, i * size, size, integerOf(element, layout));
    else if (size === 4) view.setFloat32(4 * i, floatOf(element, layout), true);
    else view.setFloat64(8 * i, floatOf(element, layout), true);
  }
  return wide;
}

function storeInteger(target: Uint8Array, at: number, size: number, value: bigint | number): void {
  for (let j = 0; j < size; j++) {
    target[at + j] = typeof value === "bigint"
      ? Number(value >> BigInt(8 * j) & 0xffn)
      : Math.floor(value / 2 ** (8 * j)) & 0xff;
  }
}

/** Reads some bits of an element, which are few enough to be exact. */
function field(element: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let bit = length - 1; bit >= 0; bit--) {
    value = 2 * value + (element[(at + bit) >> 3] >> ((at + bit) & 7) & 1);
  }
  return value;
}

function integerOf(element: Uint8Array, layout: IntegerLayout): bigint | number {
  const { signed, offset, precision } = layout;
  if (precision > EXACT_BITS) {
    const low = BigInt(field(element, offset, EXACT_BITS));
    const high = BigInt(field(element, offset + EXACT_BITS, precision - EXACT_BITS));
    const value = high << BigInt(EXACT_BITS) | low;
    return signed ? BigInt.asIntN(precision, value) : value;
  }
  const value = field(element, offset, precision);
  return signed && value >= 2 ** (precision - 1) ? value - 2 ** precision : value;
}

function floatOf(element: Uint8Array, { sign, exponent, mantissa }: FloatLayout): number {
  const e = field(element, exponent.at, exponent.bits);
  const fraction = field(element, mantissa.at, mantissa.bits) / 2 ** mantissa.bits;
  return field(element, sign, 1) === 1 ? -magnitude(e, fraction) : magnitude(e, fraction);

  function magnitude(e: number, fraction: number): number {
    if (e === 2 ** exponent.bits - 1) return fraction === 0 ? Infinity : NaN;
    return e === 0
      ? fraction * 2 ** (1 - exponent.bias)
      : (1 + fraction) * 2 ** (e - exponent.bias);
  }
}

function layoutOf(message: DataView): NumberLayout | undefined {
  const type = message.getUint8(0) & 15;
  const flags = message.getUint8(1);
  const bytes = message.getUint32(4, true);
  if (type === INTEGER) {
    const offset = message.getUint16(8, true);
    const precision = message.getUint16(10, true);
    checkWithin(offset + precision, 8 * bytes);
    return { kind: "integer", bytes, signed: (flags & 8) !== 0, offset, precision };
  }
  if (type !== FLOAT) return undefined;
  const byte = (at: number) => message.getUint8(at);
  const exponent = { at: byte(12), bits: byte(13), bias: message.getUint32(16, true) };
  const mantissa = { at: byte(14), bits: byte(15) };
  checkWithin(Math.max(exponent.at + exponent.bits, mantissa.at + mantissa.bits), 8 * bytes);
  const hidesOne = (flags >> 4 & 3) === HIDES_ONE;
  return { kind: "float", bytes, sign: byte(2), exponent, mantissa, hidesOne };
}

function checkWithin(bits: number, most: number): void {
  if (bits > most) throw new RangeError(`${bits} bits of a number must fit in ${most}`);
}
