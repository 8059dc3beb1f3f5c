/**
 * The errors of this library. Their messages share one grammar:
 * `Cannot <action>: <rule broken, in the user's argument names>: <the values>`.
 *
 * - {@link ShapeError}: a rank, a shape or a dtype that does not fit.
 * - `RangeError`: a value outside what is allowed.
 * - `SyntaxError`: a file that cannot be parsed.
 * - {@link FileError}: a file that cannot be opened, read or written.
 * - `TypeError`: an argument of the wrong kind, or a tensor used after it was disposed.
 *
 * @module
 */

/** A rank, shape or dtype that does not fit the operation it was given to. */
export class ShapeError extends TypeError {
  /** The name shown in stack traces. */
  override name = "ShapeError";
}

/** A file that cannot be opened, read or written; `cause` is what the system said. */
export class FileError extends Error {
  /** The name shown in stack traces. */
  override name = "FileError";
}
