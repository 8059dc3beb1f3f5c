/**
 * Where the time of a tape goes: a row per op, forward and backward.
 *
 * @module
 */
import { formatTable } from "./table.ts";

/** What all applications of an op took together. */
export interface ProfileRow {
  /** Name of the op. */
  readonly op: string;
  /** How often it was applied. */
  readonly calls: number;
  /** Time of all applications. */
  readonly milliseconds: number;
  /** Floating-point operations, where the op counts them; else 0. */
  readonly flops: number;
  /** Bytes of inputs and outputs. */
  readonly bytes: number;
}

/**
 * Collects times of ops; that of a tape is asked for by `new Tape({ profile: true })`.
 *
 * @example
 * ```ts
 * import { square, Tape, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * using tape = new Tape({ profile: true });
 * square(tape.watch(tensor([1, 2])));
 * assertEquals(tape.profiler?.rows.map(({ op, calls }) => [op, calls]), [["square", 1]]);
 * ```
 */
export class Profiler {
  readonly #rows = new Map<string, ProfileRow>();

  /** Adds one application of an op. */
  add(op: string, milliseconds: number, flops: number, bytes: number): void {
    const row = this.#rows.get(op);
    this.#rows.set(op, {
      op,
      calls: (row?.calls ?? 0) + 1,
      milliseconds: (row?.milliseconds ?? 0) + milliseconds,
      flops: (row?.flops ?? 0) + flops,
      bytes: (row?.bytes ?? 0) + bytes,
    });
  }

  /** Rows, the longest time first. */
  get rows(): readonly ProfileRow[] {
    return [...this.#rows.values()].sort((a, b) => b.milliseconds - a.milliseconds);
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
    rate(row),
  ]);
  const sum = ["total", String(rows.reduce((n, { calls }) => n + calls, 0)), total.toFixed(3)];
  const headings = ["op", "calls", "ms", "share", "rate"];
  return `${formatTable(headings, [...cells, [...sum, "100.0 %", ""]], "lrrrr")}\n`;
}

function rate({ milliseconds, flops, bytes }: ProfileRow): string {
  const perSecond = (amount: number) => (amount / milliseconds / 1e6).toFixed(1);
  if (milliseconds === 0) return "";
  return flops > 0 ? `${perSecond(flops)} GFLOP/s` : `${perSecond(bytes)} GB/s`;
}
