// Points of a dense line: in each column of pixels those that paint it, the first and the last too.

import { assert, assertEquals } from "@std/assert";
import { thinOut } from "../../src/plot/series.ts";
import { Random } from "../../src/random/random.ts";

/** Values of a line of `count` points on `width` columns of pixels, at random. */
function lineOf(count: number, width: number) {
  const random = new Random(count);
  const ys = Array.from({ length: count }, () => random.uniform(0, 50));
  const x = (i: number) => 3 + i * (width - 1e-6) / count;
  return { ys, x, points: thinOut(count, x, (i) => ys[i], () => true) };
}

Deno.test("thinOut: each column keeps its first, lowest, highest and last point, in order", () => {
  for (const [count, width] of [[1, 7], [6, 7], [30, 7], [700, 7], [5000, 11], [641, 10]]) {
    const { ys, x, points } = lineOf(count, width);
    const columns = Map.groupBy(ys.keys(), (i) => Math.floor(x(i)));
    const expected = [...columns.values()].flatMap((places) => {
      const low = places.reduce((a, b) => ys[b] < ys[a] ? b : a);
      const high = places.reduce((a, b) => ys[b] > ys[a] ? b : a);
      const kept = places.length <= 4 ? places : [places[0], low, high, places.at(-1)!];
      return [...new Set(kept)].sort((a, b) => a - b);
    });
    assertEquals(points, expected.map((i) => [x(i), ys[i]]), `${count} points on ${width}`);
  }
});

Deno.test("thinOut: a gap ends a line, is there once, and not at the beginning", () => {
  const isShown = (i: number) => ![0, 1, 4, 5, 9].includes(i);
  const points = thinOut(10, (i) => i * 4, (i) => i, isShown);
  const gap = null;
  assertEquals(points, [[8, 2], [12, 3], gap, [24, 6], [28, 7], [32, 8], gap]);
  assert(thinOut(3, (i) => i, (i) => i, () => false).length === 0);
});
