/**
 * Compressed bytes to plain ones, at once: the streams of the web platform do it too, but later, and
 * a backend is made without waiting.
 *
 * The format is deflate (P. Deutsch, RFC 1951): blocks of symbols in Huffman codes, which are bytes
 * or the lengths of copies of what came before.
 *
 * @module
 */
import {
  DISTANCES,
  END_OF_BLOCK,
  fixedCodeLengths,
  LENGTH_ORDER,
  LENGTHS,
  type Ranges,
  REPEATS,
  reversedBits,
} from "./deflate_format.ts";

/**
 * A Huffman code: for all that its longest code's number of bits may hold, the symbol that they begin
 * with, times 16, and how many bits are its code.
 */
interface Code {
  readonly table: Uint16Array;
  readonly longest: number;
}

/** Decompresses to plain bytes, of which there are `size`. The compressed ones must be whole. */
export function inflateSync(compressed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  return new Inflater(compressed, size).run();
}

class Inflater {
  readonly #from: Uint8Array;
  readonly #to: Uint8Array<ArrayBuffer>;
  #read = 0;
  #written = 0;
  #bits = 0;
  #bitCount = 0;

  constructor(compressed: Uint8Array, size: number) {
    this.#from = compressed;
    this.#to = new Uint8Array(size);
  }

  run(): Uint8Array<ArrayBuffer> {
    for (let isLast = false; !isLast;) {
      isLast = this.#take(1) === 1;
      const kind = this.#take(2);
      if (kind === 0) this.#copyStored();
      else if (kind === 1) this.#copyCoded(...fixedCodes());
      else this.#copyCoded(...this.#readCodes());
    }
    return this.#to;
  }

  /** Takes the next bits, the first one lowest. */
  #take(count: number): number {
    while (this.#bitCount < count) {
      this.#bits |= this.#from[this.#read++] << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #symbol({ table, longest }: Code): number {
    while (this.#bitCount < longest) {
      // Beyond the end there are zeros.
      this.#bits |= this.#from[this.#read++] << this.#bitCount;
      this.#bitCount += 8;
    }
    const entry = table[this.#bits & (table.length - 1)], length = entry & 15;
    if (length === 0) {
      throw new SyntaxError("Cannot unpack kernels: each code must have a symbol: one has none");
    }
    this.#bits >>>= length;
    this.#bitCount -= length;
    return entry >> 4;
  }

  #copyStored(): void {
    // The rest of a byte is skipped; whole bytes were taken too early.
    this.#read -= this.#bitCount >> 3;
    this.#bits = 0;
    this.#bitCount = 0;
    const length = this.#take(16);
    this.#read += 2; // the length once more, its bits turned
    this.#to.set(this.#from.subarray(this.#read, this.#read + length), this.#written);
    this.#read += length;
    this.#written += length;
  }

  #copyCoded(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) {
        this.#to[this.#written++] = symbol;
        continue;
      }
      const length = this.#inRange(LENGTHS, symbol - END_OF_BLOCK - 1);
      const distance = this.#inRange(DISTANCES, this.#symbol(distances));
      // One by one: a copy may read what it has just written.
      for (let i = 0; i < length; i++, this.#written++) {
        this.#to[this.#written] = this.#to[this.#written - distance];
      }
    }
  }

  #inRange({ first, bits }: Ranges, symbol: number): number {
    return first[symbol] + this.#take(bits[symbol]);
  }

  /**
   * Reads the codes of a block that brings its own: their lengths, which are in a code themselves.
   */
  #readCodes(): [literals: Code, distances: Code] {
    const literals = this.#take(5) + 257, distances = this.#take(5) + 1, given = this.#take(4) + 4;
    const order = new Uint8Array(LENGTH_ORDER.length);
    for (let i = 0; i < given; i++) order[LENGTH_ORDER[i]] = this.#take(3);
    const code = codeOf(order);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length;) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      const repeated = symbol === 16 ? lengths[i - 1] : 0;
      const { least, bits } = REPEATS[symbol as keyof typeof REPEATS];
      const end = i + least + this.#take(bits);
      lengths.fill(repeated, i, end);
      i = end;
    }
    return [codeOf(lengths.subarray(0, literals)), codeOf(lengths.subarray(literals))];
  }
}

/**
 * Makes the code in which each symbol has a code of the given length, or none if that is 0: codes
 * of a length are consecutive numbers, and follow those that are shorter.
 */
function codeOf(lengths: Uint8Array): Code {
  const longest = Math.max(1, ...lengths);
  const table = new Uint16Array(1 << longest);
  for (let length = 1, code = 0; length <= longest; length++, code <<= 1) {
    lengths.forEach((its, symbol) => {
      if (its !== length) return;
      const entry = symbol << 4 | length;
      for (let i = reversedBits(code, length); i < table.length; i += 1 << length) table[i] = entry;
      code++;
    });
  }
  return { table, longest };
}

/** Makes the codes of a block that brings none. */
function fixedCodes(): [literals: Code, distances: Code] {
  const [literals, distances] = fixedCodeLengths();
  return [codeOf(literals), codeOf(distances)];
}
