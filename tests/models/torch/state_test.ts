// State dictionaries of PyTorch in models of these layers: what PyTorch computes, and back again.

import { assertEquals, assertThrows } from "@std/assert";
import { globalAvgPool, Random, relu, ShapeError, tensor, transpose } from "../../../mod.ts";
import { fromTorchState, readTorch, saveTorch, toTorchState } from "../../../src/models/mod.ts";
import {
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Embedding,
  Flatten,
  GroupNorm,
  type Layer,
  LayerNorm,
  MaxPool,
  Residual,
  Sequential,
} from "../../../src/nn/mod.ts";
import { type Answers, goldens } from "../../golden/torch/goldens.ts";
import { unpack } from "../keras/models.ts";

const conv = (filters: number, size: number, stride = 1) =>
  Conv2d({ filters, size, stride, padding: (size - 1) / 2, bias: false });

/** A block of ResNet-18, as torchvision has it. */
function block(inputs: number, filters: number, stride: number) {
  const body = [conv(filters, 3, stride), BatchNorm(), relu, conv(filters, 3), BatchNorm()];
  const around = stride !== 1 || inputs !== filters;
  const shortcut = Sequential([conv(filters, 1, stride), BatchNorm()]);
  return Sequential([
    around ? Residual(Sequential(body), { shortcut }) : Residual(Sequential(body)),
    relu,
  ]);
}

/** ResNet-18 with another number of filters. */
function resnet18(width: number, classes: number) {
  const stages = [1, 2, 4, 8].flatMap((factor, i) => {
    const filters = width * factor;
    return [
      block(i === 0 ? width : filters / 2, filters, i === 0 ? 1 : 2),
      block(filters, filters, 1),
    ];
  });
  return Sequential([
    conv(width, 7, 2),
    BatchNorm(),
    relu,
    MaxPool({ size: 3, stride: 2, padding: 1 }),
    ...stages,
    globalAvgPool,
    Dense({ units: classes }),
  ]);
}

const lenet = Sequential({
  grouped: Conv2d({ filters: 4, size: 3, groups: 2 }),
  norm: GroupNorm({ groups: 2 }),
  relu,
  up: Conv2dTranspose({ filters: 3, size: 2, stride: 2 }),
  depthwise: DepthwiseConv2d({ size: 3, padding: 1, multiplier: 2 }),
  pool: MaxPool({ size: 2 }),
  flatten: Flatten(),
  hidden: Dense({ units: 7 }),
  layerNorm: LayerNorm(),
  head: Dense({ units: 3, bias: false }),
});

/** Applies a model with PyTorch's weights to PyTorch's images; returns the largest difference. */
async function difference<P>(model: Layer<P>, golden: Answers): Promise<number> {
  const bytes = (await unpack(golden.x)).slice();
  const nchw = tensor(new Float32Array(bytes.buffer), { shape: golden.xShape });
  const x = transpose(nchw, [0, 2, 3, 1]);
  const inputShape = x.shape.slice(1);
  const state = await readTorch(await unpack(golden.file));
  const params = fromTorchState(state, model, model.init(new Random(0), inputShape), {
    inputShape,
  });
  for (const tensor of Object.values(state)) tensor.dispose(); // nothing of it is needed
  const y = [...model.apply(params, x).dataSync()];
  assertEquals(y.length, golden.y.length);
  return Math.max(...y.map((value, i) => Math.abs(value - golden.y[i])));
}

Deno.test("fromTorchState: ResNet-18 gives PyTorch's outputs", async () => {
  const worst = await difference(resnet18(4, 5), goldens.resnet);
  assertEquals(worst < 1e-5, true, String(worst));
});

Deno.test("fromTorchState: groups, transposed and depthwise filters, norms, a flatten", async () => {
  const worst = await difference(lenet, goldens.lenet);
  assertEquals(worst < 1e-5, true, String(worst));
});

Deno.test("toTorchState: what is written and read again are the same parameters", async () => {
  const model = Sequential({
    lenet,
    afterwards: Sequential([Dense({ units: 2 })]),
  });
  const inputShape = [5, 7, 2];
  const params = model.init(new Random(3), inputShape);
  const state = toTorchState(model, params, { inputShape, prefix: "net." });
  assertEquals(Object.keys(state).slice(0, 3), [
    "net.lenet.grouped.weight",
    "net.lenet.grouped.bias",
    "net.lenet.norm.weight",
  ]);
  assertEquals(state["net.lenet.depthwise.weight"].shape, [6, 1, 3, 3]);
  const read = await readTorch(await saveTorch({ ...state, epoch: 3, other: tensor([1]) }));
  const options = { inputShape, prefix: "net." };
  const again = fromTorchState(read, model, model.init(new Random(4), inputShape), options);
  assertEquals(JSON.stringify(again), JSON.stringify(params));
  const [first, second] = [again, params].map((p) => p.lenet.depthwise.w.toArray());
  assertEquals(first, second);
  const dense = [again, params].map((p) => p.lenet.hidden.w.toArray());
  assertEquals(dense[0], dense[1]);
});

Deno.test("fromTorchState: norms of a flattened image are put in order like the dense layer after", () => {
  const model = Sequential([Flatten(), BatchNorm(), relu, Dense({ units: 1 })]);
  const inputShape = [1, 2, 3];
  const row = (start: number) => tensor([0, 1, 2, 3, 4, 5].map((i) => start + i));
  const state = {
    "1.weight": row(0),
    "1.bias": row(10),
    "1.running_mean": row(20),
    "1.running_var": row(30),
    "1.num_batches_tracked": tensor(7, { dtype: "int32" }),
    "3.weight": tensor([[0, 1, 2, 3, 4, 5]]),
    "3.bias": tensor([0]),
  };
  const params = fromTorchState(state, model, model.init(new Random(0), inputShape), {
    inputShape,
  });
  // c0x0 c0x1 c1x0 c1x1 c2x0 c2x1 there; x0c0 x0c1 x0c2 x1c0 x1c1 x1c2 here.
  assertEquals(params[1].scale.toArray(), [0, 2, 4, 1, 3, 5]);
  assertEquals(params[1].variance.toArray(), [30, 32, 34, 31, 33, 35]);
  assertEquals(params[3].w.toArray(), [[0], [2], [4], [1], [3], [5]]);
  const back = toTorchState(model, params, { inputShape });
  assertEquals(back["1.running_mean"].toArray(), [20, 21, 22, 23, 24, 25]);
  assertEquals(back["3.weight"].toArray(), [[0, 1, 2, 3, 4, 5]]);
});

Deno.test("fromTorchState: by name where all names are there, else in order", () => {
  const model = Sequential({
    a: Dense({ units: 1, bias: false }),
    b: Embedding({ vocabulary: 1, dimensions: 1 }),
  });
  const params = model.init(new Random(0), [1]);
  const one = (value: number) => tensor([[value]]);
  const options = { inputShape: [1] };
  const named = fromTorchState({ "b.weight": one(2), "a.weight": one(1) }, model, params, options);
  assertEquals([named.a.w.item(), named.b.w.item()], [1, 2]);
  const ordered = fromTorchState(
    { "x.weight": one(1), "y.weight": one(2) },
    model,
    params,
    options,
  );
  assertEquals([ordered.a.w.item(), ordered.b.w.item()], [1, 2]);
});

Deno.test("fromTorchState: layers, weights and shapes that do not fit are refused", () => {
  const model = Sequential({ fc: Dense({ units: 3 }) });
  const params = model.init(new Random(0), [2]);
  const convert = (state: Record<string, ReturnType<typeof tensor>>) => () =>
    fromTorchState(state, model, params, { inputShape: [2] });
  const [w, bias] = [tensor([[1, 2], [3, 4], [5, 6]]), tensor([1, 2, 3])];
  const start = "Cannot convert state of PyTorch: ";
  const cases: [() => unknown, ErrorConstructor | typeof ShapeError, string][] = [
    [
      convert({ "fc.weight": w, "fc.bias": bias, "more.weight": w }),
      RangeError,
      "state must have as many layers with weights as the model: expected 1 (fc), found 2 (fc, more)",
    ],
    [
      convert({ "fc.weight": w }),
      RangeError,
      "fc must have the weights of Dense fc: expected weight, bias, found weight",
    ],
    [
      convert({ "fc.weight": transpose(w), "fc.bias": bias }),
      ShapeError,
      "fc.weight must be that of Dense fc.w: expected floats [3, 2], found float32 [2, 3]",
    ],
  ];
  for (const [run, kind, message] of cases) {
    assertEquals(assertThrows(run, kind as ErrorConstructor).message, start + message);
  }
});
