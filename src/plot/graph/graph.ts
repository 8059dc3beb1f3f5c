/**
 * The computational graph of a tape as a picture.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { formatCount } from "../../display/amounts.ts";
import { type DrawnTape, type GraphLink, type GraphModel, readTape } from "./model.ts";
import { drawEnd, drawLink, drawNode, drawTurn, type Side } from "./draw.ts";
import { type Layout, layOutGraph } from "./layout.ts";
import { type Drawn, drawnNode, type Look } from "./nodes.ts";
import { graphLegend } from "./legend.ts";
import { checkBetween, checkPicture } from "../options.ts";
import { finish, MARGIN, textAt, themeOf } from "../page.ts";
import type { Picture, PictureOptions } from "../picture.ts";
import { formatFlops, formatMemory, formatTime } from "./format.ts";
import { element, formatNumber } from "../svg.ts";
import { widest } from "../text.ts";

/** Options of {@link graph}. */
export interface GraphOptions extends PictureOptions {
  /** Draw the backward pass next to the forward pass; false by default. */
  readonly backward?: boolean;
  /**
   * Number of operations drawn one by one, 2 to 5000; those in the middle are one node. 80 by
   * default.
   */
  readonly maxOps?: number;
}

const ACTION = "draw graph";
/** Most operations that are drawn; more would be slow, and no one could read them. */
const MOST_OPS = 5000;
const LEAST_WIDTH = 320;
/** Title and notes widen a narrow graph so far. */
const MOST_TEXT = 520;
const LEAST_MIRRORED = 60;
/** Between the forward pass and the backward pass. */
const BETWEEN = 44;
const HEADING = 20;
/** Distance from the lowest node to the line that turns from forward to backward. */
const TURN = 16;

/**
 * Draws the graph that a tape has recorded, from top to bottom.
 *
 * Operations are boxes with their main attributes; what goes from one to the next has its shape
 * next to it. Parameters are round and constants are cylinders: those of one operation stand beside
 * it, those of several above, with a link to each. What the names of an operation's parameters have
 * in common is said in its box (`conv1`). Where several links come in, the names of the inputs stand
 * at their arrows.
 *
 * With `backward` the gradients are drawn dashed, mirrored on the right: of every operation what
 * it hands to its inputs. Of a profiled tape (`new Tape({ profile: true })`) every node says its
 * time and the bytes of its inputs and outputs, and is the redder the more of the time it took;
 * the backward nodes also say which operations computed which gradient. Before a backward pass was
 * run, those gradients are drawn that one would compute.
 *
 * - **Edge cases**: of a tape with more than `maxOps` operations the first and the last are drawn,
 *   and the others counted in one node; so a tape of any depth can be drawn. Of many constants that
 *   one operation takes some are drawn, and the rest counted. A pointer at a node shows the whole
 *   of what was shortened.
 *
 * @example
 * ```ts
 * import { conv2d, relu, sum, Tape, zeros } from "@tapegrad/tapegrad";
 * import { graph } from "@tapegrad/tapegrad/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * using tape = new Tape();
 * const { conv1 } = tape.watch({ conv1: { w: zeros([3, 3, 1, 8]) } });
 * sum(relu(conv2d(zeros([4, 28, 28, 1]), conv1.w, { padding: "same" })));
 * const svg = graph(tape, { title: "One convolution", backward: true }).svg();
 * assertStringIncludes(svg, ">conv2d · conv1<");
 * assertStringIncludes(svg, ">3×3, same<");
 * assertStringIncludes(svg, ">[4, 28, 28, 8]<");
 * ```
 *
 * @param tape a tape that has not ended, or what it holds: entries and slots.
 * @param options `backward`, `maxOps`; `title`, `theme`. The size follows from the graph.
 * @returns the picture.
 * @throws {TypeError} if the tape has ended.
 * @throws {RangeError} if an option is out of range.
 */
export function graph(tape: DrawnTape, options: GraphOptions = {}): Picture {
  options = checkPicture(ACTION, options, "title theme backward? maxOps#");
  const { backward = false, maxOps = 80, theme: name = "light" } = options;
  checkInteger(ACTION, "maxOps", maxOps, 1);
  checkBetween(ACTION, "maxOps", maxOps, 2, MOST_OPS);
  checkLive(tape);
  const theme = themeOf(options);
  const model = readTape(tape, maxOps);
  const { isProfiled, total } = model.costs;
  const drawn = model.nodes.map((node, i) =>
    drawnNode(
      node,
      model.links.filter(({ to }) => to === i),
      { backward, isProfiled },
      model.links.some(({ from }) => from === i),
    )
  );
  const isLeaf = (i: number) => ["parameter", "constant"].includes(model.nodes[i].kind);
  // Links with a gradient are the spine of the graph, and are to be straight.
  const links = model.links.map(({ from, to, hasGradient }) => ({
    from,
    to,
    pull: isLeaf(from) ? 0.2 : hasGradient ? 1 : 0.25,
  }));
  const layout = layOutGraph(drawn, links);
  const mirror = backward ? mirrorOf(model, drawn, layout) : { shift: 0, width: 0 };
  const full = backward ? layout.width + BETWEEN + mirror.width : layout.width;
  const legend = graphLegend(model, { name, theme, backward });
  const notes = isProfiled ? describeTotal(total) : [];
  const texts = Math.min(widest([options.title ?? "", ...notes]) + 3 * MARGIN, MOST_TEXT);
  const width = Math.max(full + 2 * MARGIN, LEAST_WIDTH, legend.width, texts);
  const left = (width - full) / 2;
  const top = backward ? HEADING : 0;
  const heat = heatOf(drawn, backward);
  const sides: [Side, Side] = [
    { theme, name, isBackward: false, heat, x: (x) => left + x },
    { theme, name, isBackward: true, heat, x: (x) => left + mirror.shift - x },
  ];
  const shift = { transform: `translate(0 ${formatNumber(top)})` };
  const body = [
    backward ? drawHeadings(layout.width, mirror.width, left, theme.muted) : "",
    element("g", shift, drawSides(model, drawn, layout, backward ? sides : [sides[0]])),
  ];
  const height = top + layout.height + (backward ? TURN : 0) + 10;
  body.push(element("g", { transform: `translate(0 ${formatNumber(height)})` }, legend.svg));
  const page = { width, height: height + legend.height, body: body.join(""), notes };
  return finish({ ...page, label: describe(tape) }, options);
}

function checkLive({ isDisposed = false }: DrawnTape & { readonly isDisposed?: boolean }): void {
  if (!isDisposed) return;
  throw new TypeError(`Cannot ${ACTION}: the tape must not have ended: its block was left`);
}

function drawHeadings(width: number, mirrored: number, left: number, fill: string): string {
  const style = { anchor: "middle", fill } as const;
  const y = HEADING / 2 - 2;
  return textAt(left + width / 2, y, "forward", style) +
    textAt(left + width + BETWEEN + mirrored / 2, y, "backward", style);
}

/** Returns true if a gradient runs along a link. */
function isMirrored({ from, to, hasGradient }: GraphLink, drawn: readonly Drawn[]): boolean {
  return hasGradient && drawn[from].backward !== undefined && drawn[to].backward !== undefined;
}

/**
 * Measures the mirrored side: its width, and the place of 0 on it. Only nodes with a gradient
 * count.
 */
function mirrorOf(
  { links }: GraphModel,
  drawn: readonly Drawn[],
  { width, places, routes }: Layout,
) {
  let [low, high] = [Infinity, -Infinity];
  const include = (left: number, right: number) => {
    [low, high] = [Math.min(low, left), Math.max(high, right)];
  };
  drawn.forEach(({ backward, left, right }, i) => {
    if (backward !== undefined) include(places[i].x - left, places[i].x + right);
  });
  links.forEach((link, i) => {
    if (isMirrored(link, drawn)) { for (const [x] of routes[i]) include(x, x); }
  });
  const mirrored = Math.max(high - low, LEAST_MIRRORED);
  return { width: mirrored, shift: width + BETWEEN + (high < low ? 0 : high) };
}

/** Draws all nodes and links, on one side or on both. */
function drawSides(
  { links }: GraphModel,
  drawn: readonly Drawn[],
  { places, routes, height }: Layout,
  sides: readonly Side[],
): string {
  const lines: string[] = [];
  const nodes: string[] = [];
  const ends = new Set(drawn.keys());
  for (const side of sides) {
    links.forEach((link, i) => {
      if (side.isBackward && !isMirrored(link, drawn)) return;
      const { from, to, input } = link;
      lines.push(drawLink(routes[i], drawn[from], drawn[to], input, side));
      ends.delete(from);
    });
    if (!side.isBackward) { for (const i of ends) lines.push(drawEnd(drawn[i], places[i], side)); }
    drawn.forEach((node, i) => {
      const look = side.isBackward ? node.backward : node.forward;
      if (look !== undefined) {
        nodes.push(drawNode(node, look, places[i], side.x(places[i].x), side));
      }
    });
  }
  if (sides.length === 2) {
    const lowest = Math.max(0, ...places.map(({ layer }) => layer));
    drawn.forEach((node, i) => {
      const isEnd = places[i].layer === lowest && node.backward !== undefined;
      if (isEnd) lines.push(drawTurn(node, places[i], height + TURN, [sides[0], sides[1]]));
    });
  }
  return [...lines, ...nodes].join("");
}

/** Makes the function that returns a cost as a share of the largest one that is drawn. */
function heatOf(drawn: readonly Drawn[], backward: boolean): (look: Look) => number | undefined {
  const timeOf = (look: Look | undefined) => look?.cost?.milliseconds ?? 0;
  const times = drawn.flatMap((
    node,
  ) => [timeOf(node.forward), backward ? timeOf(node.backward) : 0]);
  const most = Math.max(0, ...times);
  return (look) => look.cost === undefined ? undefined : most === 0 ? 0 : timeOf(look) / most;
}

function describeTotal({ forward, backward, unclaimed }: GraphModel["costs"]["total"]): string[] {
  const sum = (key: "milliseconds" | "flops" | "bytes") =>
    forward[key] + backward[key] + unclaimed[key];
  const parts = [
    `forward ${formatTime(forward.milliseconds)}`,
    ...(backward.bytes > 0 ? [`backward ${formatTime(backward.milliseconds)}`] : []),
    ...(unclaimed.bytes > 0 ? [`without a gradient ${formatTime(unclaimed.milliseconds)}`] : []),
  ];
  const flops = sum("flops") > 0 ? [formatFlops(sum("flops"))] : [];
  return [
    `Total ${formatTime(sum("milliseconds"))}: ${parts.join(", ")}`,
    [...flops, `${formatMemory(sum("bytes"))} of inputs and outputs`].join(", "),
  ];
}

function describe({ entries, slots }: DrawnTape): string {
  const count = (n: number, what: string) => `${formatCount(n)} ${what}${n === 1 ? "" : "s"}`;
  const watched = slots.filter(({ kind }) => kind === "watched").length;
  return `graph of ${count(entries.length, "operation")} and ${count(watched, "parameter")}`;
}
