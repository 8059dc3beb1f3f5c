/**
 * The functions that apply the differentiable operations, of all families. The table of the
 * operations themselves is in `table.ts`.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export * from "./elementwise/mod.ts";
export * from "./images/mod.ts";
export * from "./linalg/mod.ts";
export * from "./losses/mod.ts";
export * from "./norms/mod.ts";
export * from "./reduce/mod.ts";
export * from "./shape/mod.ts";
