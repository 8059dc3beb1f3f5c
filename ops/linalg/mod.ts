/**
 * Linear algebra: the functions.
 *
 * @module
 */
export { dense, type DenseOptions } from "./dense.ts";
export { matmul } from "./matmul.ts";
