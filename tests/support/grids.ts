// Random values on which gradients can be checked exactly, and random shapes and axes: those that
// users test their own operations with.

import fc from "fast-check";
import { arbitraries } from "../../src/testing/arbitraries.ts";

export type { Reduction, ShapeLimits, Values } from "../../src/testing/grids.ts";

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

/** Two shapes that broadcast against each other, each repeated in some dimensions. */
export const broadcastPairs = published.broadcastPairs();

/** A shape that broadcasts to another, and that other one. */
export const repetitions = published.repetitions();
