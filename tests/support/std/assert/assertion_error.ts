// The error of every failed assertion.

/** Thrown by a failed assertion. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** Ends a message: `": why"` when the caller says why, else `"."`. */
export function suffix(message?: string): string {
  return message ? `: ${message}` : ".";
}
