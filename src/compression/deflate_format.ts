/**
 * Tables of deflate, for both directions: symbols, ranges, fixed codes.
 *
 * - **Source**: P. Deutsch, RFC 1951, sections 3.2.5 to 3.2.7.
 *
 * @module
 */

/** The symbol after which a block ends; bytes are below, lengths of copies above it. */
export const END_OF_BLOCK = 256;

/** The shortest copy. */
export const SHORTEST_COPY = 3;

/** The longest copy, which has a symbol of its own. */
export const LONGEST_COPY = 258;

/** The order in which a block gives the lengths of the code that the lengths of its codes are in. */
// deno-fmt-ignore
export const LENGTH_ORDER: readonly number[] =
  [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A symbol that repeats a length of a code: at least so often, and more by further bits. */
export interface Repeats {
  readonly least: number;
  readonly bits: number;
}

/** Symbols that repeat lengths of codes. */
export const REPEATS: Readonly<Record<16 | 17 | 18, Repeats>> = {
  /** Repetition of the length before. */
  16: { least: 3, bits: 2 },
  /** Repetition of zeros. */
  17: { least: 3, bits: 3 },
  18: { least: 11, bits: 7 },
};

/** Symbols of lengths or distances of copies: where each begins, and how many bits follow it. */
export interface Ranges {
  readonly first: readonly number[];
  readonly bits: readonly number[];
}

/** Lengths of copies. */
export const LENGTHS: Ranges = lengthRanges();

/** Distances of copies. */
export const DISTANCES: Ranges = rangesOf(1, 30, 2);

/** Makes ranges from `start` on: of 1 number at first, and so many of each size from 2 on. */
function rangesOf(start: number, count: number, perSize: number): Ranges {
  const bits = Array.from({ length: count }, (_, i) => Math.max(0, Math.floor(i / perSize) - 1));
  let next = start;
  const first = bits.map((size) => (next += 2 ** size) - 2 ** size);
  return { first, bits };
}

function lengthRanges(): Ranges {
  const { first, bits } = rangesOf(SHORTEST_COPY, 28, 4);
  return { first: [...first, LONGEST_COPY], bits: [...bits, 0] };
}

/** Returns the lengths of the codes of a block that brings none. */
export function fixedCodeLengths(): [literals: Uint8Array, distances: Uint8Array] {
  const literals = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  return [literals, new Uint8Array(32).fill(5)];
}

/** Turns the bits of a code into the order in which they are read and written. */
export function reversedBits(code: number, length: number): number {
  let bits = 0;
  for (let i = 0; i < length; i++) bits |= (code >> i & 1) << (length - 1 - i);
  return bits;
}
