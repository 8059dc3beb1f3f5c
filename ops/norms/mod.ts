/**
 * Normalisation and dropout: the functions.
 *
 * Written by `deno task generate`. Do not edit.
 *
 * @module
 */
export {
  batchNorm,
  batchNormInference,
  type BatchNormInferenceOptions,
  type BatchNormOptions,
  type BatchNormResult,
  type Moments,
  runningMoments,
  type RunningMomentsOptions,
} from "./batch_norm.ts";
export { dropout, type DropoutOptions } from "./dropout.ts";
export { groupNorm, type GroupNormOptions, instanceNorm } from "./group_norm.ts";
export { layerNorm, type LayerNormOptions } from "./layer_norm.ts";
export { localResponseNorm, type LocalResponseNormOptions } from "./local_response_norm.ts";
