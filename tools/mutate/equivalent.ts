// Faults that no test could find, as what runs means the same with them: they are not counted.

import type { Fault } from "./faults.ts";

/** A fault by its lines, and why it changes nothing that could be seen. */
export interface Equivalent {
  readonly file: string;
  /** The lines before and after, without the spaces around them. */
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** Those that were looked at. */
export const EQUIVALENT: readonly Equivalent[] = [];

/** Reason why a fault is none, if there is one. */
export function reasonOf(
  fault: Fault,
  known: readonly Equivalent[] = EQUIVALENT,
): string | undefined {
  return known.find(({ file, before, after }) =>
    file === fault.file && oneLine(before) === oneLine(fault.before) &&
    oneLine(after) === oneLine(fault.after)
  )?.reason;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
