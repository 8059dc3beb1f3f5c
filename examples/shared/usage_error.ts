/**
 * Mistakes that the user can mend: shown as one line, without a stack trace.
 *
 * @module
 */

/** A wrong option, a missing file or permission, data that cannot be used. */
export class UsageError extends RangeError {
  /** The name shown in stack traces. */
  override name = "UsageError";
}
