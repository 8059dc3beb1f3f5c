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

/** Registry of arenas that were never ended: frees all they own. */
export const abandonedArenas = new FinalizationRegistry<Set<Hold>>((holds) => {
  for (const hold of holds) hold.release();
});
