// Asserting what the library refuses, and in which words: the whole of them.

import { assertEquals, assertThrows } from "@std/assert";

/** A call that must throw, the class of its error, and the whole message. */
export type Refusal = readonly [
  call: () => unknown,
  kind: new (message?: string) => Error,
  message: string,
];

/** Fails unless the call throws an error of exactly this class with exactly this message. */
export function assertRefuses([call, kind, message]: Refusal): void {
  const error = assertThrows(call, message) as Error;
  assertEquals(error.message, message);
  assertEquals(error.constructor, kind);
}
