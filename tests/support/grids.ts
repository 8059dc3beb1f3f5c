// Random values on which gradients can be checked exactly, and random shapes and axes: those that
// users test their own operations with.

import fc from "fast-check";
import type { Shape } from "../../src/core/shape.ts";
import { arbitraries } from "../../src/testing/arbitraries.ts";

export type { Reduction, ShapeLimits, Values } from "../../src/testing/grids.ts";
import type { Values } from "../../src/testing/grids.ts";

const published = arbitraries(fc);

<<<<<<< HEAD
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
=======
/** Multiples of 1/4 at least 1/2 away from 0: a step of 1/4 does not cross it. */
export function awayFromZero(shape: Shape): fc.Arbitrary<Values> {
  const magnitude = fc.integer({ min: 2, max: 12 });
  return filled(
    shape,
    fc.tuple(magnitude, fc.boolean()).map(([k, negative]) => (negative ? -k : k) / 4),
  );
}

/** Different integers in random order: no ties, and a step of 1/4 makes none. */
export function distinct(shape: Shape): fc.Arbitrary<Values> {
  const size = sizeOf(shape);
  const integers = Array.from({ length: size }, (_, i) => i - Math.floor(size / 2));
  return fc.shuffledSubarray(integers, { minLength: size, maxLength: size })
    .map((data) => ({ shape, data }));
}

/** Multiples of 1/64 from `low` to `high`, for functions that are smooth there. */
export function smooth(shape: Shape, low: number, high: number): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: low * 64, max: high * 64 }).map((k) => k / 64));
}

/** Quarters and 1/32 more: added to sums of sixteenths they are never 0. */
export function offGrid(shape: Shape): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: -12, max: 12 }).map((k) => k / 4 + 1 / 32));
}

/** Quarters near 4096 or -4096: added to a few hundred products they say what its sign is. */
export function farFromZero(shape: Shape): fc.Arbitrary<Values> {
  const near = fc.integer({ min: -12, max: 12 });
  return filled(shape, fc.tuple(near, fc.boolean()).map(([k, up]) => k / 4 + (up ? 4096 : -4096)));
}

/** Integers from 0 up to, but without, `below`. */
export function labels(shape: Shape, below: number): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: 0, max: below - 1 }));
}

function filled(shape: Shape, element: fc.Arbitrary<number>): fc.Arbitrary<Values> {
  const size = sizeOf(shape);
  return fc.array(element, { minLength: size, maxLength: size }).map((data) => ({ shape, data }));
}

/** Which shapes {@link shapes} makes. */
export interface ShapeLimits {
  readonly minRank?: number;
  readonly maxRank?: number;
  readonly maxSize?: number;
  /** Some dimensions may be 0. */
  readonly empty?: boolean;
}

/** Shapes of a few elements, of every rank from a scalar up. */
export function shapes(limits: ShapeLimits = {}): fc.Arbitrary<number[]> {
  const { minRank = 0, maxRank = 3, maxSize = 3, empty = false } = limits;
  return fc.array(sizes(maxSize, empty), { minLength: minRank, maxLength: maxRank });
}

/** A size of a dimension. */
export function sizes(max: number, empty = false): fc.Arbitrary<number> {
  const size = fc.integer({ min: 1, max });
  return empty ? fc.oneof({ weight: 15, arbitrary: size }, fc.constant(0)) : size;
}
>>>>>>> 441fab6 (Relu in the epilogue of conv2d and dense; filter gradients skip zeros of dy; leaner Winograd)

/** Odd multiples of 1/8 from -39/8 to 63/8: a step of 1/16 meets no multiple of 1/4. */
export function betweenQuarters(shape: Shape): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: -20, max: 31 }).map((k) => k / 4 + 1 / 8));
}

/** Two shapes that broadcast against each other, each repeated in some dimensions. */
export const broadcastPairs = published.broadcastPairs();

/** A shape that broadcasts to another, and that other one. */
export const repetitions = published.repetitions();
