// The random samples themselves: that every kind of geometry the checks rely on does come up.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  awayFromZero,
  broadcastPairs,
  distinct,
  padAmounts,
  quarters,
  reductions,
  type Values,
} from "../support/grids.ts";
import { convShape, poolShape, windowsOf } from "../support/oracles/windows.ts";
import { convKinds, convSizes, poolKinds, poolSizes } from "../support/windows.ts";

/**
 * Number of samples that a run of the gradient tests takes of one op; of fixed seeds, so that it
 * never flakes.
 */
const SAMPLES = { numRuns: 60 };
const SEEDS = [1, 2, 3, 4, 5];

const CONV_KINDS = [
  "stride 1",
  "stride > 1",
  "rectangular stride",
  "stride > kernel",
  "1 x 1 kernel",
  "kernel = input",
  "rectangular kernel",
  "rectangular image",
  "one dilation",
  "two dilations",
  "groups",
  "depthwise",
  "remainder",
  "padding >= kernel",
  "asymmetric padding",
  "padding by number",
  "explicit padding",
  "same",
  "full",
  "valid",
  "batch 0",
  "batch 1",
  "batch 2",
  "channels not a multiple of 4",
];

const POOL_KINDS = [
  "overlapping",
  "gapped",
  "tiled",
  "stride by default",
  "rectangular",
  "whole image",
  "remainder",
  "asymmetric padding",
  "padding by number",
  "explicit padding",
  "same",
  "full",
  "valid",
  "batch 0",
  "batch 2",
];

function seen<T>(arbitrary: fc.Arbitrary<T>, kindsOf: (value: T) => string[]): Set<string> {
  return new Set(
    SEEDS.flatMap((seed) => fc.sample(arbitrary, { ...SAMPLES, seed })).flatMap(kindsOf),
  );
}

Deno.test("generators: convolutions are of every kind", () => {
  assertEquals([...seen(convSizes, convKinds)].sort(), CONV_KINDS.toSorted());
});

Deno.test("generators: poolings are of every kind", () => {
  assertEquals([...seen(poolSizes, poolKinds)].sort(), POOL_KINDS.toSorted());
});

Deno.test("generators: windows fit, and those of pools hold a pixel", () => {
  fc.assert(fc.property(convSizes, ({ x, w, options }) => {
    assert(convShape(x, w, options).slice(1).every((n) => n >= 1));
  }));
  fc.assert(fc.property(poolSizes, ({ x, options }) => {
    assert(poolShape(x, options).slice(1).every((n) => n >= 1));
    assert(windowsOf(x, options).every((pixels) => pixels.length > 0));
  }));
});

Deno.test("generators: broadcasting repeats either side, both, scalars and nothing", () => {
  const kinds = seen(broadcastPairs, ({ a, b }) => {
    const kind: Record<string, boolean> = {
      alike: String(a) === String(b) && a.length > 0,
      "a is repeated": b.some((n, i) => n > 1 && a[i] === 1),
      "b is repeated": a.some((n, i) => n > 1 && b[i] === 1),
      "a scalar": a.length === 0,
      "b scalar": b.length === 0,
      "ranks differ": a.length !== b.length && a.length * b.length > 0,
      empty: [...a, ...b].includes(0),
    };
    return Object.keys(kind).filter((name) => kind[name]);
  });
  assertEquals(kinds.size, 7, [...kinds].join(", "));
});

Deno.test("generators: reductions and paddings are of every kind", () => {
  const axes = seen(reductions(false), ({ options: { axis, keepDims } }) => [
    Array.isArray(axis) ? `${Math.min(axis.length, 2)} of a list` : typeof axis,
    `keepDims ${keepDims}`,
    ...[axis].flat().some((i) => i !== undefined && i < 0) ? ["from the last"] : [],
  ]);
  assertEquals(axes.size, 9, [...axes].join(", "));
  const sides = seen(
    padAmounts([3]),
    ([[before, after]]) => [`before ${Math.sign(before)}`, `after ${Math.sign(after)}`],
  );
  assertEquals(sides.size, 6, [...sides].join(", "));
});

Deno.test("generators: values lie on their grids", () => {
  const all = (values: Values, holds: (value: number) => boolean) =>
    assert(Array.from(values.data).every(holds));
  fc.assert(fc.property(quarters([5]), awayFromZero([5]), distinct([5]), (grid, away, order) => {
    all(grid, (k) => Number.isInteger(4 * k) && Math.abs(k) <= 3);
    all(away, (k) => Number.isInteger(4 * k) && Math.abs(k) <= 3 && Math.abs(k) >= 0.5);
    assertEquals(Array.from(order.data).toSorted((a, b) => a - b), [-2, -1, 0, 1, 2]);
  }));
});
