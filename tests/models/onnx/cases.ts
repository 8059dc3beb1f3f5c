// Cases of every op with a mapping to ONNX: functions that apply it, and their inputs.

import {
  abs,
  adaptiveAvgPool,
  add,
  argMax,
  avgPool,
  batchNorm,
  batchNormInference,
  broadcastTo,
  cast,
  ceil,
  clip,
  concat,
  conv2d,
  conv2dTranspose,
  cumsum,
  dense,
  div,
  elu,
  embedding,
  equal,
  expm1,
  flatten,
  flip,
  floor,
  fmod,
  gelu,
  globalAvgPool,
  greater,
  greaterEqual,
  groupNorm,
  hardSigmoid,
  hardSwish,
  isInf,
  isNaN,
  layerNorm,
  leakyRelu,
  less,
  lessEqual,
  localResponseNorm,
  log,
  log1p,
  logicalAnd,
  logicalXor,
  logSigmoid,
  logSoftmax,
  matmul,
  max,
  maximum,
  maxPool,
  mean,
  min,
  minimum,
  mish,
  mod,
  mul,
  neg,
  notEqual,
  pad,
  pow,
  prod,
  Random,
  randomIntegers,
  relu,
  relu6,
  reshape,
  round,
  selu,
  sign,
  silu,
  slice,
  softmax,
  softplus,
  square,
  stack,
  stopGradient,
  sub,
  sum,
  take,
  takeAlongAxis,
  tensor,
  transpose,
  upsample,
  where,
  zeros,
} from "../../../mod.ts";
import { sumTo } from "../../../ops/shape/broadcast_to.ts";
import { ofFloatFunctions } from "../../support/float_functions.ts";
import type { mappings } from "../../../src/models/onnx/mappings.ts";
import {
  binary,
  type ExportCase,
  normal,
  of,
  pair,
  positive,
  question,
  reductions,
  remainders,
  unary,
  w,
  weights,
} from "./case_makers.ts";

const moments = { mean: w(2), variance: square(w(2)), scale: w(2), bias: w(2) };

/** Cases by the op that they are for; a mapping without any does not compile. */
export const exportCases: { readonly [Name in keyof typeof mappings]: readonly ExportCase[] } = {
  // Within their intervals; some have more cases below.
  ...ofFloatFunctions(({ of: f, tame: [from, to] }) => unary((x) => f(clip(x, from, to)))),
  abs: unary(abs),
  add: [...binary(add), ...of([2], (x) => add(x, stopGradient(x)))],
  argMax: [
    ...of([3, 4], (x) => argMax(x, { axis: 1 }), (x) => argMax(x, { axis: -1, keepDims: true })),
    ...of([3, 4], (x) => argMax(x), (x) => argMax(x, { axis: 0 })),
  ],
  avgPool: of(
    [7, 6, 2],
    (x) => avgPool(x, { size: 3, stride: 2, padding: "same" }),
    (x) => avgPool(x, { size: [3, 2], stride: 2, padding: 1, countPadding: true }),
    (x) => avgPool(x, { size: 2, stride: 3 }),
    (x) => localResponseNorm(x, { alpha: 1 }),
  ),
  broadcastTo: of(
    [1, 3],
    (x) => broadcastTo(x, [x.shape[0], 4, 3]),
    (x) => broadcastTo(x, [2, x.shape[0], 1, 3]),
    (x) => add(x, zeros(x.shape)),
  ),
  cast: of([3], (x) => cast(cast(mul(x, 10), "int32"), "float32"), (x) => cast(x, "int32")),
  ceil: unary(ceil),
  clip: unary((x) => clip(x, -0.5, 0.25)),
  concat: [
    ...pair([2, 3], [4, 3], (a, b) => concat([a, b], { axis: 1 }), (a, b) => {
      return concat([reshape(a, [-1, 3]), reshape(b, [-1, 3])]);
    }),
    ...of([4, 4, 2], (x) => {
      return concat([maxPool(x, { size: 2 }), avgPool(x, { size: 2 })], { axis: -1 });
    }),
  ],
  conv2d: of(
    [7, 8, 2],
    (x) => conv2d(x, weights.filters, { padding: "same", stride: 2, bias: weights.bias }),
    (x) => conv2d(x, weights.grouped, { groups: 2, padding: [[1, 0], [2, 1]] }),
    (x) => conv2d(x, weights.filters, { dilation: [2, 1] }),
    (x) => conv2d(conv2d(x, weights.filters), w(1, 1, 4, 2)),
    (x) => {
      const first = transpose(x, [0, 3, 1, 2]);
      return conv2d(first, transpose(weights.filters, [3, 2, 0, 1]), { layout: "NCHW" });
    },
    (x) => conv2d(x, add(weights.filters, mean(x))), // filters that are computed
  ),
  conv2dGradX: of(
    [4, 5, 4],
    (x) => conv2dTranspose(x, weights.filters, { stride: 2 }),
    (x) => {
      return conv2dTranspose(x, weights.filters, { stride: 2, padding: "same", bias: w(2) });
    },
    (x) => conv2dTranspose(x, weights.filters, { stride: [3, 2], outputPadding: 1, padding: 1 }),
  ),
  conv2dRelu: of(
    [6, 6, 2],
    (x) => conv2d(x, weights.filters, { bias: weights.bias, activation: "relu" }),
  ),
  cumsum: of(
    [3, 1, 4],
    (x) => cumsum(x),
    (x) => cumsum(x, { axis: 1, exclusive: true, reverse: true }),
  ),
  dense: [
    ...of(
      [6],
      (x) => dense(x, weights.dense),
      (x) => dense(x, weights.dense, { bias: weights.bias }),
    ),
    ...of([3, 6], (x) => dense(x, weights.dense, { bias: weights.bias })),
    ...of([4, 6, 2], (x) => dense(flatten(maxPool(x, { size: 2 })), w(12, 3))),
    ...of([4, 6, 2], (x) => {
      const rows = flatten(maxPool(x, { size: 2 }));
      return dense(rows, add(w(12, 3), mean(rows)));
    }),
  ],
  denseRelu: of([6], (x) => dense(x, weights.dense, { bias: weights.bias, activation: "relu" })),
  div: binary(div),
  elu: [...unary((x) => elu(x, { alpha: 0.5 })), ...unary(selu)],
  embedding: [{
    f: ({ ids }) => embedding(ids, weights.table, { paddingIndex: 1 }),
    inputs: (batch) => ({ ids: randomIntegers(new Random(3), [batch, 4], 0, 5) }),
  }],
  equal: question(equal),
  expm1: [...unary(expm1), ...of([3], (x) => mul(expm1(mul(x, 1e-6)), 1e6))],
  flip: of([3, 4], (x) => flip(x, { axis: 1 }), (x) => flip(x), (x) => flip(x, { axis: 0 })),
  floor: unary(floor),
  gather: [
    ...of(
      [3, 4],
      (x) => take(x, tensor([2, 0], { dtype: "int32" }), { axis: 1 }),
      (x) => take(x, tensor([[3, 0], [1, 1]], { dtype: "int32" }), { axis: 2 }),
    ),
    {
      f: ({ ids }) => embedding(ids, weights.table),
      inputs: (batch) => ({ ids: randomIntegers(new Random(3), [batch, 4], 0, 5) }),
    },
    {
      f: ({ x, at }) => takeAlongAxis(x, at, { axis: 1 }),
      inputs: (batch) => ({
        x: normal([batch, 3]),
        at: randomIntegers(new Random(1), [batch, 2], 0, 3),
      }),
    },
  ],
  gelu: unary(gelu),
  fmod: remainders(fmod),
  geluTanh: unary((x) => gelu(x, { approximate: "tanh" })),
  greater: question(greater),
  greaterEqual: question(greaterEqual),
  hardSigmoid: unary((x) => hardSigmoid(mul(x, 4))),
  hardSwish: unary((x) => hardSwish(mul(x, 4))),
  isInf: of(
    [4, 4, 2],
    (x) => isInf(div(x, relu(x))),
    (x) => isInf(div(1, relu(maxPool(sub(x, 1), { size: 2 })))),
  ),
  isNaN: of(
    [4, 4, 2],
    (x) => isNaN(log(x)),
    (x) => isNaN(log(maxPool(sub(x, 1), { size: 2 }))),
  ),
  leakyRelu: unary((x) => leakyRelu(x, { slope: 0.2 })),
  less: question(less),
  lessEqual: question(lessEqual),
  log1p: [...positive(log1p), ...of([3], (x) => mul(log1p(mul(x, 1e-6)), 1e6))],
  logicalXor: question((a, b) => logicalXor(greater(a, 0), greater(b, 0))),
  logSigmoid: unary(logSigmoid),
  logSoftmax: of([3], logSoftmax),
  matmul: [
    ...pair([3, 4], [4, 2], matmul),
    ...pair([4, 3], [2, 4], (a, b) => matmul(a, b, { transposeA: true, transposeB: true })),
    ...of([3], (x) => matmul(x, x, { transposeA: true }), (x) => matmul(x, w(3, 2))),
    ...of([2, 3], (x) => matmul(x, w(3, 2)), (x) => matmul(x, w(3))),
  ],
  max: reductions(max),
  maximum: binary(maximum),
  maxPool: of(
    [7, 6, 2],
    (x) => maxPool(x, { size: 3, stride: 2, padding: "same" }),
    (x) => maxPool(x, { size: [3, 2], stride: 2, padding: 1 }),
    (x) => maxPool(x, { size: 2 }),
  ),
  mean: [
    ...reductions(mean),
    ...of([4, 4, 2], (x) => {
      return dense(globalAvgPool(maxPool(x, { size: 2 })), w(2, 3));
    }),
  ],
  min: reductions(min),
  minimum: binary(minimum),
  mish: unary(mish),
  mod: remainders(mod),
  moments: [
    ...of([3, 4, 4], (x) => groupNorm(x, { groups: 2, scale: w(4), bias: w(4) })),
    ...of([3, 4], (x) => layerNorm(x), (x) => layerNorm(x, { axis: 1, scale: w(3, 4) })),
  ],
  mul: [...binary(mul), ...of([3], (x) => logicalAnd(greater(x, -1), less(x, 1)))],
  neg: unary(neg),
  normalize: of([3, 2], (x) => batchNorm(x).y),
  normalizeBy: [
    ...of([2], (x) => batchNormInference(x, moments)),
    ...of([4, 4, 2], (x) => batchNormInference(x, moments), (x) => {
      return batchNormInference(x, { mean: moments.mean, variance: moments.variance });
    }),
    ...of([4, 2], (x) => batchNormInference(x, moments)),
  ],
  notEqual: question(notEqual),
  pad: of(
    [3, 4, 2],
    (x) => pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], { value: 7 }),
    (x) => pad(maxPool(x, { size: 1 }), [[0, 0], [1, -1], [0, 0], [0, 3]]),
  ),
  padWithin: of(
    [3, 4],
    (x) => pad(x, [[0, 0], [1, 2], [2, 0]], { mode: "reflect" }),
    (x) => pad(x, [[0, 0], [1, 2], [2, 0]], { mode: "edge" }),
  ),
  pow: positive((x) => pow(x, 1.5), (x) => pow(2, x)),
  prod: reductions(prod),
  relu: unary(relu),
  relu6: unary((x) => relu6(mul(x, 8))),
  resample: of(
    [4, 6, 2],
    (x) => upsample(x, { factor: 2 }),
    (x) => upsample(x, { size: [5, 7], mode: "bilinear" }),
    (x) => adaptiveAvgPool(x, { size: [3, 5] }),
  ),
  reshape: [
    ...of([2, 3], (x) => reshape(x, [-1, 3]), (x) => reshape(x, [6, -1]), flatten),
    ...of([4, 4, 1], (x) => maxPool(reshape(x, [-1, 4, 2, 2]), { size: 2 })),
    ...of([4, 4, 2], (x) => flatten(maxPool(x, { size: 2 })), (x) => {
      return reshape(maxPool(x, { size: 2 }), [-1, 4, 2]);
    }),
  ],
  round: [...unary(round), ...of([3], (x) => round(mul(round(mul(x, 4)), 0.5)))],
  sign: unary(sign),
  silu: unary(silu),
  slice: [
    ...of(
      [4, 5],
      (x) => slice(x, [null, [1, 3], [0, 5, 2]]),
      (x) => slice(x, [null, 2]),
      (x) => slice(x, [[0, 1], null, [4, 1, -2]]),
      (x) => slice(x, [[-1, null]]),
      (x) => slice(x, [-1, null, [null, null, -1]]),
    ),
  ],
  softmax: [
    ...of([3], softmax),
    ...of([2, 3], softmax),
    ...of([4, 4, 2], (x) => softmax(maxPool(x, { size: 2 }))),
  ],
  softplus: unary(softplus),
  square: unary(square),
  stack: pair([3], [3], (a, b) => stack([a, b]), (a, b) => stack([a, b], { axis: -1 })),
  sub: binary(sub),
  sum: reductions(sum),
  sumTo: of([3, 4], (x) => sumTo(x, [3, 1]), (x) => sumTo(x, [x.shape[0], 1, 4])),
  transpose: [
    ...of([2, 3], (x) => transpose(x), (x) => transpose(x, [0, 2, 1])),
    ...of([2, 3, 4], (x) => transpose(x, [0, 2, 3, 1]), (x) => {
      return relu(transpose(relu(transpose(x, [0, 3, 1, 2])), [0, 2, 3, 1]));
    }),
  ],
  where: [
    ...of([3], (x) => where(greater(x, 0), x, mul(x, 2)), (x) => where(less(x, 0), 1, x)),
    ...of([4, 4, 2], (x) => {
      const pooled = maxPool(x, { size: 2 });
      return where(greater(pooled, weights.channels), pooled, 0);
    }),
  ],
};
