/**
 * The legend of a graph: what its forms and colours mean.
 *
 * @module
 */
import { coloursOf, form, heatColour } from "./draw.ts";
import type { GraphModel } from "./model.ts";
import { formatTime } from "./format.ts";
import { MARGIN, textAt } from "../page.ts";
import { element } from "../svg.ts";
import { textWidth } from "../text.ts";
import type { Theme, ThemeName } from "../theme.ts";

/** A legend that is laid out. */
export interface GraphLegend {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

const SMALL = 11;
const SAMPLE = { width: 24, height: 14 };
const SPACE = 16;
const ROW = 22;
const BAR = 96;

/** Samples of the forms that a graph has, and of the colours of time where it was profiled. */
export function graphLegend(
  { nodes, costs }: GraphModel,
  { name, theme, backward }: { name: ThemeName; theme: Theme; backward: boolean },
): GraphLegend {
  const has = (kind: "parameter" | "constant") =>
    nodes.some((node) =>
      node.kind === kind || (node.kind === "op" && node.docked.some((one) => one.kind === kind))
    );
  const samples: [kind: string, text: string, dash?: string][] = [["op", "operation"]];
  if (has("parameter")) samples.push(["parameter", "parameter"]);
  if (has("constant")) samples.push(["constant", "constant"]);
  if (backward) samples.push(["op", "gradient", "5 3"]);
  let x = MARGIN;
  const drawn = samples.map(([kind, text, dash]) => {
    const { fill, stroke } = coloursOf(name, kind);
    const style = {
      fill: costs.isProfiled && kind === "op" ? theme.surface : fill,
      stroke,
      "stroke-dasharray": dash,
    };
    const sample = form(kind, { left: x, top: 4, ...SAMPLE }, style);
    const label = textAt(x + SAMPLE.width + 6, 11, text, { size: SMALL, fill: theme.muted });
    x += SAMPLE.width + 6 + textWidth(text, SMALL) + SPACE;
    return sample + label;
  });
  if (!costs.isProfiled) return { width: x - SPACE + MARGIN, height: ROW, svg: drawn.join("") };
  const bar = heatBar(costs, theme, backward);
  return {
    width: Math.max(x - SPACE + MARGIN, bar.width),
    height: 2 * ROW,
    svg: drawn.join("") + element("g", { transform: `translate(0 ${ROW})` }, bar.svg),
  };
}

/** Draws the colours from no time to that of the slowest node. */
function heatBar(
  { forward, backward }: GraphModel["costs"],
  theme: Theme,
  hasBackward: boolean,
): { width: number; svg: string } {
  const costs = [...forward.values(), ...(hasBackward ? backward.values() : [])];
  const most = costs.reduce((most, { milliseconds }) => Math.max(most, milliseconds), 0);
  const steps = 12;
  const squares = Array.from({ length: steps }, (_, i) =>
    element("rect", {
      x: MARGIN + i * BAR / steps,
      y: 5,
      width: BAR / steps,
      height: 12,
      fill: heatColour(theme, i / (steps - 1)),
    }));
  const text = `time, 0 to ${formatTime(most)}`;
  const label = textAt(MARGIN + BAR + 8, 11, text, { size: SMALL, fill: theme.muted });
  return { width: 2 * MARGIN + BAR + 8 + textWidth(text, SMALL), svg: squares.join("") + label };
}
