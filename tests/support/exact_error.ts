// Asserting errors whole: the class itself, not one above it, and all of the text.

import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";

// deno-lint-ignore no-explicit-any -- any constructor fits
type ErrorClass = new (...args: any[]) => Error;

/** Fails unless the function throws an error of exactly this class with exactly this text. */
export function assertExactError(fn: () => unknown, type: ErrorClass, message: string): void {
  checkExact(assertThrows(fn, Error), type, message);
}

/** Fails unless the promise rejects with an error of exactly this class and text. */
export async function assertExactRejection(
  fn: () => PromiseLike<unknown>,
  type: ErrorClass,
  message: string,
): Promise<void> {
  checkExact(await assertRejects(fn, Error), type, message);
}

function checkExact(error: Error, type: ErrorClass, message: string): void {
  assertEquals(error.message, message);
  assertStrictEquals(error.constructor, type, error.stack);
  assertEquals(error.name, type.name);
}
