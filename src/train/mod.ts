/**
 * Help with training: metrics and progress.
 *
 * @module
 */
import "../default_backend.ts";

export type { Batch, BatchesOptions, BatchSource } from "./batches.ts";
export { accuracy, confusionMatrix, formatConfusionMatrix, predictions } from "./metrics.ts";
export {
  type EpochReport,
  Progress,
  type ProgressOptions,
  type ProgressOutput,
  type StepReport,
} from "./progress.ts";
export { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export type { SavedState } from "./saved_state.ts";
export type { FileInput } from "../files/source.ts";
export { FileError } from "../core/errors.ts";
export type { Tensor } from "../core/tensor.ts";
