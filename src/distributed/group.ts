/**
 * Group of ranks: processes, or threads of one, that train one model together.
 *
 * Everything that crosses from one rank to another goes through this interface, so that training
 * knows no engine, and its tests need none.
 *
 * @module
 */
import { dtypeOf, type TypedArray } from "../core/dtype.ts";
import { formatValue } from "../core/format_value.ts";

/** Ways of making one number of those of all ranks; `mean` is for floats. */
export type RankReduction = "sum" | "mean" | "max" | "min";

/**
 * The ranks of one job, as one of them sees them.
 *
 * All methods but `abort` are collective: every rank calls the same ones in the same order, with
 * arrays of the same length and type; each returns once the others have called it, too. Nothing else
 * of the rank runs meanwhile. Results are equal on all ranks, bit for bit.
 */
export interface Group extends Disposable {
  /** Number of this rank, from 0. */
  readonly rank: number;
  /** Number of ranks. */
  readonly size: number;
  /**
   * Makes of every element one number of those of all ranks, in place.
   *
   * @param x the numbers of this rank; then those of all.
   * @param reduction how.
   */
  allReduce(x: TypedArray, reduction: RankReduction): void;
  /**
   * Copies an array of one rank to all others, in place.
   *
   * @param x the array; read on `root`, written on the others.
   * @param root the rank it comes from.
   */
  broadcast(x: TypedArray, root: number): void;
  /**
   * Puts the arrays of all ranks one after the other.
   *
   * @param x the array of this rank; it stays as it is.
   * @returns a new array, `size` times as long, by rank.
   */
  allGather<A extends TypedArray>(x: A): A;
  /**
   * Reduces like `allReduce`, and leaves each rank its part: of `size` equal parts that of its
   * number.
   *
   * @param x the numbers of this rank, a multiple of `size`; they stay as they are.
   * @param reduction how.
   * @returns a new array, `size` times shorter.
   */
  reduceScatter<A extends TypedArray>(x: A, reduction: RankReduction): A;
  /**
   * Hands every rank its part of the array of every other one.
   *
   * @param x `size` equal parts, by the rank that each is for; they stay as they are.
   * @returns a new array as long, by the rank that each part is from.
   */
  allToAll<A extends TypedArray>(x: A): A;
  /** Waits until every rank is here. */
  barrier(): void;
  /**
   * Ends the whole job, whatever the other ranks do.
   *
   * @param code exit code of the job; 1 by default.
   */
  abort(code?: number): never;
}

/** Throws unless an argument is an array that ranks can exchange. */
export function checkArray(action: string, x: unknown): asserts x is TypedArray {
  if (dtypeOf(x) !== undefined && !(x instanceof Uint8ClampedArray)) return;
  throw new TypeError(
    `Cannot ${action}: x must be a Float32Array, Float64Array, Int32Array or Uint8Array: got ` +
      formatValue(x),
  );
}

const REDUCTIONS: readonly string[] = ["sum", "mean", "max", "min"] satisfies RankReduction[];

/** Throws unless a reduction is one, and one for arrays of this kind. */
export function checkReduction(action: string, x: TypedArray, reduction: unknown): void {
  if (!REDUCTIONS.includes(reduction as string)) {
    throw new TypeError(
      `Cannot ${action}: reduction must be one of ${REDUCTIONS.join(", ")}: got ` +
        formatValue(reduction),
    );
  }
  const isWhole = x instanceof Int32Array || x instanceof Uint8Array;
  if (reduction === "mean" && isWhole) {
    throw new TypeError(
      `Cannot ${action}: a mean must be one of floats: got an array of ${dtypeOf(x)}`,
    );
  }
}

/** Throws unless a number is that of a rank. */
export function checkRoot(action: string, root: number, size: number): void {
  if (Number.isInteger(root) && root >= 0 && root < size) return;
  throw new RangeError(
    `Cannot ${action}: root must be a rank from 0 to ${size - 1}: got ${String(root)}`,
  );
}

/** Throws unless an array can be cut in as many equal parts as there are ranks. */
export function checkParts(action: string, x: TypedArray, size: number): void {
  if (x.length % size === 0) return;
  throw new RangeError(
    `Cannot ${action}: x must have a multiple of ${size} elements, one part a rank: got ${x.length}`,
  );
}

/** Makes an array of the same kind, of zeros. */
export function arrayLike<A extends TypedArray>(x: A, length: number): A {
  return new (x.constructor as new (length: number) => A)(length);
}

/** Words of errors for a group that must be given. */
export const GROUP = "a group of ranks, workerGroup(seat) or mpi() for one";
