/**
 * The order of elements in the layers of a graph: few links cross.
 *
 * @module
 */
import type { Layered } from "./layered.ts";

const SWEEPS = 24;
/** Sweeps without fewer crossings after which there is no hope. */
const PATIENCE = 6;

/** Neighbours of elements in the layer above, or below. */
type Neighbours = readonly (readonly number[])[];

/**
 * Reorders the layers, in place, by barycentres: each element towards the mean of its neighbours.
 */
export function orderLayers(graph: Layered): void {
  const { layers } = graph;
  const [above, below] = neighboursOf(graph);
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers, below);
  for (let sweep = 0, failed = 0; sweep < SWEEPS && failed < PATIENCE && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 1; // from the result, of which there is one, up first
    const order = isDown ? layers.keys() : [...layers.keys()].reverse();
    for (const at of order) {
      const fixed = layers[isDown ? at - 1 : at + 1];
      if (fixed !== undefined) sortLayer(layers[at], fixed, isDown ? above : below);
    }
    const found = crossings(layers, below);
    if (found < fewest) {
      [best, fewest, failed] = [layers.map((layer) => [...layer]), found, 0];
    } else {
      failed++;
    }
  }
  best.forEach((layer, i) => layers[i] = layer);
}

function neighboursOf({ elements, segments }: Layered): [above: Neighbours, below: Neighbours] {
  const above: number[][] = elements.map(() => []);
  const below: number[][] = elements.map(() => []);
  for (const { upper, lower } of segments) {
    above[lower].push(upper);
    below[upper].push(lower);
  }
  return [above, below];
}

/** Sorts by the mean position of neighbours; an element without any stays where it is. */
function sortLayer(layer: number[], fixed: readonly number[], neighbours: Neighbours): void {
  const position = new Map(fixed.map((element, i) => [element, i / fixed.length]));
  const centre = new Map(layer.map((element, i) => {
    const at = neighbours[element].map((neighbour) => position.get(neighbour)!);
    const mean = at.reduce((sum, p) => sum + p, 0) / at.length;
    return [element, at.length === 0 ? i / layer.length : mean];
  }));
  layer.sort((a, b) => centre.get(a)! - centre.get(b)!);
}

/** Counts the pairs of segments that cross, all layers together. */
export function crossings(layers: readonly (readonly number[])[], below: Neighbours): number {
  let count = 0;
  for (let i = 0; i + 1 < layers.length; i++) {
    const position = new Map(layers[i + 1].map((element, at) => [element, at]));
    const ends = layers[i].flatMap((element) =>
      below[element].map((lower) => position.get(lower)!).sort((a, b) => a - b)
    );
    count += inversions(ends, layers[i + 1].length);
  }
  return count;
}

/** Counts pairs in the wrong order; with a tree of sums (P. Fenwick, 1994). */
function inversions(values: readonly number[], size: number): number {
  const tree = new Uint32Array(size + 1);
  let count = 0;
  values.forEach((value, seen) => {
    let atMost = 0;
    for (let i = value + 1; i > 0; i -= i & -i) atMost += tree[i];
    count += seen - atMost;
    for (let i = value + 1; i <= size; i += i & -i) tree[i]++;
  });
  return count;
}
