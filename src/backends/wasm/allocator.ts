/**
 * Blocks of a growing memory: best fit among free blocks of a size class, neighbours merged.
 *
 * @module
 */

/** All blocks begin and end on a cache line. */
const ALIGNMENT = 64;
/** Memory grows by at least this share of its size, so that it seldom grows. */
const GROWTH = 0.25;
const SMALLEST_GROWTH = 4 * 1024 * 1024;

/** Something that grows: a `WebAssembly.Memory` in bytes. */
export interface Growable {
  /** Bytes there are. */
  readonly size: number;
  /** Makes it at least this large; false where that is not possible. */
  growTo(size: number): boolean;
}

/** Hands out blocks of memory and takes them back. */
export class Allocator {
  readonly #memory: Growable;
  readonly #maximum: number;
  /** Free blocks: start -> end, and end -> start to find a neighbour before. */
  readonly #ends = new Map<number, number>();
  readonly #starts = new Map<number, number>();
  /** Starts of free blocks by class: class c holds sizes from 2^c on. */
  readonly #classes: Set<number>[] = Array.from({ length: 33 }, () => new Set());
  readonly #sizes = new Map<number, number>();
  #end: number;
  #live = 0;

  /**
   * Manages the memory from `start` on.
   *
   * @param memory what grows.
   * @param start the first byte that may be handed out.
   * @param maximum the memory never grows beyond this many bytes.
   */
  constructor(memory: Growable, start: number, maximum: number) {
    this.#memory = memory;
    this.#maximum = maximum;
    this.#end = start;
  }

  /** Bytes handed out, as they were asked for. */
  get liveBytes(): number {
    return this.#live;
  }

  /**
   * A block of at least `bytes`, which are not cleared.
   *
   * @throws {RangeError} if there is no room; nothing has changed then.
   */
  allocate(bytes: number): number {
    if (!(bytes <= this.#maximum)) this.#refuse(bytes); // size classes know 32 bits alone
    const size = Math.max(Math.ceil(bytes / ALIGNMENT) * ALIGNMENT, ALIGNMENT);
    const start = this.#takeFree(size) ?? this.#takeNew(size) ?? this.#refuse(bytes);
    this.#sizes.set(start, bytes);
    this.#live += bytes;
    return start;
  }

  /** Takes a block back. */
  release(start: number): void {
    const bytes = this.#sizes.get(start);
    if (bytes === undefined) return;
    this.#sizes.delete(start);
    this.#live -= bytes;
    let [from, to] = [start, start + Math.max(Math.ceil(bytes / ALIGNMENT) * ALIGNMENT, ALIGNMENT)];
    const before = this.#starts.get(from);
    if (before !== undefined) {
      this.#removeFree(before, from);
      from = before;
    }
    const after = this.#ends.get(to);
    if (after !== undefined) {
      this.#removeFree(to, after);
      to = after;
    }
    if (to === this.#end) this.#end = from;
    else this.#addFree(from, to);
  }

  /** The smallest free block that fits, of the first class that has one. */
  #takeFree(size: number): number | undefined {
    for (let c = classOf(size); c < this.#classes.length; c++) {
      let best = -1;
      let bestSize = Infinity;
      for (const start of this.#classes[c]) {
        const free = this.#ends.get(start)! - start;
        if (free >= size && free < bestSize) [best, bestSize] = [start, free];
      }
      if (best < 0) continue;
      this.#removeFree(best, best + bestSize);
      if (bestSize > size) this.#addFree(best + size, best + bestSize);
      return best;
    }
    return undefined;
  }

  #takeNew(size: number): number | undefined {
    const start = this.#end;
    const needed = start + size;
    if (needed > this.#memory.size) {
      if (needed > this.#maximum) return undefined;
      const more = Math.max(SMALLEST_GROWTH, this.#memory.size * GROWTH);
      const wanted = Math.min(Math.max(needed, this.#memory.size + more), this.#maximum);
      if (!this.#memory.growTo(wanted) && !this.#memory.growTo(needed)) return undefined;
    }
    this.#end = needed;
    return start;
  }

  #refuse(bytes: number): never {
    throw new RangeError(
      `Cannot allocate memory: live tensors and new ones must fit the backend's maximum: ` +
        `${bytes} bytes asked for, ${this.#live} bytes live, maximum ${this.#maximum}; ` +
        "free tensors (a tape frees its own at its end) or raise wasmBackend({ maxBytes })",
    );
  }

  #addFree(from: number, to: number): void {
    this.#ends.set(from, to);
    this.#starts.set(to, from);
    this.#classes[classOf(to - from)].add(from);
  }

  #removeFree(from: number, to: number): void {
    this.#ends.delete(from);
    this.#starts.delete(to);
    this.#classes[classOf(to - from)].delete(from);
  }
}

function classOf(size: number): number {
  return 31 - Math.clz32(size);
}
