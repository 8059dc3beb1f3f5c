/**
 * Options and shapes made into sizes: what kernels read, and every shape check.
 *
 * @module
 */
export * from "./broadcast.ts";
export * from "./columns.ts";
export * from "./depthwise.ts";
export type * from "./dropout.ts";
export * from "./layout.ts";
export * from "./einsum.ts";
export * from "./gather.ts";
export * from "./loss.ts";
export * from "./matrix.ts";
export * from "./slicing.ts";
export * from "./norm.ts";
export * from "./rearrange.ts";
export * from "./reduce.ts";
export * from "./resample.ts";
export * from "./sequence.ts";
export * from "./transposed.ts";
export * from "./window.ts";
