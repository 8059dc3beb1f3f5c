// The random numbers: the generator against its published vectors, the distributions against
// theirs, and the independence of streams.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { Random } from "../../mod.ts";
import { threefry2x32, type Words } from "../../src/random/threefry.ts";
import { assertExactError } from "../support/exact_error.ts";

/**
 * Answers from the file kat_vectors of Random123, the authors' own code: threefry2x32, 20 rounds.
 */
const KNOWN_ANSWERS: [counter: Words, key: Words, result: Words][] = [
  [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
  [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
  [[0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344], [0xc4923a9c, 0x483df7a0]],
];

Deno.test("random: Threefry-2x32 gives the published answers", () => {
  for (const [counter, key, result] of KNOWN_ANSWERS) {
    assertEquals(threefry2x32(key, counter), result);
  }
});

Deno.test("random: words given as signed integers are the same words", () => {
  const [counter, key, result] = KNOWN_ANSWERS[1];
  const signed = (words: Words): Words => [words[0] | 0, words[1] | 0];
  assertEquals(threefry2x32(signed(key), signed(counter)), result);
});

Deno.test("random: a stream is the encrypted counter, high words first", () => {
  const random = new Random(0);
  for (let i = 0; i < 3; i++) {
    const [high, low] = threefry2x32([0, 0], [i, 0]);
    assertEquals(
      random.uniform(),
      Number((BigInt(high >>> 5) << 26n) + BigInt(low >>> 6)) / 2 ** 53,
    );
  }
});

/** Results of seed 42. A change of these changes the results of every seed: a breaking change. */
const GOLDEN = {
  uniform: 0.8690483965743594,
  permutation: [3, 5, 2, 4, 6, 0, 7, 1],
  split: 429083105,
};

Deno.test("random: the same seed gives the same numbers, on every machine", () => {
  const draw = (random: Random) => [
    random.uniform(),
    random.normal(),
    random.normal(),
    random.integer(1000),
    ...random.permutation(6),
  ];
  assertEquals(draw(new Random(7)), draw(new Random(7)));
  assertNotEquals(draw(new Random(7)), draw(new Random(8)));
  assertEquals(new Random(42).uniform(), GOLDEN.uniform);
  assertEquals([...new Random(42).permutation(8)], GOLDEN.permutation);
  assertEquals(new Random(42).split("weights").integer(2 ** 32), GOLDEN.split);
});

Deno.test("random: seeds are integers, of either sign, all different", () => {
  const seeds = [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 32 + 1];
  assertEquals(new Set(seeds.map((seed) => new Random(seed).uniform())).size, seeds.length);
  for (const seed of [0.5, NaN, Infinity, 2 ** 53]) {
    assertExactError(
      () => new Random(seed),
      RangeError,
      `Cannot seed random numbers: seed must be an integer: got ${seed}`,
    );
  }
  assertExactError(
    () => new Random("7" as unknown as number),
    RangeError,
    "Cannot seed random numbers: seed must be an integer: got 7",
  );
});

/** Computes mean, variance and third and fourth standardised moments. */
function moments(values: readonly number[]): number[] {
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b) / list.length;
  const m = mean(values);
  const variance = mean(values.map((v) => (v - m) ** 2));
  const standard = values.map((v) => (v - m) / Math.sqrt(variance));
  return [m, variance, mean(standard.map((v) => v ** 3)), mean(standard.map((v) => v ** 4))];
}

const DRAWS = 40_000;

/** Asserts that each value is within five standard errors of what is expected. */
function assertNear(actual: number[], expected: number[], errors: number[]): void {
  actual.forEach((value, i) => {
    const bound = 5 * errors[i] / Math.sqrt(DRAWS);
    assert(Math.abs(value - expected[i]) <= bound, `${i}: ${value}, not ${expected[i]}`);
  });
}

Deno.test("random: uniform numbers are in range and have the moments of theirs", () => {
  const random = new Random(1);
  const values = Array.from({ length: DRAWS }, () => random.uniform());
  assert(values.every((v) => v >= 0 && v < 1));
  assertNear(moments(values), [1 / 2, 1 / 12, 0, 9 / 5], [0.289, 0.0745, 1.3, 1.3]);
  const other = Array.from({ length: DRAWS }, () => random.uniform(-3, 5));
  assert(other.every((v) => v >= -3 && v < 5));
  assert(Math.min(...other) < -2.99 && Math.max(...other) > 4.99);
  assertNear(moments(other).slice(0, 2), [1, 64 / 12], [2.31, 4.77]);
});

Deno.test("random: uniform numbers fill all 53 bits, evenly", () => {
  const random = new Random(2);
  const ones = new Array<number>(53).fill(0);
  for (let i = 0; i < DRAWS / 4; i++) {
    const bits = BigInt(random.uniform() * 2 ** 53);
    for (let bit = 0; bit < 53; bit++) ones[bit] += Number(bits >> BigInt(bit) & 1n);
  }
  const deviations = ones.map((count) => Math.abs(count - DRAWS / 8) / Math.sqrt(DRAWS / 16));
  assert(Math.max(...deviations) < 5, String(deviations));
});

Deno.test("random: neighbours in a stream, and in neighbouring streams, are unrelated", () => {
  const [first, second] = [new Random(1), new Random(2)];
  const values = Array.from({ length: DRAWS }, () => first.uniform() - 0.5);
  const others = Array.from({ length: DRAWS }, () => second.uniform() - 0.5);
  const correlation = (a: number[], b: number[]) =>
    12 * a.reduce((total, v, i) => total + v * b[i], 0) / DRAWS;
  const shifted = [...values.slice(1), values[0]];
  assertNear([correlation(values, shifted), correlation(values, others)], [0, 0], [1, 1]);
});

Deno.test("random: normal numbers have the moments of theirs", () => {
  const random = new Random(3);
  const values = Array.from({ length: DRAWS }, () => random.normal());
  assertNear(moments(values), [0, 1, 0, 3], [1, 1.42, 2.45, 9.8]);
  const share = values.filter((v) => Math.abs(v) < 1).length / DRAWS;
  assertNear([share], [0.682689], [0.4655]);
  const other = Array.from({ length: DRAWS }, () => random.normal(10, 3));
  assertNear(moments(other).slice(0, 2), [10, 9], [3, 12.8]);
});

Deno.test("random: normal numbers are the Box-Muller transform of uniform ones", () => {
  const [random, uniform] = [new Random(13), new Random(13)];
  for (let pair = 0; pair < 3; pair++) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform.uniform()));
    const angle = 2 * Math.PI * uniform.uniform();
    assertEquals(random.normal(), radius * Math.cos(angle));
    assertEquals(random.normal(), radius * Math.sin(angle));
  }
});

Deno.test("random: the two numbers of a pair are scaled each by its own arguments", () => {
  const [plain, scaled] = [new Random(4), new Random(4)];
  const [a, b] = [plain.normal(), plain.normal()];
  assertEquals([scaled.normal(1, 2), scaled.normal(-5, 0.5)], [1 + 2 * a, -5 + 0.5 * b]);
  assertNotEquals(a, b);
});

Deno.test("random: integers are uniform", () => {
  const random = new Random(5);
  for (const below of [2, 3, 7, 10]) {
    const counts = new Array<number>(below).fill(0);
    for (let i = 0; i < DRAWS / 4; i++) counts[random.integer(below)]++;
    const expected = DRAWS / 4 / below;
    const chiSquare = counts.reduce((total, n) => total + (n - expected) ** 2 / expected, 0);
    assert(chiSquare < below - 1 + 5 * Math.sqrt(2 * below), `${below}: ${chiSquare}`);
  }
});

Deno.test("random: integers below any bound are in range, and reach both of its ends", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (below, seed) => {
    const value = new Random(seed).integer(below);
    assert(Number.isInteger(value) && value >= 0 && value < below);
  }));
  const random = new Random(6);
  assertEquals(random.integer(1), 0);
  const large = Array.from({ length: 200 }, () => random.integer(2 ** 32));
  assert(large.some((v) => v >= 2 ** 31), "the sign bit counts as a bit");
});

Deno.test("random: words of the incomplete stretch are drawn again", () => {
  // Below 3 · 2³⁰ a word modulo would hit the first third of the range twice as often.
  const random = new Random(7);
  const below = 3 * 2 ** 30;
  const low = Array.from({ length: DRAWS }, () => random.integer(below))
    .filter((v) => v < 2 ** 30).length / DRAWS;
  assertNear([low], [1 / 3], [0.4714]);
});

Deno.test("random: integers need a bound from 1 to 2^32", () => {
  for (const below of [0, -1, 1.5, NaN, 2 ** 32 + 1, Infinity]) {
    assertExactError(
      () => new Random(0).integer(below),
      RangeError,
      `Cannot draw an integer: below must be an integer from 1 to 2^32: got ${below}`,
    );
  }
});

Deno.test("random: a permutation has every integer once", () => {
  fc.assert(fc.property(fc.nat(200), fc.integer(), (length, seed) => {
    const order = new Random(seed).permutation(length);
    assert(order instanceof Int32Array);
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length }, (_, i) => i));
  }));
  assertEquals([...new Random(0).permutation(0)], []);
  for (const length of [-1, 2.5, NaN, Infinity]) {
    assertExactError(
      () => new Random(0).permutation(length),
      RangeError,
      `Cannot draw a permutation: length must be an integer of at least 0: got ${length}`,
    );
  }
});

Deno.test("random: all permutations are equally likely", () => {
  const random = new Random(8);
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const order = random.permutation(4).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  const chiSquare = [...counts.values()].reduce((total, n) => total + (n - 500) ** 2 / 500, 0);
  assert(chiSquare < 23 + 5 * Math.sqrt(46), String(chiSquare));
});

Deno.test("random: a split takes nothing from its stream and is always the same", () => {
  const [random, untouched] = [new Random(9), new Random(9)];
  const before = random.split("a").uniform();
  random.uniform();
  assertEquals(random.split("a").uniform(), before, "wherever the stream is");
  untouched.uniform();
  assertEquals(random.uniform(), untouched.uniform());
});

Deno.test("random: splits differ by label, by order, by depth and from their stream", () => {
  const random = new Random(10);
  const streams = [
    random,
    ...["", "a", "b", "ab", "ba", "aa", "é", "😀", 0, 1, 12].map((label) => random.split(label)),
    random.split("a").split("b"),
    random.split("b").split("a"),
    random.split("a").split("a"),
    new Random(11).split("a"),
  ];
  // A chain over characters: "ab" must not be what "a" split by "b" is.
  assertEquals(new Set(streams.map((stream) => stream.uniform())).size, streams.length);
  assertEquals(new Random(10).split(12).uniform(), new Random(10).split("12").uniform());
});

Deno.test("random: splits differ by characters beyond 16 bits, of which pairs share their first half", () => {
  const labels = ["😀", "😁", "😂", "\ud83d", "\ude00", "a😀", "a😁", "😀a", "😁a", "𝒳", "𝒴"];
  const firsts = labels.map((label) => new Random(10).split(label).uniform());
  assertEquals(new Set(firsts).size, labels.length);
});

Deno.test("random: the first numbers of many splits are uniform and unrelated", () => {
  const random = new Random(12);
  const values = Array.from({ length: DRAWS }, (_, i) => random.split(i).uniform());
  assertNear(moments(values), [1 / 2, 1 / 12, 0, 9 / 5], [0.289, 0.0745, 1.3, 1.3]);
  const product = values.reduce((t, v, i) => t + (v - 0.5) * (values[(i + 1) % DRAWS] - 0.5), 0);
  assertNear([12 * product / DRAWS], [0], [1]);
});
