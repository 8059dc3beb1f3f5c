// Damaged files: a reader must answer each with an error of its own or with what was there, soon.

import { assert, assertEquals } from "@std/assert";
import { Random } from "../../src/random/random.ts";
import { scaled, SEED } from "./effort.ts";

/** Samples of a format, its reader, and the test of a right answer. */
export interface Fuzz<Result> {
  /** Sound files, small ones: every byte should matter. */
  samples: readonly Uint8Array[];
  /** Reads a file, to the last array in it. */
  read(bytes: Uint8Array): Result | Promise<Result>;
  /** Fails unless the result is one that the sample, damaged or not, may give. */
  check(result: Result, sample: number, bytes: Uint8Array): void;
  /** Pieces of the format, to be put anywhere. */
  tokens?: readonly Uint8Array[];
  /** Damaged files at full effort; 20,000 by default. */
  runs?: number;
  seed?: number;
}

/** Counts of the damaged files that were refused and read. */
export interface FuzzResult {
  runs: number;
  refused: number;
  read: number;
}

/** Milliseconds that one file may take. */
const PATIENCE = 2000;

const EXTREMES = [
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x7fff,
  0x8000,
  0xffff,
  0x7fffffff,
  0x80000000,
  2 ** 32 - 1,
];
const EXTREMES_64 = [2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64 - 2048, 2 ** 40, 0];

/** Runs a reader on damaged files; fails with the seed and the file where it misbehaves. */
export async function fuzz<Result>(options: Fuzz<Result>): Promise<FuzzResult> {
  const { samples, read, check, tokens = [], seed = SEED } = options;
  const runs = scaled(options.runs ?? 20_000);
  const random = new Random(seed);
  const counts = { runs, refused: 0, read: 0 };
  const pollution = Object.keys(Object.prototype).length;
  for (let run = 0; run < runs; run++) {
    const sample = run % samples.length;
    let bytes = samples[sample].slice();
    const acts = 1 + random.integer(3);
    for (let act = 0; act < acts; act++) bytes = damage(bytes, random, samples, tokens);
    try {
      const result = await inTime(read, bytes);
      if (result instanceof Refusal) {
        counts.refused++;
        checkError(result.error);
      } else {
        counts.read++;
        check(result, sample, bytes);
      }
    } catch (error) {
      const file = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      throw new Error(`damaged file ${run} of seed ${seed}, in base64: ${file}`, { cause: error });
    }
  }
  assertEquals(Object.keys(Object.prototype).length, pollution);
  return counts;
}

/**
 * Waits for the outcome, which must come soon; a second try tells a slow file from a busy machine.
 */
async function inTime<Result>(
  read: (bytes: Uint8Array) => Result | Promise<Result>,
  bytes: Uint8Array,
): Promise<Result | Refusal> {
  for (let tries = 1;; tries++) {
    const start = performance.now();
    const result = await outcome(read, bytes);
    const took = performance.now() - start;
    if (took < PATIENCE) return result;
    assert(tries < 3, `it took ${took} ms`);
  }
}

class Refusal {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

async function outcome<Result>(
  read: (bytes: Uint8Array) => Result | Promise<Result>,
  bytes: Uint8Array,
): Promise<Result | Refusal> {
  try {
    return await read(bytes);
  } catch (error) {
    return new Refusal(error);
  }
}

/**
 * Checks that errors are of two kinds, say what file, rule and values, and do not repeat the whole
 * file.
 */
function checkError(error: unknown): void {
  if (!(error instanceof Error)) throw new TypeError(`thrown: ${error}`);
  const typed = error.constructor === SyntaxError || error.constructor === RangeError;
  if (!typed || !/^Cannot read .+: .+: .+$/s.test(error.message)) throw error;
  assert(error.message.length < 500, error.message);
}

/** Does one act of damage. */
function damage(
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  samples: readonly Uint8Array[],
  tokens: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const at = random.integer(bytes.length + 1);
  const place = Math.min(at, bytes.length - 1);
  switch (random.integer(11)) {
    case 0:
      return bytes.slice(0, at);
    case 1: // drop
      return join(bytes.subarray(0, at), bytes.subarray(at + 1 + random.integer(16)));
    case 2: // repeat
      return join(bytes.subarray(0, at), bytes.subarray(random.integer(at + 1)));
    case 3: { // from another sound file
      const other = samples[random.integer(samples.length)];
      const from = random.integer(other.length);
      const piece = other.subarray(from, from + 1 + random.integer(40));
      return join(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length));
    }
    case 4: { // a piece of the format
      if (tokens.length === 0) return bytes;
      const token = tokens[random.integer(tokens.length)];
      return join(
        bytes.subarray(0, at),
        token,
        bytes.subarray(at + random.integer(2) * token.length),
      );
    }
    case 5:
      return extreme(bytes, place, random);
    case 6:
      return extreme64(bytes, place, random);
    case 7: { // a little more or less
      if (bytes.length > 0) bytes[place] += random.integer(2) === 0 ? 1 : 255;
      return bytes;
    }
    case 8: {
      if (bytes.length > 0) bytes[place] = random.integer(256);
      return bytes;
    }
    default:
      if (bytes.length > 0) bytes[place] ^= 1 << random.integer(8);
      return bytes;
  }
}

function extreme(bytes: Uint8Array<ArrayBuffer>, at: number, random: Random) {
  const width = [1, 2, 4][random.integer(3)];
  const value = EXTREMES[random.integer(EXTREMES.length)];
  if (at + width > bytes.length || at < 0) return bytes;
  const view = new DataView(bytes.buffer);
  const little = random.integer(2) === 0;
  if (width === 1) view.setUint8(at, value);
  else if (width === 2) view.setUint16(at, value, little);
  else view.setUint32(at, value, little);
  return bytes;
}

function extreme64(bytes: Uint8Array<ArrayBuffer>, at: number, random: Random) {
  const value = EXTREMES_64[random.integer(EXTREMES_64.length)];
  if (at + 8 > bytes.length || at < 0) return bytes;
  new DataView(bytes.buffer).setBigUint64(at, BigInt(value), random.integer(2) === 0);
  return bytes;
}

/** Joins pieces one after the other. */
function join(...pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
