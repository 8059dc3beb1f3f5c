// Half-open intervals of random numbers: no number is as large as the end, none below the start, for
// any two ends, neighbours among the floats too.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Random, randomUniform } from "../../mod.ts";
import { numberBelow, numberFrom } from "../../src/random/interval.ts";
import { assertRefuses } from "../support/refusals.ts";

/** Intervals in which few floats lie, so that rounding meets their ends. */
const NARROW: readonly (readonly [number, number])[] = [
  [100, 101],
  [-3, -2.9999998],
  [0.1, 0.1000001],
  [-0.7, 0.3],
  [2 ** 24, 2 ** 24 + 4],
  [-(2 ** -149), 2 ** -149],
  [-(2 ** -149), 0],
  [3.4e38, 3.4028e38],
];

const DRAWS = 100_000;

Deno.test("random: no uniform number is as large as the end of its interval", () => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const [low, high] of NARROW) {
      const x = randomUniform(new Random(1), [DRAWS], { low, high, dtype });
      const values = x.dataSync();
      assert(values.every((v) => low <= v && v < high), `${dtype} from ${low} up to ${high}`);
      x.dispose();
    }
  }
  const random = new Random(2);
  for (
    const [low, high] of [[1, 1 + 2 ** -52], [-1 - 2 ** -52, -1], [0, 5e-324], [
      2 ** 53,
      2 ** 53 + 2,
    ]]
  ) {
    for (let i = 0; i < 1000; i++) assertEquals(random.uniform(low, high), low);
  }
});

Deno.test("random: no uniform number leaves an interval between any two floats", () => {
  const ends = (float: fc.Arbitrary<number>) =>
    fc.tuple(float, fc.integer({ min: 1, max: 4 }), fc.boolean());
  const check =
    (dtype: "float32" | "float64") => ([a, steps, isNear]: [number, number, boolean]) => {
      let low = a;
      for (let i = 0; isNear && i < steps; i++) low = numberBelow(low, dtype);
      if (!isNear) low = numberFrom(-Math.abs(a) - steps, dtype);
      if (!Number.isFinite(low - a) || low >= a) return;
      const values = randomUniform(new Random(steps), [64], { low, high: a, dtype }).dataSync();
      assert(values.every((v) => low <= v && v < a), `${dtype} from ${low} up to ${a}: ${values}`);
    };
  const options = { noNaN: true, noDefaultInfinity: true };
  fc.assert(fc.property(ends(fc.float(options)), check("float32")));
  fc.assert(
    fc.property(ends(fc.double({ ...options, min: -1e300, max: 1e300 })), check("float64")),
  );
});

Deno.test("random: uniform numbers of an interval without a number of the dtype are refused", () => {
  assertRefuses([
    () => randomUniform(new Random(0), [2], { low: 1.00000001, high: 1.00000002 }),
    RangeError,
    "Cannot draw uniform numbers: float32 must have numbers from low up to high: it has none from " +
    "1.00000001 up to 1.00000002",
  ]);
});

Deno.test("random: neighbours of floats", () => {
  assertEquals(numberBelow(1, "float64"), 1 - 2 ** -53);
  assertEquals(numberBelow(-1, "float64"), -1 - 2 ** -52);
  assertEquals(numberBelow(0, "float64"), -5e-324);
  assertEquals(numberBelow(1, "float32"), 1 - 2 ** -24);
  assertEquals(numberBelow(0.1, "float32"), 0.09999999403953552);
  assertEquals(numberBelow(0, "float32"), -(2 ** -149));
  assertEquals(numberFrom(0.1, "float32"), 0.10000000149011612);
  assertEquals(numberFrom(-0.1, "float32"), -0.09999999403953552);
  assertEquals(numberFrom(0.7, "float32"), 0.7000000476837158);
  assertEquals(numberFrom(2 ** -150, "float32"), 2 ** -149);
});
