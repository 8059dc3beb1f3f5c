/**
 * Packages that the library loads where a file needs them, and does not depend on; and the error
 * where one is missing.
 *
 * @module
 */
import { printable } from "../core/printable.ts";
import { FileError } from "../core/errors.ts";

/** Makes a handler for the failed import of a package; `action` begins the error. */
export function withoutPackage(action: string, name: string): (cause: unknown) => never {
  return (cause) => {
    const [reason] = String((cause as Error | null)?.message ?? cause).split("\n");
    throw new FileError(
      `${action}: the package ${name} must load, npm install ${name} installs it: ` +
        printable(reason),
      { cause },
    );
  };
}
