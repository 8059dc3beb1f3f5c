/**
 * LZMA, undone at once: for what is packed into the source, where each byte counts.
 *
 * A range coder gives bits, each with a probability that learns from those before it. They spell
 * literals and matches: a length, and a distance to what is repeated.
 *
 * - **Source**: "LZMA specification", I. Pavlov, 2015, of the LZMA SDK.
 *
 * @module
 */

/** Bits of the byte before that choose the probabilities of a literal, and of the position. */
const LITERAL_CONTEXT_BITS = 3;
const POSITION_BITS = 2;
/** The byte that says so in files: (position bits * 5 + 0) * 9 + context bits. */
export const PROPERTIES: number = POSITION_BITS * 5 * 9 + LITERAL_CONTEXT_BITS;

const POSITIONS = 1 << POSITION_BITS;
const STATES = 12;
/** States below it come after a literal. */
const AFTER_MATCH = 7;
const LEAST_LENGTH = 2;
/** Distances of slots below it have a model for all of their lower bits. */
const FIRST_DIRECT_SLOT = 14;
const ALIGN_BITS = 4;

// Where the probabilities of each kind begin.
const IS_MATCH = 0;
const IS_REPEATED = IS_MATCH + STATES * POSITIONS;
const IS_OLDER = IS_REPEATED + STATES;
const IS_SECOND_OLDER = IS_OLDER + STATES;
const IS_THIRD_OLDER = IS_SECOND_OLDER + STATES;
const IS_LONG = IS_THIRD_OLDER + STATES;
const SLOTS = IS_LONG + STATES * POSITIONS;
const DISTANCES = SLOTS + 4 * 64;
const ALIGN = DISTANCES + 128;
/** A model of lengths: two choices, then 8 + 8 lengths by position, then 256. */
const LENGTHS = ALIGN + 16;
const LENGTH_MODEL = 2 + 2 * 8 * POSITIONS + 256;
const REPEATED_LENGTHS = LENGTHS + LENGTH_MODEL;
const LITERALS = REPEATED_LENGTHS + LENGTH_MODEL;
const PROBABILITIES = LITERALS + (0x300 << LITERAL_CONTEXT_BITS);

const HALF = 1 << 10;
const ONE_BITS = 11;
const LEARNING = 5;
const LEAST_RANGE = 2 ** 24;

/** The bits of a compressed sequence. */
class RangeDecoder {
  readonly #bytes: Uint8Array;
  readonly #probabilities = new Uint16Array(PROBABILITIES).fill(HALF);
  #at = 0;
  #range = 0xffffffff;
  #code = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 5; i++) this.#shift();
  }

  /** Reads a bit with a probability of its own. */
  bit(model: number): number {
    const probability = this.#probabilities[model];
    const bound = (this.#range >>> ONE_BITS) * probability;
    const bit = this.#code < bound ? 0 : 1;
    if (bit === 0) {
      this.#range = bound;
      this.#probabilities[model] += ((1 << ONE_BITS) - probability) >> LEARNING;
    } else {
      this.#range -= bound;
      this.#code -= bound;
      this.#probabilities[model] -= probability >> LEARNING;
    }
    this.#normalize();
    return bit;
  }

  /** Reads bits that are as likely to be 0 as 1. */
  direct(count: number): number {
    let value = 0;
    for (; count > 0; count--) {
      this.#range >>>= 1;
      const bit = this.#code < this.#range ? 0 : 1;
      if (bit === 1) this.#code -= this.#range;
      value = 2 * value + bit;
      this.#normalize();
    }
    return value;
  }

  /** Reads a number, its highest bit first. */
  tree(model: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = 2 * node + this.bit(model + node);
    return node - (1 << bits);
  }

  /** Reads a number, its lowest bit first. */
  reversed(model: number, bits: number): number {
    let node = 1, value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(model + node);
      node = 2 * node + bit;
      value |= bit << i;
    }
    return value;
  }

  #normalize(): void {
    if (this.#range >= LEAST_RANGE) return;
    this.#range = this.#range * 256;
    this.#shift();
  }

  #shift(): void {
    this.#code = this.#code % LEAST_RANGE * 256 + this.#bytes[this.#at++];
  }
}

/**
 * Unpacks a raw sequence, whose {@link PROPERTIES} are those that are built in.
 *
 * @param bytes what was compressed, without a header.
 * @param size number of bytes that come out.
 */
export function lzmaSync(bytes: Uint8Array, size: number): Uint8Array {
  const decoder = new RangeDecoder(bytes);
  const out = new Uint8Array(size);
  /** The last four distances, less one. */
  let near = 0, second = 0, third = 0, fourth = 0;
  let state = 0;
  for (let at = 0; at < size;) {
    const position = at & (POSITIONS - 1);
    if (decoder.bit(IS_MATCH + state * POSITIONS + position) === 0) {
      const beside = state < AFTER_MATCH ? undefined : out[at - near - 1];
      out[at] = literal(decoder, at === 0 ? 0 : out[at - 1], beside);
      at++;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length: number;
    if (decoder.bit(IS_REPEATED + state) === 0) {
      [fourth, third, second] = [third, second, near];
      length = lengthOf(decoder, LENGTHS, position);
      near = distanceOf(decoder, length);
      state = state < AFTER_MATCH ? 7 : 10;
    } else {
      if (decoder.bit(IS_OLDER + state) === 0) {
        if (decoder.bit(IS_LONG + state * POSITIONS + position) === 0) {
          out[at] = out[at - near - 1];
          at++;
          state = state < AFTER_MATCH ? 9 : 11;
          continue;
        }
      } else if (decoder.bit(IS_SECOND_OLDER + state) === 0) [near, second] = [second, near];
      else if (decoder.bit(IS_THIRD_OLDER + state) === 0) {
        [near, second, third] = [third, near, second];
      } else [near, second, third, fourth] = [fourth, near, second, third];
      length = lengthOf(decoder, REPEATED_LENGTHS, position);
      state = state < AFTER_MATCH ? 8 : 11;
    }
    for (const end = at + length; at < end; at++) out[at] = out[at - near - 1];
  }
  return out;
}

/** Reads a byte: by the one before it, and after a match by the one that would have followed. */
function literal(decoder: RangeDecoder, before: number, beside: number | undefined): number {
  const model = LITERALS + (before >> (8 - LITERAL_CONTEXT_BITS)) * 0x300;
  let node = 1;
  for (let bit = 7; beside !== undefined && bit >= 0; bit--) {
    const expected = beside >> bit & 1;
    const found = decoder.bit(model + (1 + expected) * 0x100 + node);
    node = 2 * node + found;
    if (found !== expected) beside = undefined;
  }
  while (node < 0x100) node = 2 * node + decoder.bit(model + node);
  return node & 0xff;
}

function lengthOf(decoder: RangeDecoder, model: number, position: number): number {
  const low = model + 2 + position * 8, middle = low + 8 * POSITIONS;
  if (decoder.bit(model) === 0) return LEAST_LENGTH + decoder.tree(low, 3);
  if (decoder.bit(model + 1) === 0) return LEAST_LENGTH + 8 + decoder.tree(middle, 3);
  return LEAST_LENGTH + 16 + decoder.tree(model + 2 + 16 * POSITIONS, 8);
}

/** Reads a distance, less one. */
function distanceOf(decoder: RangeDecoder, length: number): number {
  const slot = decoder.tree(SLOTS + Math.min(length - LEAST_LENGTH, 3) * 64, 6);
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const distance = (2 | slot & 1) * 2 ** bits;
  if (slot < FIRST_DIRECT_SLOT) {
    return distance + decoder.reversed(DISTANCES + distance - slot, bits);
  }
  const high = decoder.direct(bits - ALIGN_BITS) * (1 << ALIGN_BITS);
  return distance + high + decoder.reversed(ALIGN, ALIGN_BITS);
}
