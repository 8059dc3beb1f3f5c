// Imported models: what is exported comes back, has gradients, and damaged files are refused.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  grad,
  type NestedArray,
  Random,
  randomNormal,
  relu,
  ShapeError,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../../mod.ts";
import { exportOnnx, importOnnx } from "../../../src/io/mod.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../../../src/io/onnx/model.ts";
import { writeModel } from "../../../src/io/onnx/write_model.ts";
import { BatchNorm, Conv2d, Dense, Flatten, MaxPool, Sequential } from "../../../src/nn/mod.ts";
import { goldens } from "../../golden/onnx/goldens.ts";
import { fuzz } from "../../support/fuzz.ts";
import { exportCases } from "./cases.ts";
import { assertClose } from "./close.ts";

for (const [name, cases] of Object.entries(exportCases)) {
  Deno.test(`importOnnx: ${name} comes back as it was exported`, async () => {
    for (const [i, { f, inputs }] of cases.entries()) {
      const model = await importOnnx(exportOnnx(f, inputs(2)));
      for (const batch of [3, 1]) {
        const given = inputs(batch);
        const [found, expected] = [model.apply(model.params, given), f(given)];
        assertEquals([found.shape, found.dtype], [expected.shape, expected.dtype], `${name} ${i}`);
        assertClose(found.dataSync(), expected.dataSync(), `${name} ${i}`);
      }
    }
  });
}

const network = Sequential({
  conv: Conv2d({ filters: 4, size: 3, padding: "same", activation: relu }),
  norm: BatchNorm(),
  pool: MaxPool({ size: 2 }),
  flatten: Flatten(),
  dense: Dense({ units: 3 }),
});

Deno.test("importOnnx: gradients by the weights are those of the model that was exported", async () => {
  const random = new Random(1);
  const params = network.init(random, [6, 6, 2]);
  const x = randomNormal(random, [2, 6, 6, 2]);
  const file = exportOnnx((x) => network.apply(params, x), x, { params, layout: "NCHW" });
  const model = await importOnnx(file);
  assertEquals(Object.keys(model.params), [
    "conv.w",
    "conv.bias",
    "norm.scale",
    "norm.bias",
    "dense.w",
    "dense.bias",
  ]);
  const square = (y: Tensor) => sum(relu(y));
  const expected = grad((p: typeof params) => square(network.apply(p, x)))(params);
  const first = transpose(x, [0, 3, 1, 2]);
  const found = grad((p: typeof model.params) => square(model.apply(p, first)))(model.params);
  assertClose(
    found["conv.w"].dataSync(),
    transpose(expected.conv.w, [3, 2, 0, 1]).dataSync(),
    "conv.w",
  );
  assertClose(found["norm.scale"].dataSync(), expected.norm.scale.dataSync(), "norm.scale");
  assertClose(found["dense.bias"].dataSync(), expected.dense.bias!.dataSync(), "dense.bias");
});

/** A model of a list of nodes; each is `[operator, inputs, output, attributes]`. */
function modelOf(
  nodes: readonly (readonly [string, string[], string, Record<string, number | number[]>?])[],
  initializers: readonly OnnxTensor[] = [],
  opset = 13,
): OnnxModel {
  const attribute = (value: number | number[]) =>
    typeof value === "number" ? { type: "int" as const, value } : { type: "ints" as const, value };
  return {
    irVersion: 8,
    opset,
    initializers,
    inputs: [{ name: "x", elements: "float32", shape: ["N", 2, 2] }],
    outputs: [{ name: "y", elements: "float32", shape: undefined }],
    nodes: nodes.map(([operator, inputs, output, attributes = {}]): OnnxNode => ({
      operator,
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes).map(([k, v]) => [k, attribute(v)])),
    })),
  };
}

const ints = (name: string, values: number[], shape = [values.length]): OnnxTensor => ({
  name,
  elements: "int64",
  shape,
  data: Float64Array.from(values),
});

Deno.test("importOnnx: shapes that a graph computes, as PyTorch writes a view", async () => {
  const model = await importOnnx(writeModel(modelOf([
    ["Shape", ["x"], "shape"],
    ["Gather", ["shape", "zero"], "batch", { axis: 0 }],
    ["Unsqueeze", ["batch", "axis"], "batches"],
    ["Concat", ["batches", "rest"], "sizes", { axis: 0 }],
    ["Reshape", ["x", "sizes"], "y"],
  ], [ints("zero", [0], []), ints("axis", [0]), ints("rest", [-1])])));
  assertEquals(model.params, {});
  assertEquals(model.apply({}, zeros([3, 2, 2])).shape, [3, 4]);
});

Deno.test("importOnnx: operators of older versions", async () => {
  const x = tensor([[[1, -2], [3, 4]]]);
  const cases: [OnnxModel, NestedArray][] = [
    [
      modelOf([["Unsqueeze", ["x"], "a", { axes: [0] }], ["Squeeze", ["a"], "y", { axes: [0] }]]),
      x
        .toArray(),
    ],
    [modelOf([["ReduceSum", ["x"], "y", { axes: [-1], keepdims: 0 }]], [], 11), [[-1, 7]]],
    [modelOf([["Slice", ["x"], "y", { starts: [1], ends: [9], axes: [2] }]], [], 9), [[[-2], [4]]]],
    [modelOf([["Softmax", ["x"], "y", { axis: 3 - 1 }]], [], 11), [[[
      0.9525741338729858,
      0.04742587357759476,
    ], [0.2689414322376251, 0.7310585975646973]]]],
  ];
  for (const [model, expected] of cases) {
    const { apply, params } = await importOnnx(writeModel(model));
    assertClose(
      apply(params, x).dataSync(),
      (expected as number[][][]).flat(3) as number[],
      model.nodes[0].operator,
    );
  }
});

Deno.test("importOnnx: refuses what the library does not have", async () => {
  const cases: [OnnxModel, string][] = [
    [
      modelOf([["Loop", ["x"], "y"]]),
      'operators must be among those of the library: "Loop"',
    ],
    [
      modelOf([["__proto__", ["x"], "y"]]),
      'operators must be among those of the library: "__proto__"',
    ],
    [
      modelOf([["Relu", ["z"], "y"]]),
      'nodes must read what is made before them: Relu reads "z"',
    ],
    [modelOf([["Relu", ["x"], "x"]]), 'results must have names, each another one: a second "x"'],
    [modelOf([["Relu", ["x"], "z"]]), 'results must be made by a node: "y" is not'],
    [modelOf([["Relu", ["x", "x"], "y"]]), 'Relu must have 1 to 1 inputs: "y" has 2'],
    [
      modelOf([["MaxPool", ["x"], "y", { kernel_shape: [2, 2], ceil_mode: 1 }]]),
      'MaxPool must have ceil_mode 0: "y" has 1',
    ],
    [
      modelOf([["Conv", ["x", "x"], "y", { strides: 2 }]]),
      'Conv must have strides of kind ints: "y" has int',
    ],
    [modelOf([], [], 6), "operators must be of version 7 to 21: 6"],
    [
      modelOf([["Relu", ["x"], "y"]], [ints("a", [1], [2])]),
      'constants must have as many elements as their shape: "a" is [2], with 1 elements',
    ],
  ];
  for (const [model, message] of cases) {
    await assertRejects(
      () => importOnnx(writeModel(model), { name: "m.onnx" }),
      SyntaxError,
      `Cannot read m.onnx: ${message}`,
    );
  }
});

Deno.test("importOnnx: inputs and weights must be those of the file", async () => {
  const file = exportOnnx((x) => relu(x), zeros([2, 3]));
  const model = await importOnnx(file);
  assertThrows(
    () => model.apply({}, zeros([2, 4])),
    ShapeError,
    "Cannot apply ONNX model: inputs must have the shapes of the file: x is [2, 4], the file has " +
      "[N, 3]",
  );
  assertThrows(
    () => model.apply({}, {}),
    TypeError,
    'Cannot apply ONNX model: inputs must have a tensor for every name: nothing for "x"',
  );
});

Deno.test("importOnnx: 20,000 damaged files are read or refused", async () => {
  const params = network.init(new Random(0), [4, 4, 1]);
  const samples = [
    exportOnnx((x) => network.apply(params, x), zeros([1, 4, 4, 1]), { params }),
    ...["slice", "gather", "pad", "normalize", "broadcastTo"].map((name) => {
      const [{ f, inputs }] = exportCases[name as "slice"];
      return exportOnnx(f, inputs(2));
    }),
  ];
  const { refused, read } = await fuzz({
    samples,
    read: (bytes) => importOnnx(bytes),
    check({ params }) {
      for (const weights of Object.values(params)) weights.dispose();
    },
  });
  assert(refused > 2000 && read > 1000, `${refused} refused, ${read} read`);
});

Deno.test("importOnnx: networks of PyTorch compute what it computes", async () => {
  for (const [i, { file, x, y }] of goldens.networks.entries()) {
    const model = await importOnnx(Uint8Array.fromBase64(file));
    const images = tensor(x, { shape: [3, 2, 8, 8] });
    const found = model.apply(model.params, images);
    assertEquals(found.shape, [3, 5]);
    assertClose(found.dataSync(), y, `network ${i}`);
    assertEquals(Object.keys(model.params).includes("head.weight"), true);
  }
});

Deno.test("importOnnx: constants in typed fields, as the onnx package writes them", async () => {
  const model = await importOnnx(Uint8Array.fromBase64(goldens.typed));
  assertEquals(
    model.params.h.toArray(),
    [0.0999755859375, -5.960464477539063e-8], // float16 as float32
  );
  const y = model.apply(model.params, zeros([3, 2]));
  assertEquals(y.shape, [2, 3]);
  assertClose(y.dataSync(), [1.5999756, -2, 1.5999756, -2, 1.5999756, -2], "y");
});
