// Layers: their shapes are those of what they compute, their parameters those of their formulas,
// and a wrong input shape is refused before anything is made.

import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import {
  applyUpdates,
  avgPool,
  batchNormInference,
  conv2d,
  dense,
  maxPool,
  ones,
  Random,
  referenceBackend,
  relu,
  type Shape,
  ShapeError,
  tanh,
  type Tensor,
  tensor,
} from "../../mod.ts";
import {
  asLayer,
  AvgPool,
  BatchNorm,
  constant,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  Embedding,
  Flatten,
  GlobalAvgPool,
  GroupNorm,
  type Layer,
  LayerNorm,
  MaxPool,
} from "../../src/nn/mod.ts";
import { assertExactError } from "../support/exact_error.ts";
import { normalValues } from "../support/random_values.ts";

function images(shape: Shape): Tensor {
  return tensor(Float32Array.from(normalValues(shape, 1).data), { shape });
}

/** Every layer, with shapes of examples that it takes. */
const LAYERS: readonly (readonly [layer: Layer<unknown>, inputShapes: Shape[]])[] = [
  [Dense({ units: 3 }), [[4], [2, 4], [1, 2, 4]]],
  [Dense({ units: 1, bias: false, activation: tanh }), [[5]]],
  [Conv2d({ filters: 3, size: 2 }), [[4, 5, 2], [2, 2, 1]]],
  [Conv2d({ filters: 4, size: [1, 3], stride: 2, padding: "same", groups: 2 }), [[5, 6, 2]]],
  [Conv2d({ filters: 1, size: 2, dilation: 2, padding: [[1, 0], [2, 1]] }), [[3, 3, 2]]],
  [MaxPool({ size: 2 }), [[4, 5, 2]]],
  [MaxPool({ size: [3, 2], stride: 1, padding: "same" }), [[4, 5, 2]]],
  [AvgPool({ size: 2, padding: 1, countPadding: true }), [[4, 5, 1]]],
  [DepthwiseConv2d({ size: 3, multiplier: 2, stride: 2 }), [[5, 6, 2]]],
  [DepthwiseConv2d({ size: [1, 2], padding: "same", bias: false }), [[3, 3, 1]]],
  [Conv2dTranspose({ filters: 3, size: 3, stride: 2, padding: "same" }), [[4, 5, 2]]],
  [Conv2dTranspose({ filters: 2, size: [2, 3], stride: [2, 1], outputPadding: [1, 0] }), [[
    2,
    3,
    4,
  ]]],
  [GlobalAvgPool(), [[4, 5, 2]]],
  [BatchNorm(), [[4, 5, 2], [3]]],
  [LayerNorm(), [[4, 5, 2], [3]]],
  [GroupNorm({ groups: 2 }), [[4, 5, 2]]],
  [Dropout(), [[4, 5], []]],
  [Flatten(), [[4, 5, 2], [3], []]],
  [asLayer(relu), [[3, 2], []]],
];

for (const [layer, inputShapes] of LAYERS) {
  for (const inputShape of inputShapes) {
    Deno.test(`layers: ${layer.type} of [${inputShape}] makes what outputShape says`, () => {
      const params = layer.init(new Random(1), inputShape);
      const y = layer.apply(params, images([3, ...inputShape]));
      assertEquals(y.shape, [3, ...layer.outputShape(inputShape)]);
    });
  }
}

Deno.test("layers: each applies its op to its parameters", () => {
  const x = images([2, 5, 5, 2]);
  const window = { stride: 2, padding: 1 } as const;
  const conv = Conv2d({ filters: 3, size: 3, ...window, activation: relu });
  const { w, bias } = conv.init(new Random(2), [5, 5, 2]);
  const shifted = { w, bias: tensor([0.5, -0.5, 1]) };
  assertEquals(
    conv.apply(shifted, x).toArray(),
    relu(conv2d(x, w, { ...window, bias: shifted.bias })).toArray(),
  );
  assertEquals(bias!.toArray(), [0, 0, 0]);
  const flat = images([4, 6]);
  const layer = Dense({ units: 2, bias: false });
  const params = layer.init(new Random(3), [6]);
  assertEquals(params.bias, null);
  assertEquals(layer.apply(params, flat).toArray(), dense(flat, params.w).toArray());
  const pool = { size: 2, stride: 1 } as const;
  assertEquals(MaxPool(pool).apply(null, x).toArray(), maxPool(x, pool).toArray());
  const mean = { size: 2, padding: 1, countPadding: true } as const;
  assertEquals(AvgPool(mean).apply(null, x).toArray(), avgPool(x, mean).toArray());
});

Deno.test("layers: initializers, dtype and backend are those asked for", () => {
  const backend = referenceBackend();
  const layer = Dense({
    units: 2,
    initializer: constant(0.25),
    biasInitializer: constant(1),
  });
  const { w, bias } = layer.init(new Random(0), [2], { dtype: "float64", backend });
  assertEquals([w.dtype, bias!.dtype], ["float64", "float64"]);
  assertStrictEquals(w.backend, backend);
  assertEquals([w.toArray(), bias!.toArray()], [[[0.25, 0.25], [0.25, 0.25]], [1, 1]]);
});

Deno.test("layers: the same seed makes the same parameters, another one others", () => {
  const make = (seed: number) =>
    Conv2d({ filters: 2, size: 3 }).init(new Random(seed), [4, 4, 1]).w.toArray();
  assertEquals(make(1), make(1));
  assertNotEquals(make(1), make(2));
});

Deno.test("layers: the biases of Glorot's weights are for the fans of the layer", () => {
  const { w } = Conv2d({ filters: 4, size: 3, groups: 2 }).init(new Random(1), [5, 5, 4]);
  assertEquals(w.shape, [3, 3, 2, 4]);
  const limit = Math.sqrt(6 / (9 * (2 + 4)));
  assert(w.dataSync().every((v) => Math.abs(v) <= limit));
});

Deno.test("layers: BatchNorm trains by the batch, infers by what it has seen", () => {
  const layer = BatchNorm({ momentum: 0.75, epsilon: 0 });
  const params = layer.init(new Random(0), [2], { dtype: "float64" });
  const x = tensor([[1, 10], [3, 30]], { dtype: "float64" });
  const updates = new Map<Tensor, Tensor>();
  const y = layer.apply(params, x, { train: true, updates });
  assertEquals(y.toArray(), [[-1, -1], [1, 1]]);
  assertEquals([params.mean.toArray(), params.variance.toArray()], [[0, 0], [1, 1]]);
  applyUpdates(updates);
  assertEquals([params.mean.toArray(), params.variance.toArray()], [[0.5, 5], [1.25, 50.75]]);
  const { scale, bias, mean, variance } = params;
  assertEquals(
    layer.apply(params, x).toArray(),
    batchNormInference(x, { scale, bias, mean, variance, epsilon: 0 }).toArray(),
  );
  layer.apply(params, x, { train: true, updates: null });
  assertEquals([params.mean.toArray(), params.variance.toArray()], [[0.5, 5], [1.25, 50.75]]);
  assertExactError(
    () => layer.apply(params, x, { train: true }),
    TypeError,
    "Cannot apply BatchNorm: in training it must be given a place for its running moments: got no " +
      "updates; pass { train: true, updates: new Map() } and call applyUpdates(updates) after the " +
      "step, or updates: null to leave them as they are",
  );
  assertEquals(layer.trainable!(params), { scale, bias, mean: null, variance: null });
});

Deno.test("layers: BatchNorm warns, once, of updates that nobody applies", () => {
  const layer = BatchNorm();
  const x = tensor([[1, 10], [3, 30]]);
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => void warnings.push(text);
  try {
    const run = (isApplied: boolean) => {
      const params = layer.init(new Random(0), [2]);
      for (let step = 0; step < 3; step++) {
        const updates = new Map<Tensor, Tensor>();
        layer.apply(params, x, { train: true, updates });
        if (isApplied) applyUpdates(updates);
      }
      for (let i = 0; i < 2; i++) layer.apply(params, x);
    };
    run(true);
    assertEquals(warnings, []);
    run(false);
    assertEquals(warnings, [
      "BatchNorm: 3 steps of training have not changed the running moments that are used now; call " +
      "applyUpdates(updates) after every step",
    ]);
  } finally {
    console.warn = warn;
  }
});

Deno.test("layers: Dropout drops in training alone, by the numbers it is given", () => {
  const layer = Dropout({ rate: 0.25 });
  const x = ones([50, 50]);
  assertStrictEquals(layer.apply(null, x), x);
  const drop = (seed: number) => layer.apply(null, x, { train: true, random: new Random(seed) });
  assertEquals(drop(1).toArray(), drop(1).toArray());
  assertNotEquals(drop(1).toArray(), drop(2).toArray());
  const kept = drop(1).dataSync().filter((v) => v !== 0).length;
  assert(Math.abs(kept / 2500 - 0.75) < 0.05, `${kept} of 2500`);
});

Deno.test("layers: Embedding looks ids up in its table", () => {
  const layer = Embedding({ vocabulary: 4, dimensions: 2 });
  const { w } = layer.init(new Random(0), [3]);
  const ids = tensor([[3, 0, 3]], { dtype: "int32" });
  const rows = w.toArray() as number[][];
  assertEquals(layer.apply({ w }, ids).toArray(), [[rows[3], rows[0], rows[3]]]);
  assertEquals(layer.outputShape([3]), [3, 2]);
});

const REFUSED: readonly (readonly [make: () => unknown, error: new () => Error, text: string])[] = [
  [
    () => Dense({ units: 0 }),
    RangeError,
    "Cannot make Dense: units must be an integer of at least 1: got 0",
  ],
  [
    () => Conv2d({ filters: 1.5, size: 3 }),
    RangeError,
    "Cannot make Conv2d: filters must be an integer of at least 1: got 1.5",
  ],
  [
    () => Dense({ units: 2 }).init(new Random(0), []),
    ShapeError,
    "Cannot make Dense: inputShape must be [..., I], without the batch: got []",
  ],
  [
    () => Conv2d({ filters: 2, size: 3 }).init(new Random(0), [8, 28, 28, 1]),
    ShapeError,
    "Cannot make Conv2d: inputShape must be [H, W, C], without the batch: got [8, 28, 28, 1]",
  ],
  [
    () => MaxPool({ size: 2 }).outputShape([28, 28]),
    ShapeError,
    "Cannot make MaxPool: inputShape must be [H, W, C], without the batch: got [28, 28]",
  ],
  [
    () => AvgPool({ size: 0 }).outputShape([28, 28, 1]),
    RangeError,
    "Cannot make AvgPool: size must be an integer of at least 1 or [height, width]: got 0",
  ],
  [
    () => DepthwiseConv2d({ size: 3, multiplier: 0 }),
    RangeError,
    "Cannot make DepthwiseConv2d: multiplier must be an integer of at least 1: got 0",
  ],
  [
    () => Conv2dTranspose({ filters: 0, size: 3 }),
    RangeError,
    "Cannot make Conv2dTranspose: filters must be an integer of at least 1: got 0",
  ],
  [
    () => GlobalAvgPool().outputShape([4]),
    ShapeError,
    "Cannot make GlobalAvgPool: inputShape must be [H, W, C], without the batch: got [4]",
  ],
  [
    () => BatchNorm().init(new Random(0), []),
    ShapeError,
    "Cannot make BatchNorm: inputShape must be [..., C], without the batch: got []",
  ],
  [
    () => Dropout({ rate: 1.5 }),
    RangeError,
    "Cannot make Dropout: rate must be from 0 to 1: got 1.5",
  ],
  [
    () => Dropout().apply(null, ones([1]), { train: true }),
    TypeError,
    "Cannot apply Dropout: in training it must be given random numbers: got no random; pass " +
    "{ train: true, random: new Random(seed) }",
  ],
  [
    () => Embedding({ vocabulary: 0, dimensions: 2 }),
    RangeError,
    "Cannot make Embedding: vocabulary must be an integer of at least 1: got 0",
  ],
  [
    () => Flatten().outputShape([-1]),
    ShapeError,
    "Cannot make Flatten: inputShape, of one example, must be a list of integers of at least 0: got [-1]",
  ],
  [
    () => asLayer(() => ones([2, 3])).outputShape([3]),
    ShapeError,
    "Cannot find outputShape: a function in a model must return a tensor [N, ...] for x of " +
    "[1, 3]: the function returned [2, 3]",
  ],
  [
    () => asLayer(function broken() {} as unknown as (x: Tensor) => Tensor).outputShape([3]),
    ShapeError,
    "Cannot find outputShape: a function in a model must return a tensor [N, ...] for x of " +
    "[1, 3]: broken returned undefined",
  ],
];

for (const [make, error, text] of REFUSED) {
  Deno.test(`layers: refused: ${text}`, () => assertExactError(make, error, text));
}

Deno.test("layers: the shape of a function is found without leaving memory behind", () => {
  const backend = ones([1]).backend;
  const before = backend.liveBytes;
  asLayer((x) => relu(tanh(x))).outputShape([64, 64]);
  assertEquals(backend.liveBytes, before);
});
