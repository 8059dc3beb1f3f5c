/**
 * Looks of the nodes of a graph: their lines of text, parts beside them, and sizes.
 *
 * @module
 */
import { formatCount } from "../../display/amounts.ts";
import type { ProfiledOp } from "../../core/profile.ts";
import { inputLabel } from "../../core/op_contract.ts";
import type { Cost } from "./costs.ts";
import type { Docked, GraphLink, GraphNode, MoreNode, OpNode } from "./model.ts";
import { describeAttributes, describeSlot, formatMemory, formatTime } from "./format.ts";
import { fitText, FONT_SIZE, textWidth } from "../text.ts";

/** A line of text in a node. */
export interface Line {
  readonly text: string;
  readonly isTitle: boolean;
}

/** A parameter, its gradient, or a constant, beside a node. */
export interface Pill {
  readonly kind: "parameter" | "constant";
  readonly text: string;
  readonly full: string;
  readonly width: number;
}

/** The look of a node on one side of the graph, measured from its anchor and upper edge. */
export interface Look {
  readonly lines: readonly Line[];
  readonly pills: readonly Pill[];
  /** Written next to the line that leaves at the lower edge; empty for nothing. */
  readonly stem: string;
  readonly boxWidth: number;
  readonly boxHeight: number;
  /** All that is said of the node, for those who point at it. */
  readonly full: string;
  /** Cost of the node; undefined where nothing was timed. */
  readonly cost: Cost | undefined;
}

/** A node as large as both of its looks. */
export interface Drawn {
  readonly node: GraphNode;
  readonly forward: Look;
  /** Look on the backward side; undefined where no gradient goes through it. */
  readonly backward: Look | undefined;
  /** Write the names of inputs where links end. */
  readonly hasNames: boolean;
  /** Height for these names. */
  readonly strip: number;
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly portDistance: number;
}

/** Size of all text but titles. */
export const SMALL = 11;
export const LINE_HEIGHT = 15;
export const PILL_HEIGHT = 20;
export const PILL_GAP = 5;
/** Distance from a box to what is beside it. */
export const BESIDE = 22;
/** Height of the lid of constants, and of the stack below a node of many operations. */
export const EXTRA = 5;
const PADDING = 7;
const STRIP = 15;
const STEM = 21;
const BARE_STEM = 6;
const MOST_WIDTH = 320;
const LEAST_WIDTH = 72;
const MOST_NAMES = 6;

/** Settings that the looks of all nodes of a graph share. */
export interface Looks {
  /** Draw the backward pass. */
  readonly backward: boolean;
  readonly isProfiled: boolean;
}

/** Looks and sizes of a node; `links` are those that lead to it. */
export function drawnNode(
  node: GraphNode,
  links: readonly GraphLink[],
  looks: Looks,
  isUsed: boolean,
): Drawn {
  const forward = forwardLook(node, looks);
  const backward = looks.backward ? backwardLook(node, looks) : undefined;
  const names = links.map(({ input }) => input).filter((name) => name !== "");
  const hasNames = names.length > 1 && names.length <= MOST_NAMES;
  const nameWidth = hasNames ? Math.max(...names.map((name) => textWidth(`d${name}`, SMALL))) : 0;
  const portDistance = hasNames ? nameWidth + 14 : Math.min(16, 160 / Math.max(links.length, 1));
  const ports = portDistance * Math.max(links.length - 1, 0);
  const both = backward === undefined ? [forward] : [forward, backward];
  const widest = Math.max(...both.map(({ boxWidth }) => boxWidth), ports + 20);
  const pills = Math.max(...both.map(pillsWidth));
  const stems = both.map(({ stem }) => stem === "" ? 0 : textWidth(stem, SMALL) + 8);
  const strip = hasNames ? STRIP : 0;
  const pile = node.kind === "more" ? EXTRA : 0;
  const stem = stems.some((width) => width > 0) ? STEM : isUsed ? BARE_STEM : 0;
  const body = Math.max(...both.map((look) => Math.max(look.boxHeight, pillsHeight(look))));
  const widen = (look: Look) => ({ ...look, boxWidth: widest });
  return {
    node,
    forward: widen(forward),
    backward: backward && widen(backward),
    hasNames,
    strip,
    left: widest / 2 + pills,
    right: Math.max(widest / 2 + pile, ports / 2 + nameWidth + 8, ...stems),
    height: strip + body + pile + stem,
    portDistance,
  };
}

function pillsWidth({ pills }: Look): number {
  return pills.length === 0 ? 0 : Math.max(...pills.map(({ width }) => width)) + BESIDE;
}

/** Measures the height of the pills of a look together. */
export function pillsHeight({ pills }: Look): number {
  return pills.length * (PILL_HEIGHT + PILL_GAP) - (pills.length === 0 ? 0 : PILL_GAP);
}

function forwardLook(node: GraphNode, { backward, isProfiled }: Looks): Look {
  if (node.kind === "op") return opLook(node, !backward, isProfiled);
  if (node.kind === "more") return moreLook(node, !backward, isProfiled);
  const shape = node.slot === undefined ? [] : [describeSlot(node.slot)];
  const full = node.slot === undefined ? `${node.name} constants` : [node.name, ...shape].join(" ");
  const flat = look([node.name, ...shape], [], "", full, undefined);
  return node.kind === "constant" ? { ...flat, boxHeight: flat.boxHeight + EXTRA } : flat;
}

function opLook(node: OpNode, isAlone: boolean, isProfiled: boolean): Look {
  const { entry, index, output, layer, docked, moreDocked, forward } = node;
  const attributes = describeAttributes(entry);
  const costs = isProfiled ? costLines(node, isAlone) : [];
  const pills = docked.map((one) =>
    pill(one.kind, `${one.name} ${describeSlot(one.slot)}`, fullName(one))
  );
  const stem = describeSlot(output);
  const full = [
    `${index}: ${entry.op.name}${attributes === "" ? "" : ` (${attributes})`}`,
    ...docked.map((one) => `${one.input}: ${fullName(one)} ${describeSlot(one.slot)}`),
    `-> ${stem}, ${formatMemory(output.bytes)}`,
    ...costs,
  ].join("\n");
  const title = [entry.op.name, layer].filter((text) => text !== "").join(" · ");
  const lines = [title, ...[attributes].filter((text) => text !== ""), ...costs];
  return look(lines, withRest(pills, moreDocked), stem, full, isProfiled ? forward : undefined);
}

/** Writes time and bytes; with those of the backward pass where that is not drawn. */
function costLines({ forward, backward }: OpNode | MoreNode, isAlone: boolean): string[] {
  const lines = [describeCost(forward)];
  if (isAlone && (backward?.milliseconds ?? 0) > 0) {
    lines.push(`backward ${formatTime(backward!.milliseconds)}`);
  }
  return lines;
}

function describeCost({ milliseconds, bytes }: Cost): string {
  return `${formatTime(milliseconds)} · ${formatMemory(bytes)}`;
}

function moreLook(node: MoreNode, isAlone: boolean, isProfiled: boolean): Look {
  const count = formatCount(node.count);
  const named = node.ops.map(([name, n]) => `${name} × ${formatCount(n)}`);
  const shown = named.length <= 3 ? named : [...named.slice(0, 2), `${named.length - 2} others`];
  const parameters = node.parameters === 0
    ? []
    : [`with ${formatCount(node.parameters)} parameters`];
  const costs = isProfiled ? costLines(node, isAlone) : [];
  const lines = [`and ${count} more`, shown.join(", "), ...parameters, ...costs];
  const full = [`${count} operations`, ...named.slice(0, 20), ...parameters].join("\n");
  return look(lines, [], "", full, isProfiled ? node.forward : undefined);
}

function backwardLook(node: GraphNode, { isProfiled }: Looks): Look | undefined {
  if (node.kind === "op") return node.backward && backwardOpLook(node, isProfiled);
  if (node.kind === "more") return node.backward && backwardMoreLook(node, isProfiled);
  if (node.kind === "constant" || !node.hasGradient) return undefined;
  const shape = node.slot === undefined ? [] : [describeSlot(node.slot)];
  return look([gradientOf(node.name), ...shape], [], "", `gradient of ${node.name}`, undefined);
}

function backwardOpLook(node: OpNode, isProfiled: boolean): Look {
  const { entry, index, output, docked, moreDocked } = node;
  const backward = node.backward!;
  const rules = [...backward.rules].filter(([, ops]) => ops.length > 0)
    .map(([input, ops]) => describeRule(input < 0 ? "" : inputLabel(entry.op, input), ops));
  const reads = entry.saved.filter(({ tensor }) => tensor !== undefined)
    .map(({ name }) => name);
  const costs = isProfiled && rules.length > 0 ? [describeCost(backward)] : [];
  const shown = rules.length <= 4 ? rules : [...rules.slice(0, 3), `and ${rules.length - 3} more`];
  const pills = docked.filter(({ hasGradient }) => hasGradient).map(gradientPill);
  const title = `${entry.op.name} backward`;
  const full = [
    `${index}: ${title}`,
    `reads ${[...new Set(["dy", ...reads])].join(", ")}`,
    ...rules,
    ...costs,
  ].join("\n");
  const cost = isProfiled ? backward : undefined;
  const stem = describeSlot(output);
  return look([title, ...shown, ...costs], withRest(pills, moreDocked), stem, full, cost);
}

/** Describes a rule: `dw: conv2dGradW`, `dx: reshape, broadcastTo`. */
function describeRule(input: string, ops: readonly ProfiledOp[]): string {
  const counts = new Map<string, number>();
  for (const { op } of ops) counts.set(op, (counts.get(op) ?? 0) + 1);
  const names = [...counts].map(([op, count]) => count === 1 ? op : `${op} × ${count}`);
  const text = names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")}, …`;
  return input === "" ? text : `d${input}: ${text}`;
}

function backwardMoreLook(node: MoreNode, isProfiled: boolean): Look {
  const count = formatCount(node.count);
  const backward = node.backward!;
  const costs = isProfiled ? [describeCost(backward)] : [];
  const title = `and ${count} more, backward`;
  return look([title, ...costs], [], "", title, isProfiled ? backward : undefined);
}

/** Returns the name of a parameter with its path. */
function fullName({ kind, slot }: Docked): string {
  return slot.name || kind;
}

function gradientPill(docked: Docked): Pill {
  const text = `${gradientOf(docked.name)} ${describeSlot(docked.slot)}`;
  return pill("parameter", text, `gradient of ${fullName(docked)}`);
}

/** Names the gradient: `dw` of `w`, `d conv1.w` of a path. */
function gradientOf(name: string): string {
  return /^\w+$/.test(name) ? `d${name}` : `d ${name}`;
}

function pill(kind: Pill["kind"], text: string, full: string): Pill {
  const shown = fitText(text, MOST_WIDTH, SMALL);
  const lid = kind === "constant" ? EXTRA : 0;
  return { kind, text: shown, full, width: textWidth(shown, SMALL) + 16 + lid };
}

function withRest(pills: readonly Pill[], rest: number): readonly Pill[] {
  if (rest === 0 || pills.length === 0) return pills;
  return [...pills, pill(pills[pills.length - 1].kind, `and ${rest} more`, `${rest} more`)];
}

/** Makes a look of lines of which the first is the title. */
function look(
  texts: readonly string[],
  pills: readonly Pill[],
  stem: string,
  full: string,
  cost: Cost | undefined,
): Look {
  const lines = texts.map((text, i) => ({
    text: fitText(text, MOST_WIDTH, i === 0 ? FONT_SIZE : SMALL),
    isTitle: i === 0,
  }));
  // Bold text is wider than what widths are estimated for.
  const widths = lines.map(({ text, isTitle }) =>
    textWidth(text, isTitle ? FONT_SIZE * 1.06 : SMALL)
  );
  return {
    lines,
    pills,
    stem: fitText(stem, MOST_WIDTH, SMALL),
    boxWidth: Math.max(LEAST_WIDTH, ...widths) + 2 * PADDING,
    boxHeight: lines.length * LINE_HEIGHT + 2 * PADDING - 2,
    full,
    cost,
  };
}
