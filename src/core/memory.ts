/**
 * Holding on to blocks of backend memory: who shows which, and who frees them.
 *
 * @module
 */
import type { Backend, NdArray } from "../backends/kernels.ts";

/** A block of memory and the number of holds on it; freed with the last. */
export interface Block {
  readonly backend: Backend;
  readonly array: NdArray;
  holds: number;
}

/** Hold of one tensor on a block. It knows no tensor, so that finalizers may keep it. */
export class Hold {
  /** Place in the list of its owner; see {@link HoldList}. */
  place = 0;
  #block: Block | null;

  /** Takes hold of a block. */
  constructor(block: Block) {
    block.holds++;
    this.#block = block;
  }

  /** The block; null once released. */
  get block(): Block | null {
    return this.#block;
  }

  /** Lets go of the block; doing it twice does nothing. */
  release(): void {
    const block = this.#block;
    if (block === null) return;
    this.#block = null;
    if (--block.holds === 0) block.backend.kernels.free(block.array);
  }

  /** Moves the hold to another block. */
  moveTo(block: Block): void {
    block.holds++;
    this.release();
    this.#block = block;
  }
}

/**
 * Holds that are released together. A list in which each hold knows its place: adding and removing
 * many costs less than in a `Set`, and so does what the garbage collector has to look through.
 */
export class HoldList {
  readonly #holds: Hold[] = [];

  /** Number of holds. */
  get size(): number {
    return this.#holds.length;
  }

  /** Adds a hold, which is in no other list. */
  add(hold: Hold): void {
    hold.place = this.#holds.push(hold) - 1;
  }

  /** Removes a hold; one that is not here is left alone. */
  remove(hold: Hold): void {
    const holds = this.#holds;
    if (holds[hold.place] !== hold) return;
    const last = holds.pop()!;
    if (last === hold) return;
    holds[hold.place] = last;
    last.place = hold.place;
  }

  /** Releases all holds, and is empty then. */
  release(): void {
    for (const hold of this.#holds) hold.release();
    this.#holds.length = 0;
  }
}

/** Owner of tensors, which frees them: an arena or a tape, as the tensors know it. */
export interface Owner {
  /** Number that rises from owner to owner: among nested ones the outer has the lower. */
  readonly id: number;
  /** True once it has ended. */
  readonly isDisposed: boolean;
  /** Takes over the release of a tensor's hold. */
  own(hold: Hold): void;
  /** Leaves the release of a tensor's hold to others. */
  disown(hold: Hold): void;
}

/** Registry that frees the memory of tensors that were never disposed of and that no arena owns. */
export const abandonedTensors = new FinalizationRegistry<Hold>((hold) => hold.release());
