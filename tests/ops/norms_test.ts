// Normalisation and dropout: PyTorch's values and gradients, running moments, second derivatives of
// compositions, and what is refused.

import { assert, assertEquals } from "@std/assert";
import {
  batchNorm,
  batchNormInference,
  dropout,
  grad,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  ones,
  Random,
  referenceBackend,
  runningMoments,
  ShapeError,
  sum,
  Tape,
  type Tensor,
  tensor,
  wasmBackend,
  zeros,
} from "../../mod.ts";
import { checkGrad } from "../../src/testing/mod.ts";
import * as golden from "../golden/norms/goldens.ts";
import { assertWithin } from "../support/compare.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

const f64 = { dtype: "float64" } as const;

interface Parameters {
  readonly scale: Tensor;
  readonly bias: Tensor;
}

type Options = Parameters & Record<string, number>;

const moments = () => ({
  mean: tensor(golden.mean, f64),
  variance: tensor(golden.variance, f64),
});

const NORMS: Record<string, (x: Tensor, options: Options) => Tensor> = {
  batchNorm: (x, options) => batchNorm(x, options).y,
  batchNormInference: (x, options) => batchNormInference(x, { ...moments(), ...options }),
  layerNorm,
  groupNorm: (x, options) => groupNorm(x, { ...options, groups: options.groups }),
  instanceNorm,
  localResponseNorm: (x, { size, alpha, beta, strength }) =>
    localResponseNorm(x, { size, alpha, beta, bias: strength }),
};

Deno.test("normalisation: PyTorch's, with gradients", () => {
  for (const { name, options, ...expected } of golden.goldens) {
    using tape = new Tape();
    const x = tape.watch(tensor(golden.x, { shape: golden.shape, ...f64 }));
    const parameters = tape.watch({
      scale: tensor(golden.scale, f64),
      bias: tensor(golden.bias, f64),
    });
    const settings = name === "localResponseNorm"
      ? { ...options, strength: options.bias }
      : options;
    const y = NORMS[name](x, { ...settings, ...parameters } as unknown as Options);
    const near = () => 1e-12;
    assertWithin(y.dataSync(), expected.y, near, name);
    const weights = Array.from({ length: x.size }, (_, i) => i % 7 + 1);
    const seed = tensor(weights, { shape: y.shape, ...f64 });
    const grads = tape.gradient(y, { x, ...parameters }, { seed });
    assertWithin(grads.x.dataSync(), expected.dx, () => 1e-11, `dx of ${name}`);
    if (expected.dscale === undefined || expected.dbias === undefined) continue;
    assertWithin(grads.scale.dataSync(), expected.dscale, () => 1e-11, `dscale of ${name}`);
    assertWithin(grads.bias.dataSync(), expected.dbias, () => 1e-11, `dbias of ${name}`);
  }
});

Deno.test("runningMoments: PyTorch's, and Keras's variance", () => {
  const batch = batchNorm(tensor(golden.x, { shape: golden.shape, ...f64 }));
  assertEquals(batch.count, 24);
  const next = runningMoments(moments(), batch);
  assertWithin(next.mean.dataSync(), golden.runningMean, () => 1e-14, "mean");
  assertWithin(next.variance.dataSync(), golden.runningVariance, () => 1e-14, "variance");
  const biased = runningMoments(moments(), batch, { momentum: 0, unbiased: false });
  assertEquals(biased.variance.toArray(), batch.variance.toArray());
});

Deno.test("batchNorm: the moments that it returns have gradients", () => {
  const x = tensor([[1, 2], [3, -1], [0.5, 4]], f64);
  const penalty = (x: Tensor) => {
    const { mean, variance } = batchNorm(x);
    return sum(groupNorm(ones([1, 2], f64), { groups: 1, scale: mean, bias: variance }));
  };
  checkGrad(penalty, [x], { order: 2 });
});

Deno.test("localResponseNorm, layerNorm from an axis on: gradients to the second order", () => {
  const x = tensor([[[0.5, -1, 2], [1.5, 0.25, -0.75]]], f64);
  const options = { size: 2, alpha: 1, bias: 0.5 };
  checkGrad((x) => localResponseNorm(x, options), [x], { order: 2 });
  const scale = tensor([[1, 2, -1], [0.5, 1, 1]], f64);
  checkGrad((x, scale) => layerNorm(x, { axis: -2, scale, epsilon: 0.5 }), [x, scale], {
    order: 2,
  });
});

Deno.test("normalisation: NaN stays in its group", () => {
  const x = tensor([[1, NaN], [2, 5]]);
  const nans = (y: Tensor) => Array.from(y.dataSync(), Number.isNaN);
  assertEquals(nans(batchNorm(x).y), [false, true, false, true]);
  assertEquals(nans(layerNorm(x)), [true, true, false, false]);
  assertEquals(nans(groupNorm(x, { groups: 2 })), [false, true, false, false]);
  const inference = { mean: zeros([2]), variance: ones([2]) };
  assertEquals(nans(batchNormInference(x, inference)), [false, true, false, false]);
});

Deno.test("normalisation: of nothing", () => {
  assertEquals(batchNorm(zeros([0, 3])).mean.toArray(), [NaN, NaN, NaN]);
  assertEquals(layerNorm(zeros([0, 3])).shape, [0, 3]);
  assertEquals(groupNorm(zeros([0, 2, 4]), { groups: 2 }).shape, [0, 2, 4]);
});

Deno.test("dropout: the same mask on every backend, another one with every call", () => {
  using wasm = wasmBackend({ threads: 2 });
  const run = (backend: ReturnType<typeof referenceBackend>, random: Random) =>
    dropout(ones([300], { backend }), { rate: 0.5, random }).toArray();
  const [a, b] = [referenceBackend(), wasm].map((backend) => run(backend, new Random(5)));
  assertEquals(a, b);
  const random = new Random(5);
  assertEquals(run(wasm, random), a);
  assert(String(run(wasm, random)) !== String(a));
});

Deno.test("dropout: the gradient has the mask of the result", () => {
  const x = ones([64]);
  using tape = new Tape();
  tape.watch(x);
  const y = dropout(x, { rate: 0.25, random: new Random(1) });
  assertEquals(tape.gradient(y, x, { seed: ones([64]) }).toArray(), y.toArray());
});

Deno.test("dropout: rates of 0 and 1, whole channels", () => {
  const x = tensor([1, NaN, 3]);
  assertEquals(dropout(x, { rate: 0, random: new Random(1) }).toArray(), [1, NaN, 3]);
  assertEquals(dropout(x, { rate: 1, random: new Random(1) }).toArray(), [0, 0, 0]);
  const options = { rate: 0.5, random: new Random(2), noiseShape: [4, 1, 8] };
  const [images, values] = [4, dropout(ones([4, 5, 8]), options).dataSync()];
  for (let i = 0; i < images * 40; i++) {
    assertEquals(values[i], values[Math.floor(i / 40) * 40 + i % 8]); // as the first place's
  }
  const dx = grad((x: Tensor) => sum(dropout(x, { ...options, random: new Random(2) })));
  assertEquals([...dx(ones([4, 5, 8])).dataSync()], [...values]);
});

const X = zeros([2, 3, 4]);
const random = new Random(1);
const wrong = (value: unknown) => value as never;

const REFUSALS: readonly Refusal[] = [
  [
    () => batchNorm(zeros([3])),
    ShapeError,
    "Cannot apply batchNorm: x must be [N, ..., C]: x is [3]",
  ],
  [
    () => batchNorm(X, { scale: ones([3]) }),
    ShapeError,
    "Cannot apply batchNorm: scale must be [4]: scale is [3], x is [2, 3, 4]",
  ],
  [
    () => batchNorm(X, { epsilon: -1 }),
    RangeError,
    "Cannot apply batchNorm: epsilon must be a finite number of at least 0: got -1",
  ],
  [
    () => batchNormInference(X, { mean: ones([4]), variance: ones([1]) }),
    ShapeError,
    "Cannot apply batchNormInference: variance must be [4]: variance is [1], x is [2, 3, 4]",
  ],
  [
    () => layerNorm(X, { axis: 1, bias: ones([4]) }),
    ShapeError,
    "Cannot apply layerNorm: bias must be [3, 4]: bias is [4], x is [2, 3, 4]",
  ],
  [
    () => layerNorm(X, { axis: 3 }),
    ShapeError,
    "Cannot apply layerNorm: axis must be an integer from -3 to 2: axis is 3, x is [2, 3, 4]",
  ],
  [
    () => groupNorm(X, { groups: 3 }),
    RangeError,
    "Cannot apply groupNorm: groups must be a positive integer that divides the channels of x: " +
    "groups is 3, x is [2, 3, 4]",
  ],
  [
    () => localResponseNorm(X, { size: 0 }),
    RangeError,
    "Cannot apply localResponseNorm: size must be a positive integer: got 0",
  ],
  [
    () => localResponseNorm(X, { beta: NaN }),
    RangeError,
    "Cannot apply localResponseNorm: beta must be a finite number of at least 0: got NaN",
  ],
  [
    () => dropout(X, { random, rate: 1.5 }),
    RangeError,
    "Cannot apply dropout: rate must be from 0 to 1: got 1.5",
  ],
  [
    () => dropout(X, { random: wrong(7) }),
    TypeError,
    "Cannot apply dropout: random must be a Random: got number; make one with new Random(seed)",
  ],
  [
    () => dropout(X, { random, noiseShape: [2, 2, 4] }),
    ShapeError,
    "Cannot apply dropout: sizes of noiseShape must be 1 or those of x, counted from the last: " +
    "noiseShape is [2, 2, 4], x is [2, 3, 4]",
  ],
  [
    () => runningMoments(moments(), { ...moments(), count: 1 }),
    RangeError,
    "Cannot update running moments: an unbiased variance needs two elements of each channel: " +
    "count is 1",
  ],
  [
    () => runningMoments(moments(), { ...moments(), count: 5 }, { momentum: 2 }),
    RangeError,
    "Cannot update running moments: momentum must be from 0 to 1: got 2",
  ],
];

Deno.test("normalisation and dropout: refuse what does not fit", () => {
  REFUSALS.forEach(assertRefuses);
});
