/**
 * The profiler: takes the time of ops, forward and backward.
 *
 * @module
 */
import { formatProfile, profileShown } from "../display/profile.ts";
import type { Shown } from "../display/shown.ts";
import type { Profile, ProfiledOp, ProfiledRun, ProfileRow } from "./profile.ts";

/** Beginning of the ops that may be for an entry of a tape; see {@link Profiler.begin}. */
export interface ProfileMark {
  /** Profiler that takes the time. */
  readonly profiler: Profiler;
  /** Number of ops that no entry had claimed by then. */
  readonly first: number;
}

/** A run that is under way. */
interface OpenRun extends ProfiledRun {
  readonly ops: ProfiledOp[];
}

/**
 * Times of ops, and the entries that they ran for; `new Tape({ profile: true })` has one.
 *
 * @example
 * ```ts
 * import { square, Tape, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * using tape = new Tape({ profile: true });
 * const x = tape.watch(tensor(3));
 * tape.gradient(square(x), x);
 * const { rows, runs } = tape.profiler!;
 * assertEquals(rows.map(({ op }) => op).sort(), ["mul", "square"]);
 * assertEquals(runs.map(({ entry, pass }) => [entry, pass]), [[0, "forward"], [0, "backward"]]);
 * ```
 */
export class Profiler implements Profile {
  readonly #rows = new Map<string, ProfileRow>();
  readonly #runs: ProfiledRun[] = [];
  /** Forward applications that no entry has claimed. */
  readonly #unclaimed: ProfiledOp[] = [];
  /** The rule that runs now. */
  #rule: OpenRun | null = null;

  /**
   * Adds one application of an op.
   *
   * @ignore for the library itself.
   */
  add(op: string, milliseconds: number, flops: number, bytes: number, fallbacks = 0): void {
    (this.#rule?.ops ?? this.#unclaimed).push({ op, milliseconds, flops, bytes });
    const row = this.#rows.get(op);
    this.#rows.set(op, {
      op,
      calls: (row?.calls ?? 0) + 1,
      milliseconds: (row?.milliseconds ?? 0) + milliseconds,
      backwardMilliseconds: (row?.backwardMilliseconds ?? 0) +
        (this.#rule === null ? 0 : milliseconds),
      flops: (row?.flops ?? 0) + flops,
      bytes: (row?.bytes ?? 0) + bytes,
      fallbacks: (row?.fallbacks ?? 0) + fallbacks,
    });
  }

  /**
   * Begins what may become an entry of a tape, which {@link Profiler.claim} then says.
   *
   * @ignore for the library itself.
   */
  begin(): ProfileMark {
    return { profiler: this, first: this.#unclaimed.length };
  }

  /**
   * Claims for an entry all that was applied since `mark`.
   *
   * @ignore for the library itself.
   */
  claim(entry: number, { first }: ProfileMark): void {
    const ops = this.#unclaimed.splice(first);
    if (ops.length > 0) this.#runs.push({ entry, pass: "forward", input: -1, ops });
  }

  /**
   * Counts further ops as work on the gradient of an entry with respect to an input.
   *
   * @ignore for the library itself.
   */
  enterRule(entry: number, input: number): void {
    this.leaveRule();
    this.#rule = { entry, pass: "backward", input, ops: [] };
  }

  /**
   * Ends the rule, if there is one.
   *
   * @ignore for the library itself.
   */
  leaveRule(): void {
    const rule = this.#rule;
    if (rule !== null && (rule.input >= 0 || rule.ops.length > 0)) this.#runs.push(rule);
    this.#rule = null;
  }

  /** Rows, the longest time first. */
  get rows(): readonly ProfileRow[] {
    return [...this.#rows.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  }

  /** Writes the table of {@link Tape.profile}. */
  toString(): string {
    return formatProfile(this.rows);
  }

  /** Forms that Deno's Jupyter kernel shows: bars where `./plot` is loaded, else a table. */
  [Symbol.for("Jupyter.display")](): Shown {
    return profileShown(this.rows);
  }

  /** Every op that ran, by what it ran for, in order; what no entry claimed comes last. */
  get runs(): readonly ProfiledRun[] {
    const rest: ProfiledRun = { entry: -1, pass: "forward", input: -1, ops: this.#unclaimed };
    return this.#unclaimed.length === 0 ? [...this.#runs] : [...this.#runs, rest];
  }
}
