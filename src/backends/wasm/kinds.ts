/**
 * The numbers of functions that kernels apply, shared by the host and the kernel source.
 *
 * @module
 */

/** Losses of a prediction and its target. */
export const SQUARED = 1;
export const ABSOLUTE = 2;
export const HUBER = 3;
export const SIGMOID_CE = 4;
export const FOCAL = 5;
export const DIVERGENCE = 6;
export const LOG_DIVERGENCE = 7;

/** How many elements become one. */
export const SUM = 1;
export const MAX = 2;
export const AVERAGE = 3;
export const MIN = 4;
export const PROD = 5;
