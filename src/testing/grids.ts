/**
 * Random values on which gradients can be checked exactly, and random shapes and axes. Never raw
 * doubles: on a grid of quarters the central difference of a linear function is exact.
 *
 * @module
 */
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Arbitrary, FastCheck } from "./fast_check.ts";

/** An array on the host: elements in row-major order. */
export interface Values {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** The elements. */
  readonly data: ArrayLike<number>;
}

/** Limits of the shapes to make. */
export interface ShapeLimits {
  /** Fewest dimensions; 0 by default. */
  readonly minRank?: number;
  /** Most dimensions; 3 by default. */
  readonly maxRank?: number;
  /** Largest size of a dimension; 3 by default. */
  readonly maxSize?: number;
  /** Let dimensions be 0. */
  readonly empty?: boolean;
}

/** A shape and the options of a reduction over it. */
export interface ReductionCase {
  /** Shape of what is reduced. */
  readonly shape: number[];
  /** Options of the reduction. */
  readonly options: { readonly axis?: number | number[]; readonly keepDims?: boolean };
}

/** Values on grids. */
export interface GridArbitraries {
  /** Makes any elements. */
  filled(shape: Shape, element: Arbitrary<number>): Arbitrary<Values>;
  /**
   * Makes multiples of 1/4 from -3 to 3: products and sums of a few hundred of them are exact. For
   * linear functions, with `exact`.
   */
  quarters(shape: Shape): Arbitrary<Values>;
  /**
   * Makes multiples of 1/4 at least 1/2 away from 0: a step of 1/4 does not cross it. For functions
   * with a kink at 0, with `exact` and that step.
   */
  awayFromZero(shape: Shape): Arbitrary<Values>;
  /**
   * Makes different integers in random order: no ties, and a step of 1/4 makes none. For functions
   * that select, like maxima.
   */
  distinct(shape: Shape): Arbitrary<Values>;
  /** Makes multiples of 1/64 from `low` to `high`, for functions that are smooth there. */
  smooth(shape: Shape, low: number, high: number): Arbitrary<Values>;
  /** Makes integers from 0 up to, but without, `below`. */
  labels(shape: Shape, below: number): Arbitrary<Values>;
}

/** Shapes, and what belongs to them. */
export interface ShapeArbitraries {
  /** Shapes of a few elements, of every rank from a scalar up. */
  shapes(limits?: ShapeLimits): Arbitrary<number[]>;
  /** Makes a size of a dimension; rarely 0 where `empty`. */
  sizes(max: number, empty?: boolean): Arbitrary<number>;
  /** Makes two shapes that broadcast against each other, each repeated in some dimensions. */
  broadcastPairs(): Arbitrary<{ a: number[]; b: number[] }>;
  /** Makes a shape that broadcasts to another, and that other one. */
  repetitions(): Arbitrary<{ from: number[]; to: number[] }>;
  /** Makes reductions over all, one or some axes, counted from either end. */
  reductions(empty: boolean): Arbitrary<ReductionCase>;
  /** Makes a random order of the dimensions of a shape, some counted from the last. */
  orders(shape: readonly number[]): Arbitrary<number[]>;
  /** Makes amounts to pad a shape with: added, removed (never more than there is), or neither. */
  padAmounts(shape: readonly number[]): Arbitrary<[number, number][]>;
}

/** Makes arbitraries of values, made with this fast-check. */
export function gridArbitraries(fc: FastCheck): GridArbitraries {
  const filled = (shape: Shape, element: Arbitrary<number>): Arbitrary<Values> => {
    const size = sizeOf(shape);
    return fc.array(element, { minLength: size, maxLength: size }).map((data) => ({ shape, data }));
  };
  const fractions = (parts: number, low: number, high: number) =>
    fc.integer({ min: low * parts, max: high * parts }).map((k) => k / parts);
  return {
    filled,
    quarters: (shape) => filled(shape, fractions(4, -3, 3)),
    awayFromZero: (shape) =>
      filled(
        shape,
        fc.tuple(fractions(4, 0.5, 3), fc.boolean())
          .map(([magnitude, negative]) => negative ? -magnitude : magnitude),
      ),
    distinct(shape) {
      const size = sizeOf(shape);
      const integers = Array.from({ length: size }, (_, i) => i - Math.floor(size / 2));
      return fc.shuffledSubarray(integers, { minLength: size, maxLength: size })
        .map((data) => ({ shape, data }));
    },
    smooth: (shape, low, high) => filled(shape, fractions(64, low, high)),
    labels: (shape, below) => filled(shape, fc.integer({ min: 0, max: below - 1 })),
  };
}

/** Makes arbitraries of shapes, made with this fast-check. */
export function shapeArbitraries(fc: FastCheck): ShapeArbitraries {
  const sizes = (max: number, empty = false): Arbitrary<number> => {
    const size = fc.integer({ min: 1, max });
    return empty ? rarely(fc, 16, fc.constant(0), size) : size;
  };
  const shapes = (limits: ShapeLimits = {}): Arbitrary<number[]> => {
    const { minRank = 0, maxRank = 3, maxSize = 3, empty = false } = limits;
    return fc.array(sizes(maxSize, empty), { minLength: minRank, maxLength: maxRank });
  };
  // Without some leading dimensions and with some of the others made 1.
  const repeatable = (shape: readonly number[]): Arbitrary<number[]> =>
    fc.tuple(fc.integer({ min: 0, max: shape.length }), eachOf(fc, shape, () => fc.boolean()))
      .map(([dropped, kept]) => shape.map((n, i) => kept[i] ? n : 1).slice(dropped));
  const fromEitherEnd = (axes: readonly number[], rank: number): Arbitrary<number[]> =>
    eachOf(fc, axes, (axis) => fc.constantFrom(axis, axis - rank));
  const axesOf = (shape: readonly number[]): Arbitrary<number | number[]> => {
    const rank = shape.length;
    const some = fc.shuffledSubarray(shape.map((_, i) => i))
      .chain((axes) => fromEitherEnd(axes, rank));
    if (rank === 0) return some;
    const one = fc.integer({ min: -rank, max: rank - 1 });
    return fc.boolean().chain((list): Arbitrary<number | number[]> => list ? some : one);
  };
  return {
    shapes,
    sizes,
    broadcastPairs: () =>
      shapes({ empty: true }).chain((shape) => fc.tuple(repeatable(shape), repeatable(shape)))
        .map(([a, b]) => ({ a, b })),
    repetitions: () =>
      shapes({ empty: true }).chain((to) => repeatable(to).map((from) => ({ from, to }))),
    reductions: (empty) =>
      shapes({ empty }).chain((shape) =>
        fc.tuple(axesOf(shape), fc.boolean(), fc.boolean(), fc.boolean())
          .map(([axis, keepDims, withAxis, withKeepDims]) => ({
            shape,
            options: { ...withAxis ? { axis } : {}, ...withKeepDims ? { keepDims } : {} },
          }))
      ),
    orders(shape) {
      const rank = shape.length;
      return fc.shuffledSubarray(shape.map((_, i) => i), { minLength: rank })
        .chain((axes) => fromEitherEnd(axes, rank));
    },
    padAmounts: (shape) =>
      eachOf(
        fc,
        shape,
        (n) =>
          fc.integer({ min: -n, max: 2 }).chain((before) =>
            fc.integer({ min: -Math.min(n, n + before), max: 2 })
              .map((after): [number, number] => [before, after])
          ),
      ),
  };
}

/** Makes the one once in `times`, else the other. */
export function rarely<T>(
  fc: FastCheck,
  times: number,
  one: Arbitrary<T>,
  other: Arbitrary<T>,
): Arbitrary<T> {
  // 0, to which fast-check shrinks, is the other.
  return fc.integer({ min: 0, max: times - 1 }).chain((n) => n === times - 1 ? one : other);
}

/** Makes a list with a value for each item. */
function eachOf<Item, T>(
  fc: FastCheck,
  items: readonly Item[],
  arbitraryOf: (item: Item) => Arbitrary<T>,
): Arbitrary<T[]> {
  return fc.tuple<T[]>(...items.map(arbitraryOf));
}
