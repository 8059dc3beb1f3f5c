/**
 * The free blocks of a memory, in lists by size. Blocks are whole lines of 64 bytes, and known by
 * the number of their first line.
 *
 * @module
 */
import { PagedIntegers } from "./paged_integers.ts";

/** Lines of the free block that begins here; 0 where none does. */
const SIZE = 0;
/** Of the line where a free block begins, the next block in its list, plus 1. */
const NEXT = 1;
/** The block before it in its list, plus 1. */
const PREVIOUS = 2;
/** Of the line where a free block ends, where it begins. Once it is taken, the size tells. */
const FIRST = 3;
const FIELDS = 4;

/** Classes of sizes from a power of two to the next; below this size each has a class of its own. */
const STEPS = 16;
const LOG_STEPS = 4;
const CLASSES = (32 - LOG_STEPS) * STEPS;
/** Blocks of a list that are looked at, so that a long one takes no longer. */
const LOOKS = 16;

/** Free blocks of which no two touch. */
export class FreeBlocks {
  readonly #lines = new PagedIntegers(FIELDS);
  /** The first block of each class, plus 1. */
  readonly #heads = new Int32Array(CLASSES);
  /** A bit for each class, set where there are blocks. */
  readonly #filled = new Int32Array(CLASSES / 32);

  /** Adds a block. */
  add(first: number, size: number): void {
    const lines = this.#lines;
    const c = classOf(size);
    const next = this.#heads[c];
    lines.set(first, SIZE, size);
    lines.set(first + size - 1, FIRST, first);
    lines.set(first, NEXT, next);
    lines.set(first, PREVIOUS, 0);
    if (next > 0) lines.set(next - 1, PREVIOUS, first + 1);
    this.#heads[c] = first + 1;
    this.#filled[c >>> 5] |= 1 << (c & 31);
  }

  /** Removes a block. */
  remove(first: number): void {
    const lines = this.#lines;
    const c = classOf(lines.get(first, SIZE));
    const next = lines.get(first, NEXT);
    const previous = lines.get(first, PREVIOUS);
    lines.set(first, SIZE, 0);
    if (next > 0) lines.set(next - 1, PREVIOUS, previous);
    if (previous > 0) lines.set(previous - 1, NEXT, next);
    else this.#heads[c] = next;
    if (this.#heads[c] === 0) this.#filled[c >>> 5] &= ~(1 << (c & 31));
  }

  /** Returns the lines of the block that begins at a line; 0 where none does. */
  sizeAt(first: number): number {
    return this.#lines.get(first, SIZE);
  }

  /** Finds where the block begins that ends in front of a line; -1 where none does. */
  firstBefore(end: number): number {
    if (end === 0) return -1;
    const first = this.#lines.get(end - 1, FIRST);
    return first + this.sizeAt(first) === end ? first : -1;
  }

  /**
   * Finds a block of at least so many lines, as small as it can among some of its class, else of
   * the next class that has blocks; -1 where none is found. `looks`: Infinity looks at all.
   */
  find(size: number, looks: number = LOOKS): number {
    const c = classOf(size);
    const found = this.#smallest(c, size, looks);
    if (found >= 0) return found;
    const larger = this.#nextFilled(c + 1);
    return larger < 0 ? -1 : this.#smallest(larger, size, looks);
  }

  /** Finds the smallest block that fits among the first ones of a class. */
  #smallest(c: number, size: number, looks: number): number {
    let best = -1;
    let bestSize = Infinity;
    let at = this.#heads[c] - 1;
    for (let look = 0; at >= 0 && look < looks && bestSize > size; look++) {
      const free = this.sizeAt(at);
      if (free >= size && free < bestSize) [best, bestSize] = [at, free];
      at = this.#lines.get(at, NEXT) - 1;
    }
    return best;
  }

  /** Finds the first class from `c` on that has blocks; -1 where none has. */
  #nextFilled(c: number): number {
    let word = c >>> 5;
    let bits = this.#filled[word] & (-1 << (c & 31));
    while (bits === 0 && ++word < this.#filled.length) bits = this.#filled[word];
    return bits === 0 ? -1 : word * 32 + 31 - Math.clz32(bits & -bits);
  }
}

/** Class of a size: one for each size below 2 STEPS, then STEPS of them until a size has doubled. */
function classOf(size: number): number {
  if (size < STEPS) return size;
  const shift = 31 - LOG_STEPS - Math.clz32(size);
  return shift * STEPS + (size >>> shift);
}
