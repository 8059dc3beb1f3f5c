// Assertions that compare an actual value with an expected one.

import { AssertionError, suffix } from "./assertion_error.ts";
import { difference, show } from "./difference.ts";
import { equal } from "./equal.ts";

/** Fails unless both are deeply equal; NaN equals NaN, 0 equals -0. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(message)}\n${difference(actual, expected)}`,
  );
}

/** Fails when both are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} not to be: ${show(expected)}${suffix(message)}`,
  );
}

/** Fails unless both are the same value, as Object.is has it: 0 is not -0. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const rule = equal(actual, expected)
    ? "Values have the same structure but are not reference-equal"
    : "Values are not strictly equal";
  throw new AssertionError(`${rule}${suffix(message)}\n${difference(actual, expected)}`);
}

/** Fails when both are the same value, as Object.is has it. */
export function assertNotStrictEquals<T>(actual: T, expected: T, message?: string): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    `Expected "actual" to not be strictly equal to: ${show(actual)}${suffix(message)}`,
  );
}

/** Fails when two numbers differ by more than the tolerance: 1e-7 of the expected one if absent. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
): void {
  const limit = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (Object.is(actual, expected) || delta <= limit) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": ` +
      `delta "${delta}" is greater than "${limit}"${suffix(message)}`,
  );
}

/** Fails unless every expected element is deeply equal to some actual one. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void {
  const present = Array.from(actual);
  const missing = Array.from(expected).filter((item) => !present.some((x) => equal(x, item)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} to include: ${show(expected)}${suffix(message)}\n` +
      `missing: ${show(missing)}`,
  );
}

/** Fails unless everything in `expected` is in `actual` too, deeply; what is more is ignored. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- as in the real package
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void {
  assertEquals(
    common(actual, expected),
    common(expected, expected),
    message,
  );
}

/** Fails unless actual > expected. */
export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  if (!(actual > expected)) failOrder(actual, ">", expected, message);
}

/** Fails unless actual >= expected. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual >= expected)) failOrder(actual, ">=", expected, message);
}

/** Fails unless actual < expected. */
export function assertLess<T>(actual: T, expected: T, message?: string): void {
  if (!(actual < expected)) failOrder(actual, "<", expected, message);
}

/** Fails unless actual <= expected. */
export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void {
  if (!(actual <= expected)) failOrder(actual, "<=", expected, message);
}

function failOrder(actual: unknown, order: string, expected: unknown, message?: string): never {
  throw new AssertionError(
    `Expect ${show(actual)} ${order} ${show(expected)}${suffix(message)}`,
  );
}

/**
 * Takes the part of `value` that `pattern` has, without classes: plain objects all the way down.
 * The pattern must not contain itself.
 */
function common(value: unknown, pattern: unknown): unknown {
  if (!isContainer(value) || !isContainer(pattern)) return value;
  if (value instanceof Set && pattern instanceof Set) return value.intersection(pattern);
  if (value instanceof Map && pattern instanceof Map) return commonEntries(value, pattern);
  const part: Record<PropertyKey, unknown> = {};
  for (const key of Reflect.ownKeys({ ...pattern })) {
    if (key in value) part[key] = common(Reflect.get(value, key), Reflect.get(pattern, key));
  }
  return part;
}

function commonEntries(
  value: Map<unknown, unknown>,
  pattern: Map<unknown, unknown>,
): Map<unknown, unknown> {
  const present = [...pattern].filter(([key]) => value.has(key));
  return new Map(present.map(([key, item]) => [key, common(value.get(key), item)]));
}

/**
 * Returns true for an object to look into property by property, rather than to compare as a whole.
 */
function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const wholes = [Date, RegExp, Error, ArrayBuffer];
  return !ArrayBuffer.isView(value) && !wholes.some((whole) => value instanceof whole);
}
