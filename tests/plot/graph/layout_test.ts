// The layout of graphs: what must hold on random ones, what must not be worse than it was on known
// ones, and that the checks see faults.

import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  type Layout,
  layOutGraph,
  type LayoutLink,
  type LayoutNode,
  type Place,
  type Point,
} from "../../../src/plot/graph/layout.ts";
import { scaled } from "../../support/effort.ts";
import { layoutFaults } from "../../support/layout_checks.ts";
import { watched } from "../../support/work.ts";

const RUNS = scaled(300);

const size = fc.integer({ min: 1, max: 200 });
const node: fc.Arbitrary<LayoutNode> = fc.record({
  left: size,
  right: size,
  height: size,
  portDistance: fc.integer({ min: 1, max: 40 }),
});

/** Graphs of up to 16 nodes, with links that pass layers, ties, and parts that nothing joins. */
const graphs = fc.array(node, { minLength: 1, maxLength: 16 }).chain((nodes) => {
  const link = fc.tuple(fc.nat(nodes.length - 1), fc.nat(nodes.length - 1))
    .map(([a, b]): LayoutLink => ({ from: Math.min(a, b), to: Math.max(a, b) }));
  const links = fc.array(link, { maxLength: 40 })
    .map((all) => all.filter(({ from, to }) => from !== to));
  return fc.tuple(fc.constant(nodes), links);
});

Deno.test("graph layout: nothing overlaps, links join their nodes, layers keep the order", () => {
  fc.assert(
    fc.property(graphs, ([nodes, links]) => {
      assertEquals(layoutFaults(nodes, links, layOutGraph(nodes, links)), []);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("graph layout: the same graph is laid out the same", () => {
  fc.assert(
    fc.property(graphs, ([nodes, links]) => {
      assertEquals(layOutGraph(nodes, links), layOutGraph(structuredClone(nodes), links));
    }),
    { numRuns: scaled(50) },
  );
});

const BOX: LayoutNode = { left: 50, right: 50, height: 30, portDistance: 20 };

/** Lays out boxes with links written as `[from, to]`. */
function layOut(count: number, pairs: readonly (readonly [number, number])[]) {
  const nodes = Array.from({ length: count }, () => BOX);
  const links = pairs.map(([from, to]) => ({ from, to }));
  return { nodes, links, layout: layOutGraph(nodes, links) };
}

Deno.test("graph layout: a chain is straight, a source is right above what it goes to", () => {
  const { layout } = layOut(5, [[0, 1], [1, 2], [3, 4], [2, 4]]);
  const { places } = layout;
  assertEquals(places.map(({ layer }) => layer), [0, 1, 2, 2, 3]);
  assertEquals([places[0].x, places[1].x], [places[2].x, places[2].x]);
});

Deno.test("graph layout: two ways that part and meet do not cross", () => {
  const pairs = [[0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 5]] as const;
  const { layout: { places, routes } } = layOut(6, pairs);
  const side = (i: number) => Math.sign(places[i].x - places[0].x);
  assertEquals([side(1), side(2)], [side(3), side(4)]);
  assertEquals(side(1), -side(2));
  const ends = [4, 5].map((i) => routes[i].at(-1)![0]);
  assertEquals(Math.sign(ends[1] - ends[0]), side(4));
});

Deno.test("graph layout: links that pass layers run straight, those of one node as one line", () => {
  const chain = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]] as const;
  const { layout: { routes: [, , , , , long] } } = layOut(6, [...chain, [0, 5]]);
  const inner = long.slice(2, -1).map(([x]) => x);
  assertEquals(Math.max(...inner), Math.min(...inner));
  const { layout: { routes: [, , , , , first, second] } } = layOut(6, [...chain, [0, 5], [0, 4]]);
  assertEquals(first.slice(0, 7), second.slice(0, 7));
});

Deno.test("graph layout: a tensor used twice by one node has two ends, in the order of inputs", () => {
  const { layout: { routes } } = layOut(2, [[0, 1], [0, 1]]);
  assertEquals(routes.map((route) => route.at(-1)![0]), [40, 60]);
});

Deno.test("graph layout: nothing at all", () => {
  assertEquals(layOutGraph([], []), { width: 0, height: 0, places: [], routes: [] });
});

Deno.test("graph layout: two thousand nodes are read a few times each", () => {
  const count = 2000;
  const pairs = Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const);
  const skips = Array.from({ length: count / 4 }, (_, i) => [4 * i, 4 * i + 3] as const);
  const links = [...pairs, ...skips].map(([from, to]) => ({ from, to }));
  const nodes = watched(Array.from({ length: count }, () => BOX));
  const watchedLinks = watched(links);
  const layout = layOutGraph(nodes.array, watchedLinks.array);
  assertLess(nodes.reads(), 10 * count);
  assertLess(watchedLinks.reads(), 10 * count);
  assertEquals(layout.places.length, count);
  assertEquals(layout.routes.length, links.length);
});

/** Mistakes that a layout could have; each must be seen. */
const PLANTED: Readonly<Record<string, [change: (layout: Layout) => Layout, says: RegExp]>> = {
  "two nodes in one place": [
    moveNode(2, ({ places }) => places[1]),
    /nodes 1 and 2 overlap/,
  ],
  "a node beyond the edge": [
    moveNode(0, ({ places }) => ({ ...places[0], x: places[0].x + 1000 })),
    /node 0 leaves the drawing/,
  ],
  "a node in the layer of what it comes from": [
    moveNode(3, ({ places }) => ({ ...places[3], layer: places[2].layer })),
    /the link 2-3 does not lead down/,
  ],
  "a node a layer too low": [
    moveNode(5, ({ places }) => ({ ...places[5], layer: places[5].layer + 1 })),
    /node 5 is not right below what leads to it/,
  ],
  "a link that starts beside its node": [
    moveEnds(0, ([x, y], i) => i === 0 ? [x + 3, y] : [x, y]),
    /the link 0-1 does not leave its node/,
  ],
  "a link that ends above its node": [
    moveEnds(5, ([x, y], i, n) => i === n - 1 ? [x, y - 5] : [x, y]),
    /the link 4-5 does not reach its node/,
  ],
  "two links that end at one point": [
    (layout) => ({
      ...layout,
      routes: layout.routes.map((route, i) => i === 4 ? last(route, layout.routes[5]) : route),
    }),
    /the link 4-5 ends where another does/,
  ],
  "a passing link that runs through a node": [
    (layout) =>
      moveEnds(6, (point, i, n) => i < 2 || i === n - 1 ? point : [layout.places[2].x, point[1]])(
        layout,
      ),
    /link 6 runs through node 2/,
  ],
};

function moveNode(node: number, to: (layout: Layout) => Place): (layout: Layout) => Layout {
  return (layout) => ({
    ...layout,
    places: layout.places.map((place, i) => i === node ? to(layout) : place),
  });
}

function moveEnds(
  link: number,
  move: (point: Point, i: number, count: number) => Point,
): (layout: Layout) => Layout {
  return (layout) => ({
    ...layout,
    routes: layout.routes.map((route, i) =>
      i === link ? route.map((point, j) => move(point, j, route.length)) : route
    ),
  });
}

/** Returns the end of a route that ends where another does. */
function last(route: readonly Point[], other: readonly Point[]): readonly Point[] {
  return [...route.slice(0, -1), other.at(-1)!];
}

Deno.test("graph layout: planted faults are seen", () => {
  const pairs = [[0, 1], [0, 2], [2, 3], [1, 4], [3, 5], [4, 5], [0, 5]] as const;
  const { nodes, links, layout } = layOut(6, pairs);
  assertEquals(layoutFaults(nodes, links, layout), []);
  for (const [fault, [change, says]] of Object.entries(PLANTED)) {
    const found = layoutFaults(nodes, links, change(layout));
    assert(found.some((text) => says.test(text)), `${fault}: found ${found}`);
  }
});
