/**
 * The numbers of functions that kernels apply, shared by the host and the kernel source.
 *
 * @module
 */

/** Functions of one element. */
export const NEG = 1;
export const EXP = 2;
export const LOG = 3;
export const SQRT = 4;
export const SQUARE = 5;
export const TANH = 6;
export const SIGMOID = 7;
export const RELU = 8;

/** Functions of two elements. */
export const ADD = 1;
export const SUB = 2;
export const MUL = 3;
export const DIV = 4;
export const RELU_GRAD = 5;

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
