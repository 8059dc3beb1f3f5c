/**
 * Probabilities and losses: the table of operations.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
import { huberGradOp, huberOp } from "./huber.ts";
import { klDivGradOp, klDivOp } from "./kl_div.ts";
import { maeGradOp, maeOp } from "./mae.ts";
import { mseGradOp, mseOp } from "./mse.ts";
import { sigmoidCEGradOp, sigmoidCEOp } from "./sigmoid_ce.ts";
import { sigmoidFocalGradOp, sigmoidFocalOp } from "./sigmoid_focal.ts";
import { logSoftmaxOp, softmaxOp } from "./softmax.ts";
import { softmaxCEGradOp, softmaxCEMassOp, softmaxCEOp } from "./softmax_ce.ts";

/** Probabilities and losses, and their gradients. */
export const lossesOps = {
  huber: huberOp,
  huberGrad: huberGradOp,
  klDiv: klDivOp,
  klDivGrad: klDivGradOp,
  logSoftmax: logSoftmaxOp,
  mae: maeOp,
  maeGrad: maeGradOp,
  mse: mseOp,
  mseGrad: mseGradOp,
  sigmoidCE: sigmoidCEOp,
  sigmoidCEGrad: sigmoidCEGradOp,
  sigmoidFocal: sigmoidFocalOp,
  sigmoidFocalGrad: sigmoidFocalGradOp,
  softmax: softmaxOp,
  softmaxCE: softmaxCEOp,
  softmaxCEGrad: softmaxCEGradOp,
  softmaxCEMass: softmaxCEMassOp,
} as const;
