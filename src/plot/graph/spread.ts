/**
 * Horizontal places of the elements of a layered graph, in an order that is given.
 *
 * Each layer in turn comes as near to its neighbours as its order and the widths of its elements
 * allow: a least squares problem with an ordering, solved exactly by pooling adjacent violators
 * (R. Barlow et al., "Statistical inference under order restrictions", 1972).
 *
 * @module
 */
import type { Element, Layered } from "./layered.ts";

const ROUNDS = 16;
/** Pull of an element's own place where it has no neighbour. */
const FAINT = 0.01;

/** Places of anchors, the leftmost element at 0; neighbours keep `gap` between them. */
export function spread({ elements, segments, layers }: Layered, gap: number): number[] {
  const xs = new Array<number>(elements.length).fill(0);
  const touching: number[][] = elements.map(() => []);
  segments.forEach(({ upper, lower }, i) => {
    touching[upper].push(i);
    touching[lower].push(i);
  });

  /** Finds the place at which the neighbours above, below, or both, would have an element. */
  function wish(element: number, side: "above" | "below" | "both"): { at: number; pull: number } {
    let [sum, total] = [0, 0];
    for (const i of touching[element]) {
      const { upper, lower, offset, pull } = segments[i];
      if (side !== "both" && (side === "above") !== (lower === element)) continue;
      sum += pull * (lower === element ? xs[upper] - offset : xs[lower] + offset);
      total += pull;
    }
    return total === 0 ? { at: xs[element], pull: FAINT } : { at: sum / total, pull: total };
  }

  for (const layer of layers) pack(layer, layer.map(() => ({ at: 0, pull: 1 })), elements, xs, gap);
  for (let round = 0; round < ROUNDS; round++) {
    const side = round >= ROUNDS - 4 ? "both" : round % 2 === 0 ? "above" : "below";
    const order = round % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of order) {
      pack(layer, layer.map((element) => wish(element, side)), elements, xs, gap);
    }
  }
  const left = Math.min(...xs.map((x, i) => x - elements[i].left));
  return xs.map((x) => x - left);
}

/** Places a layer as near to its wishes as its order and widths allow. */
function pack(
  layer: readonly number[],
  wishes: readonly { readonly at: number; readonly pull: number }[],
  elements: readonly Element[],
  xs: number[],
  gap: number,
): void {
  // Without the widths, places must only not decrease.
  let taken = 0;
  const shifts = layer.map((element, i) => {
    if (i > 0) taken += elements[layer[i - 1]].right + gap + elements[element].left;
    return taken;
  });
  const pools: { sum: number; pull: number; count: number }[] = [];
  wishes.forEach(({ at, pull }, i) => {
    let pool = { sum: (at - shifts[i]) * pull, pull, count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.pull >= pool.sum / pool.pull;) {
      pools.pop();
      pool = {
        sum: last.sum + pool.sum,
        pull: last.pull + pool.pull,
        count: last.count + pool.count,
      };
      last = pools.at(-1);
    }
    pools.push(pool);
  });
  let i = 0;
  for (const { sum, pull, count } of pools) {
    for (const end = i + count; i < end; i++) xs[layer[i]] = sum / pull + shifts[i];
  }
}
