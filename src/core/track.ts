/**
 * Tracks: what a tensor knows of the arenas that know it.
 *
 * @module
 */
import type { Owner } from "./memory.ts";

/** The slot of a tensor that no gradient flows to. */
export const UNRECORDED = -1;

/**
 * Hook in an arena, which it keeps alive until the arena ends. What holds on to a hook does not hold
 * on to an arena that has ended.
 */
export interface Hook {
  arena: Owner | null;
}

/** References that were made since the program last waited. */
const young = /* @__PURE__ */ new Set<ArenaRef>();
let isWeakening = false;

/**
 * An arena as tensors know it, which do not keep it alive: else a parameter, which outlives them
 * all, would keep the tapes that nobody ended.
 *
 * An engine keeps all that a weak reference was made of, or asked for, until the program waits. So
 * that a loop that never waits takes constant memory, there is none before: most arenas have ended
 * by then.
 */
export class ArenaRef {
  /** Number that rises from arena to arena: among nested ones the outer has the lower. */
  readonly id: number;
  /** The track of tensors that are in the arena without a slot. */
  readonly unrecorded: Track = { ref: this, slot: UNRECORDED };
  #strong: Hook | null;
  #weak: WeakRef<Hook> | null = null;
  #hasEnded = false;

  /** Makes the one reference to the arena of a hook. */
  constructor(hook: Hook, id: number) {
    this.#strong = hook;
    this.id = id;
    young.add(this);
    if (isWeakening) return;
    isWeakening = true;
    queueMicrotask(() => {
      isWeakening = false;
      for (const ref of young) ref.#weaken();
      young.clear();
    });
  }

  /** Returns the arena; undefined where it is gone, which `hasEnded` may not say yet. */
  get arena(): Owner | undefined {
    return (this.#strong ?? this.#weak?.deref())?.arena ?? undefined;
  }

  /** True once the arena has ended, or is gone without an end. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Notes that the arena has ended or is gone. */
  end(): void {
    this.#hasEnded = true;
    this.#strong = this.#weak = null;
    young.delete(this);
  }

  #weaken(): void {
    this.#weak = new WeakRef(this.#strong!);
    this.#strong = null;
  }
}

/** Slot of a tensor in an arena (a tape, mostly). */
export interface Track {
  /** The arena. */
  readonly ref: ArenaRef;
  /** Slot of the tensor on the tape, or {@link UNRECORDED}. */
  readonly slot: number;
}

/** Finds the slot in an arena among tracks, the oldest arena first; undefined where it is none. */
export function slotIn(tracks: readonly Track[], ref: ArenaRef): number | undefined {
  let low = 0;
  let high = tracks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const track = tracks[middle];
    if (track.ref === ref) return track.slot;
    if (track.ref.id < ref.id) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Adds the track of an arena to those of others, among them by age; in place of its old one. */
export function withTrack(tracks: readonly Track[], track: Track): readonly Track[] {
  const { id } = track.ref;
  const older = tracks.findLastIndex(({ ref }) => ref.id < id) + 1;
  const isReplaced = tracks[older]?.ref === track.ref;
  return [...tracks.slice(0, older), track, ...tracks.slice(isReplaced ? older + 1 : older)];
}

/** Merges tracks, each list the oldest arena first; of two of an arena the first one's is taken. */
export function mergedTracks(a: readonly Track[], b: readonly Track[]): readonly Track[] {
  if (b.length === 0 || (a.length === b.length && a.every(({ ref }, i) => ref === b[i].ref))) {
    return a;
  }
  if (a.length === 0) return b;
  const merged: Track[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const difference = a[i].ref.id - b[j].ref.id;
    merged.push(difference <= 0 ? a[i++] : b[j++]);
    if (difference === 0) j++;
  }
  return [...merged, ...a.slice(i), ...b.slice(j)];
}
