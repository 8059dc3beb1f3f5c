/**
 * Probabilities and losses: the operations by their names, gradients among them.
 *
 * @module
 */
import { logSoftmaxOp, softmaxOp } from "./softmax.ts";
import { softmaxCEGradOp, softmaxCEOp } from "./softmax_ce.ts";

/** Probabilities and losses, and their gradients. */
export const lossesOps = {
  logSoftmax: logSoftmaxOp,
  softmax: softmaxOp,
  softmaxCE: softmaxCEOp,
  softmaxCEGrad: softmaxCEGradOp,
} as const;
