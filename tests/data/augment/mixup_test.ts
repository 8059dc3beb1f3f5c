// Mixup: sums of two examples with the same weight for inputs and labels.

import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { arrayDataset } from "../../../src/data/mod.ts";

/** Makes examples that are their own one-hot label: a mixed one shows of whom it is made. */
function unitVectors(size: number) {
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  const y = Int32Array.from({ length: size }, (_, i) => i);
  return arrayDataset({ x: { shape: [size, size], dtype: "float64", data }, y });
}

Deno.test("mixup: inputs and labels have the same weights, which add up to 1", async () => {
  const { x, y } = await unitVectors(12).mixup({ classes: 12, alpha: 1 }).arrays();
  assertEquals([x.dtype, x.shape, y.dtype, y.shape], ["float64", [12, 12], "float32", [12, 12]]);
  for (let i = 0; i < 12; i++) {
    const row = [...x.data.subarray(12 * i, 12 * i + 12)];
    assertAlmostEquals(row.reduce((a, b) => a + b, 0), 1, 1e-12);
    assert(row.filter((v) => v > 0).length <= 2);
    row.forEach((v, j) => assertAlmostEquals(y.data[12 * i + j], v, 1e-6));
  }
});

Deno.test("mixup: distributions are mixed as they are", async () => {
  const soft = { shape: [2, 2], dtype: "float32", data: Float32Array.of(1, 0, 0, 1) } as const;
  const { x, y } = await arrayDataset({ x: soft, y: soft }).mixup({ alpha: 1 }).arrays();
  assertEquals(x, y);
});

Deno.test("mixup: a function of seed, epoch and number, whatever the batches", async () => {
  const dataset = unitVectors(9);
  const mixed = (size: number, epoch: number, seed: number) => {
    const batches = dataset.mixup({ classes: 9, alpha: 0.4, seed }).batch(size);
    return Array.fromAsync(batches.batches({ epoch }), ({ x }) => [...x.dataSync()]);
  };
  const whole = (await mixed(9, 2, 5)).flat();
  assertEquals((await mixed(2, 2, 5)).flat(), whole);
  assertNotEquals((await mixed(9, 3, 5)).flat(), whole);
  assertNotEquals((await mixed(9, 2, 6)).flat(), whole);
  const own = await dataset.mixup({ classes: 9, alpha: 0.4 }).arrays({ epoch: 2, seed: 5 });
  assertEquals([...own.x.data], whole);
});

Deno.test("mixup: weights are of the distribution Beta(alpha, alpha)", async () => {
  // One example against another: the weight is what is left of it where the two differ.
  const count = 3000;
  const x = { shape: [count, 1], dtype: "float64", data: new Float64Array(count) } as const;
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  for (const alpha of [0.2, 1, 4]) {
    const mixed = await arrayDataset({ x, y }).mixup({ classes: 2, alpha }).arrays();
    const weights = [];
    for (let i = 0; i < count; i++) {
      const own = mixed.y.data[2 * i + i % 2];
      if (own < 1) weights.push(own); // mixed with the other class
    }
    const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
    const variance = weights.reduce((a, b) => a + (b - mean) ** 2, 0) / weights.length;
    // Variance of Beta(a, a): 1 / (4 (2 a + 1)). Tolerances of six deviations, and of the few
    // weights that round to 1 for a small alpha.
    assertAlmostEquals(mean, 0.5, 0.06);
    assertAlmostEquals(variance, 1 / (4 * (2 * alpha + 1)), 0.03);
  }
});

Deno.test("mixup: a tiny alpha leaves examples whole", async () => {
  const { x } = await unitVectors(20).mixup({ classes: 20, alpha: 1e-9 }).arrays();
  for (const value of x.data) assert(value === 0 || value === 1, `${value}`);
});
