/**
 * Gradients under way in a backward pass, and how they are added up.
 *
 * @module
 */
import { Arena } from "./arena.ts";
import { apply, defineOp } from "./op.ts";
import type { Op } from "./op_contract.ts";
import { isPartial, type PartialGradient } from "./partial_gradient.ts";
import { startTimer } from "./profiler.ts";
import { internals, type Tensor } from "./tensor.ts";
import { UNRECORDED, withTrack } from "./track.ts";

/** The sum of two contributions to one gradient. */
export const accumulateOp: Op<readonly ["a", "b"], never, void> = defineOp({
  name: "accumulate",
  inputs: ["a", "b"],
  reads: [],
  forward: (k, { a, b }) => {
    const sum = k.copy(a);
    k.addInPlace(sum, b);
    return sum;
  },
  backward: (dy) => ({ a: () => dy, b: () => dy }),
});

/** Temporaries of one rule; freed when the rule is done. */
export class Scratch extends Arena {
  /**
   * Makes a stand-in for a saved tensor or a gradient: results of ops on it belong to this arena,
   * and are recorded by tapes around the one that is walked, not by that one.
   */
  lend(tensor: Tensor, tape: Arena, owner: Arena = this): Tensor {
    const others = internals.tracks(tensor)
      .filter(({ ref }) => ref !== tape.ref && ref !== this.ref);
    return internals.alias(tensor, { tracks: withTrack(others, this.ref.unrecorded), owner });
  }

  empty(): void {
    this.freeOwned();
  }
}

/** The gradients collected so far, by slot. */
export class Adjoints extends Arena {
  readonly #bySlot: (Tensor | undefined)[] = [];
  /** Slots whose gradient is a sum made here, which may be added to in place. */
  readonly #summed = new Set<number>();

  /** Gradients of parts, by slot, since the last whole one. */
  readonly #parts = new Map<number, PartialGradient[]>();

  readonly #apart: ReadonlyMap<number, Tensor[]>;
  readonly #tape: Arena;
  readonly #scratch: Scratch;

  /** Makes a pass; `apart` are slots whose contributions are not to be added up. */
  constructor(tape: Arena, scratch: Scratch, apart: Iterable<number>) {
    super();
    this.#tape = tape;
    this.#scratch = scratch;
    this.#apart = new Map(Array.from(apart, (slot) => [slot, []]));
  }

  get(slot: number): Tensor | undefined {
    this.#joinParts(slot);
    return this.#bySlot[slot];
  }

  /** Returns the contributions to a slot that is kept apart, in their order. */
  summands(slot: number): readonly Tensor[] {
    this.#joinParts(slot);
    return this.#apart.get(slot) ?? [];
  }

  /** Adds a contribution, or keeps it until others of its kind can be put together with it. */
  add(slot: number, contribution: Tensor | PartialGradient): void {
    if (!isPartial(contribution)) {
      this.#joinParts(slot);
      this.#addWhole(slot, contribution);
      return;
    }
    const part = contribution.withPart(this.#lend(contribution.part));
    const known = this.#parts.get(slot);
    if (known === undefined) this.#parts.set(slot, [part]);
    else known.push(part);
  }

  /** Adds what there is of parts. */
  #joinParts(slot: number): void {
    const parts = this.#parts.get(slot);
    if (parts === undefined) return;
    this.#parts.delete(slot);
    const lent = parts.map((one) => one.withPart(this.#scratch.lend(one.part, this.#tape)));
    for (const whole of lent[0].join(lent)) this.#addWhole(slot, whole);
    for (const { part } of parts) part.dispose();
  }

  /**
   * Adds a whole contribution: the first is borrowed, the second allocates a sum, a third is added
   * in place.
   */
  #addWhole(slot: number, contribution: Tensor): void {
    const apart = this.#apart.get(slot);
    const sum = this.#bySlot[slot];
    if (apart !== undefined) {
      apart.push(this.#lend(contribution));
    } else if (sum === undefined) {
      this.#hold(slot, contribution);
    } else if (this.#summed.has(slot) && !this.#isTracked(contribution)) {
      this.#addInPlace(sum, contribution);
    } else {
      const total = apply(accumulateOp, { a: sum, b: contribution });
      this.release(slot);
      this.#hold(slot, total);
      if (!this.#isTracked(total)) this.#summed.add(slot);
      else this.#summed.delete(slot);
    }
  }

  #addInPlace(sum: Tensor, contribution: Tensor): void {
    const { profiler } = this.#scratch;
    const stop = profiler && startTimer(sum.backend);
    const k = sum.backend.kernels;
    k.addInPlace(internals.array(sum), internals.array(contribution));
    profiler?.add(accumulateOp.name, stop!(), 0, 3 * sum.bytes);
  }

  /** Frees a gradient that is no longer needed. */
  release(slot: number): void {
    this.#bySlot[slot]?.dispose();
    this.#bySlot[slot] = undefined;
  }

  #hold(slot: number, gradient: Tensor): void {
    this.#bySlot[slot] = this.#lend(gradient);
  }

  #lend(gradient: Tensor): Tensor {
    return this.#scratch.lend(gradient, this.#tape, this);
  }

  /**
   * Returns true if a tape other than the one being walked records further work on the gradient.
   */
  #isTracked(gradient: Tensor): boolean {
    return internals.tracks(gradient).some(({ slot }) => slot !== UNRECORDED);
  }
}
