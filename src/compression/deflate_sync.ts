/**
 * Bytes to compressed ones, at once: for the images inside an SVG file, which is made at once, while
 * the streams of the web platform take a promise.
 *
 * One block, with the Huffman codes that make it shortest: those of the format, or those of the data.
 * Repetitions are found with chains of hashes and taken as they come.
 *
 * - **Source**: RFC 1950 (zlib) and RFC 1951 (deflate).
 *
 * @module
 */
import { BitWriter } from "./bit_writer.ts";
import {
  DISTANCES,
  END_OF_BLOCK,
  fixedCodeLengths,
  LENGTH_ORDER,
  LENGTHS,
  LONGEST_COPY,
  type Ranges,
  REPEATS,
  SHORTEST_COPY,
} from "./deflate_format.ts";
import { canonicalCodes, codeLengths } from "./huffman.ts";

const WINDOW = 2 ** 15;
/** Places that are looked at for a repetition. */
const CHAIN = 48;
const HASHES = 2 ** 14;
const LITERALS = 286;
const LONGEST_CODE = 15;

/** Makes the zlib stream of bytes, as PNG has it. */
export function deflateSync(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new BitWriter(bytes.length / 2 + 64);
  out.write(0x78, 8);
  out.write(0x9c, 8);
  writeBlock(out, findRepetitions(bytes));
  out.align();
  const sum = adler32(bytes);
  for (const shift of [24, 16, 8, 0]) out.write((sum >>> shift) & 255, 8);
  return out.bytes();
}

/** A literal byte, or a length with its distance: `length * 2^16 + distance`, at least 3 * 2^16. */
type Symbols = Uint32Array;

function findRepetitions(bytes: Uint8Array): Symbols {
  const symbols = new Uint32Array(bytes.length);
  const last = new Int32Array(HASHES).fill(-1);
  const before = new Int32Array(bytes.length);
  let count = 0;
  const remember = (at: number) => {
    if (at + SHORTEST_COPY > bytes.length) return;
    const hash = hashAt(bytes, at);
    before[at] = last[hash];
    last[hash] = at;
  };
  for (let at = 0; at < bytes.length;) {
    const found = at + SHORTEST_COPY > bytes.length ? 0 : longest(bytes, at, last, before);
    const length = Math.max(found >>> 16, 1);
    symbols[count++] = found === 0 ? bytes[at] : found;
    for (const end = at + length; at < end; at++) remember(at);
  }
  return symbols.subarray(0, count);
}

function hashAt(bytes: Uint8Array, at: number): number {
  const key = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
  return Math.imul(key, 0x9e3779b1) >>> 18;
}

/** Finds the longest repetition that begins at a place, as a symbol; 0 where there is none. */
function longest(bytes: Uint8Array, at: number, last: Int32Array, before: Int32Array): number {
  const most = Math.min(LONGEST_COPY, bytes.length - at);
  let [best, distance] = [SHORTEST_COPY - 1, 0];
  let from = last[hashAt(bytes, at)];
  for (let tried = 0; from >= 0 && at - from <= WINDOW && tried < CHAIN; tried++) {
    let length = 0;
    while (length < most && bytes[from + length] === bytes[at + length]) length++;
    if (length > best) [best, distance] = [length, at - from];
    if (best === most) break;
    from = before[from];
  }
  return distance === 0 ? 0 : best * 2 ** 16 + distance;
}

/** Turns a value into a symbol of the format. */
function symbolOf({ first }: Ranges, value: number): number {
  let [low, high] = [0, first.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (first[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function writeBlock(out: BitWriter, symbols: Symbols): void {
  const { literals, distances } = countSymbols(symbols);
  const own = [codeLengths(literals, LONGEST_CODE), codeLengths(distances, LONGEST_CODE)];
  const header = describeCodes(own[0], own[1]);
  const fixed = fixedCodeLengths();
  const bitsWith = ([literal, distance]: readonly Uint8Array[]) =>
    bitsOf(literals, literal) + bitsOf(distances, distance);
  const isOwn = header.bits + bitsWith(own) < bitsWith(fixed);
  out.write(1, 1); // the last block
  out.write(isOwn ? 2 : 1, 2);
  if (isOwn) header.write(out);
  const [literal, distance] = isOwn ? own : fixed;
  writeSymbols(out, symbols, literal, distance);
}

function countSymbols(symbols: Symbols): { literals: Uint32Array; distances: Uint32Array } {
  const [literals, distances] = [
    new Uint32Array(LITERALS),
    new Uint32Array(DISTANCES.first.length),
  ];
  for (const symbol of symbols) {
    if (symbol <= 255) literals[symbol]++;
    else {
      literals[END_OF_BLOCK + 1 + symbolOf(LENGTHS, symbol >>> 16)]++;
      distances[symbolOf(DISTANCES, symbol & 0xffff)]++;
    }
  }
  literals[END_OF_BLOCK]++;
  return { literals, distances };
}

function bitsOf(counts: Uint32Array, lengths: Uint8Array): number {
  return counts.reduce((sum, count, i) => sum + count * lengths[i], 0);
}

function writeSymbols(
  out: BitWriter,
  symbols: Symbols,
  literalLengths: Uint8Array,
  distanceLengths: Uint8Array,
): void {
  const literals = canonicalCodes(literalLengths);
  const distances = canonicalCodes(distanceLengths);
  const writeIn = ({ first, bits }: Ranges, i: number, value: number) =>
    out.write(value - first[i], bits[i]);
  for (const symbol of symbols) {
    if (symbol <= 255) {
      out.write(literals[symbol], literalLengths[symbol]);
      continue;
    }
    const [length, distance] = [symbol >>> 16, symbol & 0xffff];
    const i = symbolOf(LENGTHS, length);
    out.write(literals[END_OF_BLOCK + 1 + i], literalLengths[END_OF_BLOCK + 1 + i]);
    writeIn(LENGTHS, i, length);
    const j = symbolOf(DISTANCES, distance);
    out.write(distances[j], distanceLengths[j]);
    writeIn(DISTANCES, j, distance);
  }
  out.write(literals[END_OF_BLOCK], literalLengths[END_OF_BLOCK]);
}

/** Writes the lengths of the codes, themselves compressed, in front of the data. */
function describeCodes(
  literals: Uint8Array,
  distances: Uint8Array,
): { bits: number; write(out: BitWriter): void } {
  const literalCount = Math.max(257, lastUsed(literals) + 1);
  const distanceCount = Math.max(1, lastUsed(distances) + 1);
  const runs = runLengths([
    ...literals.subarray(0, literalCount),
    ...distances.subarray(0, distanceCount),
  ]);
  const counts = new Uint32Array(19);
  for (const { symbol } of runs) counts[symbol]++;
  const lengths = codeLengths(counts, 7);
  const codes = canonicalCodes(lengths);
  const written = Math.max(4, LENGTH_ORDER.findLastIndex((symbol) => lengths[symbol] > 0) + 1);
  const extraBits = runs.reduce((sum, { extra }) => sum + extra, 0);
  return {
    bits: 14 + 3 * written + bitsOf(counts, lengths) + extraBits,
    write(out) {
      out.write(literalCount - 257, 5);
      out.write(distanceCount - 1, 5);
      out.write(written - 4, 4);
      for (const symbol of LENGTH_ORDER.slice(0, written)) out.write(lengths[symbol], 3);
      for (const { symbol, repeat, extra } of runs) {
        out.write(codes[symbol], lengths[symbol]);
        out.write(repeat, extra);
      }
    },
  };
}

function lastUsed(lengths: Uint8Array): number {
  return lengths.findLastIndex((length) => length > 0);
}

/** A length of a code, or its repetitions: the number beyond the least is in `extra`. */
interface Run {
  readonly symbol: number;
  readonly repeat: number;
  readonly extra: number;
}

function runLengths(lengths: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < lengths.length;) {
    let same = 1;
    while (lengths[at + same] === lengths[at]) same++;
    at += same;
    const length = lengths[at - 1];
    if (length === 0) pushZeros(runs, same);
    else pushRepeats(runs, length, same);
  }
  return runs;
}

function pushZeros(runs: Run[], count: number): void {
  for (let left = count; left > 0;) {
    left -= pushRun(runs, left >= REPEATS[18].least ? 18 : 17, 0, left);
  }
}

function pushRepeats(runs: Run[], length: number, count: number): void {
  runs.push({ symbol: length, repeat: 0, extra: 0 });
  for (let left = count - 1; left > 0;) {
    left -= pushRun(runs, 16, length, left);
  }
}

/** Adds a repetition of a length by its symbol, or one by one where that takes more; counts them. */
function pushRun(
  runs: Run[],
  symbol: keyof typeof REPEATS,
  length: number,
  count: number,
): number {
  const { least, bits } = REPEATS[symbol];
  const taken = Math.min(count, least + 2 ** bits - 1);
  if (taken >= least) runs.push({ symbol, repeat: taken - least, extra: bits });
  else for (let i = 0; i < taken; i++) runs.push({ symbol: length, repeat: 0, extra: 0 });
  return taken;
}

/** Computes the checksum of zlib. */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length;) {
    // As many as the sums can take without a remainder: b stays below 2^32.
    for (const end = Math.min(at + 5552, bytes.length); at < end; at++) {
      a += bytes[at];
      b += a;
    }
    [a, b] = [a % 65521, b % 65521];
  }
  return (b * 65536 + a) >>> 0;
}
