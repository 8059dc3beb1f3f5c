/**
 * Several errors of one training: the first is the one to tell.
 *
 * @module
 */

/**
 * Throws the first of the errors, if there is any. Each has the one that came after it as
 * `suppressed`, so that none is lost, and the first stays the object that was thrown.
 */
export function throwFirst(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  for (const [i, error] of errors.slice(0, -1).entries()) suppress(error, errors[i + 1]);
  throw errors[0];
}

/** Notes an error on an earlier one, where that is an object that can be changed. */
function suppress(error: unknown, later: unknown): void {
  if (error === later || !(error instanceof Error) || !Object.isExtensible(error)) return;
  Object.defineProperty(error, "suppressed", {
    value: later,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
