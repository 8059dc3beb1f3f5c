// Calls of every function of `./nn` that takes options, with each option at a value that is allowed
// and not the default.

import { ones, Random, referenceBackend, relu, type Tensor, tensor } from "@tapegrad/tapegrad";
import * as nn from "@tapegrad/tapegrad/nn";

/** A call with options, and options that it takes. */
export interface OptionCall {
  // deno-lint-ignore no-explicit-any -- as plain JavaScript calls it
  readonly call: (options: any) => unknown;
  readonly options: Readonly<Record<string, unknown>>;
}

const images = ones([2, 5, 6, 3]);
const matrix = ones([2, 3]);
const labels = tensor(Int32Array.of(1, 0));
const window = { stride: 2, padding: [[1, 0], [0, 1]], dilation: [1, 2] };
const biased = {
  bias: true,
  activation: relu,
  initializer: nn.heNormal,
  biasInitializer: nn.constant(0.5),
};

/** Makes a layer, its parameters, and what it gives for images. */
function applied(made: nn.Layer<unknown>, x: Tensor = images): unknown {
  const params = made.init(new Random(1), x.shape.slice(1));
  return made.apply(params, x);
}

const initialised = (initializer: nn.Initializer): OptionCall => ({
  call: (o) => initializer(new Random(1), [3, 2], o),
  options: { dtype: "float64", backend: referenceBackend() },
});

const model = nn.Sequential([nn.Conv2d({ filters: 2, size: 2 }), nn.GlobalAvgPool()]);
const params = model.init(new Random(1), [5, 6, 3]);

/** All calls, by the names of the functions. */
export const LAYER_CALLS: Readonly<Record<string, OptionCall>> = {
  gradCam: {
    call: (o) => nn.gradCam(model, params, images, o),
    options: { classes: [1, 0], layer: "conv2d" },
  },
  saliency: {
    call: (o) => nn.saliency(model, params, images, o),
    options: { classes: [1, 0] },
  },
  glorotNormal: initialised(nn.glorotNormal),
  glorotUniform: initialised(nn.glorotUniform),
  heNormal: initialised(nn.heNormal),
  heUniform: initialised(nn.heUniform),
  lecunNormal: initialised(nn.lecunNormal),
  lecunUniform: initialised(nn.lecunUniform),
  Conv2d: {
    call: (o) => applied(nn.Conv2d(o)),
    options: { filters: 6, size: [2, 3], ...window, groups: 3, ...biased },
  },
  Conv2dTranspose: {
    call: (o) => applied(nn.Conv2dTranspose(o)),
    options: { filters: 6, size: 3, ...window, groups: 3, outputPadding: [1, 0], ...biased },
  },
  DepthwiseConv2d: {
    call: (o) => applied(nn.DepthwiseConv2d(o)),
    options: { size: [2, 3], multiplier: 2, ...window, ...biased },
  },
  Dense: { call: (o) => applied(nn.Dense(o), matrix), options: { units: 4, ...biased } },
  Dropout: { call: (o) => applied(nn.Dropout(o)), options: { rate: 0.25 } },
  Embedding: {
    call: (o) => applied(nn.Embedding(o), labels),
    options: { vocabulary: 5, dimensions: 3, initializer: nn.heNormal },
  },
  BatchNorm: {
    call: (o) => applied(nn.BatchNorm(o)),
    options: { momentum: 0.5, epsilon: 1e-3, unbiased: true },
  },
  Flatten: { call: (o) => applied(nn.Flatten(o)), options: {} },
  GlobalAvgPool: { call: (o) => applied(nn.GlobalAvgPool(o)), options: {} },
  GroupNorm: { call: (o) => applied(nn.GroupNorm(o)), options: { groups: 3, epsilon: 1e-3 } },
  LayerNorm: { call: (o) => applied(nn.LayerNorm(o)), options: { epsilon: 1e-3 } },
  AvgPool: {
    call: (o) => applied(nn.AvgPool(o)),
    options: { size: [2, 3], stride: 2, padding: "same", countPadding: true, layout: "NHWC" },
  },
  MaxPool: {
    call: (o) => applied(nn.MaxPool(o)),
    options: { size: [2, 3], stride: 2, padding: "same" },
  },
  Residual: {
    call: (o) => applied(nn.Residual(nn.Dense({ units: 3 }), o), matrix),
    options: { shortcut: relu },
  },
};
