/**
 * Building blocks of networks: layers, models, initial weights; and what a model looks at.
 *
 * A layer is a pair of pure functions: `init` makes its parameters, `apply` applies them. It keeps
 * nothing itself, so a model is a value that can be shared, and its parameters are plain nested
 * objects that a tape watches and an optimizer steps.
 *
 * @example
 * ```ts
 * import { Random, relu, zeros } from "@tapegrad/tapegrad";
 * import { Conv2d, Dense, Flatten, MaxPool, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({
 *   conv: Conv2d({ filters: 8, size: 3, activation: relu }),
 *   pool: MaxPool({ size: 2 }),
 *   flatten: Flatten(),
 *   dense: Dense({ units: 10 }),
 * });
 * const params = model.init(new Random(0), [28, 28, 1]); // of one example, without the batch
 * assertEquals(params.dense.w.shape, [13 * 13 * 8, 10]);
 * assertEquals(model.apply(params, zeros([2, 28, 28, 1])).shape, [2, 10]);
 * ```
 *
 * @module
 */
import "../default_backend.ts";

export { activations } from "./explain/activations.ts";
export { gradCam, type GradCamOptions } from "./explain/grad_cam.ts";
export { saliency } from "./explain/saliency.ts";
export type { ExplainOptions } from "./explain/scores.ts";
export { frozen } from "./frozen.ts";
export type { NoOptions } from "../core/options.ts";
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  lecunUniform,
  orthogonal,
  truncatedNormal,
} from "./initializers.ts";
export {
  type ApplyOptions,
  asLayer,
  type Layer,
  type LayerScope,
  type Module,
  type NamedLayer,
  type ParamsOf,
  type Trainable,
  trainable,
} from "./layer.ts";
export { Conv2d, type Conv2dLayerOptions } from "./layers/conv2d.ts";
export {
  Conv2dTranspose,
  type Conv2dTransposeLayerOptions,
  DepthwiseConv2d,
  type DepthwiseConv2dLayerOptions,
} from "./layers/conv2d_variants.ts";
export { Dense, type DenseLayerOptions } from "./layers/dense.ts";
export { Dropout, type DropoutLayerOptions } from "./layers/dropout.ts";
export { Embedding, type EmbeddingLayerOptions } from "./layers/embedding.ts";
export { Flatten } from "./layers/flatten.ts";
export {
  BatchNorm,
  type BatchNormLayerOptions,
  type BatchNormParams,
  GroupNorm,
  type GroupNormLayerOptions,
  LayerNorm,
  type LayerNormLayerOptions,
  type NormParams,
} from "./layers/norms.ts";
export { AvgPool, GlobalAvgPool, MaxPool } from "./layers/pools.ts";
export { Residual, type ResidualOptions, type ResidualParams } from "./residual.ts";
export { type ParamsOfAll, Sequential } from "./sequential.ts";
export { summary } from "./summary.ts";
export type { WeightOptions, WeightParams } from "./weights.ts";
