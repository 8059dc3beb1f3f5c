/**
 * Values of any size as colours: which map they take, what its ends stand for, and the bar that
 * says so.
 *
 * @module
 */
import { formatCount } from "../display/amounts.ts";
import {
  colourAt,
  type ColourMap,
  diverging,
  LEVELS,
  NOT_FINITE,
  sequential,
} from "./colour_map.ts";
import { textAt } from "./page.ts";
import { formatValue } from "./scale.ts";
import { element } from "./svg.ts";
import { textWidth } from "./text.ts";
import { type ThemeName, THEMES, toCss } from "./theme.ts";

/** Values to show, and where the ends of the colours are. */
export interface ValueColours {
  readonly low: number;
  readonly high: number;
  readonly map: ColourMap;
  /** The colours, and after them that of NaN and infinity. */
  readonly palette: Uint8Array;
  /** Finds the place of a value in the palette. */
  placeOf(value: number): number;
}

/** The place after every palette of what lies between images: it is transparent. */
export const GAP_PLACE = LEVELS + 1;

/** The smallest and the largest of the finite values, and how many are not finite. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  readonly notFinite: number;
}

/** Finds the extent of lists of values. */
export function extentOf(lists: Iterable<ArrayLike<number>>): Extent {
  let [low, high, notFinite] = [Infinity, -Infinity, 0];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (!Number.isFinite(value)) notFinite++;
      else {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  return low <= high ? { low, high, notFinite } : { low: 0, high: 0, notFinite };
}

/** Chooses colours for values: to both sides of zero where some are negative, else from zero on. */
export function coloursFor({ low, high }: Extent, theme: ThemeName): ValueColours {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return low < 0 ? makeColours(-size, size, diverging[theme]) : makeColours(0, high, sequential);
}

/** Chooses colours to both sides of zero. */
export function coloursRoundZero({ low, high }: Extent, theme: ThemeName): ValueColours {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return makeColours(-size, size, diverging[theme]);
}

function makeColours(low: number, high: number, map: ColourMap): ValueColours {
  const palette = new Uint8Array(3 * (GAP_PLACE + 1));
  palette.set(map.palette);
  palette.set(NOT_FINITE, 3 * LEVELS);
  // Halves, because the difference of huge values is infinite.
  const [half, from] = [high / 2 - low / 2, low / 2];
  const none = low < 0 ? 0.5 : 0;
  const placeOf = (value: number) =>
    !Number.isFinite(value) ? LEVELS : map.levelOf(half > 0 ? (value / 2 - from) / half : none);
  return { low, high, map, palette, placeOf };
}

const STEPS = 16;
const STEP = 4;
const BAR_FONT = 11;

/** Draws a bar of the colours between what its ends stand for; `y` is its middle. */
export function drawColourBar(
  { low, high, map }: ValueColours,
  x: number,
  y: number,
  themeName: ThemeName,
): string {
  const style = { size: BAR_FONT, fill: THEMES[themeName].muted };
  const [first, last] = [formatEnd(low), formatEnd(high)];
  const left = x + textWidth(first, BAR_FONT) + 5;
  const steps = Array.from({ length: STEPS }, (_, i) =>
    element("rect", {
      x: left + i * STEP,
      y: y - 5,
      width: STEP,
      height: 10,
      fill: toCss(colourAt(map, i / (STEPS - 1))),
    }));
  return textAt(x, y, first, style) + steps.join("") +
    textAt(left + STEPS * STEP + 5, y, last, style);
}

/** Measures the width of a bar with its texts. */
export function colourBarWidth({ low, high }: ValueColours): number {
  return textWidth(formatEnd(low), BAR_FONT) + textWidth(formatEnd(high), BAR_FONT) +
    STEPS * STEP + 10;
}

/** Writes a value at the end of a range: three digits. */
export function formatEnd(value: number): string {
  return formatValue(Number(value.toPrecision(3)));
}

/** Writes the note on values that no colour stands for. */
export function notFiniteNote(count: number): string[] {
  if (count === 0) return [];
  return [`${formatCount(count)} NaN or infinite: magenta`];
}
