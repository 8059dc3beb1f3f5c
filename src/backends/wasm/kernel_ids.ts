/**
 * The numbers by which kernels are called, shared by the host and the kernel source.
 *
 * @module
 */

export const FILL = 1;
export const COPY = 2;
export const UNARY = 3;
export const BINARY = 4;
export const PACK_COLUMNS = 10;
export const MULTIPLY = 11;
export const MULTIPLY_TRANSPOSED = 12;
export const ADD_PARTS = 13;
export const CONV = 20;
export const CONV_GRAD_W = 21;
export const CONV_SCATTER = 22;
export const WINOGRAD = 23;
export const WINOGRAD_FILTERS = 24;
export const WINOGRAD_GRAD_W = 25;
export const WINOGRAD_FINISH = 26;
