// Checks of the layout of any graph.

import type { Layout, LayoutLink, LayoutNode, Point } from "../../src/plot/graph/layout.ts";

/** Rounding of sums of sizes. */
const SLACK = 1e-6;

/** Describes the faults of a layout; nothing if it is right. */
export function layoutFaults(
  nodes: readonly LayoutNode[],
  links: readonly LayoutLink[],
  layout: Layout,
): string[] {
  return [
    ...insideFaults(nodes, layout),
    ...overlapFaults(nodes, layout),
    ...orderFaults(links, layout),
    ...endFaults(nodes, links, layout),
    ...crossingFaults(nodes, links, layout),
  ];
}

function boxOf({ left, right, height }: LayoutNode, { x, y }: Layout["places"][number]) {
  return { left: x - left, right: x + right, top: y, bottom: y + height };
}

function insideFaults(nodes: readonly LayoutNode[], { places, width, height }: Layout): string[] {
  return nodes.flatMap((node, i) => {
    const { left, right, top, bottom } = boxOf(node, places[i]);
    const isInside = left >= -SLACK && top >= -SLACK && right <= width + SLACK &&
      bottom <= height + SLACK;
    return isInside ? [] : `node ${i} leaves the drawing`;
  });
}

function overlapFaults(nodes: readonly LayoutNode[], { places }: Layout): string[] {
  const boxes = nodes.map((node, i) => boxOf(node, places[i]));
  return boxes.flatMap((a, i) =>
    boxes.slice(i + 1).flatMap((b, j) => {
      const isApart = a.right <= b.left + SLACK || b.right <= a.left + SLACK ||
        a.bottom <= b.top + SLACK || b.bottom <= a.top + SLACK;
      return isApart ? [] : `nodes ${i} and ${i + 1 + j} overlap`;
    })
  );
}

/** Links lead down; a node is right below the lowest that leads to it. */
function orderFaults(links: readonly LayoutLink[], { places }: Layout): string[] {
  const up = links.filter(({ from, to }) => places[from].layer >= places[to].layer)
    .map(({ from, to }) => `the link ${from}-${to} does not lead down`);
  const loose = places.flatMap(({ layer }, i) => {
    const above = links.filter(({ to }) => to === i).map(({ from }) => places[from].layer);
    const isTight = above.length === 0 || layer === Math.max(...above) + 1;
    return isTight ? [] : `node ${i} is not right below what leads to it`;
  });
  return [...up, ...loose];
}

/**
 * Lists wrong ends: a link joins its nodes, leaving at the anchor of one, and no two end at one
 * point.
 */
function endFaults(
  nodes: readonly LayoutNode[],
  links: readonly LayoutLink[],
  { places, routes }: Layout,
): string[] {
  const taken = new Set<string>();
  return links.flatMap(({ from, to }, i) => {
    const [first, last] = [routes[i][0], routes[i].at(-1)!];
    const leaves = near(first, [places[from].x, places[from].y + nodes[from].height]);
    const width = nodes[to].portDistance * (links.filter((link) => link.to === to).length - 1);
    const arrives = Math.abs(last[1] - places[to].y) < SLACK &&
      Math.abs(last[0] - places[to].x) <= width / 2 + SLACK;
    const point = `${to} ${last[0].toFixed(3)}`;
    const isShared = nodes[to].portDistance > 0 && taken.has(point);
    taken.add(point);
    return [
      leaves ? [] : `the link ${from}-${to} does not leave its node`,
      arrives ? [] : `the link ${from}-${to} does not reach its node`,
      isShared ? `the link ${from}-${to} ends where another does` : [],
    ].flat();
  });
}

function near(a: Point, b: Point): boolean {
  return Math.abs(a[0] - b[0]) < SLACK && Math.abs(a[1] - b[1]) < SLACK;
}

/** Lists links that leave the straight line inside of layers, or run over a node. */
function crossingFaults(
  nodes: readonly LayoutNode[],
  links: readonly LayoutLink[],
  { places, routes }: Layout,
): string[] {
  return routes.flatMap((route, i) => {
    const faults: string[] = [];
    for (let at = 0; at + 1 < route.length; at += 2) {
      const [[x, top], [below, bottom]] = [route[at], route[at + 1]];
      if (x !== below || bottom < top - SLACK) faults.push(`link ${i} is not straight in a layer`);
      const hit = nodes.findIndex((node, j) => {
        if (j === links[i].from || j === links[i].to) return false;
        const box = boxOf(node, places[j]);
        return x > box.left + SLACK && x < box.right - SLACK && box.top < bottom - SLACK &&
          box.bottom > top + SLACK;
      });
      if (hit >= 0) faults.push(`link ${i} runs through node ${hit}`);
    }
    return faults;
  });
}
