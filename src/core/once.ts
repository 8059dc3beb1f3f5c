/**
 * Values that are made when they are first needed.
 *
 * @module
 */

/** Makes a value when it is first asked for, and returns the same from then on. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
