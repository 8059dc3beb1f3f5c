/**
 * Tapes as texts and as notebooks show them.
 *
 * @module
 */
import { toMermaid, toTable, totals } from "./graph_text.ts";
import { pictures } from "./drawing.ts";
import type { Shown } from "./shown.ts";
import type { Profile } from "../core/profile.ts";
import type { Recording } from "../core/recording.ts";

/** A tape, as far as it is shown. */
export interface ShownTape extends Recording {
  readonly isDisposed: boolean;
  readonly profiler: Profile | null;
}

/** Most entries in a table or in drawings by others; nobody could read more. */
const MOST_ENTRIES = 200;

/** Writes in a line how much is on a tape. */
export function tapeText(tape: ShownTape): string {
  return tape.isDisposed ? "Tape (ended)" : `Tape of ${totals(tape)}`;
}

/**
 * Shows the graph, where something that draws is loaded, else its source for Mermaid; and a table.
 */
export function tapeShown(tape: ShownTape): Shown {
  const isShort = !tape.isDisposed && tape.entries.length <= MOST_ENTRIES;
  const shown: Shown = { "text/plain": isShort ? toTable(tape) : tapeText(tape) };
  const drawing = pictures();
  if (drawing !== null && !tape.isDisposed) shown["image/svg+xml"] = drawing.graph(tape);
  else if (isShort) shown["text/markdown"] = `\`\`\`mermaid\n${toMermaid(tape)}\`\`\`\n`;
  return shown;
}
