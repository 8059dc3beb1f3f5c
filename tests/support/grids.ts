// Random values on which gradients can be checked exactly, and random shapes and axes. Never raw
// doubles: on a grid of quarters the central difference of a linear function is exact.

import fc from "fast-check";
import type { Shape } from "../../src/core/shape.ts";
import { sizeOf } from "../../src/core/shape.ts";

/** An array on the host: elements in row-major order. */
export interface Values {
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** Multiples of 1/4 from -3 to 3: products and sums of a few hundred of them are exact. */
export function quarters(shape: Shape): fc.Arbitrary<Values> {
  return filled(shape, fc.integer({ min: -12, max: 12 }).map((k) => k / 4));
}

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

/** Two shapes that broadcast against each other, each repeated in some dimensions. */
export const broadcastPairs: fc.Arbitrary<{ a: number[]; b: number[] }> = shapes({ empty: true })
  .chain((shape) => fc.record({ a: repeatable(shape), b: repeatable(shape) }));

/** A shape that broadcasts to another, and that other one. */
export const repetitions: fc.Arbitrary<{ from: number[]; to: number[] }> = shapes({ empty: true })
  .chain((to) => fc.record({ from: repeatable(to), to: fc.constant(to) }));

/** `shape` without some leading dimensions and with some of the others made 1. */
function repeatable(shape: readonly number[]): fc.Arbitrary<number[]> {
  return fc.record({
    dropped: fc.integer({ min: 0, max: shape.length }),
    kept: fc.tuple(...shape.map(() => fc.boolean())),
  }).map(({ dropped, kept }) => shape.map((n, i) => kept[i] ? n : 1).slice(dropped));
}

/** A shape and the options of a reduction over it. */
export interface Reduction {
  readonly shape: number[];
  readonly options: { readonly axis?: number | number[]; readonly keepDims?: boolean };
}

/** Reductions over all, one or some axes, counted from either end. */
export function reductions(empty: boolean): fc.Arbitrary<Reduction> {
  return shapes({ empty }).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      options: fc.record({ axis: axesOf(shape), keepDims: fc.boolean() }, { requiredKeys: [] }),
    })
  );
}

function axesOf(shape: readonly number[]): fc.Arbitrary<number | number[]> {
  const some = fc.shuffledSubarray(shape.map((_, i) => i)).chain((axes) =>
    fc.tuple(...axes.map((axis) => fc.constantFrom(axis, axis - shape.length)))
  );
  if (shape.length === 0) return some;
  return fc.oneof(some, fc.integer({ min: -shape.length, max: shape.length - 1 }));
}

/** A random order of the dimensions of a shape, some counted from the last. */
export function orders(shape: readonly number[]): fc.Arbitrary<number[]> {
  const rank = shape.length;
  return fc.shuffledSubarray(shape.map((_, i) => i), { minLength: rank })
    .chain((axes) => fc.tuple(...axes.map((axis) => fc.constantFrom(axis, axis - rank))));
}

/** Amounts to pad a shape with: added, removed (never more than there is), or neither. */
export function padAmounts(shape: readonly number[]): fc.Arbitrary<[number, number][]> {
  return fc.tuple(
    ...shape.map((n) =>
      fc.integer({ min: -n, max: 2 }).chain((before) =>
        fc.integer({ min: -Math.min(n, n + before), max: 2 })
          .map((after): [number, number] => [before, after])
      )
    ),
  );
}
