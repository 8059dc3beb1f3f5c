// maxPool and avgPool: values by hand, ties, conservation of mass, windows at the edges.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  avgPool,
  type AvgPoolOptions,
  grad,
  maxPool,
  mul,
  reshape,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import type { Padding } from "../../src/core/geometry/mod.ts";
import { total } from "../support/oracles/arrays.ts";
import { assertSame, assertTensor, assertWithin } from "../support/compare.ts";
import { quarters, type Values } from "../support/grids.ts";
import { gridValues, tiedValues } from "../support/random_values.ts";
import { averageCounts, firstMaxima, poolShape, windowsOf } from "../support/oracles/windows.ts";
import { poolSizes } from "../support/windows.ts";

const float64 = ({ shape, data }: Values) => tensor(Array.from(data), { shape, dtype: "float64" });

/** Makes one image of one channel. */
const image = (rows: number[][]) =>
  tensor(rows.flat(), { shape: [1, rows.length, rows[0].length, 1] });

const COUNT = image([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]);

/** Lists the rows of the only channel of the only image. */
function rowsOf(y: Tensor): number[][] {
  return reshape(y, [y.shape[1], y.shape[2]]).toArray() as number[][];
}

type Pool = (x: Tensor, options: AvgPoolOptions) => Tensor;

/** Computes the gradient of `<pool(x), dy>`. */
function gradientOf(pool: Pool, options: AvgPoolOptions, x: Tensor, dy: Tensor): Tensor {
  return grad((x: Tensor) => sum(mul(pool(x, options), dy)))(x);
}

Deno.test("pool: values by hand", () => {
  assertEquals(rowsOf(maxPool(COUNT, { size: 2 })), [[6, 8]]);
  assertEquals(rowsOf(avgPool(COUNT, { size: 2 })), [[3.5, 5.5]]);
  assertEquals(rowsOf(maxPool(COUNT, { size: 2, stride: 1 })), [[6, 7, 8], [10, 11, 12]]);
  assertEquals(rowsOf(maxPool(COUNT, { size: [3, 1], stride: [1, 2] })), [[9, 11]]);
  assertEquals(rowsOf(maxPool(COUNT, { size: 1, stride: 3 })), [[1, 4]]);
  assertEquals(rowsOf(avgPool(COUNT, { size: [3, 4] })), [[6.5]]);
});

Deno.test("pool: channels and images are pooled apart", () => {
  const x = tensor([1, 8, 2, 7, 3, 6, 4, 5, -1, 0, -2, 0, -3, 0, -4, 0], { shape: [2, 2, 2, 2] });
  assertEquals(maxPool(x, { size: 2 }).toArray(), [[[[4, 8]]], [[[-1, 0]]]]);
  assertEquals(avgPool(x, { size: 2 }).toArray(), [[[[2.5, 6.5]]], [[[-2.5, 0]]]]);
});

Deno.test("pool: padding never wins", () => {
  const x = image([[-1, -2], [-3, -4]]);
  for (const padding of ["same", 1, "full", [[1, 0], [0, 1]]] satisfies Padding[]) {
    const y = maxPool(x, { size: 2, stride: 1, padding });
    assertEquals(y.dataSync().every((value) => value < 0), true, JSON.stringify(padding));
  }
  assertEquals(rowsOf(maxPool(image([[-Infinity]]), { size: 3, padding: 1 })), [[-Infinity]]);
});

Deno.test("pool: padding does not count in an average unless asked", () => {
  const options = { size: 2, stride: 2, padding: 1 };
  const x = image([[4, 8], [12, 16]]);
  assertEquals(rowsOf(avgPool(x, options)), [[4, 8], [12, 16]]);
  assertEquals(rowsOf(avgPool(x, { ...options, countPadding: true })), [[1, 2], [3, 4]]);
});

Deno.test('pool: "same" gives ceil(size / stride) windows, the odd pixel after', () => {
  const x = image([[1, 2, 3, 4, 5]]);
  assertEquals(rowsOf(maxPool(x, { size: [1, 2], padding: "same" })), [[2, 4, 5]]);
  assertEquals(rowsOf(maxPool(x, { size: [1, 4], padding: "same" })), [[3, 5]]);
  assertEquals(maxPool(zeros([2, 64, 64, 8]), { size: 8, padding: "same" }).shape, [2, 8, 8, 8]);
});

Deno.test("pool: the first of tied maxima takes the gradient, in row-major order", () => {
  const dx = (x: number[][], options: AvgPoolOptions) => {
    const y = maxPool(image(x), options);
    return rowsOf(
      gradientOf(maxPool, options, image(x), tensor(gridOf(y.size), { shape: y.shape })),
    );
  };
  assertEquals(dx([[1, 1], [1, 1]], { size: 2 }), [[1, 0], [0, 0]]);
  assertEquals(dx([[0, 1], [1, 0]], { size: 2 }), [[0, 1], [0, 0]]);
  assertEquals(dx([[5, 5, 5]], { size: [1, 2], stride: 1 }), [[1, 2, 0]]);
  assertEquals(dx([[0, 9, 0]], { size: [1, 2], stride: 1 }), [[0, 3, 0]]);
});

/** Makes the list 1, 2, 3 … */
function gridOf(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i + 1);
}

// The source exercise reads dA at the corner of the window, dA[v, h], where its index is meant. The
// two are the same at stride 1 alone, which is all that it prints.
Deno.test("pool: at every stride dy is read at its own index, not at the window's corner", () => {
  const x = image([[1, 0, 2, 0, 3, 0], [0, 0, 0, 0, 0, 0]]);
  for (const pool of [maxPool, avgPool]) {
    const dx = gradientOf(pool, { size: 2, stride: 2 }, x, image([[4, 8, 12]]));
    const expected = pool === maxPool
      ? [[4, 0, 8, 0, 12, 0], [0, 0, 0, 0, 0, 0]]
      : [[1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 3, 3]];
    assertEquals(rowsOf(dx), expected);
  }
  const gaps = gradientOf(maxPool, { size: 1, stride: [1, 3] }, x, image([[5, 7], [0, 0]]));
  assertEquals(rowsOf(gaps), [[5, 0, 0, 7, 0, 0], [0, 0, 0, 0, 0, 0]]);
});

Deno.test("pool: those of the definition, forward and gradient, full of ties", () => {
  const samples = poolSizes.chain(({ x, options }) =>
    fc.record({
      options: fc.constant(options),
      x: fc.integer({ min: 0, max: 99 }).map((seed) => tiedValues(x, seed)),
      dy: quarters(poolShape(x, options)),
    })
  );
  fc.assert(fc.property(samples, ({ x, dy, options }) => {
    const at = firstMaxima(x, options);
    const dx = new Float64Array(x.data.length);
    at.forEach((pixel, i) => dx[pixel] += dy.data[i]);
    const expected = { shape: dy.shape, data: at.map((i) => x.data[i]) };
    assertTensor(maxPool(float64(x), options), expected, "maxPool");
    const actual = gradientOf(maxPool, options, float64(x), float64(dy));
    assertTensor(actual, { shape: x.shape, data: dx }, "its gradient");
  }));
});

Deno.test("pool: averages of the definition, with padding counted and not", () => {
  const samples = poolSizes.chain(({ x, options }) =>
    fc.record({ x: quarters(x), options: fc.constant(options), countPadding: fc.boolean() })
  );
  fc.assert(fc.property(samples, ({ x, options, countPadding }) => {
    const all = { ...options, countPadding };
    const counts = averageCounts(x.shape, all);
    const means = windowsOf(x.shape, options)
      .map((pixels, i) => total(pixels.map((at) => x.data[at])) / counts[i]);
    assertWithin(avgPool(float64(x), all).dataSync(), means, () => 1e-15, "avgPool");
  }));
});

/** Every padding, windows that overlap, tile and leave gaps. */
const GEOMETRIES: AvgPoolOptions[] = [1, 2, 3, 4].flatMap((stride) =>
  (["valid", "same", "full", 1, [[0, 2], [1, 0]]] satisfies Padding[])
    .map((padding) => ({ size: 3, stride, padding }))
);

Deno.test("pool: mass is conserved on ties and overlaps, sum(dx) = sum(dy)", () => {
  for (const options of GEOMETRIES) {
    for (
      const x of [tiedValues([2, 7, 8, 3], 1), { ...tiedValues([2, 7, 8, 3], 1), data: CONSTANT }]
    ) {
      const dy = gridValues(poolShape(x.shape, options), 2);
      const mass = total(dy.data);
      const what = JSON.stringify(options);
      const paid = gradientOf(maxPool, options, float64(x), float64(dy)).dataSync();
      assertSame([total(paid)], [mass], `maxPool ${what}`);
      const spread = gradientOf(avgPool, options, float64(x), float64(dy)).dataSync();
      assertAlmostEquals(total(spread), mass, 1e-12, `avgPool ${what}`);
    }
  }
});

/** All elements tied. */
const CONSTANT = new Array<number>(2 * 7 * 8 * 3).fill(5);

Deno.test("pool: with padding counted, its share of the mass is lost", () => {
  const x = zeros([1, 2, 2, 1]);
  const options = { size: 2, padding: 1, countPadding: true };
  const dx = gradientOf(avgPool, options, x, image([[4, 8], [12, 16]]));
  assertEquals(rowsOf(dx), [[1, 2], [3, 4]]);
});

Deno.test("pool: NaN wins, and the first one takes the gradient", () => {
  const x = image([[1, NaN, 9], [NaN, 2, 3]]);
  const options = { size: 2, stride: 1 };
  assertEquals(rowsOf(maxPool(x, options)), [[NaN, NaN]]);
  assertEquals(rowsOf(gradientOf(maxPool, options, x, image([[1, 2]]))), [[0, 3, 0], [0, 0, 0]]);
  const alone = image([[NaN, 0, 0, 0]]);
  assertEquals(rowsOf(maxPool(alone, { size: [1, 2] })), [[NaN, 0]]);
  assertEquals(rowsOf(avgPool(alone, { size: [1, 2] })), [[NaN, 0]]);
  assertEquals(rowsOf(gradientOf(avgPool, { size: [1, 2] }, alone, image([[2, NaN]]))), [
    [1, 1, NaN, NaN],
  ]);
});

Deno.test("pool: the gradient of the gradient gathers from where dy went", () => {
  const x = image([[1, 3, 2, 0], [0, 2, 5, 4]]);
  const inner = (dy: Tensor) => gradientOf(maxPool, { size: 2 }, x, dy);
  const weights = image([[10, 20, 30, 40], [50, 60, 70, 80]]);
  const back = grad((dy: Tensor) => sum(mul(inner(dy), weights)))(image([[1, 1]]));
  assertEquals(rowsOf(back), [[20, 70]]);
});

Deno.test("pool: an empty batch has an empty result and an empty gradient", () => {
  for (const pool of [maxPool, avgPool]) {
    const y = pool(zeros([0, 4, 4, 3]), { size: 2 });
    assertEquals(y.shape, [0, 2, 2, 3]);
    const dx = grad((x: Tensor) => sum(pool(x, { size: 2 })))(zeros([0, 4, 4, 3]));
    assertEquals(dx.shape, [0, 4, 4, 3]);
  }
});
