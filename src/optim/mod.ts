/**
 * Optimizers: they change parameters by their gradients, in place; and schedules of their rates.
 *
 * @module
 */
export { accumulateGradients, type AccumulateGradientsOptions } from "./accumulate_gradients.ts";
export { adagrad, type AdagradOptions } from "./adagrad.ts";
export { adam, type AdamOptions, adamw } from "./adam.ts";
export { clipByGlobalNorm, clipByValue, type ClipOptions, globalNorm } from "./clipping.ts";
export { lion, type LionOptions } from "./lion.ts";
export { type MovingAverage, movingAverage, type MovingAverageOptions } from "./moving_average.ts";
export type { DecayOptions, Optimizer, OptimizerState } from "./optimizer.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export {
  cosineDecay,
  type CosineDecayOptions,
  exponentialDecay,
  type ExponentialDecayOptions,
  joinSchedules,
  oneCycle,
  type OneCycleOptions,
  type Schedule,
  stepDecay,
  type StepDecayOptions,
  warmUp,
  type WarmUpOptions,
} from "./schedule.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
