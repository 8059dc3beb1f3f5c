/**
 * Linear algebra: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export { dense, type DenseOptions } from "./dense.ts";
export { einsum } from "./einsum.ts";
export { dot, matmul, outer } from "./matmul.ts";
