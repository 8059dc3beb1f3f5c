/**
 * Layers of Keras that have weights, as layers of this library.
 *
 * @module
 */
import { add, minimum, mul, relu, rsqrt, sub } from "../../../ops/elementwise/mod.ts";
import { conv1d } from "../../../ops/images/mod.ts";
import { pad } from "../../../ops/shape/mod.ts";
import { ones, zeros } from "../../core/create.ts";
import { conv1dGeometry } from "../../core/geometry/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { glorotUniform } from "../../nn/initializers.ts";
import type { Layer } from "../../nn/layer.ts";
import { Conv2d } from "../../nn/layers/conv2d.ts";
import { Conv2dTranspose, DepthwiseConv2d } from "../../nn/layers/conv2d_variants.ts";
import { Dense } from "../../nn/layers/dense.ts";
import { Embedding } from "../../nn/layers/embedding.ts";
import { BatchNorm, GroupNorm, LayerNorm } from "../../nn/layers/norms.ts";
import { makeLayer } from "../../nn/make_layer.ts";
import { Sequential } from "../../nn/sequential.ts";
import type { WeightParams } from "../../nn/weights.ts";
import {
  alongLast,
  type Builder,
  type Part,
  weighted,
  type Weights,
  type WeightSpec,
} from "./parts.ts";
import type { LayerSettings } from "./settings.ts";

/** Keras's epsilon of normalisation. */
const EPSILON = 1e-3;

/** Reads what all layers with a product have: a bias, a function. */
function common(settings: LayerSettings): { bias: boolean; activation?: (x: Tensor) => Tensor } {
  const activation = settings.activation() ?? undefined;
  return { bias: settings.flag("use_bias", true), ...(activation && { activation }) };
}

/** Reads the windows of images. */
function windows(settings: LayerSettings) {
  return {
    stride: settings.pair("strides", [1, 1]),
    dilation: settings.pair("dilation_rate", [1, 1]),
    padding: settings.choice("padding", ["valid", "same"], "valid"),
  };
}

type Sizes = readonly (number | null)[];

const spec = (name: string, shape?: Sizes): WeightSpec => ({ names: [name], shape });

/** Lists the weights of a product of so many outputs. */
const specsOf = (settings: LayerSettings, kernel: WeightSpec, outputs: number | null) =>
  settings.flag("use_bias", true) ? [kernel, spec("bias", [outputs])] : [kernel];

const productParams = (kernel = "kernel") => (weights: Weights): WeightParams => ({
  w: weights.get(kernel)!,
  bias: weights.get("bias") ?? null,
});

function dense(settings: LayerSettings): Part {
  const units = settings.integer("units");
  const layer = Dense({ units, ...common(settings) });
  return weighted(layer, specsOf(settings, spec("kernel", [null, units]), units), productParams());
}

function conv2d(settings: LayerSettings): Part {
  const [filters, size] = [settings.integer("filters"), settings.pair("kernel_size")];
  const layer = Conv2d({
    filters,
    size,
    groups: settings.integer("groups", 1),
    ...windows(settings),
    ...common(settings),
  });
  const kernel = spec("kernel", [...size, null, filters]);
  return weighted(layer, specsOf(settings, kernel, filters), productParams());
}

function conv2dTransposed(settings: LayerSettings): Part {
  const outputPadding = settings.raw("output_padding");
  if (outputPadding !== undefined) settings.fail("output_padding", "none", "another");
  const [filters, size] = [settings.integer("filters"), settings.pair("kernel_size")];
  const layer = Conv2dTranspose({ filters, size, ...windows(settings), ...common(settings) });
  const kernel = spec("kernel", [...size, filters, null]);
  return weighted(layer, specsOf(settings, kernel, filters), productParams());
}

function depthwise(settings: LayerSettings): Part {
  const [size, multiplier] = [
    settings.pair("kernel_size"),
    settings.integer("depth_multiplier", 1),
  ];
  const layer = DepthwiseConv2d({ size, multiplier, ...windows(settings), ...common(settings) });
  const shape = [...size, null, multiplier];
  const kernel = { names: ["depthwise_kernel", "kernel"], shape };
  return weighted(layer, specsOf(settings, kernel, null), productParams("depthwise_kernel"));
}

function separable(settings: LayerSettings): Part {
  const [size, multiplier] = [
    settings.pair("kernel_size"),
    settings.integer("depth_multiplier", 1),
  ];
  const filters = settings.integer("filters");
  const layer = Sequential({
    depthwise: DepthwiseConv2d({ size, multiplier, bias: false, ...windows(settings) }),
    pointwise: Conv2d({ filters, size: 1, ...common(settings) }),
  });
  const pointwise = spec("pointwise_kernel", [1, 1, null, filters]);
  const specs = [
    spec("depthwise_kernel", [...size, null, multiplier]),
    ...specsOf(settings, pointwise, filters),
  ];
  return weighted(layer, specs, (weights) => ({
    depthwise: { w: weights.get("depthwise_kernel")!, bias: null },
    pointwise: { w: weights.get("pointwise_kernel")!, bias: weights.get("bias") ?? null },
  }));
}

/** Convolution of sequences `[N, T, C]`, which may look back alone. */
function sequenceConv(settings: LayerSettings): Part {
  const [filters, size] = [settings.integer("filters"), settings.single("kernel_size")];
  const { bias: hasBias, activation } = common(settings);
  const padding = settings.choice("padding", ["valid", "same", "causal"], "valid");
  const options = {
    stride: settings.single("strides", 1),
    dilation: settings.single("dilation_rate", 1),
    groups: settings.integer("groups", 1),
    padding: padding === "causal" ? "valid" : padding,
  } as const;
  const before = padding === "causal" ? (size - 1) * options.dilation : 0;
  const layer: Layer<WeightParams> = makeLayer({
    type: "Conv1d",
    options: { filters, size, ...options },
    init(random, [, channels], create) {
      const shape = [size, channels / options.groups, filters];
      const bias = hasBias ? zeros([filters], create) : null;
      return { w: glorotUniform(random.split("w"), shape, create), bias };
    },
    outputShape([length, channels]) {
      const w = [size, channels / options.groups, filters];
      const { yShape } = conv1dGeometry([1, length + before, channels], w, undefined, options);
      return [yShape[yShape.length - 2], filters];
    },
    apply({ w, bias }, x) {
      const padded = before === 0 ? x : pad(x, [[0, 0], [before, 0], [0, 0]]);
      const y = conv1d(padded, w, { ...options, bias: bias ?? undefined });
      return activation === undefined ? y : activation(y);
    },
  }, { params: "{ w, bias }" });
  const kernel = spec("kernel", [size, null, filters]);
  return weighted(layer, specsOf(settings, kernel, filters), productParams());
}

/** Lists the weights of a normalisation that may lack a factor or a summand. */
const normSpecs = (settings: LayerSettings) => [
  ...settings.flag("scale", true) ? [spec("gamma", [null])] : [],
  ...settings.flag("center", true) ? [spec("beta", [null])] : [],
];

/** Completes a factor and a summand, of the size of the other or of the moments. */
function normParams(weights: Weights): { scale: Tensor; bias: Tensor } {
  const known = [...weights.values()][0];
  const [scale, bias] = [weights.get("gamma"), weights.get("beta")];
  const like = { dtype: known?.dtype, backend: known?.backend };
  return {
    scale: scale ?? ones(known.shape, like),
    bias: bias ?? zeros(known.shape, like),
  };
}

function batchNorm(settings: LayerSettings): Part {
  const layer = BatchNorm({
    epsilon: settings.number("epsilon", EPSILON),
    momentum: settings.number("momentum", 0.99),
    unbiased: false,
  });
  const moments = [spec("moving_mean", [null]), spec("moving_variance", [null])];
  const specs = [...normSpecs(settings), ...moments];
  return weighted(alongLast(layer, settings.axis()), specs, (weights) => ({
    ...normParams(weights),
    mean: weights.get("moving_mean")!,
    variance: weights.get("moving_variance")!,
  }));
}

function layerNorm(settings: LayerSettings): Part {
  if (normSpecs(settings).length === 0) settings.fail("scale or center", "true", "false");
  if (settings.flag("rms_scaling", false)) settings.fail("rms_scaling", "false", "true");
  const layer = LayerNorm({ epsilon: settings.number("epsilon", EPSILON) });
  return weighted(alongLast(layer, settings.axis()), normSpecs(settings), normParams);
}

function groupNorm(settings: LayerSettings): Part {
  if (normSpecs(settings).length === 0) settings.fail("scale or center", "true", "false");
  const groups = settings.integer("groups", 32);
  const layer = GroupNorm({ groups, epsilon: settings.number("epsilon", EPSILON) });
  return weighted(alongLast(layer, settings.axis()), normSpecs(settings), normParams);
}

function embedding(settings: LayerSettings): Part {
  // A mask would go on to the layers after it, which have none here.
  if (settings.flag("mask_zero", false)) settings.fail("mask_zero", "false", "true");
  const [vocabulary, dimensions] = [settings.integer("input_dim"), settings.integer("output_dim")];
  const layer = Embedding({ vocabulary, dimensions });
  const table = spec("embeddings", [vocabulary, dimensions]);
  return weighted(layer, [table], (weights) => ({ w: weights.get("embeddings")! }));
}

/** A slope for numbers below 0 that is learnt. */
function prelu(settings: LayerSettings): Part {
  const shared = settings.raw("shared_axes");
  const axes = Array.isArray(shared) ? shared as readonly number[] : [];
  const layer: Layer<{ readonly alpha: Tensor }> = makeLayer({
    type: "PReLU",
    init: (_random, inputShape, create) => ({
      alpha: zeros(inputShape.map((size, axis) => axes.includes(axis + 1) ? 1 : size), create),
    }),
    outputShape: (inputShape) => inputShape,
    apply: ({ alpha }, x) => add(relu(x), mul(minimum(x, 0), alpha)),
  }, { params: "{ alpha }" });
  return weighted(layer, [spec("alpha")], (weights) => ({ alpha: weights.get("alpha")! }));
}

/** Numbers less a mean, by a deviation: of the data that the layer was adapted to. */
function normalization(settings: LayerSettings): Part {
  if (settings.raw("mean") !== undefined) settings.fail("mean", "of the data", "a number");
  const invert = settings.flag("invert", false);
  if (invert) settings.fail("invert", "false", "true");
  const layer: Layer<{ readonly mean: Tensor; readonly variance: Tensor }> = makeLayer({
    type: "Normalization",
    init: (_random, inputShape, create) => ({
      mean: zeros(inputShape.slice(-1), create),
      variance: ones(inputShape.slice(-1), create),
    }),
    outputShape: (inputShape) => inputShape,
    apply: ({ mean, variance }, x) => mul(sub(x, mean), rsqrt(variance)),
    trainable: () => ({ mean: null, variance: null }),
  }, { params: "{ mean, variance }" });
  const specs = [spec("mean"), spec("variance"), spec("count", [])];
  return weighted(alongLast(layer, settings.axis()), specs, (weights) => ({
    mean: weights.get("mean")!,
    variance: weights.get("variance")!,
  }));
}

/** Layers with weights by their classes. */
export const WEIGHTED: ReadonlyMap<string, Builder> = new Map<string, Builder>([
  ["BatchNormalization", batchNorm],
  ["BatchNormalizationV1", batchNorm],
  ["Conv1D", sequenceConv],
  ["Conv2D", conv2d],
  ["Conv2DTranspose", conv2dTransposed],
  ["Dense", dense],
  ["DepthwiseConv2D", depthwise],
  ["Embedding", embedding],
  ["GroupNormalization", groupNorm],
  ["LayerNormalization", layerNorm],
  ["Normalization", normalization],
  ["PReLU", prelu],
  ["SeparableConv2D", separable],
]);
