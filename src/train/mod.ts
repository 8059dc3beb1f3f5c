/**
 * Training: fit, evaluate, predict; metrics, early stopping, checkpoints, progress.
 *
 * @example
 * ```ts
 * import { adam, Random, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { accuracy, evaluate, fit } from "@tapegrad/tapegrad/train";
 * import { assertEquals } from "@std/assert";
 *
 * const data = { x: tensor([[0, 1], [1, 0]]), y: tensor([0, 1], { dtype: "int32" }) };
 * const model = Sequential([Dense({ units: 2 })]);
 * const params = model.init(new Random(0), [2]); // changed in place
 * const options = { params, loss: softmaxCE, metrics: { accuracy: accuracy() } };
 * const training = fit(model, data, { ...options, optimizer: adam({ learningRate: 0.1 }), epochs: 50 });
 * for await (const { loss } of training) if (loss < 0.05) break; // a report an epoch
 *
 * const { metrics } = await evaluate(model, data, options);
 * assertEquals(metrics.accuracy, 1);
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export type {
  ArrayBatches,
  Batch,
  BatchesOptions,
  BatchSource,
  Data,
  Examples,
} from "./batches.ts";
export { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export {
  checkpoints,
  type CheckpointsOptions,
  type Resumable,
  resume,
  type Resumed,
} from "./resume.ts";
export type { Callback, EpochReport, StepReport, Training } from "./callback.ts";
export { type Finding, NonFiniteLossError } from "./diagnose.ts";
export { earlyStopping, type EarlyStoppingOptions } from "./early_stopping.ts";
export { evaluate, type EvaluateOptions, predict, type PredictOptions } from "./evaluate.ts";
export { fit, type FitOptions, type TrainingRun } from "./fit.ts";
export type { GroupOptions } from "./ranks.ts";
export type { GradientExchangeOptions } from "../distributed/average_gradients.ts";
export type { Part } from "../core/part.ts";
export type { Group, RankReduction } from "../distributed/group.ts";
export { collect, TrainingHistory } from "./history.ts";
export type { CurveValues } from "../display/drawing.ts";
export type { Shown } from "../display/shown.ts";
export { accuracy, binaryAccuracy, topKAccuracy } from "./metrics/accuracy.ts";
export type { LabelOptions, ScoreOptions } from "./metrics/cases.ts";
export {
  type ClassMetricOptions,
  type ClassScores,
  classScores,
  f1,
  precision,
  recall,
} from "./metrics/class_scores.ts";
export { confusionMatrix, formatConfusionMatrix } from "./metrics/matrix.ts";
export { predictions } from "./metrics/predictions.ts";
export { meanAbsoluteError, r2Score, rootMeanSquaredError } from "./metrics/regression.ts";
export { rocAuc } from "./metrics/roc_auc.ts";
export type { Loss, Model } from "./model.ts";
export { progressBar, type ProgressOptions, type ProgressOutput } from "./progress.ts";
export type { Measurement, Metric, Metrics, MetricValues, Scores } from "./scores.ts";
export type { Saveable, SavedState } from "./saved_state.ts";
export { FileError } from "../core/errors.ts";
export type { FileInput } from "../files/source.ts";
export type { Tensor } from "../core/tensor.ts";
