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

/**
 * A rank, shape or dtype that does not fit the operation it was given to.
 *
 * @example
 * ```ts
 * import { matmul, ShapeError, zeros } from "@tapegrad/tapegrad";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => matmul(zeros([2, 3]), zeros([4, 5])), ShapeError, "Cannot apply matmul");
 * ```
 */
export class ShapeError extends TypeError {
  /** The name shown in stack traces. */
  override name = "ShapeError";
}

/**
 * A file that cannot be opened, read or written; `cause` is what the system said.
 *
 * @example
 * ```ts
 * import { FileError, readNpy } from "@tapegrad/tapegrad/data";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => readNpy("no-such-folder/x.npy"), FileError, "Cannot read");
 * ```
 */
export class FileError extends Error {
  /** The name shown in stack traces. */
  override name = "FileError";
}
