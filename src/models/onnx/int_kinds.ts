/**
 * The kinds of integers that ONNX has, and what of them a number of the host can be: exact up to
 * 2^53, wrapped around where a kind has fewer bits, an error beyond.
 *
 * @module
 */
import type { ElementKind } from "./schema.ts";

/** A kind of integers; truth values are 0 and 1. */
export type IntKind = Exclude<ElementKind, "float16" | "float32" | "float64">;

interface Width {
  readonly bits: number;
  readonly isSigned: boolean;
}

const WIDTHS: Readonly<Record<IntKind, Width>> = {
  bool: { bits: 1, isSigned: false },
  int8: { bits: 8, isSigned: true },
  uint8: { bits: 8, isSigned: false },
  int16: { bits: 16, isSigned: true },
  uint16: { bits: 16, isSigned: false },
  int32: { bits: 32, isSigned: true },
  uint32: { bits: 32, isSigned: false },
  int64: { bits: 64, isSigned: true },
  uint64: { bits: 64, isSigned: false },
};

/** Returns true if elements of a kind are integers, or truth values. */
export function isIntKind(kind: ElementKind | undefined): kind is IntKind {
  return kind !== undefined && Object.hasOwn(WIDTHS, kind);
}

/** Returns the bits of an element. */
export function bitsOf(kind: IntKind): number {
  return WIDTHS[kind].bits;
}

/** Returns true if numbers below 0 are of the kind. */
export function isSigned(kind: IntKind): boolean {
  return WIDTHS[kind].isSigned;
}

/** The largest integer up to which all are numbers of the host. */
const LIMIT = 2 ** 53;

/** Returns true if a number of the host stands for one integer only. */
export function isExact(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= LIMIT;
}

/** Refuses a number that is not exact. */
export function exact(value: number): number {
  return isExact(value) ? value : refused(`${value}`);
}

/** Refuses a result of floats that is not exact: 2^53 may be another integer, rounded. */
export function exactResult(value: number): number {
  return Number.isSafeInteger(value) ? value : refused(`${value}`);
}

function refused(found: string): never {
  throw new RangeError(
    `Cannot apply ONNX model: whole numbers must be from -(2^53) to 2^53: got ${found}`,
  );
}

/** Adds two exact integers; a sum that is rounded to 2^53 is beyond it. */
export function plus(a: number, b: number): number {
  const sum = a + b;
  return Math.abs(sum) !== LIMIT || sum - a === b ? sum : refused(`${a} + ${b}`);
}

/**
 * Wraps a whole number around to an element of a kind with fewer bits; 64 bits are read up to 2^53,
 * and numbers beyond are an error.
 */
export function whole(kind: IntKind, value: number): number {
  if (kind === "bool") return value === 0 ? 0 : 1;
  const { bits, isSigned } = WIDTHS[kind];
  exact(value);
  if (bits === 64) {
    return isSigned || value >= 0 ? value + 0 : exact(2 ** 64 + value);
  }
  const count = 2 ** bits;
  const low = isSigned ? -count / 2 : 0;
  const rest = value % count; // exact, and on the side of 0 where the value is
  if (rest < low) return rest + count;
  return rest < low + count ? rest + 0 : rest - count;
}

/** Multiplies two elements of a kind; a product of two of 32 bits may be beyond 2^53. */
export function times(kind: IntKind, a: number, b: number): number {
  const product = a * b;
  if (Math.abs(product) === LIMIT && bitsOf(kind) === 64 && product / a !== b) {
    return refused(`${a} * ${b}`);
  }
  if (Number.isSafeInteger(product) || bitsOf(kind) === 64) return whole(kind, product);
  return whole(kind, Number(BigInt.asIntN(32, BigInt(a) * BigInt(b))));
}
