// Assertions on errors: thrown, rejected with, or at hand.

import { AssertionError, suffix } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- any constructor fits, as in the real package
type ErrorClass<E extends Error = Error> = abstract new (...args: any[]) => E;

/** Class and text expected of an error, from the overloaded arguments of the assertions below. */
interface Expectation {
  readonly errorClass?: ErrorClass;
  readonly includes?: string;
  readonly message?: string;
}

/** Fails unless the value is an error, of the class and with the text in its message if given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  messageMatches?: string | RegExp,
  message?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${suffix(message)}`);
  }
  if (errorClass && !(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", ` +
        `but was "${error.constructor.name}"${suffix(message)}`,
    );
  }
  if (messageMatches === undefined || matches(error.message, messageMatches)) return;
  const wanted = messageMatches instanceof RegExp ? messageMatches : JSON.stringify(messageMatches);
  throw new AssertionError(
    `Expected error message to include ${wanted}, ` +
      `but got ${JSON.stringify(error.message)}${suffix(message)}`,
  );
}

/** Fails unless the function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, message?: string): unknown;
/** Fails unless the function throws an error of the class; returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ...rest: [(ErrorClass | string)?, string?, string?]
): unknown {
  const expectation = readExpectation(...rest);
  try {
    fn();
  } catch (error) {
    checkError(error, expectation, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(expectation.message)}`);
}

/** Fails unless the promise of the function rejects; resolves to what it rejected with. */
export function assertRejects(fn: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
/** Fails unless the promise rejects with an error of the class; resolves to the error. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
  message?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...rest: [(ErrorClass | string)?, string?, string?]
): Promise<unknown> {
  const expectation = readExpectation(...rest);
  const promise = start(fn, expectation);
  try {
    await promise;
  } catch (error) {
    checkError(error, expectation, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(expectation.message)}`);
}

/** Calls the function; to throw before there is a promise is not to reject. */
function start(fn: () => PromiseLike<unknown>, { message }: Expectation): PromiseLike<unknown> {
  try {
    const promise = fn();
    if (typeof promise?.then === "function") return promise;
  } catch {
    // Reported below, like a function that returns no promise: this is what the real one says.
  }
  throw new AssertionError(`Function throws when expected to reject${suffix(message)}`);
}

function readExpectation(
  classOrMessage?: ErrorClass | string,
  includes?: string,
  message?: string,
): Expectation {
  if (typeof classOrMessage === "string") return { message: classOrMessage };
  return { errorClass: classOrMessage, includes, message };
}

/** Checks an error; without a class it need not even be one. */
function checkError(error: unknown, expectation: Expectation, how: "thrown" | "rejected"): void {
  const { errorClass, includes, message } = expectation;
  if (!errorClass) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${suffix(message)}`);
  }
  assertIsError(error, errorClass, includes, message);
}

function matches(text: string, pattern: string | RegExp): boolean {
  return pattern instanceof RegExp ? pattern.test(text) : text.includes(pattern);
}
