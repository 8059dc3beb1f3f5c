/**
 * The arena: who owns what operations make, and frees it all at once.
 *
 * @module
 */
import { type Hold, HoldList, type Owner } from "./memory.ts";
import type { AnyOp } from "./op_contract.ts";
import type { ProfileMark, Profiler } from "./profiler.ts";
import { leavesOf } from "./structure.ts";
import { internals, type Tensor } from "./tensor.ts";
import { ArenaRef, type Hook, mergedTracks, type Track, UNRECORDED, withTrack } from "./track.ts";

let arenasMade = 0;

/** Remains of an arena that nobody ended. */
interface Remains {
  readonly ref: ArenaRef;
  readonly owned: HoldList;
}

/** Registry of arenas that were never ended: frees all they own. */
const abandonedArenas = /* @__PURE__ */ new FinalizationRegistry<Remains>(({ ref, owned }) => {
  ref.end();
  owned.release();
});

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
  /**
   * The arena as tensors know it.
   *
   * @ignore for the library itself.
   */
  readonly ref: ArenaRef;

  /** Takes the times of ops, where that was asked for. */
  readonly profiler: Profiler | null;

  readonly #hook: Hook = { arena: this };
  readonly #owned = new HoldList();
  readonly #inner = new Set<Arena>();

  /** Starts an empty arena. */
  constructor(profiler: Profiler | null = null) {
    this.profiler = profiler;
    this.ref = new ArenaRef(this.#hook, ++arenasMade);
    abandonedArenas.register(this, { ref: this.ref, owned: this.#owned }, this);
  }

  /** Number that rises from arena to arena: among nested ones the outer has the lower. */
  get id(): number {
    return this.ref.id;
  }

  /** True once it has ended. */
  get isDisposed(): boolean {
    return this.ref.hasEnded;
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
      const around = internals.tracks(tensor).filter(({ ref }) => ref.id < this.id);
      internals.setOwner(tensor, innermostOf(around));
    }
    return structure;
  }

  /** Frees everything the arena owns. It can no longer be used; doing it twice does nothing. */
  dispose(): void {
    this.freeOwned();
    this.ref.end();
    this.#hook.arena = null;
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
    this.#owned.remove(hold);
  }

  /**
   * Frees what is owned so far.
   *
   * @ignore for the library itself.
   */
  protected freeOwned(): void {
    for (const arena of this.#inner) arena.dispose();
    this.#inner.clear();
    this.#owned.release();
  }

  /**
   * Makes the arena known to a tensor, among the others by age.
   *
   * @ignore for the library itself.
   */
  protected setTrack(tensor: Tensor, slot: number): void {
    internals.setTracks(tensor, withTrack(internals.tracks(tensor), { ref: this.ref, slot }));
  }

  /**
   * Throws where the arena has ended.
   *
   * @ignore for the library itself.
   */
  protected checkLive(action: string): void {
    if (this.ref.hasEnded) {
      throw new TypeError(
        `Cannot ${action}: the tape or arena has ended: its block was left or it was disposed of`,
      );
    }
  }

  #follows(tensor: Tensor): boolean {
    return internals.slotIn(tensor, this.ref) !== undefined;
  }
}

/** Lists all arenas (tapes among them) that know one of the tensors, oldest first. */
export function arenasOf(tensors: readonly Tensor[]): Arena[] {
  let tracks: readonly Track[] = [];
  for (const tensor of tensors) tracks = mergedTracks(tracks, internals.tracks(tensor));
  const arenas: Arena[] = [];
  for (const { ref } of tracks) {
    const { arena } = ref;
    if (arena instanceof Arena) arenas.push(arena);
  }
  return arenas;
}

/** Finds the innermost of the arenas of tracks that is there; null where none is. */
export function innermostOf(tracks: readonly Track[]): Owner | null {
  return tracks.findLast(({ ref }) => ref.arena !== undefined)?.ref.arena ?? null;
}

/** Makes `fresh` a constant to all arenas that know `like`; the innermost owns it. */
export function adoptLike(like: Tensor, fresh: Tensor): Tensor {
  const tracks = internals.tracks(like).map(({ ref }) => ref.unrecorded);
  internals.setTracks(fresh, tracks);
  const innermost = innermostOf(tracks);
  if (innermost !== null) internals.setOwner(fresh, innermost);
  return fresh;
}
