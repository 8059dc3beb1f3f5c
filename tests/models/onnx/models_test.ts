// Whole models as ONNX files, run by another engine; and what cannot be exported.

import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  adam,
  add,
  apply,
  argMax,
  clip,
  concat,
  defineOp,
  dropout,
  mul,
  Random,
  randomNormal,
  relu,
  ShapeError,
  sigmoid,
  slice,
  softmax,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../../mod.ts";
import { exportOnnx } from "../../../src/models/mod.ts";
import {
  AvgPool,
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  Flatten,
  GlobalAvgPool,
  GroupNorm,
  LayerNorm,
  MaxPool,
  type Module,
  Residual,
  Sequential,
} from "../../../src/nn/mod.ts";
import { readModel } from "../../../src/models/onnx/read_model.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";
import { assertClose } from "./close.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

const padding = fc.constantFrom("same" as const, 1);
const stride = fc.constantFrom(1, 2);
/** A large one: normalising what should be 0 would make rounding the result. */
const epsilon = 0.1;

/** Zeros on every side, as many as the window needs, or others on each. */
const anyPadding = fc.oneof(padding, fc.constant([[1, 2], [0, 1]] as const));
const dilation = fc.oneof(fc.constantFrom(1, 2), fc.constant([2, 1] as const));

/** Layers of images that fit any image of at least 2 x 2 pixels and an even number of channels. */
const simpleLayer: fc.Arbitrary<Module> = fc.oneof(
  fc.record({ filters: fc.constantFrom(2, 4), size: fc.constantFrom(1, 2, 3), padding, stride })
    .map((options) => Conv2d({ ...options, activation: relu })),
  fc.record({ size: fc.constant(3), padding, groups: fc.constant(2), bias: fc.boolean() })
    .map((options) => Conv2d({ filters: 4, ...options })),
  fc.record({ size: fc.constantFrom(2, 3), padding: fc.constant("same" as const), stride })
    .map((options) => MaxPool(options)),
  fc.record({ size: fc.constant(3), padding: fc.constant(1), countPadding: fc.boolean() })
    .map((options) => AvgPool(options)),
  fc.record({ filters: fc.constant(2), size: fc.constantFrom(1, 2), padding: anyPadding, stride })
    .map((options) => Conv2d(options)),
  fc.record({ filters: fc.constant(4), size: fc.constant(3), dilation, groups: fc.constant(2) })
    .map((options) => Conv2d({ ...options, padding: "same" })),
  fc.record({ size: fc.constantFrom(2, 3), stride, dilation, multiplier: fc.constantFrom(1, 2) })
    .map(({ stride, dilation, ...options }) => {
      // Both at once are refused, as TensorFlow does.
      return DepthwiseConv2d({ ...options, padding: "same", ...pick(stride, dilation) });
    }),
  fc.record({
    size: fc.constantFrom<readonly [number, number]>([2, 2], [3, 2]),
    stride: fc.constantFrom<readonly [number, number]>([2, 1], [1, 2], [1, 1]),
    padding: fc.constantFrom("same" as const, "valid" as const),
    groups: fc.constantFrom(1, 2),
  }).map((options) => Conv2dTranspose({ filters: 2, ...options })),
  fc.constant(Conv2dTranspose({ filters: 2, size: 2, stride: 2 })),
  fc.constant(Conv2dTranspose({ filters: 4, size: 3, dilation: 2, padding: 1 })),
  fc.constantFrom(BatchNorm(), GroupNorm({ groups: 2, epsilon }), LayerNorm({ epsilon })),
  fc.constant(Residual(Conv2d({ filters: 2, size: 3, padding: "same" }), {
    shortcut: Conv2d({ filters: 2, size: 1 }),
  })),
  fc.constantFrom<Module>(relu, sigmoid, (x) => clip(x, -1, 1), (x) => add(mul(x, 2), 1)),
  fc.constant<Module>(Dropout({ rate: 0.5 })),
);

function pick(stride: number, dilation: number | readonly [number, number]) {
  return stride === 1 ? { dilation } : { stride };
}

/** A layer, a sequence of some, or a sequence in one. */
const imageLayer: fc.Arbitrary<Module> = fc.oneof(
  { weight: 4, arbitrary: simpleLayer },
  { weight: 1, arbitrary: fc.array(simpleLayer, { minLength: 1, maxLength: 2 }).map(Sequential) },
  {
    weight: 1,
    arbitrary: fc.tuple(simpleLayer, simpleLayer)
      .map(([a, b]) => Sequential({ inner: Sequential([a]), b })),
  },
);

const rowLayer: fc.Arbitrary<Module> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((units) => Dense({ units, activation: relu })),
  fc.constantFrom<Module>(relu, softmax, LayerNorm({ epsilon }), BatchNorm()),
);

/** Layers that onnxruntime computes in float64: it convolves and pools in float32 alone. */
const doubleLayer: fc.Arbitrary<Module> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((units) => Dense({ units, activation: relu })),
  fc.constantFrom<Module>(softmax, (x) => add(mul(x, 2), 1), LayerNorm({ epsilon })),
);

const stack = fc.record({
  images: fc.array(imageLayer, { maxLength: 5 }),
  join: fc.constantFrom(Flatten(), GlobalAvgPool()),
  rows: fc.array(rowLayer, { minLength: 1, maxLength: 3 }),
  size: fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 })),
  channels: fc.constantFrom(2, 4),
  layout: fc.constantFrom("NHWC" as const, "NCHW" as const),
  seed: fc.nat(1000),
});

Deno.test(ifPossible({
  name: "exportOnnx: random stacks of layers compute the same in onnxruntime",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    await fc.assert(
      fc.asyncProperty(stack, async ({ images, join, rows, size, channels, layout, seed }) => {
        const model = Sequential([...images, join, ...rows]);
        const random = new Random(seed);
        const params = model.init(random, [...size, channels]);
        const x = randomNormal(random, [2, ...size, channels]);
        const file = exportOnnx((x) => model.apply(params, x), x, { params, layout });
        const given = randomNormal(random, [3, ...size, channels]);
        const { y } = await runOnnx(file, { x: layout === "NCHW" ? channelsFirst(given) : given });
        assertClose(y.data, model.apply(params, given).dataSync(), "y");
      }),
      { numRuns: scaled(60) },
    );
  },
}));

Deno.test(ifPossible({
  name: "exportOnnx: stacks of layers in float64 compute the same in onnxruntime",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    await fc.assert(
      fc.asyncProperty(fc.array(doubleLayer, { maxLength: 4 }), async (layers) => {
        const model = Sequential([...layers, Dense({ units: 3 })]);
        const options = { dtype: "float64" } as const;
        const params = model.init(new Random(0), [4], options);
        const x = randomNormal(new Random(1), [2, 4], options);
        const file = exportOnnx((x) => model.apply(params, x), x, { params });
        const given = randomNormal(new Random(2), [3, 4], options);
        const { y } = await runOnnx(file, { x: given });
        const expected = model.apply(params, given).dataSync();
        assertEquals(y.dtype, "float64");
        y.data.forEach((v, i) => assertAlmostEquals(v, expected[i], 1e-12 * (1 + Math.abs(v))));
      }),
      { numRuns: scaled(15) },
    );
  },
}));

function channelsFirst(x: Tensor): Tensor {
  return transpose(x, [0, 3, 1, 2]);
}

/** The model of the signs example. */
const signs = Sequential({
  conv1: Conv2d({ filters: 8, size: 4, padding: "same", bias: false, activation: relu }),
  pool1: MaxPool({ size: 8, padding: "same" }),
  conv2: Conv2d({ filters: 16, size: 2, padding: "same", bias: false, activation: relu }),
  pool2: MaxPool({ size: 4, padding: "same" }),
  flatten: Flatten(),
  dense: Dense({ units: 6 }),
});

Deno.test(ifPossible({
  name: "exportOnnx: a trained signs model predicts the same in onnxruntime",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    const random = new Random(3);
    const params = signs.init(random, [64, 64, 3]);
    const x = randomNormal(random, [32, 64, 64, 3]);
    const labels = tensor(Array.from({ length: 32 }, (_, i) => i % 6), { dtype: "int32" });
    const optimizer = adam({ learningRate: 0.01 });
    for (let step = 0; step < 20; step++) {
      using tape = new Tape();
      tape.watch(params);
      const loss = softmaxCE(signs.apply(params, x), labels);
      optimizer.step(params, tape.gradient(loss, params));
    }
    const file = exportOnnx((x) => signs.apply(params, x), zeros([1, 64, 64, 3]), { params });
    const expected = signs.apply(params, x);
    for (const level of ["disabled", "all"] as const) {
      const { y } = await runOnnx(file, { x }, level);
      assertClose(y.data, expected.dataSync(), "logits");
      const found = tensor(y.data, { shape: y.shape });
      assertEquals(argMax(found, { axis: 1 }).toArray(), argMax(expected, { axis: 1 }).toArray());
    }
  },
}));

Deno.test("exportOnnx: images are transposed once, weights carry the names of parameters", () => {
  const params = signs.init(new Random(0), [64, 64, 3]);
  const f = (x: Tensor) => signs.apply(params, x);
  const operators = (layout: "NHWC" | "NCHW") => {
    const file = exportOnnx(f, zeros([2, 64, 64, 3]), { params, layout });
    return readModel(file, "file").nodes.map(({ operator }) => operator);
  };
  const last = ["Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Reshape", "Gemm"];
  assertEquals(operators("NHWC"), ["Transpose", ...last]);
  assertEquals(operators("NCHW"), last);
  const model = readModel(exportOnnx(f, zeros([2, 64, 64, 3]), { params }), "file");
  assertEquals([model.irVersion, model.opset], [8, 18]);
  assertEquals(model.inputs, [{ name: "x", elements: "float32", shape: ["N", 64, 64, 3] }]);
  assertEquals(model.outputs, [{ name: "y", elements: "float32", shape: ["N", 6] }]);
  const names = model.initializers.map(({ name, shape }) => `${name} ${shape}`);
  assertEquals(names, [
    "conv1.w 8,3,4,4",
    "conv2.w 16,8,2,2",
    "sizes 2",
    "dense.w 64,6",
    "dense.bias 6",
  ]);
});

Deno.test("exportOnnx: a batch that is fixed, results and inputs by name", () => {
  const f = ({ a, b }: { a: Tensor; b: Tensor }) => ({ sum: add(a, b), same: a });
  const inputs = { a: zeros([2]), b: zeros([]) };
  const { inputs: given, outputs, nodes } = readModel(
    exportOnnx(f, inputs, { dynamicBatch: false }),
    "file",
  );
  assertEquals(given.map(({ name, shape }) => [name, shape]), [["a", [2]], ["b", []]]);
  assertEquals(outputs.map(({ name, shape }) => [name, shape]), [["sum", [2]], ["same", [2]]]);
  assertEquals(nodes.map(({ operator, inputs, outputs }) => [operator, inputs, outputs]), [
    ["Add", ["a", "b"], ["sum"]],
    ["Identity", ["a"], ["same"]],
  ]);
});

Deno.test("exportOnnx: what results do not need is left out", () => {
  const f = (x: Tensor) => {
    dropout(x, { random: new Random(0) }); // has no mapping
    return relu(x);
  };
  const { nodes } = readModel(exportOnnx(f, zeros([2])), "file");
  assertEquals(nodes.map(({ operator }) => operator), ["Relu"]);
});

Deno.test("exportOnnx: refuses what has no mapping, or depends on the batch", () => {
  const own = defineOp({
    name: "relu", // the name of one that has a mapping
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) => k.copy(x),
    backward: (dy) => ({ x: () => dy }),
  });
  const cases: [f: (x: Tensor) => Tensor, message: string][] = [
    [
      (x) => apply(own, { x }),
      "Cannot export ONNX: every op must have a mapping: relu has none",
    ],
    [
      (x) => dropout(x, { random: new Random(0) }),
      "Cannot export ONNX: every op must have a mapping: dropout has none: it drops at random, as " +
      "only training does",
    ],
    [
      (x) => mul(x, 1 / x.shape[0]),
      "Cannot export ONNX: sizes must grow with the batch, and constants must not depend on it, " +
      "unless dynamicBatch is false: float32 [] becomes float32 [] with one example more",
    ],
    [
      (x) => slice(x, [[1, null]]),
      "Cannot export ONNX: sizes must grow with the batch, and constants must not depend on it, " +
      "unless dynamicBatch is false: float32 [1, 3] becomes float32 [2, 3] with one example more",
    ],
    [
      (x) => x.shape[0] === 2 ? relu(x) : mul(relu(x), 1),
      "Cannot export ONNX: the function must apply the same ops to batches of any size, unless " +
      "dynamicBatch is false: it applies 1 to one and 2 to another",
    ],
  ];
  for (const [f, message] of cases) {
    assertThrows(() => exportOnnx(f, zeros([2, 3])), RangeError, message);
  }
  assertThrows(
    () => exportOnnx(relu, zeros([])),
    ShapeError,
    "Cannot export ONNX: the first dimension of every input must be one batch of at least one " +
      "example, unless dynamicBatch is false: x is []",
  );
  assertThrows(
    () => exportOnnx(({ a, b }) => concat([a, b]), { a: zeros([2]), b: zeros([3]) }),
    ShapeError,
    "Cannot export ONNX: the first dimension of every input must be one batch of at least one " +
      "example, unless dynamicBatch is false: b is [3]",
  );
  assertThrows(
    () => exportOnnx(relu, zeros([2]), { layout: "CHW" as "NCHW" }),
    RangeError,
    'Cannot export ONNX: layout must be "NHWC" or "NCHW": got "CHW"',
  );
});
