// Random values on which gradients can be checked exactly, and random shapes and axes: those that
// users test their own operations with.

import fc from "fast-check";
import type { Shape } from "../../src/core/shape.ts";
import { arbitraries } from "../../src/testing/arbitraries.ts";
import type { Values } from "../../src/testing/grids.ts";

export type { ReductionCase, ShapeLimits, Values } from "../../src/testing/grids.ts";

const published = arbitraries(fc);

export const {
  awayFromZero,
  distinct,
  filled,
  labels,
  orders,
  padAmounts,
  quarters,
  reductions,
  shapes,
  sizes,
  smooth,
} = published;

/** Makes two shapes that broadcast against each other, each repeated in some dimensions. */
export const broadcastPairs = published.broadcastPairs();

/** Makes a shape that broadcasts to another, and that other one. */
export const repetitions = published.repetitions();

/** Draws quarters and 1/32 more: added to sums of sixteenths they are never 0. */
export function offGrid(shape: Shape): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: -12, max: 12 }).map((k) => k / 4 + 1 / 32));
}

/** Draws quarters near 4096 or -4096: added to a few hundred products they decide the sign. */
export function farFromZero(shape: Shape): fc.Arbitrary<Values> {
  const near = fc.integer({ min: -12, max: 12 });
  return filled(shape, fc.tuple(near, fc.boolean()).map(([k, up]) => k / 4 + (up ? 4096 : -4096)));
}

/** Draws odd multiples of 1/8 from -39/8 to 63/8: a step of 1/16 meets no multiple of 1/4. */
export function betweenQuarters(shape: Shape): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: -20, max: 31 }).map((k) => k / 4 + 1 / 8));
}
