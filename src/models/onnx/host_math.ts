/**
 * Arithmetic of integers on the host: exact, wrapped around as their kind does.
 *
 * @module
 */
import { broadcastInts, commonHome, type HostInts } from "./host_ints.ts";
import { bitsOf, exact, type IntKind, isExact, plus, times, whole } from "./int_kinds.ts";

/** A function of one or two integers of a kind. */
export type IntFunction = (kind: IntKind, a: number, b: number) => number;

/** Applies a function element by element, to one to three arrays repeated as NumPy does. */
export function mapInts(
  parts: readonly HostInts[],
  kind: IntKind,
  f: (a: number, b: number, c: number) => number,
): HostInts {
  const [a, b = a, c = a] = broadcastInts(parts);
  const data = new Float64Array(a.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(a.data[i], b.data[i], c.data[i]);
  return { kind, shape: a.shape, data, home: commonHome(parts) };
}

/** Applies arithmetic to exact numbers, and brings the result back to the kind. */
export function calculate(parts: readonly HostInts[], kind: IntKind, f: IntFunction): HostInts {
  return mapInts(parts, kind, (a, b) => whole(kind, f(kind, exact(a), exact(b))));
}

/** Asks a question about integers; one of the two may be beyond 2^53. */
export function ask(
  parts: readonly HostInts[],
  f: (a: number, b: number) => boolean,
): HostInts {
  return mapInts(parts, "bool", (a, b) => {
    if (!isExact(a)) exact(b);
    return f(a, b) ? 1 : 0;
  });
}

/** Computes the rest of a division, of the sign of a. */
function rest(_: IntKind, a: number, b: number): number {
  if (b !== 0) return a % b;
  throw new RangeError(`Cannot apply ONNX model: integers must not be divided by 0: ${a} / 0`);
}

/** Computes a quotient without its fraction. */
function divide(kind: IntKind, a: number, b: number): number {
  return (a - rest(kind, a, b)) / b; // exact, where a / b may be rounded up
}

/** Computes the rest of a division, of the sign of b. */
function modulo(kind: IntKind, a: number, b: number): number {
  const found = rest(kind, a, b);
  return found !== 0 && found < 0 !== b < 0 ? found + b : found;
}

/** Computes a power with a whole exponent, by squares; below 0 it is 0 but for 1 and -1. */
function power(kind: IntKind, base: number, exponent: number): number {
  if (!Number.isInteger(exponent)) return Math.trunc(base ** exponent);
  if (Math.abs(base) === 1) return exponent % 2 === 0 ? 1 : base;
  if (exponent < 0) return base === 0 ? divide(kind, 1, 0) : 0;
  let [result, square] = [1, base];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = times(kind, result, square);
    if (left > 1 && square !== 0) square = times(kind, square, square);
    if (square === 0) return left > 1 ? 0 : result;
  }
  return result;
}

/** Arithmetic by the names of operators. */
export const arithmetic = {
  Abs: (_, a) => Math.abs(a),
  Add: (_, a, b) => plus(a, b),
  Div: divide,
  Fmod: rest,
  Max: (_, a, b) => Math.max(a, b),
  Min: (_, a, b) => Math.min(a, b),
  Mod: modulo,
  Mul: times,
  Neg: (_, a) => -a,
  Pow: power,
  Relu: (_, a) => Math.max(a, 0),
  Sign: (_, a) => Math.sign(a),
  Sub: (_, a, b) => plus(a, -b),
} as const satisfies Readonly<Record<string, IntFunction>>;

/** Questions by the names of operators. */
export const questions = {
  And: (a, b) => a !== 0 && b !== 0,
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  Or: (a, b) => a !== 0 || b !== 0,
  Xor: (a, b) => (a !== 0) !== (b !== 0),
} as const satisfies Readonly<Record<string, (a: number, b: number) => boolean>>;

const sumOf = (kind: IntKind, row: Float64Array, f: (v: number) => number = (v) => v): number =>
  row.reduce((sum, v) => whole(kind, plus(sum, f(exact(v)))), 0);

const squares = (kind: IntKind, row: Float64Array) => sumOf(kind, row, (v) => times(kind, v, v));

/** Finds the extreme of a row; refuses an empty one, which has none. */
function extreme(pick: (a: number, b: number) => number, row: Float64Array): number {
  if (row.length > 0) return row.reduce(pick);
  throw new RangeError("Cannot apply ONNX model: a maximum or minimum is of elements: got none");
}

/**
 * Reductions of a row to a number, by the names of operators; a result that is no whole number
 * loses its fraction.
 */
export const reductions = {
  ReduceL1: (kind, row) => sumOf(kind, row, Math.abs),
  ReduceL2: (kind, row) => Math.trunc(Math.sqrt(squares(kind, row))),
  ReduceLogSum: (kind, row) => Math.trunc(Math.log(sumOf(kind, row))),
  ReduceLogSumExp: (_, row) => Math.trunc(Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0))),
  ReduceMax: (_, row) => extreme((a, b) => Math.max(a, b), row),
  ReduceMean: (kind, row) => Math.trunc(sumOf(kind, row) / row.length),
  ReduceMin: (_, row) => extreme((a, b) => Math.min(a, b), row),
  ReduceProd: (kind, row) => row.reduce((product, v) => times(kind, product, exact(v)), 1),
  ReduceSum: (kind, row) => sumOf(kind, row),
  ReduceSumSquare: squares,
} as const satisfies Readonly<Record<string, (kind: IntKind, row: Float64Array) => number>>;

/** Returns true if integers of a kind may be beyond int32. */
export function isWide(kind: IntKind): boolean {
  return bitsOf(kind) === 64 || kind === "uint32";
}
