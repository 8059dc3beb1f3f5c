// Initial weights: their range, their spread, their reproducibility.

import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { matmul, Random, referenceBackend, reshape, ShapeError } from "../../mod.ts";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  orthogonal,
  truncatedNormal,
} from "../../src/nn/mod.ts";
import { assertExactError } from "../support/exact_error.ts";

/** Measures largest magnitude, mean and variance. */
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

/** The other initializers by fans, with the variance that their formulas give. */
const BY_FANS: readonly (readonly [
  name: string,
  make: Initializer,
  variance: (fanIn: number, fanOut: number) => number,
  uniform: boolean,
])[] = [
  ["glorotNormal", glorotNormal, (fanIn, fanOut) => 2 / (fanIn + fanOut), false],
  ["heUniform", heUniform, (fanIn) => 2 / fanIn, true],
  ["heNormal", heNormal, (fanIn) => 2 / fanIn, false],
  ["lecunUniform", lecunUniform, (fanIn) => 1 / fanIn, true],
  ["lecunNormal", lecunNormal, (fanIn) => 1 / fanIn, false],
];

for (const [name, make, variance, isUniform] of BY_FANS) {
  Deno.test(`${name}: mean, variance and range are those of its formula`, () => {
    for (const [shape, fanIn, fanOut] of [[[100, 60], 100, 60], [[3, 5, 20, 30], 300, 450]]) {
      const w = make(new Random(1), shape as number[], { dtype: "float64" });
      const expected = variance(fanIn as number, fanOut as number);
      const limit = isUniform ? Math.sqrt(3 * expected) : 2 * Math.sqrt(expected) / 0.87962566;
      const found = spread(w.dataSync());
      assert(found.largest <= limit && found.largest > 0.97 * limit, `${found.largest} ${limit}`);
      assert(Math.abs(found.mean) < 5 * Math.sqrt(expected / w.size));
      const error = Math.abs(found.variance / expected - 1);
      assert(error < 5 * Math.sqrt(2 / w.size), `variance off by ${error}`);
    }
  });

  Deno.test(`${name}: weights have at least two dimensions`, () => {
    assertExactError(
      () => make(new Random(0), [5]),
      ShapeError,
      "Cannot initialise weights: shape must have at least two dimensions: got [5]",
    );
  });
}

Deno.test("truncatedNormal: no value is further than two deviations away", () => {
  const w = truncatedNormal(0.5)(new Random(1), [10000], { dtype: "float64" });
  const { largest, mean, variance } = spread(w.dataSync());
  assert(largest <= 1 && largest > 0.99);
  assert(Math.abs(mean) < 0.02);
  assert(Math.abs(Math.sqrt(variance) / (0.5 * 0.87962566) - 1) < 0.03);
  assertExactError(
    () => truncatedNormal(0),
    RangeError,
    "Cannot make initializer: std must be a number above 0: got 0",
  );
});

Deno.test("orthogonal: columns, or rows where they are fewer, are orthogonal and of length gain", () => {
  const cases: [shape: number[], transposed: boolean][] = [
    [[7, 4], false],
    [[4, 7], true],
    [[2, 3, 4, 10], false],
    [[5, 5], false],
    [[1, 1, 3, 8], true],
  ];
  for (const [shape, transposed] of cases) {
    const w = orthogonal(2)(new Random(1), shape, { dtype: "float64" });
    const columns = shape.at(-1)!;
    const matrix = reshape(w, [w.size / columns, columns]);
    const products = transposed
      ? matmul(matrix, matrix, { transposeB: true })
      : matmul(matrix, matrix, { transposeA: true });
    const n = products.shape[0];
    products.dataSync().forEach((value, i) => {
      const expected = i % (n + 1) === 0 ? 4 : 0;
      assert(Math.abs(value - expected) < 1e-14, `${shape}: ${value}, not ${expected}`);
    });
  }
  assertExactError(
    () => orthogonal(NaN),
    RangeError,
    "Cannot make initializer: gain must be a finite number: got NaN",
  );
  assertExactError(
    () => orthogonal()(new Random(0), [5]),
    ShapeError,
    "Cannot initialise weights: shape must have at least two dimensions: got [5]",
  );
});

Deno.test("orthogonal: large squares, whose last columns have little room, are as orthogonal", () => {
  const n = 300;
  const w = orthogonal()(new Random(4), [n, n], { dtype: "float64" });
  const products = matmul(w, w, { transposeA: true }).dataSync();
  let worst = 0;
  products.forEach((value, i) =>
    worst = Math.max(worst, Math.abs(value - Number(i % (n + 1) === 0)))
  );
  assert(worst < 1e-14, `products are up to ${worst} off`);
});

Deno.test("constant: one number everywhere, in any shape", () => {
  assertEquals(constant(0)(new Random(0), [2, 2]).toArray(), [[0, 0], [0, 0]]);
  assertEquals(constant(1)(new Random(0), []).item(), 1);
  assertExactError(
    () => constant(Infinity),
    RangeError,
    "Cannot make initializer: value must be a finite number: got Infinity",
  );
});
