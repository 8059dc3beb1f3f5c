/**
 * A layered layout of directed acyclic graphs: where nodes stand and where links run.
 *
 * After K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system
 * structures" (1981): layers by longest paths, the order in a layer by barycentres, coordinates as
 * near to those of the neighbours as the order allows. Links that pass a layer have a place in it,
 * and links of one node share it, so that they run as one line until they part.
 *
 * @module
 */
import type { Element, Layered, Segment } from "./layered.ts";
import { orderLayers } from "./order.ts";
import { spread } from "./spread.ts";

/** A node to be placed; it stands on a vertical line, its anchor. */
export interface LayoutNode {
  /** Width that it needs to the left of its anchor, and to the right. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Distance of the points at which links end, side by side on its upper edge. */
  readonly portDistance: number;
}

/** A link from a node to a later one. */
export interface LayoutLink {
  readonly from: number;
  readonly to: number;
  /** Strength with which it pulls its ends below one another; 1 by default. */
  readonly pull?: number;
}

/** A point. */
export type Point = readonly [x: number, y: number];

/** Place of a node. */
export interface Place {
  /** Position of its anchor. */
  readonly x: number;
  /** Position of its upper edge. */
  readonly y: number;
  /** Number of its layer, from 0, at the top. */
  readonly layer: number;
}

/** Places of nodes and routes of links. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly places: readonly Place[];
  /**
   * Points that each link runs through: straight down inside layers, in curves between them. The
   * first is at the lower edge of a node, the last at the upper edge of another.
   */
  readonly routes: readonly (readonly Point[])[];
}

/** Half of the room that passing links take. */
const PASSAGE = 7;
/** Between neighbours in a layer. */
const GAP = 18;
const LEAST_LAYER_GAP = 26;
const MOST_LAYER_GAP = 72;

/** Lays out a graph; every link must lead to a node of a higher index. */
export function layOutGraph(
  nodes: readonly LayoutNode[],
  links: readonly LayoutLink[],
): Layout {
  const layered = toLayers(nodes, links);
  orderLayers(layered);
  placePorts(layered, nodes, links);
  const xs = spread(layered, GAP);
  const { tops, bottoms } = rowsOf(layered, nodes, xs);
  const places = nodes.map((_, i) => {
    const { layer } = layered.elements[i];
    return { x: xs[i], y: tops[layer], layer };
  });
  const routes = layered.chains.map((chain, i) => {
    const { from } = links[i];
    const points: Point[] = [[places[from].x, places[from].y + nodes[from].height]];
    for (const at of chain) {
      const { upper, lower, offset } = layered.segments[at];
      points.push([xs[upper], bottoms[layered.elements[upper].layer]]);
      points.push([xs[lower] + offset, tops[layered.elements[lower].layer]]);
    }
    return points;
  });
  const width = Math.max(0, ...layered.elements.map(({ right }, i) => xs[i] + right));
  return { width, height: bottoms.at(-1) ?? 0, places, routes };
}

/**
 * Finds the layer of each node: below all that it is linked from; sources right above the first
 * link.
 */
function layersOf(count: number, links: readonly LayoutLink[]): number[] {
  const layer = new Array<number>(count).fill(0);
  const byTarget = [...links].sort((a, b) => a.to - b.to);
  for (const { from, to } of byTarget) layer[to] = Math.max(layer[to], layer[from] + 1);
  const hasInputs = new Set(links.map(({ to }) => to));
  const nearest = new Map<number, number>();
  for (const { from, to } of links) {
    if (hasInputs.has(from)) continue;
    nearest.set(from, Math.min(nearest.get(from) ?? Infinity, layer[to]));
  }
  for (const [node, below] of nearest) layer[node] = below - 1;
  return layer;
}

function toLayers(nodes: readonly LayoutNode[], links: readonly LayoutLink[]): Layered {
  const layer = layersOf(nodes.length, links);
  const elements: Element[] = nodes.map(({ left, right }, node) => ({
    node,
    isNode: true,
    layer: layer[node],
    left,
    right,
  }));
  const segments: Segment[] = [];
  const passages = new Map<string, { element: number; segment: number }>();
  const chains = links.map(({ from, to, pull = 1 }) => {
    const chain: number[] = [];
    let upper = from;
    for (let at = layer[from] + 1; at < layer[to]; at++) {
      const key = `${from} ${at}`;
      let passage = passages.get(key);
      if (passage === undefined) {
        const element = elements.push(
          { node: from, isNode: false, layer: at, left: PASSAGE, right: PASSAGE },
        ) - 1;
        const straight = pull * (elements[upper].isNode ? 2 : 8);
        const segment = segments.push({ upper, lower: element, pull: straight, offset: 0 }) - 1;
        passage = { element, segment };
        passages.set(key, passage);
      }
      chain.push(passage.segment);
      upper = passage.element;
    }
    const last = { upper, lower: to, pull: elements[upper].isNode ? pull : 2 * pull, offset: 0 };
    chain.push(segments.push(last) - 1);
    return chain;
  });
  const layers: number[][] = Array.from({ length: Math.max(-1, ...layer) + 1 }, () => []);
  elements.forEach(({ layer }, i) => layers[layer].push(i));
  return { elements, segments, layers, chains };
}

/** Gives the links into a node their points, from left to right as they come. */
function placePorts(
  { segments, chains, layers }: Layered,
  nodes: readonly LayoutNode[],
  links: readonly LayoutLink[],
): void {
  const position = new Map(layers.flatMap((layer) => layer.map((element, i) => [element, i])));
  const incoming: Segment[][] = nodes.map(() => []);
  links.forEach(({ to }, i) => incoming[to].push(segments[chains[i].at(-1)!]));
  for (const [to, last] of incoming.entries()) {
    last.sort((a, b) => position.get(a.upper)! - position.get(b.upper)!);
    last.forEach((segment, i) => {
      segment.offset = (i - (last.length - 1) / 2) * nodes[to].portDistance;
    });
  }
}

/**
 * Computes the upper and lower edges of layers; links that run far sideways need room between them.
 */
function rowsOf(
  { elements, segments, layers }: Layered,
  nodes: readonly LayoutNode[],
  xs: readonly number[],
): { tops: number[]; bottoms: number[] } {
  const gaps = layers.map(() => LEAST_LAYER_GAP);
  for (const { upper, lower, offset } of segments) {
    const { layer } = elements[upper];
    const wanted = LEAST_LAYER_GAP + 0.12 * Math.abs(xs[lower] + offset - xs[upper]);
    gaps[layer] = Math.max(gaps[layer], Math.min(wanted, MOST_LAYER_GAP));
  }
  const [tops, bottoms]: [number[], number[]] = [[], []];
  let y = 0;
  layers.forEach((layer, i) => {
    const heights = layer.filter((at) => elements[at].isNode).map((at) => nodes[at].height);
    tops.push(y);
    bottoms.push(y + Math.max(0, ...heights));
    y = bottoms[i] + gaps[i];
  });
  return { tops, bottoms };
}
