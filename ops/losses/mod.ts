/**
 * Probabilities and losses: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export { cosineSimilarity, type CosineSimilarityOptions } from "./cosine_similarity.ts";
export { categoricalHinge, hinge, type HingeOptions } from "./hinge.ts";
export { huber, type HuberOptions } from "./huber.ts";
export { klDiv, type KlDivOptions } from "./kl_div.ts";
export { mae } from "./mae.ts";
export { mse } from "./mse.ts";
export type { Reduction, ReductionOptions } from "./reduction.ts";
export { sigmoidCE, type SigmoidCEOptions } from "./sigmoid_ce.ts";
export { sigmoidFocal, type SigmoidFocalOptions } from "./sigmoid_focal.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export { softmaxCE, type SoftmaxCEOptions } from "./softmax_ce.ts";
