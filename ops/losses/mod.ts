/**
 * Probabilities and losses: the functions.
 *
 * @module
 */
export { logSoftmax, softmax } from "./softmax.ts";
export { softmaxCE, type SoftmaxCEOptions } from "./softmax_ce.ts";
