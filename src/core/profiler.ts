/**
 * The profiler: takes the time of ops, forward and backward.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
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

/** An application or a row, whose time may come late. */
type Timed<Part> = { -readonly [Name in keyof Part]: Part[Name] };

/** Milliseconds; a promise where a backend tells them later. */
export type Milliseconds = number | Promise<number>;

/** Begins to take the time of kernels. Returns what ends it. */
export function startTimer(backend: Backend): () => Milliseconds {
  if (backend.timeKernels !== undefined) return backend.timeKernels();
  const start = performance.now();
  return () => performance.now() - start;
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
  readonly #rows = new Map<string, Timed<ProfileRow>>();
  readonly #late = new Set<Promise<void>>();
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
  add(op: string, time: Milliseconds, flops: number, bytes: number, fallbacks = 0): void {
    const one: Timed<ProfiledOp> = { op, milliseconds: 0, flops, bytes };
    (this.#rule?.ops ?? this.#unclaimed).push(one);
    let row = this.#rows.get(op);
    if (row === undefined) {
      const nothing = { milliseconds: 0, backwardMilliseconds: 0, flops: 0, bytes: 0 };
      row = { op, calls: 0, ...nothing, fallbacks: 0 };
      this.#rows.set(op, row);
    }
    row.calls++;
    row.flops += flops;
    row.bytes += bytes;
    row.fallbacks += fallbacks;
    const isBackward = this.#rule !== null;
    const known = (milliseconds: number) => {
      one.milliseconds = milliseconds;
      row.milliseconds += milliseconds;
      if (isBackward) row.backwardMilliseconds += milliseconds;
    };
    if (typeof time === "number") return known(time);
    const late = time.then(known).finally(() => this.#late.delete(late));
    late.catch(() => {}); // whoever waits gets it
    this.#late.add(late);
  }

  /** Number of ops whose time is not known yet. */
  get waiting(): number {
    return this.#late.size;
  }

  /**
   * Waits for times that a graphics device tells late; all others are known at once.
   *
   * @returns a promise that is rejected if the device is lost.
   */
  async settled(): Promise<void> {
    await Promise.all(this.#late);
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
    return [...this.#rows.values()].map((row) => ({ ...row })).sort((a, b) =>
      b.milliseconds - a.milliseconds
    );
  }

  /** Writes the table of {@link Tape.profile}. */
  toString(): string {
    const note = this.waiting === 0
      ? ""
      : `${this.waiting} times are not known yet: await tape.profiler.settled()\n`;
    return formatProfile(this.rows) + note;
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
