/**
 * The numbers of functions that kernels apply, shared by the host and the kernel source.
 *
 * @module
 */

/** Functions of one element. */
export const NEG = 1;
export const ABS = 2;
export const SIGN = 3;
export const FLOOR = 4;
export const CEIL = 5;
export const ROUND = 6;
export const EXP = 7;
export const EXPM1 = 8;
export const LOG = 9;
export const LOG1P = 10;
export const SQRT = 11;
export const SQUARE = 12;
export const SIN = 13;
export const COS = 14;
export const TAN = 15;
export const TANH = 16;
export const ERF = 17;
export const SIGMOID = 18;

/** Functions of one element whose gradient is a kernel. */
export const RELU = 1;
export const RELU6 = 2;
export const LEAKY_RELU = 3;
export const CLIP = 4;
export const ELU = 5;
export const HARD_SIGMOID = 6;
export const HARD_SWISH = 7;
export const SOFTPLUS = 8;
export const LOG_SIGMOID = 9;
export const SILU = 10;
export const MISH = 11;
export const GELU = 12;
export const GELU_TANH = 13;

/** Functions of two elements. */
export const ADD = 1;
export const SUB = 2;
export const MUL = 3;
export const DIV = 4;
export const MINIMUM = 5;
export const MAXIMUM = 6;
export const POW = 7;

/** Questions about two elements. */
export const EQUAL = 1;
export const NOT_EQUAL = 2;
export const LESS = 3;
export const LESS_EQUAL = 4;

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
