/**
 * Where the time of a tape goes: a row per op, forward and backward.
 *
 * @module
 */
import { htmlTable } from "../display/markup.ts";
import { pictures, type Shown } from "../display/pictures.ts";
import { formatTable } from "../display/table.ts";

/** What all applications of an op took together. */
export interface ProfileRow {
  /** Name of the op. */
  readonly op: string;
  /** How often it was applied. */
  readonly calls: number;
  /** Time of all applications. */
  readonly milliseconds: number;
  /** The part of this time that was spent in backward passes. */
  readonly backwardMilliseconds: number;
  /** Floating-point operations, where the op counts them; else 0. */
  readonly flops: number;
  /** Bytes of inputs and outputs. */
  readonly bytes: number;
}

/** What one application of an op took. */
export interface ProfiledOp {
  /** Name of the op. */
  readonly op: string;
  /** Time of its forward. */
  readonly milliseconds: number;
  /** Floating-point operations, where the op counts them; else 0. */
  readonly flops: number;
  /** Bytes of inputs and outputs. */
  readonly bytes: number;
}

/** The ops that ran for one purpose: to apply an entry of a tape, or to compute a gradient of it. */
export interface ProfiledRun {
  /** The entry's place on the tape; -1 for ops that it did not record, for want of a gradient. */
  readonly entry: number;
  /** `backward` for a rule of the entry, each time it was run. */
  readonly pass: "forward" | "backward";
  /**
   * In a backward pass: the place, in the entry's inputs, of the one whose gradient was computed; -1
   * where ops ran before a rule was chosen.
   */
  readonly input: number;
  /** The ops in order; several inside a checkpoint, none for a rule that passes dy on. */
  readonly ops: readonly ProfiledOp[];
}

/** Where ops began that may be for an entry of a tape; see {@link Profiler.begin}. */
export interface ProfileMark {
  /** Who takes the time. */
  readonly profiler: Profiler;
  /** How many ops no entry had claimed by then. */
  readonly first: number;
}

/** A run that is under way. */
interface OpenRun extends ProfiledRun {
  readonly ops: ProfiledOp[];
}

/**
 * Collects times of ops, and what they were run for; that of a tape is asked for by
 * `new Tape({ profile: true })`.
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
export class Profiler {
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
  add(op: string, milliseconds: number, flops: number, bytes: number): void {
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
   * All that was applied since `mark` was for an entry.
   *
   * @ignore for the library itself.
   */
  claim(entry: number, { first }: ProfileMark): void {
    const ops = this.#unclaimed.splice(first);
    if (ops.length > 0) this.#runs.push({ entry, pass: "forward", input: -1, ops });
  }

  /**
   * What is applied from now on is for the gradient of an entry with respect to an input.
   *
   * @ignore for the library itself.
   */
  enterRule(entry: number, input: number): void {
    this.leaveRule();
    this.#rule = { entry, pass: "backward", input, ops: [] };
  }

  /**
   * The rule is done, if there is one.
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

  /** The table of {@link Tape.profile}. */
  toString(): string {
    return formatProfile(this.rows);
  }

  /** What Deno's Jupyter kernel shows: bars where `./plot` is loaded, else a table. */
  [Symbol.for("Jupyter.display")](): Shown {
    return profileShown(this.rows);
  }

  /** Every op that ran, by what it ran for, in order; what no entry claimed comes last. */
  get runs(): readonly ProfiledRun[] {
    const rest: ProfiledRun = { entry: -1, pass: "forward", input: -1, ops: this.#unclaimed };
    return this.#unclaimed.length === 0 ? [...this.#runs] : [...this.#runs, rest];
  }
}

/** Rows as a table of text: op, calls, time and share, GFLOP/s or GB/s, whichever tells more. */
export function formatProfile(rows: readonly ProfileRow[]): string {
  const total = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const cells = rows.map((row) => [
    row.op,
    String(row.calls),
    row.milliseconds.toFixed(3),
    `${(100 * row.milliseconds / total).toFixed(1)} %`,
    formatRate(row),
  ]);
  const sum = ["total", String(rows.reduce((n, { calls }) => n + calls, 0)), total.toFixed(3)];
  const headings = ["op", "calls", "ms", "share", "rate"];
  return `${formatTable(headings, [...cells, [...sum, "100.0 %", ""]], "lrrrr")}\n`;
}

/** GFLOP/s where operations are counted, else GB/s of inputs and outputs; empty without a time. */
export function formatRate({ milliseconds, flops, bytes }: ProfileRow): string {
  const perSecond = (amount: number) => (amount / milliseconds / 1e6).toFixed(1);
  if (milliseconds === 0) return "";
  return flops > 0 ? `${perSecond(flops)} GFLOP/s` : `${perSecond(bytes)} GB/s`;
}

/** A table of text; with it bars, where something that draws is loaded, else a table. */
function profileShown(rows: readonly ProfileRow[]): Shown {
  const shown: Shown = { "text/plain": formatProfile(rows) };
  const svg = pictures()?.profile(rows);
  if (svg !== undefined) shown["image/svg+xml"] = svg;
  else {
    shown["text/html"] = htmlTable({
      headings: ["op", "calls", "ms", "of it backward", "rate"],
      rows: rows.map((row) => [
        row.op,
        String(row.calls),
        row.milliseconds.toFixed(3),
        row.backwardMilliseconds.toFixed(3),
        formatRate(row),
      ]),
      align: "lrrrr",
    });
  }
  return shown;
}
