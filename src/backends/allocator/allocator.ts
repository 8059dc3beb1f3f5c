/**
 * Blocks of a growing memory: a good fit among the free ones, neighbours merged. A call takes as
 * long however many blocks there are.
 *
 * @module
 */
import { FreeBlocks } from "./free_blocks.ts";
import { PagedIntegers } from "./paged_integers.ts";

/** Bytes of a line of the cache: all blocks begin and end on one. */
const LINE = 64;
/** Memory grows by at least this share of its size, so that it seldom grows. */
const GROWTH = 0.25;
const SMALLEST_GROWTH = 4 * 1024 * 1024;

/** Fields of a block in use: its lines, and the bytes of them that nobody has asked for. */
const SIZE = 0;
const SPARE = 1;

/** Something that grows: a `WebAssembly.Memory`, the heap of a graphics device; in bytes. */
export interface Growable {
  /** Bytes there are. */
  readonly size: number;
  /** Makes it at least this large; false where that is not possible. */
  growTo(size: number): boolean;
}

/** Hands out blocks of memory and takes them back. */
export class Allocator {
  readonly #memory: Growable;
  readonly #option: string;
  #maximum: number;
  readonly #free = new FreeBlocks();
  /** Lines and spare bytes of the blocks that are in use, by their first line. */
  readonly #used = new PagedIntegers(2);
  /** The line from which on nothing is in use, nor in the lists of free blocks. */
  #end: number;
  #live = 0;

  /**
   * Manages the memory from `start` on.
   *
   * @param memory what grows.
   * @param start the first byte that may be handed out.
   * @param maximum the memory never grows beyond this many bytes.
   * @param option where a user sets the maximum.
   */
  constructor(
    memory: Growable,
    start: number,
    maximum: number,
    option = "wasmBackend({ maxBytes })",
  ) {
    this.#memory = memory;
    this.#maximum = maximum;
    this.#option = option;
    this.#end = Math.ceil(start / LINE);
  }

  /** Bytes handed out, as they were asked for. */
  get liveBytes(): number {
    return this.#live;
  }

  /** Lowers the maximum to what has turned out to be possible. */
  limitTo(maximum: number): void {
    this.#maximum = Math.min(this.#maximum, maximum);
  }

  /**
   * A block of at least `bytes`, which are not cleared.
   *
   * @throws {RangeError} if there is no room; nothing has changed then.
   */
  allocate(bytes: number): number {
    if (!(bytes <= this.#maximum)) this.#refuse(bytes); // size classes know 32 bits alone
    const size = Math.max(Math.ceil(bytes / LINE), 1);
    const first = this.#take(size, this.#free.find(size)) ?? this.#takeNew(size) ??
      this.#take(size, this.#free.find(size, Infinity)) ?? this.#refuse(bytes);
    this.#used.set(first, SIZE, size);
    this.#used.set(first, SPARE, size * LINE - bytes);
    this.#live += bytes;
    return first * LINE;
  }

  /** Takes a block back. */
  release(start: number): void {
    let first = start / LINE;
    let size = Number.isInteger(first) ? this.#used.get(first, SIZE) : 0;
    if (size === 0) return;
    this.#used.set(first, SIZE, 0);
    this.#live -= size * LINE - this.#used.get(first, SPARE);
    const after = this.#free.sizeAt(first + size);
    if (after > 0) this.#free.remove(first + size);
    size += after;
    const before = this.#free.firstBefore(first);
    if (before >= 0) {
      this.#free.remove(before);
      size += first - before;
      first = before;
    }
    if (first + size === this.#end) this.#end = first;
    else this.#free.add(first, size);
  }

  /** Takes lines from the front of a free block, where one was found. */
  #take(size: number, first: number): number | undefined {
    if (first < 0) return undefined;
    const rest = this.#free.sizeAt(first) - size;
    this.#free.remove(first);
    if (rest > 0) this.#free.add(first + size, rest);
    return first;
  }

  #takeNew(size: number): number | undefined {
    const first = this.#end;
    const needed = (first + size) * LINE;
    if (needed > this.#memory.size) {
      if (needed > this.#maximum) return undefined;
      const more = Math.max(SMALLEST_GROWTH, this.#memory.size * GROWTH);
      const wanted = Math.min(Math.max(needed, this.#memory.size + more), this.#maximum);
      if (!this.#memory.growTo(wanted) && !this.#memory.growTo(needed)) return undefined;
    }
    this.#end = first + size;
    return first;
  }

  #refuse(bytes: number): never {
    throw new RangeError(
      `Cannot allocate memory: live tensors and new ones must fit the backend's maximum: ` +
        `${bytes} bytes asked for, ${this.#live} bytes live, maximum ${this.#maximum}; ` +
        "the garbage collector frees forgotten tensors between turns of the event loop, never " +
        "within a loop without timers: begin its body with `using arena = new Arena()` or run it " +
        "in scoped(new Arena(), …), which frees results at its end, as a tape does; or raise " +
        this.#option,
    );
  }
}
