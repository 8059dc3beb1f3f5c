/**
 * The part of fast-check that the arbitraries need, as types: the library itself is handed in, so
 * that it is no dependency.
 *
 * @module
 */

/** An arbitrary of fast-check; pass it where fast-check takes one. */
export interface Arbitrary<T> {
  /** See fast-check. */
  // deno-lint-ignore no-explicit-any -- fast-check's own types, which are not known here
  generate(mrng: any, biasFactor: number | undefined): any;
  /** See fast-check. */
  canShrinkWithoutContext(value: unknown): value is T;
  /** See fast-check. */
  // deno-lint-ignore no-explicit-any -- fast-check's own types, which are not known here
  shrink(value: T, context: unknown): any;
  /** Keeps values that pass a test of type. */
  filter<U extends T>(refinement: (value: T) => value is U): Arbitrary<U>;
  /** Keeps values that pass a test. */
  filter(predicate: (value: T) => boolean): Arbitrary<T>;
  /** Makes other values of these. */
  map<U>(mapper: (value: T) => U, unmapper?: (possiblyU: unknown) => T): Arbitrary<U>;
  /** Makes values of an arbitrary that depends on these. */
  chain<U>(chainer: (value: T) => Arbitrary<U>): Arbitrary<U>;
}

/** The module of fast-check, version 3 or 4, as far as it is used. */
export interface FastCheck {
  /** Makes integers between two, both included. */
  integer(constraints: { min: number; max: number }): Arbitrary<number>;
  /** Makes either truth value. */
  boolean(): Arbitrary<boolean>;
  /** Makes always the same value. */
  constant<T>(value: T): Arbitrary<T>;
  /** Makes one of some values. */
  constantFrom<T>(...values: T[]): Arbitrary<T>;
  /** Lists. */
  array<T>(
    element: Arbitrary<T>,
    constraints: { minLength?: number; maxLength?: number },
  ): Arbitrary<T[]>;
  /** Lists with an arbitrary for each place. */
  tuple<Ts extends unknown[]>(...elements: { [K in keyof Ts]: Arbitrary<Ts[K]> }): Arbitrary<Ts>;
  /** Makes some of the values, in random order. */
  shuffledSubarray<T>(
    values: T[],
    constraints?: { minLength?: number; maxLength?: number },
  ): Arbitrary<T[]>;
}
