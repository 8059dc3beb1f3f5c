// The error of every failed assertion.

/** Thrown by a failed assertion. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** `": why"` when the caller says why, else `"."`: how every message here ends. */
export function suffix(message?: string): string {
  return message ? `: ${message}` : ".";
}
