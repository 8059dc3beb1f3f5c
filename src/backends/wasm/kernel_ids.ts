/**
 * The numbers by which kernels are called, shared by the host and the kernel source.
 *
 * @module
 */

export const FILL = 1;
export const COPY = 2;
export const UNARY = 3;
export const BINARY = 4;
export const ACTIVATION = 5;
export const ACTIVATION_GRAD = 6;
export const COMPARE = 7;
export const WHERE = 8;
export const CAST = 9;
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
export const ADD_IN_PLACE = 30;
export const COPY_ROWS = 31;
export const TRANSPOSE = 32;
export const GATHER = 33;
export const SCATTER_ADD = 34;
export const REDUCE_ROWS = 40;
export const REDUCE_COLUMNS = 41;
export const FIRST_MAXIMA = 42;
export const MOVE_FIRST = 43;
export const CUMSUM = 44;
export const POOL = 50;
export const MAX_POOL_GATHER = 51;
export const MAX_POOL_GRAD = 52;
export const AVERAGE_POOL_GRAD = 53;
export const SOFTMAX = 60;
export const LOG_SOFTMAX = 61;
export const SOFTMAX_CE = 62;
export const SOFTMAX_CE_GRAD = 63;
export const PAIR_LOSS = 64;
export const COLUMN_MOMENTS = 120;
export const COLUMN_SUMS = 121;
export const NORMALIZE_COLUMNS = 122;
export const ROW_MOMENTS = 123;
export const NORMALIZE_ROWS = 124;
export const NORMALIZE_GRAD_ROWS = 125;
export const ROW_NORMAL_SUMS = 126;
export const DROPOUT = 127;
export const SGD = 70;
export const ADAM = 71;
export const RMSPROP = 72;
export const ADAGRAD = 73;
export const LION = 74;
export const BLEND = 75;
export const DEPTHWISE = 80;
export const DEPTHWISE_GRAD_W = 81;
export const IM2COL = 82;
export const COL2IM = 83;
export const RESAMPLE = 84;
