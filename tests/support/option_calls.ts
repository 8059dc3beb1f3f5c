// Calls of every function of the main entry that takes options, with each option at a value that is
// allowed and not the default; those of `./nn` are in `option_calls_nn.ts`.

import * as t from "@tapegrad/tapegrad";
import {
  bytes,
  copied,
  depthwiseFor,
  filtersFor,
  imagesFor,
  indices,
  perGroup,
  signed,
  values,
} from "./option_inputs.ts";
import { LAYER_CALLS, type OptionCall } from "./option_calls_nn.ts";

const random = () => new t.Random(1);
const images = (options: object = {}) => imagesFor(options, [2, 5, 6, 3]);
const matrix = () => signed([2, 3]);
const labels = () => indices([1, 0]);
const bias = (n: number) => values([n]);
const backend = t.referenceBackend();
const layout = "NCHW";
const reduction = "sum";
const window = { stride: 2, padding: [[1, 0], [0, 1]], dilation: [1, 2] };
const create = { dtype: "float64", backend };
const axes = { axis: [-1], keepDims: true };
const adaptive = { learningRate: 0.1, weightDecay: 0.1, decays: () => false, epsilon: 1e-3 };
const betas = { beta1: 0.5, beta2: 0.6 };

/** Runs an optimizer, a schedule or a layer that has been made. */
const drawn = (draw: (random: t.Random) => unknown) => draw(random());

/** Takes steps with an optimizer; returns what has become of a weight. */
function stepped(optimizer: t.Optimizer): t.Tensor {
  const w = values([5]);
  for (let step = 0; step < 3; step++) optimizer.step({ w }, { w: t.mul(w, step - 1.5) });
  return w;
}

const reduced = (f: (x: t.Tensor, o: t.ReduceOptions) => t.Tensor): OptionCall => ({
  call: (o) => f(matrix(), o),
  options: axes,
});
const joined = (f: (x: readonly t.Tensor[], o: t.JoinOptions) => t.Tensor): OptionCall => ({
  call: (o) => f([matrix(), matrix()], o),
  options: { axis: 1 },
});
const lossOf = (
  // deno-lint-ignore no-explicit-any -- any options of a loss
  f: (x: t.Tensor, target: t.Tensor, o: any) => t.Tensor,
  options: Record<string, unknown>,
): OptionCall => ({
  call: (o) => f(matrix(), t.mul(matrix(), 0.5), o),
  options: { reduction, ...options },
});
const CREATION: Record<string, OptionCall> = {
  tensor: { call: (o) => t.tensor([1, 2], o), options: { ...create, shape: [1, 2] } },
  zeros: { call: (o) => t.zeros([2], o), options: create },
  ones: { call: (o) => t.ones([2], o), options: create },
  full: { call: (o) => t.full([2], 3, o), options: create },
  eye: { call: (o) => t.eye(2, o), options: { ...create, columns: 3 } },
  arange: { call: (o) => t.arange(1, 5, 2, o), options: create },
  linspace: { call: (o) => t.linspace(1, 5, 3, o), options: create },
  oneHot: { call: (o) => t.oneHot([1, 0], 3, o), options: create },
  randomCategorical: {
    call: (o) => drawn((r) => t.randomCategorical(r, matrix(), o)),
    options: { samples: 3 },
  },
  randomBernoulli: {
    call: (o) => drawn((r) => t.randomBernoulli(r, [20], o)),
    options: { ...create, probability: 0.25 },
  },
  randomIntegers: {
    call: (o) => drawn((r) => t.randomIntegers(r, [2], 1, 5, o)),
    options: { dtype: "uint8", backend },
  },
  randomNormal: {
    call: (o) => drawn((r) => t.randomNormal(r, [2], o)),
    options: { ...create, mean: 1, std: 2 },
  },
  randomTruncatedNormal: {
    call: (o) => drawn((r) => t.randomTruncatedNormal(r, [20], o)),
    options: { ...create, mean: 1, std: 2, limit: 0.5 },
  },
  randomUniform: {
    call: (o) => drawn((r) => t.randomUniform(r, [2], o)),
    options: { ...create, low: 1, high: 3 },
  },
};

const ELEMENTWISE_AND_LOSSES: Record<string, OptionCall> = {
  elu: { call: (o) => t.elu(matrix(), o), options: { alpha: 0.5 } },
  gelu: { call: (o) => t.gelu(matrix(), o), options: { approximate: "tanh" } },
  leakyRelu: { call: (o) => t.leakyRelu(matrix(), o), options: { slope: 0.2 } },
  categoricalHinge: lossOf(t.categoricalHinge, {}),
  hinge: lossOf(t.hinge, { squared: true }),
  huber: lossOf(t.huber, { delta: 0.25 }),
  klDiv: lossOf(t.klDiv, { logTarget: true }),
  mae: lossOf(t.mae, {}),
  mse: lossOf(t.mse, {}),
  sigmoidCE: lossOf(t.sigmoidCE, { positiveWeight: 2 }),
  sigmoidFocal: lossOf(t.sigmoidFocal, { alpha: 0.5, gamma: 3 }),
  softmaxCE: {
    call: (o) => t.softmaxCE(matrix(), labels(), o),
    options: { reduction, labelSmoothing: 0.1, classWeights: values([3]), ignoreIndex: 1 },
  },
  cosineSimilarity: {
    call: (o) => t.cosineSimilarity(matrix(), matrix(), o),
    options: { axis: 0, epsilon: 10 },
  },
};

const IMAGES: Record<string, OptionCall> = {
  conv1d: {
    call: (o) => t.conv1d(signed([2, 7, 4]), signed([3, perGroup(o, 4), 6]), o),
    options: { stride: 2, padding: [1, 0], dilation: 2, groups: 2, bias: bias(6) },
  },
  conv2d: {
    call: (o) => t.conv2d(images(o), filtersFor(o, [2, 3, perGroup(o, 3), 6]), o),
    options: { ...window, groups: 3, bias: bias(6), activation: "relu", layout },
  },
  conv2dTranspose: {
    call: (o) =>
      t.conv2dTranspose(
        imagesFor(o, [1, 3, 5, 4]),
        filtersFor(o, [2, 3, perGroup(o, 6), 4]),
        o,
      ),
    options: { ...window, groups: 2, outputPadding: [1, 0], bias: bias(6), layout },
  },
  depthwiseConv2d: {
    call: (o) => t.depthwiseConv2d(images(o), depthwiseFor(o, [2, 3, 3, 2]), o),
    options: { ...window, bias: bias(6), layout },
  },
  separableConv2d: {
    call: (o) =>
      t.separableConv2d(
        images(o),
        depthwiseFor(o, [2, 3, 3, 2]),
        filtersFor(o, [1, 1, 6, 5]),
        o,
      ),
    options: { ...window, bias: bias(5), layout },
  },
  maxPool: {
    call: (o) => t.maxPool(images(o), o),
    options: { size: [2, 3], stride: 2, padding: "same", layout },
  },
  avgPool: {
    call: (o) => t.avgPool(images(o), o),
    options: { size: [2, 3], stride: 2, padding: "same", countPadding: true, layout },
  },
  maxPool1d: {
    call: (o) => t.maxPool1d(values([2, 7, 3]), o),
    options: { size: 3, stride: 2, padding: [1, 0] },
  },
  avgPool1d: {
    call: (o) => t.avgPool1d(values([2, 7, 3]), o),
    options: { size: 3, stride: 2, padding: [1, 0], countPadding: true },
  },
  adaptiveAvgPool: {
    call: (o) => t.adaptiveAvgPool(images(o), o),
    options: { size: [2, 3], layout },
  },
  upsample: {
    call: (o) => t.upsample(images(o), o),
    options: { factor: [2, 3], mode: "bilinear", alignCorners: true, layout },
  },
  globalAvgPool: {
    call: (o) => t.globalAvgPool(images(o), o),
    options: { keepDims: true, layout },
  },
  globalMaxPool: {
    call: (o) => t.globalMaxPool(images(o), o),
    options: { keepDims: true, layout },
  },
  im2col: { call: (o) => t.im2col(images(o), o), options: { size: [2, 3], ...window, layout } },
  col2im: {
    call: (o) => {
      const { shape } = imagesFor(o, [1, 5, 6, 4]);
      return t.col2im(signed(t.im2col(t.ones(shape), copied(o) as never).shape), shape, o);
    },
    options: { size: [2, 3], ...window, layout },
  },
};

const NORMS_AND_PRODUCTS: Record<string, OptionCall> = {
  batchNorm: {
    call: (o) => t.batchNorm(images(), o),
    options: { scale: bias(3), bias: bias(3), epsilon: 1e-3 },
  },
  batchNormInference: {
    call: (o) => t.batchNormInference(images(), o),
    options: { mean: bias(3), variance: bias(3), scale: bias(3), bias: bias(3), epsilon: 1e-3 },
  },
  runningMoments: {
    call: (o) => {
      const running = { mean: bias(3), variance: bias(3) };
      const batch = { mean: signed([3]), variance: t.mul(bias(3), 2), count: 5 };
      return t.runningMoments(running, batch as never, o);
    },
    options: { momentum: 0.5, unbiased: false },
  },
  instanceNorm: {
    call: (o) => t.instanceNorm(images(), o),
    options: { scale: bias(3), bias: bias(3), epsilon: 1e-3 },
  },
  groupNorm: {
    call: (o) => t.groupNorm(images(), o),
    options: { scale: bias(3), bias: bias(3), epsilon: 1e-3, groups: 1 },
  },
  layerNorm: {
    call: (o) => t.layerNorm(images(), o),
    options: { scale: values([6, 3]), bias: values([6, 3]), epsilon: 1e-3, axis: 2 },
  },
  localResponseNorm: {
    call: (o) => t.localResponseNorm(images(), o),
    options: { size: 3, alpha: 0.1, beta: 0.5, bias: 2 },
  },
  dropout: {
    call: (o) => t.dropout(images(), o),
    options: { random: random(), rate: 0.25, noiseShape: [2, 1, 1, 3] },
  },
  dense: {
    call: (o) => t.dense(matrix(), values([3, 4]), o),
    options: { bias: bias(4), activation: "relu" },
  },
  matmul: {
    call: (o) => t.matmul(values([3, 2]), values([4, 3]), o),
    options: { transposeA: true, transposeB: true },
  },
};

const REDUCTIONS_AND_SHAPES: Record<string, OptionCall> = {
  all: { call: (o) => t.all(bytes([2, 3]), o), options: axes },
  any: { call: (o) => t.any(bytes([2, 3]), o), options: axes },
  sum: reduced(t.sum),
  mean: reduced(t.mean),
  max: reduced(t.max),
  min: reduced(t.min),
  prod: reduced(t.prod),
  logSumExp: reduced(t.logSumExp),
  norm: { call: (o) => t.norm(matrix(), o), options: { ...axes, p: 1 } },
  variance: { call: (o) => t.variance(matrix(), o), options: { ...axes, correction: 1 } },
  std: { call: (o) => t.std(matrix(), o), options: { ...axes, correction: 1 } },
  argMax: { call: (o) => t.argMax(matrix(), o), options: { axis: 1, keepDims: true } },
  argMin: { call: (o) => t.argMin(matrix(), o), options: { axis: 1, keepDims: true } },
  cumsum: {
    call: (o) => t.cumsum(matrix(), o),
    options: { axis: 0, exclusive: true, reverse: true },
  },
  concat: joined(t.concat),
  stack: joined(t.stack),
  embedding: { call: (o) => t.embedding(labels(), matrix(), o), options: { paddingIndex: 1 } },
  take: { call: (o) => t.take(matrix(), labels(), o), options: { axis: 1 } },
  takeAlongAxis: {
    call: (o) => t.takeAlongAxis(matrix(), indices([1, 0], [2, 1]), o),
    options: { axis: 1 },
  },
  scatterAdd: {
    call: (o) => t.scatterAdd(matrix(), labels(), values([2, 2]), o),
    options: { axis: 1 },
  },
  scatterAddAlongAxis: {
    call: (o) => t.scatterAddAlongAxis(matrix(), indices([1, 0], [2, 1]), values([2, 1]), o),
    options: { axis: 1 },
  },
  pad: {
    call: (o) => t.pad(matrix(), [[1, 0], [0, 1]], o),
    options: { mode: "edge", value: 2 },
  },
  flip: { call: (o) => t.flip(matrix(), o), options: { axis: [1] } },
  split: { call: (o) => t.split(matrix(), 3, o), options: { axis: 1 } },
  squeeze: { call: (o) => t.squeeze(values([1, 3, 1]), o), options: { axis: [0] } },
  repeat: { call: (o) => t.repeat(matrix(), 2, o), options: { axis: 1 } },
};

const OTHERS: Record<string, OptionCall> = {
  wasmBackend: {
    call: (o) => t.wasmBackend(o)[Symbol.dispose](),
    options: { threads: 1, simd: "plain", maxBytes: 2 ** 25 },
  },
  checkGrad: {
    call: (o) => t.checkGrad(t.square, [t.tensor([1, 2])], o),
    options: {
      order: 2,
      step: 0.5,
      tolerance: 1e-3,
      dtype: "float32",
      exact: false,
      seed: 3,
      avoid: () => false,
      kinks: "skip",
      directions: 2,
    },
  },
  accumulateGradients: {
    call: (o) => stepped(t.accumulateGradients(t.sgd({ learningRate: 1 }), o)),
    options: { every: 2 },
  },
  adagrad: {
    call: (o) => stepped(t.adagrad(o)),
    options: { ...adaptive, initialSum: 0.5 },
  },
  adam: { call: (o) => stepped(t.adam(o)), options: { ...adaptive, ...betas } },
  adamw: { call: (o) => stepped(t.adamw(o)), options: { ...adaptive, ...betas } },
  lion: {
    call: (o) => stepped(t.lion(o)),
    options: { learningRate: 0.1, weightDecay: 0.1, decays: () => false, ...betas },
  },
  rmsprop: {
    call: (o) => stepped(t.rmsprop(o)),
    options: { ...adaptive, rho: 0.5, momentum: 0.5, centered: true, rule: "keras" },
  },
  sgd: {
    call: (o) => stepped(t.sgd(o)),
    options: {
      learningRate: 0.1,
      weightDecay: 0.01,
      decays: () => false,
      momentum: 0.5,
      nesterov: true,
    },
  },
  clipByGlobalNorm: {
    call: (o) => t.clipByGlobalNorm({ w: values([2]) }, 1, o),
    options: { errorIfNonFinite: true },
  },
  movingAverage: { call: (o) => t.movingAverage({ w: values([2]) }, o), options: { decay: 0.5 } },
  cosineDecay: { call: (o) => t.cosineDecay(o)(1), options: { start: 1, steps: 5, end: 0.5 } },
  exponentialDecay: {
    call: (o) => t.exponentialDecay(o)(1),
    options: { start: 1, factor: 0.5, every: 2 },
  },
  oneCycle: {
    call: (o) => t.oneCycle(o)(1),
    options: { max: 1, steps: 5, rising: 0.5, startDivisor: 2, endDivisor: 3 },
  },
  stepDecay: { call: (o) => t.stepDecay(o)(5), options: { start: 1, every: 2, factor: 0.5 } },
  warmUp: { call: (o) => t.warmUp(1, o)(1), options: { steps: 3, from: 0.5 } },
  checkpoint: { call: (o) => t.checkpoint(t.square, o)(matrix()), options: { name: "named" } },
  customGrad: {
    call: (o) => t.customGrad(t.square, () => [], o)(matrix()),
    options: { name: "named" },
  },
};

/** All calls, by the names of the functions. */
export const OPTION_CALLS: Readonly<Record<string, OptionCall>> = {
  ...CREATION,
  ...ELEMENTWISE_AND_LOSSES,
  ...IMAGES,
  ...NORMS_AND_PRODUCTS,
  ...REDUCTIONS_AND_SHAPES,
  ...OTHERS,
  ...LAYER_CALLS,
};
