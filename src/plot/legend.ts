/**
 * Legends: names next to samples of their colours, in rows.
 *
 * @module
 */
import { textAt } from "./page.ts";
import { element } from "./svg.ts";
import { fitWords, textWidth } from "./text.ts";
import type { Theme } from "./theme.ts";

/** A name and what it looks like. */
export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly dash?: string;
  /** A line, or an area; a line by default. */
  readonly sample?: "line" | "area";
}

/** A legend that is laid out. */
export interface Legend {
  readonly height: number;
  readonly svg: string;
}

const ROW = 18;
const SAMPLE = 22;
const SPACE = 14;

/**
 * Lays out a legend in a width, from a left edge. Where there are more rows than `most`, the last
 * says how many names are missing.
 */
export function makeLegend(
  entries: readonly LegendEntry[],
  theme: Theme,
  { left, width, most }: { readonly left: number; readonly width: number; readonly most: number },
): Legend {
  const names = entries.map(({ name }) => fitWords(name, width - SAMPLE - 6));
  const sizes = names.map((name) => SAMPLE + 6 + textWidth(name) + SPACE);
  const moreWidth = textWidth(`and ${entries.length} more`);
  let [x, row] = [0, 0];
  let svg = "";
  for (const [i, entry] of entries.entries()) {
    const isLast = i === entries.length - 1;
    const breaks = x > 0 && x + sizes[i] - SPACE > width;
    const isFull = breaks && row === most - 1;
    if (breaks && !isFull) [x, row] = [0, row + 1];
    const reserve = row === most - 1 && !isLast ? moreWidth : 0;
    if (isFull || (reserve > 0 && x + sizes[i] + reserve > width)) {
      const rest = `and ${entries.length - i} more`;
      svg += textAt(left + x, (row + 0.5) * ROW, rest, { fill: theme.muted });
      break;
    }
    svg += drawEntry(entry, names[i], left + x, (row + 0.5) * ROW);
    x += sizes[i];
  }
  return { height: entries.length === 0 ? 0 : (row + 1) * ROW + 6, svg };
}

function drawEntry(entry: LegendEntry, shown: string, x: number, y: number): string {
  const { name, colour, dash, sample = "line" } = entry;
  const drawn = sample === "line"
    ? element("line", {
      x1: x,
      y1: y,
      x2: x + SAMPLE,
      y2: y,
      stroke: colour,
      "stroke-width": 2.5,
      "stroke-dasharray": dash,
    })
    : element("rect", { x: x + 5, y: y - 6, width: 12, height: 12, fill: colour });
  return drawn + textAt(x + SAMPLE + 6, y, shown, { full: name });
}
