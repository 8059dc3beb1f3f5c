/**
 * A local stand-in for `@std/assert` 1.x: the part the tests use, with the same names, signatures
 * and semantics, so that the tests run where JSR cannot be reached.
 * Removing its line from `links` in `deno.json` puts the real package in its place.
 *
 * It differs where the real package sees no difference at all: errors are also compared by
 * message, and buffers by their bytes.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export * from "./errors.ts";
export * from "./truth.ts";
export * from "./values.ts";
