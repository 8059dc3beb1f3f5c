// Initial weights: their range, their spread, their reproducibility.

import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { Random, referenceBackend, ShapeError } from "../../mod.ts";
import { glorotUniform } from "../../src/nn/mod.ts";
import { assertExactError } from "../core/exact_error.ts";

/** Largest magnitude, mean and variance. */
function spread(values: ArrayLike<number>): { largest: number; mean: number; variance: number } {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b) / list.length;
  const variance = list.reduce((total, v) => total + (v - mean) ** 2, 0) / list.length;
  return { largest: Math.max(...list.map(Math.abs)), mean, variance };
}

Deno.test("glorotUniform: the variance is 2 / (fanIn + fanOut), uniformly", () => {
  const shapes: [shape: number[], fans: number][] = [
    [[100, 50], 150],
    [[50, 100], 150],
    [[3, 5, 20, 30], 3 * 5 * (20 + 30)],
    [[4, 40, 60], 4 * (40 + 60)],
  ];
  for (const [shape, fans] of shapes) {
    const w = glorotUniform(new Random(1), shape, { dtype: "float64" });
    assertEquals(w.shape, shape);
    const { largest, mean, variance } = spread(w.dataSync());
    const limit = Math.sqrt(6 / fans);
    assert(largest <= limit && largest > 0.99 * limit, `${largest} of ${limit}`);
    assert(Math.abs(mean) < 5 * limit / Math.sqrt(3 * w.size));
    assert(Math.abs(variance / (2 / fans) - 1) < 5 * Math.sqrt(0.8 / w.size));
  }
});

Deno.test("glorotUniform: numbers come from the stream, one after the other", () => {
  const [first, second] = [new Random(2), new Random(2)];
  const make = (random: Random) => glorotUniform(random, [2, 3]).toArray();
  const one = make(first);
  assertEquals(one, make(second));
  assertNotEquals(make(first), one);
  const random = new Random(2);
  const values = glorotUniform(new Random(2), [1, 5], { dtype: "float64" }).dataSync();
  values.forEach((value) => assertEquals(value, random.uniform(-1, 1)));
});

Deno.test("glorotUniform: float32 unless told otherwise, on any backend", () => {
  const random = new Random(3);
  const backend = referenceBackend();
  assertEquals(glorotUniform(random, [1, 2]).dtype, "float32");
  assertEquals(glorotUniform(random, [1, 2], { dtype: undefined }).dtype, "float32");
  assertEquals(glorotUniform(random, [1, 2], { dtype: "float64" }).dtype, "float64");
  assertStrictEquals(glorotUniform(random, [1, 2], { backend }).backend, backend);
});

Deno.test("glorotUniform: weights have at least two dimensions", () => {
  for (const shape of [[], [5]]) {
    assertExactError(
      () => glorotUniform(new Random(0), shape),
      ShapeError,
      "Cannot initialise weights: shape must have at least two dimensions: got " +
        `[${shape.join(", ")}]`,
    );
  }
  assertExactError(
    () => glorotUniform(new Random(0), [2, -1]),
    ShapeError,
    "Cannot create tensor: shape must be a list of integers of at least 0: got [2, -1]",
  );
  assertEquals(glorotUniform(new Random(0), [0, 3]).shape, [0, 3]);
});
