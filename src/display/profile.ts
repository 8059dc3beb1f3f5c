/**
 * Profiles as tables of text and as notebooks show them.
 *
 * @module
 */
import { htmlTable } from "./markup.ts";
import { pictures } from "./drawing.ts";
import type { ProfileRow } from "../core/profile.ts";
import type { Shown } from "./shown.ts";
import { formatTable } from "./table.ts";

/**
 * Rows as a table of text: op, calls, time and share, GFLOP/s or GB/s, whichever tells more; and how
 * many kernels ran in plain loops, where there are any.
 */
export function formatProfile(rows: readonly ProfileRow[]): string {
  const inLoops = rows.reduce((sum, { fallbacks }) => sum + fallbacks, 0);
  const total = rows.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const cells = rows.map((row) => [
    row.op,
    String(row.calls),
    row.milliseconds.toFixed(3),
    `${(100 * row.milliseconds / total).toFixed(1)} %`,
    formatRate(row),
    ...inLoops > 0 ? [row.fallbacks > 0 ? String(row.fallbacks) : ""] : [],
  ]);
  const sum = ["total", String(rows.reduce((n, { calls }) => n + calls, 0)), total.toFixed(3)];
  const last = [...sum, "100.0 %", "", ...inLoops > 0 ? [String(inLoops)] : []];
  const headings = ["op", "calls", "ms", "share", "rate", ...inLoops > 0 ? ["in loops"] : []];
  return `${formatTable(headings, [...cells, last], inLoops > 0 ? "lrrrrr" : "lrrrr")}\n`;
}

/**
 * Writes GFLOP/s where operations are counted, else GB/s of inputs and outputs; empty without a
 * time.
 */
export function formatRate({ milliseconds, flops, bytes }: ProfileRow): string {
  const perSecond = (amount: number) => (amount / milliseconds / 1e6).toFixed(1);
  if (milliseconds === 0) return "";
  return flops > 0 ? `${perSecond(flops)} GFLOP/s` : `${perSecond(bytes)} GB/s`;
}

/** Shows a table of text; with it bars, where something that draws is loaded, else a table. */
export function profileShown(rows: readonly ProfileRow[]): Shown {
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
