/**
 * A graph as SVG: nodes in their forms, links between them, forward and mirrored for backward.
 *
 * @module
 */
import type { Place, Point } from "./layout.ts";
import {
  BESIDE,
  type Drawn,
  EXTRA,
  LINE_HEIGHT,
  type Look,
  PILL_GAP,
  PILL_HEIGHT,
  pillsHeight,
  SMALL,
} from "./nodes.ts";
import { textAt } from "../page.ts";
import { element, escapeXml, formatNumber as n } from "../svg.ts";
import {
  lightDark,
  mix,
  parseColour,
  textOn,
  type Theme,
  type ThemeName,
  toCss,
} from "../theme.ts";

/** Finds the colours of a kind of node. */
interface Colours {
  readonly fill: string;
  readonly stroke: string;
}

/** The colours of nodes; the light ones are those of `tape.toMermaid()`. */
const COLOURS: Readonly<Record<"light" | "dark", Readonly<Record<string, Colours>>>> = {
  light: {
    parameter: { fill: "#fde68a", stroke: "#b45309" },
    constant: { fill: "#e5e7eb", stroke: "#6b7280" },
    op: { fill: "#dbeafe", stroke: "#1d4ed8" },
  },
  dark: {
    parameter: { fill: "#4a360c", stroke: "#fbbf24" },
    constant: { fill: "#2d343d", stroke: "#9ca3af" },
    op: { fill: "#1d3557", stroke: "#7db4f5" },
  },
};

const DASH = "5 3";

/** Theme, direction and measures of one side of a graph. */
export interface Side {
  readonly theme: Theme;
  readonly name: ThemeName;
  readonly isBackward: boolean;
  /** Turns an x of the layout into one of this side: as it is, or mirrored. */
  x(x: number): number;
  /** Computes the share of a cost in the largest; undefined where nothing was timed. */
  heat(look: Look): number | undefined;
}

/** Finds the colours of a kind of node. */
export function coloursOf(name: ThemeName, kind: string): Colours {
  const [light, dark] = [COLOURS.light, COLOURS.dark].map((all) => all[kind] ?? all.op);
  if (name !== "auto") return name === "light" ? light : dark;
  return { fill: lightDark(light.fill, dark.fill), stroke: lightDark(light.stroke, dark.stroke) };
}

/** Finds the colour of a share of the largest cost, from none to all. */
export function heatColour(theme: Theme, share: number): string {
  const strength = share === 0 ? 0 : 0.06 + 0.94 * share;
  return toCss(mix(parseColour(theme.surface), parseColour(theme.wrong), strength));
}

/** Draws a node with what is beside it. */
export function drawNode(drawn: Drawn, look: Look, { y }: Place, x: number, side: Side): string {
  const { node, strip } = drawn;
  const bodyHeight = Math.max(look.boxHeight, pillsHeight(look));
  const top = y + strip + (bodyHeight - look.boxHeight) / 2;
  const heat = side.heat(look);
  const { fill, stroke } = coloursOf(side.name, node.kind);
  const background = heat === undefined ? fill : heatColour(side.theme, heat);
  const ink = textOn(parseColour(background));
  const dash = side.isBackward ? DASH : undefined;
  const lid = node.kind === "constant" ? EXTRA : 0;
  const style = { fill: background, stroke, "stroke-dasharray": dash, "stroke-width": 1.2 };
  const lines = look.lines.map(({ text, isTitle }, i) =>
    textAt(x, top + lid + 6 + (i + 0.5) * LINE_HEIGHT, text, {
      anchor: "middle",
      fill: ink,
      size: isTitle ? undefined : SMALL,
      weight: isTitle ? "bold" : undefined,
    })
  );
  const box = { left: x - look.boxWidth / 2, top, width: look.boxWidth, height: look.boxHeight };
  const parts = [
    `<title>${escapeXml(look.full)}</title>`,
    form(node.kind, box, style),
    ...lines,
    drawPills(look, x, y + strip + bodyHeight / 2, side),
    drawStem(look, x, y + strip + bodyHeight, side),
  ];
  return element("g", {}, ...parts);
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

type Style = Readonly<Record<string, string | number | undefined>>;

/** Draws parameters round, constants as cylinders, operations as boxes, many of them as a pile. */
export function form(kind: string, box: Rectangle, style: Style): string {
  const { left, top, width, height } = box;
  const rect = (rx: number, shift = 0) =>
    element("rect", { x: left + shift, y: top + shift, width, height, rx, ...style });
  if (kind === "parameter") return rect(height / 2);
  if (kind === "more") return rect(4, EXTRA - 1) + rect(4);
  return kind === "constant" ? cylinder(box, style) : rect(4);
}

/** Draws an upright cylinder; one that is lower than a line of text needs lies on its side. */
function cylinder({ left, top, width, height }: Rectangle, style: Style): string {
  const [right, bottom] = [left + width, top + height];
  const bend = Math.min(EXTRA, height / 4);
  const isLying = height <= PILL_HEIGHT && width > 2 * height;
  const radii = isLying ? `${n(bend)} ${n(height / 2)}` : `${n(width / 2)} ${n(bend)}`;
  const arc = (x: number, y: number, sweep: 0 | 1) => `A${radii} 0 0 ${sweep} ${n(x)} ${n(y)}`;
  const [outline, lid] = isLying
    ? [
      `M${n(left + bend)} ${n(top)}H${n(right - bend)}${arc(right - bend, bottom, 1)}` +
      `H${n(left + bend)}${arc(left + bend, top, 1)}Z`,
      `M${n(right - bend)} ${n(top)}${arc(right - bend, bottom, 0)}`,
    ]
    : [
      `M${n(left)} ${n(top + bend)}${arc(right, top + bend, 1)}V${n(bottom - bend)}` +
      `${arc(left, bottom - bend, 1)}Z`,
      `M${n(left)} ${n(top + bend)}${arc(right, top + bend, 0)}`,
    ];
  return element("path", { d: outline, ...style }) +
    element("path", { d: lid, ...style, fill: "none" });
}

/** Draws parameters and constants on the outer side of a node, gradients on its mirrored one. */
function drawPills(look: Look, x: number, middle: number, side: Side): string {
  const outwards = side.isBackward ? 1 : -1;
  const edge = x + outwards * look.boxWidth / 2;
  const top = middle - pillsHeight(look) / 2;
  return look.pills.map(({ kind, text, full, width }, i) => {
    const { fill, stroke } = coloursOf(side.name, kind);
    const y = top + i * (PILL_HEIGHT + PILL_GAP) + PILL_HEIGHT / 2;
    const near = edge + outwards * BESIDE;
    const left = side.isBackward ? near : near - width;
    const box = { left, top: y - PILL_HEIGHT / 2, width, height: PILL_HEIGHT };
    const dash = side.isBackward ? DASH : undefined;
    // Links run between the box, where they spread a little, and the middle of the pill.
    const spread = Math.min(look.boxHeight / 2 - 6, Math.abs(y - middle)) * Math.sign(y - middle);
    const ends: [Point, Point] = [[edge, middle + spread], [near, y]];
    const [from, to] = side.isBackward ? ends : [ends[1], ends[0]];
    const line = element("path", {
      d: `M${n(from[0])} ${n(from[1])}L${n(to[0])} ${n(to[1])}`,
      ...lineStyle(side),
    });
    const ink = textOn(parseColour(fill));
    const centre = left + (kind === "constant" ? width - EXTRA : width) / 2; // beside its lid
    const label = textAt(centre, y, text, { anchor: "middle", size: SMALL, fill: ink });
    return element(
      "g",
      {},
      `<title>${escapeXml(full)}</title>`,
      line,
      arrow(to, "right", side),
      form(kind, box, { fill, stroke, "stroke-dasharray": dash, "stroke-width": 1.2 }),
      label,
    );
  }).join("");
}

/** Draws the shape of what leaves a node at its lower edge, or comes there on the mirrored side. */
function drawStem(look: Look, x: number, top: number, { theme, isBackward }: Side): string {
  const [at, anchor] = isBackward ? [x - 6, "end"] as const : [x + 6, "start"] as const;
  return textAt(at, top + 12, look.stem, { anchor, size: SMALL, fill: theme.muted });
}

/** Draws the line of a result that no operation takes. */
export function drawEnd(drawn: Drawn, { x, y }: Place, side: Side): string {
  const bottom = y + drawn.height;
  const d = `M${n(side.x(x))} ${n(bodyBottom(drawn, bottom, side))}V${n(bottom)}`;
  return element("path", { d, ...lineStyle(side) });
}

function lineStyle({ theme, isBackward }: Side): Style {
  return {
    fill: "none",
    stroke: theme.muted,
    "stroke-width": 1.3,
    "stroke-dasharray": isBackward ? DASH : undefined,
  };
}

/** Draws the line of a link; on the mirrored side it runs up. */
export function drawLink(
  route: readonly Point[],
  from: Drawn,
  to: Drawn,
  input: string,
  side: Side,
): string {
  const points = route.map(([x, y]): Point => [side.x(x), y]);
  const [first, last] = [points[0], points[points.length - 1]];
  const tip: Point = [last[0], last[1] + to.strip + inset(to, side)];
  const start: Point = [first[0], bodyBottom(from, first[1], side)];
  const path = `M${n(start[0])} ${n(start[1])}${curve(points)}V${n(tip[1])}`;
  const name = to.hasNames && input !== "" ? nameOf(input, last, side) : "";
  return element("path", { d: path, ...lineStyle(side) }) +
    (side.isBackward ? arrow(start, "up", side) : arrow(tip, "down", side)) + name;
}

function nameOf(input: string, [x, y]: Point, side: Side): string {
  const style = { size: SMALL, fill: side.theme.muted };
  return side.isBackward
    ? textAt(x - 5, y + 5, `d${input}`, { ...style, anchor: "end" })
    : textAt(x + 5, y + 5, input, style);
}

/**
 * Measures from the upper edge of what is beside a node to that of its box, where that is lower.
 */
function inset(drawn: Drawn, side: Side): number {
  const look = lookOf(drawn, side);
  return Math.max(0, pillsHeight(look) - look.boxHeight) / 2;
}

/** Finds the lower edge of a node's body, where that of the whole node is at `bottom`. */
function bodyBottom(drawn: Drawn, bottom: number, side: Side): number {
  const look = lookOf(drawn, side);
  const body = Math.max(look.boxHeight, pillsHeight(look));
  return bottom - drawn.height + drawn.strip + (body + look.boxHeight) / 2;
}

function lookOf({ forward, backward }: Drawn, { isBackward }: Side): Look {
  return isBackward ? backward ?? forward : forward;
}

/** Draws a curve that is straight down inside layers, and an S between them. */
function curve(points: readonly Point[]): string {
  let path = "";
  for (let i = 1; i + 1 < points.length; i += 2) {
    const [[x1, y1], [x2, y2]] = [points[i], points[i + 1]];
    const middle = (y1 + y2) / 2;
    path += `V${n(y1)}C${n(x1)} ${n(middle)} ${n(x2)} ${n(middle)} ${n(x2)} ${n(y2)}`;
  }
  return path;
}

/** Draws the head of an arrow whose tip is at a point. */
export function arrow([x, y]: Point, to: "up" | "down" | "right", { theme }: Side): string {
  const head = { up: "l-3.5 6.5h7z", down: "l-3.5 -6.5h7z", right: "l-6.5 -3.5v7z" }[to];
  return element("path", { d: `M${n(x)} ${n(y)}${head}`, fill: theme.muted });
}

/**
 * Draws the line from the end of the forward side to the beginning of the mirrored one, below
 * everything.
 */
export function drawTurn(
  drawn: Drawn,
  { x, y }: Place,
  depth: number,
  sides: [Side, Side],
): string {
  const [forward, backward] = sides;
  const [from, to] = [forward.x(x), backward.x(x)];
  const end: Point = [to, bodyBottom(drawn, y + drawn.height, backward)];
  const path =
    `M${n(from)} ${n(y + drawn.height)}V${n(depth - 8)}Q${n(from)} ${n(depth)} ${n(from + 8)} ` +
    `${n(depth)}H${n(to - 8)}Q${n(to)} ${n(depth)} ${n(to)} ${n(depth - 8)}V${n(end[1])}`;
  return element("path", { d: path, ...lineStyle(backward) }) + arrow(end, "up", backward);
}
