/**
 * Linear algebra: the functions.
 *
 * @module
 */
export { dense, type DenseOptions } from "./dense.ts";
export { einsum } from "./einsum.ts";
export { dot, matmul, outer } from "./matmul.ts";
