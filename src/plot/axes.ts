/**
 * A frame with two axes: ticks, grid lines, names.
 *
 * @module
 */
import { textAt } from "./page.ts";
import { formatValue, type Scale, type Tick, ticksOf } from "./scale.ts";
import { element } from "./svg.ts";
import { fitText, FONT_SIZE, textWidth, widest } from "./text.ts";
import type { Theme } from "./theme.ts";

/** Scales, labels and sizes of axes to draw. */
export interface AxesSpec {
  readonly x: Scale;
  readonly y: Scale;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Width of everything, axes and their text included. */
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Show only whole numbers at the ticks of x: epochs, steps. */
  readonly xIsWhole?: boolean;
}

/** Axes that are laid out: where the data goes. */
export interface Axes {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly svg: string;
  /** Computes the pixels of values. */
  x(value: number): number;
  y(value: number): number;
}

const TICK_GAP = 7;
/** Height of a row of text below the frame. */
const ROW = 18;
/** Least distance of grid lines. */
const SPACING = 44;

/** Lays out and draws axes. */
export function makeAxes(spec: AxesSpec): Axes {
  const { xLabel, yLabel, height, theme } = spec;
  const top = FONT_SIZE / 2 + 2;
  const bottom = TICK_GAP + ROW + (xLabel ? ROW : 0);
  const inner = Math.max(height - top - bottom, 20);
  const yTicks = ticksOf(spec.y, Math.max(2, Math.floor(inner / SPACING)));
  const left = (yLabel ? ROW + 10 : 8) + widest(yTicks.map(({ label }) => label)) + TICK_GAP;
  const width = Math.max(spec.width - left - rightMargin(spec, spec.width - left), 20);
  const ticks = xTicks(spec, width);
  const x = (value: number) => left + spec.x.at(value) * width;
  const y = (value: number) => top + (1 - spec.y.at(value)) * inner;
  const svg = [
    ...yTicks.flatMap(({ value, label }) => [
      line(left, y(value), left + width, y(value), theme.grid),
      textAt(left - TICK_GAP, y(value), label, { anchor: "end", fill: theme.muted }),
    ]),
    ...ticks.flatMap(({ value, label }) => [
      line(x(value), top, x(value), top + inner, theme.grid),
      textAt(x(value), top + inner + TICK_GAP + ROW / 2, label, {
        anchor: "middle",
        fill: theme.muted,
      }),
    ]),
    line(left, top + inner, left + width, top + inner, theme.muted),
    line(left, top, left, top + inner, theme.muted),
    textAt(left + width / 2, top + inner + TICK_GAP + 1.5 * ROW, fitText(xLabel, width), {
      anchor: "middle",
      full: xLabel,
    }),
    textAt(MARGIN_LEFT, top + inner / 2, fitText(yLabel, inner), {
      anchor: "middle",
      turn: -90,
      full: yLabel,
    }),
  ].join("");
  return { left, top, width, height: inner, svg, x, y };
}

/** Distance of the y axis's name from the left edge. */
const MARGIN_LEFT = 16;

/** Measures the room for half of the label at the right end. */
function rightMargin(spec: AxesSpec, width: number): number {
  return Math.max(16, widest(xTicks(spec, width).map(({ label }) => label)) / 2 + 4);
}

/** Chooses as many ticks as their labels leave room for. */
function xTicks({ x, xIsWhole }: AxesSpec, width: number): Tick[] {
  for (let wanted = Math.max(2, Math.floor(width / 60)); wanted > 0; wanted--) {
    const all = ticksOf(x, wanted);
    const ticks = xIsWhole ? all.filter(({ value }) => Number.isInteger(value)).map(whole) : all;
    const isRoomy = ticks.every(({ value, label }, i) => {
      if (i === 0) return true;
      const before = ticks[i - 1];
      const needed = (textWidth(label) + textWidth(before.label)) / 2 + 8;
      return (x.at(value) - x.at(before.value)) * width >= needed;
    });
    if (isRoomy) return ticks;
  }
  return ticksOf(x, 1).slice(0, 1);
}

/** Shortens the text of a tick between halves that are left out, which needs no decimals. */
function whole({ value }: Tick): Tick {
  return { value, label: formatValue(value) };
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return element("line", { x1, y1, x2, y2, stroke });
}
