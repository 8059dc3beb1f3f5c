// Assertions on one value: truth, existence, class, text; and those that always fail.

import { AssertionError, suffix } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- any constructor fits, as in the real package
type AnyClass = abstract new (...args: any[]) => unknown;

/** Fails unless the value is truthy. */
export function assert(value: unknown, message = ""): asserts value {
  if (!value) throw new AssertionError(message);
}

/** Fails unless the value is falsy. */
export function assertFalse(value: unknown, message?: string): asserts value is false {
  if (value) throw new AssertionError(`Expected value to be falsy${suffix(message)}`);
}

/** Fails when the value is null or undefined. */
export function assertExists<T>(
  actual: T,
  message?: string,
): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(
      `Expected actual: "${actual}" to not be null or undefined${suffix(message)}`,
    );
  }
}

/** Fails unless the value is an instance of the class. */
export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedClass: T,
  message?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedClass) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedClass.name}" ` +
      `but was ${describeClass(actual)}${suffix(message)}`,
  );
}

/** Fails when the value is an instance of the class. */
export function assertNotInstanceOf<A, T>(
  actual: A,
  // deno-lint-ignore no-explicit-any -- as in the real package
  unexpectedClass: abstract new (...args: any[]) => T,
  message?: string,
): asserts actual is Exclude<A, T> {
  if (!(actual instanceof unexpectedClass)) return;
  throw new AssertionError(
    `Expected object to not be an instance of "${unexpectedClass.name}"${suffix(message)}`,
  );
}

/** Fails unless the text matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to match: "${expected}"${suffix(message)}`,
  );
}

/** Fails when the text matches the pattern. */
export function assertNotMatch(actual: string, expected: RegExp, message?: string): void {
  if (!expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not match: "${expected}"${suffix(message)}`,
  );
}

/** Fails unless the text contains the expected text. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to contain: "${expected}"${suffix(message)}`,
  );
}

/** Fails always. */
export function fail(message?: string): never {
  throw new AssertionError(`Failed assertion${suffix(message)}`);
}

/** Fails always: marks a place that is never reached. */
export function unreachable(reason?: string): never {
  throw new AssertionError(`Unreachable${suffix(reason)}`);
}

/** Fails always: marks something that does not exist yet. */
export function unimplemented(message?: string): never {
  throw new AssertionError(`Unimplemented${suffix(message)}`);
}

function describeClass(value: unknown): string {
  if (value === null || typeof value !== "object") {
    return `"${value === null ? null : typeof value}"`;
  }
  return `"${value.constructor?.name ?? "Object"}"`;
}
