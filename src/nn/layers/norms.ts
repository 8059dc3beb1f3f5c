/**
 * The layers of `batchNorm`, `layerNorm` and `groupNorm`.
 *
 * @module
 */
import { checkInteger } from "../../core/check_integer.ts";
import { batchNorm, batchNormInference, runningMoments } from "../../../ops/norms/batch_norm.ts";
import { groupNorm } from "../../../ops/norms/group_norm.ts";
import { layerNorm } from "../../../ops/norms/layer_norm.ts";
import type { CreateOptions } from "../../core/create.ts";
import { ShapeError } from "../../core/errors.ts";
import { Random } from "../../random/random.ts";
import type { Shape } from "../../core/shape.ts";
import { internals, type Tensor } from "../../core/tensor.ts";
import { constant } from "../initializers.ts";
import { checkInputShape, type Layer } from "../layer.ts";
import { makeLayer } from "../make_layer.ts";
import { checkOptions } from "../../core/options.ts";

/** Factors and summands of normalised elements. */
export interface NormParams {
  /** Factors; ones at first. */
  readonly scale: Tensor;
  /** Summands; zeros at first. */
  readonly bias: Tensor;
}

/** Parameters of {@link BatchNorm}; no gradient changes the running moments. */
export interface BatchNormParams extends NormParams {
  /** Running means; zeros at first. */
  readonly mean: Tensor;
  /** Running variances; ones at first. */
  readonly variance: Tensor;
}

/** Options of {@link BatchNorm}. */
export interface BatchNormLayerOptions {
  /** Share of the running moments that is kept; 0.9 by default, 0.99 in Keras. */
  readonly momentum?: number;
  /** Summand of variances before the root; 1e-5 by default, 1e-3 in Keras. */
  readonly epsilon?: number;
  /** True if running variances are of `count - 1`, as PyTorch has them; true by default. */
  readonly unbiased?: boolean;
}

const BATCH_NORM_OPTIONS = "momentum# epsilon# unbiased?";

/**
 * Makes a layer that brings channels to mean 0 and variance 1: in training over the batch, after it
 * by running moments.
 *
 * - **Formula**: the ops `batchNorm` and `batchNormInference`. In training the next running moments
 *   (`runningMoments`) go to `options.updates`, for `applyUpdates` after the step, as `fit` does;
 *   nothing is changed in place.
 * - **Shapes**: `[..., C]`, kept; all parameters `[C]`.
 * - **Edge cases**: in training `apply` throws a `TypeError` without `updates`, which would leave the
 *   moments at 0 and 1; updates that are never applied are warned of on the console.
 * - **Source**: S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015; PyTorch's defaults.
 *
 * @example
 * ```ts
 * import { applyUpdates, Random, type Tensor, tensor } from "@tapegrad/tapegrad";
 * import { BatchNorm } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = BatchNorm({ momentum: 0.5, unbiased: false });
 * const params = layer.init(new Random(0), [1]);
 * const updates = new Map<Tensor, Tensor>();
 * layer.apply(params, tensor([[1], [3]]), { train: true, updates });
 * applyUpdates(updates);
 * assertEquals([params.mean.item(), params.variance.item()], [1, 1]);
 * ```
 *
 * @param options `momentum`, `epsilon`, `unbiased`.
 * @returns a layer whose running moments are parameters that are not trainable.
 */
export function BatchNorm(options: BatchNormLayerOptions = {}): Layer<BatchNormParams> {
  options = checkOptions("make BatchNorm", options, BATCH_NORM_OPTIONS);
  const { momentum = 0.9, epsilon = 1e-5, unbiased = true } = options;
  return makeLayer({
    type: "BatchNorm",
    options,
    init(_rng, inputShape, create) {
      const channels = channelsOf("BatchNorm", inputShape);
      return {
        ...normParams([channels], create),
        mean: filled(0, [channels], create),
        variance: filled(1, [channels], create),
      };
    },
    outputShape(inputShape) {
      channelsOf("BatchNorm", inputShape);
      return inputShape;
    },
    apply({ scale, bias, mean, variance }, x, { train = false, updates, ...others } = {}) {
      if (!train) {
        warnOfStaleMoments(mean);
        return batchNormInference(x, { scale, bias, mean, variance, epsilon });
      }
      if (updates === undefined) {
        throw new TypeError(
          "Cannot apply BatchNorm: in training it must be given a place for its running moments: " +
            "got no updates; pass { train: true, updates: new Map() } and call " +
            "applyUpdates(updates) after the step, or updates: null to leave them as they are",
        );
      }
      const batch = (others.batchNorm ?? batchNorm)(x, { scale, bias, epsilon });
      if (updates !== null) {
        noteStep(mean);
        const next = runningMoments({ mean, variance }, batch, { momentum, unbiased });
        updates.set(mean, next.mean);
        updates.set(variance, next.variance);
      }
      return batch.y;
    },
    trainable: ({ scale, bias }) => ({ scale, bias, mean: null, variance: null }),
  }, { params: "{ scale, bias, mean, variance }" });
}

/** Steps of training since the running means had the values that they have now. */
const pendingSteps = new WeakMap<Tensor, { version: number; steps: number }>();

/** Notes that a step of training has computed running moments, for later. */
function noteStep(mean: Tensor): void {
  const version = internals.version(mean);
  const known = pendingSteps.get(mean);
  if (known?.version === version) known.steps++;
  else pendingSteps.set(mean, { version, steps: 1 });
}

/** Warns, once, where several steps have computed running moments that nobody has applied. */
function warnOfStaleMoments(mean: Tensor): void {
  const known = pendingSteps.get(mean);
  if (known === undefined || known.steps < 2 || known.version !== internals.version(mean)) return;
  pendingSteps.delete(mean);
  console.warn(
    `BatchNorm: ${known.steps} steps of training have not changed the running moments that are ` +
      "used now; call applyUpdates(updates) after every step",
  );
}

/** Options of {@link LayerNorm}. */
export interface LayerNormLayerOptions {
  /** Summand of variances before the root; 1e-5 by default, 1e-3 in Keras. */
  readonly epsilon?: number;
}

const LAYER_NORM_OPTIONS = "epsilon#";

/**
 * Makes a layer that brings the channels of each place to mean 0 and variance 1: the op
 * `layerNorm`.
 *
 * - **Formula**: `layerNorm(x)` along the last dimension.
 * - **Shapes**: `[..., C]`, kept; scale and bias `[C]`.
 * - **Source**: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.
 *
 * @example
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { LayerNorm } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = LayerNorm({ epsilon: 0 });
 * const y = layer.apply(layer.init(new Random(0), [2]), tensor([[1, 3], [10, 2]]));
 * assertEquals(y.toArray(), [[-1, 1], [1, -1]]);
 * ```
 *
 * @param options `epsilon`.
 * @returns a layer.
 */
export function LayerNorm(options: LayerNormLayerOptions = {}): Layer<NormParams> {
  options = checkOptions("make LayerNorm", options, LAYER_NORM_OPTIONS);
  const { epsilon } = options;
  return makeLayer({
    type: "LayerNorm",
    options,
    init: (_rng, inputShape, create) => normParams([channelsOf("LayerNorm", inputShape)], create),
    outputShape(inputShape) {
      channelsOf("LayerNorm", inputShape);
      return inputShape;
    },
    apply: ({ scale, bias }, x) => layerNorm(x, { scale, bias, epsilon }),
  }, { params: "{ scale, bias }" });
}

/** Options of {@link GroupNorm}. */
export interface GroupNormLayerOptions extends LayerNormLayerOptions {
  /** Number of groups, a divisor of the channels. */
  readonly groups: number;
}

const GROUP_NORM_OPTIONS = "groups# epsilon#";

/**
 * Groups of channels of each example brought to mean 0 and variance 1: the op `groupNorm`.
 *
 * - **Formula**: `groupNorm(x, { groups })`.
 * - **Shapes**: `[..., C]`, kept; scale and bias `[C]`.
 * - **Source**: Y. Wu, K. He, "Group normalization", ECCV 2018.
 *
 * @example
 * ```ts
 * import { Random, tensor } from "@tapegrad/tapegrad";
 * import { GroupNorm } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = GroupNorm({ groups: 2, epsilon: 0 });
 * const y = layer.apply(layer.init(new Random(0), [4]), tensor([[1, 3, 20, 10]]));
 * assertEquals(y.toArray(), [[-1, 1, 1, -1]]);
 * ```
 *
 * @param options `groups`, `epsilon`.
 * @returns a layer.
 * @throws {RangeError} if groups is no integer of at least 1.
 */
export function GroupNorm(options: GroupNormLayerOptions): Layer<NormParams> {
  options = checkOptions("make GroupNorm", options, GROUP_NORM_OPTIONS);
  const { groups, epsilon } = options;
  checkInteger("make GroupNorm", "groups", groups, 1);
  return makeLayer({
    type: "GroupNorm",
    options,
    init: (_rng, inputShape, create) => normParams([channelsOf("GroupNorm", inputShape)], create),
    outputShape(inputShape) {
      channelsOf("GroupNorm", inputShape);
      return inputShape;
    },
    apply: ({ scale, bias }, x) => groupNorm(x, { scale, bias, groups, epsilon }),
  }, { params: "{ scale, bias }" });
}

function normParams(shape: Shape, create?: CreateOptions): NormParams {
  return { scale: filled(1, shape, create), bias: filled(0, shape, create) };
}

/** Makes a parameter of equal elements; it draws no number. */
function filled(value: number, shape: Shape, create?: CreateOptions): Tensor {
  return constant(value)(new Random(0), shape, create);
}

function channelsOf(layer: string, inputShape: Shape): number {
  checkInputShape(layer, inputShape);
  if (inputShape.length > 0) return inputShape[inputShape.length - 1];
  throw new ShapeError(
    `Cannot make ${layer}: inputShape must be [..., C], without the batch: got []`,
  );
}
