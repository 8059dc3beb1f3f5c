/**
 * The arena: who owns what operations make, and frees it all at once.
 *
 * @module
 */
import { abandonedArenas, type Hold } from "./memory.ts";
import type { AnyOp } from "./op_contract.ts";
import type { ProfileMark, Profiler } from "./profiler.ts";
import { leavesOf } from "./structure.ts";
import { internals, type Tensor, Track, UNRECORDED } from "./tensor.ts";

let arenasMade = 0;

/**
 * Owns the tensors that operations make of the tensors it follows, and frees them all at its end.
 *
 * The memory of a loop whose body begins with `using arena = new Arena()` is constant without
 * tidy, dispose or reference counting. An arena records nothing: it is for inference. A
 * `Tape` is an arena that also records. Where arenas nest, the innermost one owns what is made; a
 * tape around it holds on to what its backward pass will read.
 *
 * @example Inference in constant memory
 * ```ts
 * import { Arena, dense, relu, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const w = tensor([[1], [-2]]);
 * let y;
 * {
 *   using arena = new Arena();
 *   arena.follow(w);
 *   y = arena.keep(relu(dense(tensor([[3, 1]]), w)));
 * }
 * assertEquals(y.toArray(), [[1]]); // the dense result is freed, the kept one lives
 * ```
 */
export class Arena implements Disposable {
  /** Number that rises from arena to arena: among nested ones the outer has the lower. */
  readonly id: number = ++arenasMade;

  /** Takes the times of ops, where that was asked for. */
  readonly profiler: Profiler | null;

  readonly #owned = new Set<Hold>();
  readonly #inner = new Set<Arena>();
  #disposed = false;

  /** Starts an empty arena. */
  constructor(profiler: Profiler | null = null) {
    this.profiler = profiler;
    abandonedArenas.register(this, this.#owned, this);
  }

  /** True once it has ended. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Number of tensors that will be freed with it. */
  get owned(): number {
    return this.#owned.size;
  }

  /**
   * Follows tensors: what operations make of them belongs to the arena, they themselves do not.
   *
   * @param structure a tensor, or nested objects and arrays of tensors.
   * @returns the same structure of the same tensors.
   */
  follow<S>(structure: S): S {
    this.checkLive("follow");
    for (const { tensor } of leavesOf("follow", structure)) {
      if (!this.#follows(tensor)) this.setTrack(tensor, UNRECORDED);
    }
    return structure;
  }

  /**
   * Follows tensors and owns them too: they are freed with the arena. For a batch that lives as
   * long as its step. No gradient flows to them.
   *
   * @param structure a tensor, or nested objects and arrays of tensors.
   * @returns the same structure of the same tensors.
   */
  adopt<S>(structure: S): S {
    this.follow(structure);
    for (const { tensor } of leavesOf("adopt", structure)) internals.setOwner(tensor, this);
    return structure;
  }

  /**
   * Lets tensors outlive the arena: they go to the next one around it that follows them, or are
   * yours to dispose of. A tensor that an arena inside this one owns outlives that one too. What
   * an arena around this one owns already, or you, stays where it is.
   *
   * @param structure a tensor, or nested objects and arrays of tensors.
   * @returns the same structure of the same tensors.
   */
  keep<S>(structure: S): S {
    for (const { tensor } of leavesOf("keep", structure)) {
      const owner = internals.owner(tensor);
      if (owner === null || owner.id < this.id) continue;
      const next = internals.tracks(tensor).findLast(({ arena }) => arena.id < this.id);
      internals.setOwner(tensor, next?.arena ?? null);
    }
    return structure;
  }

  /** Frees everything the arena owns. It can no longer be used; doing it twice does nothing. */
  dispose(): void {
    this.freeOwned();
    this.#disposed = true;
    abandonedArenas.unregister(this);
  }

  /** Same as {@link Arena.dispose}; runs at the end of the block of a `using` declaration. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Returns the slot of what an op made of `inputs`: none, nothing is recorded.
   *
   * @ignore for the library itself.
   */
  slotOfResult(_inputs: readonly (Tensor | undefined)[], _y: Tensor): number {
    return UNRECORDED;
  }

  /**
   * Takes note of an applied op, once all arenas know its output: an arena has no need to.
   *
   * @ignore for the library itself.
   */
  record(
    _op: AnyOp,
    _attributes: unknown,
    _inputs: readonly (Tensor | undefined)[],
    _y: Tensor,
    _mark?: ProfileMark,
  ): void {}

  /**
   * Takes over the release of a tensor's hold.
   *
   * @ignore for the library itself.
   */
  own(hold: Hold): void {
    this.#owned.add(hold);
  }

  /**
   * Ends another arena with this one, unless it ends before.
   *
   * @ignore for the library itself.
   */
  ownArena(inner: Arena): void {
    this.#inner.add(inner);
  }

  /**
   * Leaves the ending of another arena to others.
   *
   * @ignore for the library itself.
   */
  disownArena(inner: Arena): void {
    this.#inner.delete(inner);
  }

  /**
   * Leaves the release of a tensor's hold to others.
   *
   * @ignore for the library itself.
   */
  disown(hold: Hold): void {
    this.#owned.delete(hold);
  }

  /**
   * Frees what is owned so far.
   *
   * @ignore for the library itself.
   */
  protected freeOwned(): void {
    for (const arena of this.#inner) arena.dispose();
    this.#inner.clear();
    for (const hold of this.#owned) hold.release();
    this.#owned.clear();
  }

  /**
   * Makes the arena known to a tensor, among the others by age.
   *
   * @ignore for the library itself.
   */
  protected setTrack(tensor: Tensor, slot: number): void {
    const others = internals.tracks(tensor).filter(({ arena }) => arena !== this);
    const tracks = [...others, new Track(this, slot)];
    internals.setTracks(tensor, tracks.sort((a, b) => a.arena.id - b.arena.id));
  }

  /**
   * Throws where the arena has ended.
   *
   * @ignore for the library itself.
   */
  protected checkLive(action: string): void {
    if (this.#disposed) {
      throw new TypeError(
        `Cannot ${action}: the tape or arena has ended: its block was left or it was disposed of`,
      );
    }
  }

  #follows(tensor: Tensor): boolean {
    return internals.tracks(tensor).some(({ arena }) => arena === this);
  }
}

/** Lists all arenas (tapes among them) that know one of the tensors, oldest first. */
export function arenasOf(tensors: readonly Tensor[]): Arena[] {
  const arenas: Arena[] = [];
  for (const t of tensors) {
    for (const { arena } of internals.tracks(t)) {
      if (arena instanceof Arena && !arenas.includes(arena)) arenas.push(arena);
    }
  }
  return arenas.length < 2 ? arenas : arenas.sort((a, b) => a.id - b.id);
}

/** Makes `fresh` a constant to all arenas that know `like`; the innermost owns it. */
export function adoptLike(like: Tensor, fresh: Tensor): Tensor {
  const arenas = arenasOf([like]);
  internals.setTracks(fresh, arenas.map((arena) => new Track(arena, UNRECORDED)));
  const innermost = arenas.at(-1);
  if (innermost !== undefined) internals.setOwner(fresh, innermost);
  return fresh;
}
