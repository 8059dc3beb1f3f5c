// Imported models: what is exported comes back and has gradients; damaged files are refused.

import { assert, assertEquals } from "@std/assert";
import {
  grad,
  type NestedArray,
  Random,
  randomNormal,
  relu,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../../mod.ts";
import { exportOnnx, importOnnx } from "../../../src/models/mod.ts";
import type { OnnxModel, OnnxTensor } from "../../../src/models/onnx/model.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { BatchNorm, Conv2d, Dense, Flatten, MaxPool, Sequential } from "../../../src/nn/mod.ts";
import { goldens } from "../../golden/onnx/goldens.ts";
import { fuzz } from "../../support/fuzz.ts";
import { exportCases } from "./cases.ts";
import { assertClose } from "./close.ts";
import { floats, graphOf, ints, type NodeText, text } from "./graphs.ts";

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

const modelOf = (nodes: readonly NodeText[], constants: readonly OnnxTensor[] = [], opset = 13) =>
  graphOf(nodes, { constants, opset });

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

Deno.test("importOnnx: weights of Constant nodes are parameters, and learn", async () => {
  const node = (name: string, value: OnnxTensor): NodeText => [
    "Constant",
    [],
    name,
    { value: { type: "tensor", value } },
  ];
  const model = await importOnnx(writeModel(graphOf([
    node("w", floats("", [1, 2, 3, 4], [2, 2])),
    ["Constant", [], "b", { value_floats: { type: "floats", value: [5, 6] } }],
    node("half", floats("", [0.5], [])),
    node("shape", ints("", [-1, 2])),
    ["MatMul", ["x", "w"], "m"],
    ["Add", ["m", "b"], "a"],
    ["Mul", ["a", "half"], "h"],
    ["Reshape", ["h", "shape"], "y"],
  ], { shape: ["N", 2] })));
  assertEquals(Object.keys(model.params), ["w", "b"]);
  const x = tensor([[1, -1]]);
  assertEquals(model.apply(model.params, x).toArray(), [[1.5, 2]]);
  const gradients = grad((p: typeof model.params) => sum(model.apply(p, x)))(model.params);
  assertEquals(gradients.w.toArray(), [[0.5, 0.5], [-0.5, -0.5]]);
  assertEquals(gradients.b.toArray(), [0.5, 0.5]);
});

Deno.test("importOnnx: damaged files are read or refused", async () => {
  const params = network.init(new Random(0), [4, 4, 1]);
  const samples = [
    exportOnnx((x) => network.apply(params, x), zeros([1, 4, 4, 1]), { params }),
    ...["slice", "gather", "pad", "normalize", "broadcastTo"].map((name) => {
      const [{ f, inputs }] = exportCases[name as "slice"];
      return exportOnnx(f, inputs(2));
    }),
    writeModel(graphOf([
      ["Split", ["x", "parts"], ["a", "b"], { axis: 1 }],
      ["Resize", ["a", "", "scales"], "large", { mode: text("linear") }],
      ["AveragePool", ["large"], "pooled", { kernel_shape: [2, 2], ceil_mode: 1 }],
      ["LRN", ["b"], "norm", { size: 3 }],
      ["Concat", ["pooled", "norm"], "y", { axis: 1 }],
    ], { constants: [ints("parts", [1, 2]), floats("scales", [1, 1, 2, 2])], opset: 18 })),
  ];
  const { runs, refused, read } = await fuzz({
    samples,
    read: (bytes) => importOnnx(bytes),
    check({ params }) {
      for (const weights of Object.values(params)) weights.dispose();
    },
  });
  assert(refused > runs / 10 && read > runs / 20, `${refused} refused, ${read} read`);
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
