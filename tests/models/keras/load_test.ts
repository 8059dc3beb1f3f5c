// Weights of Keras: models with them predict what Keras predicts; another model is refused.

import { assertEquals, assertRejects } from "@std/assert";
import h5wasm from "h5wasm";
import {
  gelu,
  leakyRelu,
  Random,
  referenceBackend,
  relu,
  relu6,
  sigmoid,
  type Tensor,
  tensor,
} from "../../../mod.ts";
import { leavesOf } from "../../../src/core/structure.ts";
import { loadKerasH5 } from "../../../src/models/mod.ts";
import {
  AvgPool,
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  GlobalAvgPool,
  GroupNorm,
  LayerNorm,
  MaxPool,
  type Module,
  Residual,
  Sequential,
} from "../../../src/nn/mod.ts";
import { goldens } from "../../golden/keras/goldens.ts";
import { assertClose } from "../onnx/close.ts";
import { frozen, imageLayers, unpack, words } from "./models.ts";

const imageShape = [8, 8, 2];

for (const [name, file] of Object.entries(goldens.images.files)) {
  Deno.test(`loadKerasH5: a model of images predicts what Keras predicts, ${name}`, async () => {
    const model = Sequential(imageLayers());
    const params = model.init(new Random(0), imageShape);
    const loaded = await loadKerasH5(await unpack(file), model, params);
    const { x, y } = goldens.images;
    const found = model.apply(loaded, tensor(x, { shape: [2, ...imageShape] }));
    assertClose(found.dataSync(), y, name);
    const before = new Set(leavesOf("test", params).map(({ tensor }) => tensor));
    const after = leavesOf("test", loaded).map(({ tensor }) => tensor);
    assertEquals([after.length, after.some((w) => before.has(w))], [before.size, false]);
  });
}

for (const [name, file] of Object.entries(goldens.words.files)) {
  Deno.test(`loadKerasH5: embeddings, ${name}`, async () => {
    const params = words.init(new Random(0), [4]);
    const loaded = await loadKerasH5(await unpack(file), words, params);
    const { x, y } = goldens.words;
    const ids = tensor(x, { shape: [2, 4], dtype: "int32" });
    assertClose(words.apply(loaded, ids).dataSync(), y, name);
  });
}

Deno.test("loadKerasH5: layers that are not trained come last in the file, not in the model", async () => {
  const params = frozen.init(new Random(0), [2], { dtype: "float64" });
  const loaded = await loadKerasH5(await unpack(goldens.frozen.files.legacy), frozen, params);
  const { x, y } = goldens.frozen;
  const found = frozen.apply(loaded, tensor(x, { shape: [2, 2], dtype: "float64" }));
  assertClose(found.dataSync(), y, "frozen");
});

/** Returns the refusal of a file by the model of images with a part changed. */
async function refusal(changes: Record<string, Module>, file = "whole"): Promise<string> {
  const model = Sequential({ ...imageLayers(), ...changes });
  const bytes = await unpack(goldens.images.files[file]);
  const params = model.init(new Random(0), imageShape);
  const load = () => loadKerasH5(bytes, model, params, { name: "a.h5" });
  return (await assertRejects(load, SyntaxError)).message;
}

Deno.test("loadKerasH5: settings of a whole model must be those of the model", async () => {
  const conv = { filters: 4, size: 3, stride: 2, padding: "same", activation: relu } as const;
  const functions = "functions must be those of the model: expected ";
  const layers = "layers must be those of the model: expected ";
  const cases: [Record<string, Module>, string][] = [
    [
      { stem: Conv2d({ ...conv, stride: 1 }), pool: MaxPool({ size: 2, stride: 4 }) },
      "stem must have the strides of the model's stem: expected 1,1, found 2,2",
    ],
    [
      { stem: Conv2d({ ...conv, padding: 1 }) },
      "stem must have the padding of the model's stem: expected 1, found same",
    ],
    [
      { dilated: Conv2d({ filters: 3, size: 3, padding: "same", groups: 3 }) },
      "conv2d_1 must have the dilation_rate of the model's dilated: expected 1,1, found 2,2",
    ],
    [
      { norm: BatchNorm() },
      "batch_normalization must have the epsilon of the model's norm: expected 0.00001, found 0.001",
    ],
    [
      { groups: GroupNorm({ groups: 2, epsilon: 1e-3 }) },
      "group_normalization must have the groups of the model's groups: expected 2, found 3",
    ],
    [
      { pool: AvgPool({ size: 2 }) },
      `${layers}AveragePooling2D pool, found MaxPooling2D max_pooling2d`,
    ],
    [
      { pool: MaxPool({ size: [2, 3], padding: "same" }) },
      "max_pooling2d must have the pool_size of the model's pool: expected 2,3, found 2,2",
    ],
    [
      { block: Sequential([LayerNorm()]) },
      "layers must be those of the model: expected LayerNormalization block.0, found " +
      "DepthwiseConv2D depthwise_conv2d",
    ],
    [{ stem: Conv2d({ ...conv, activation: "linear" }) }, `${functions}none, found relu at stem`],
    [{ stem: Conv2d({ ...conv, activation: gelu }) }, `${functions}gelu, found relu at stem`],
    [
      { stem: Conv2d({ ...conv, activation: undefined }) },
      `${functions}none, found relu at stem`,
    ],
    [{ relu: relu6 }, `${functions}relu6, found relu at re_lu`],
    [{ softmax: sigmoid }, `${functions}sigmoid, found softmax at dense_1`],
    [
      { flatten: GlobalAvgPool() },
      `${layers}GlobalAveragePooling2D flatten, found Flatten flatten`,
    ],
    [{ end: Flatten() }, `${layers}Flatten end, found no more`],
  ];
  for (const [changes, message] of cases) {
    assertEquals(await refusal(changes), `Cannot read a.h5: ${message}`);
  }
});

Deno.test("loadKerasH5: what may differ from a whole model", async () => {
  const bytes = await unpack(goldens.images.files.whole);
  const load = (changes: Record<string, Module>, checkSettings?: boolean) => {
    const model = Sequential({ ...imageLayers(), ...changes });
    const params = model.init(new Random(0), imageShape);
    return loadKerasH5(bytes, model, params, { checkSettings });
  };
  await load({ softmax: (x: Tensor) => x }); // a function of the user's may be anything
  await load({ relu: (x: Tensor) => leakyRelu(x, { slope: 0 }) });
  const stem = Conv2d({ filters: 4, size: 3, stride: 2, padding: "same", activation: "relu" });
  await load({ stem }); // the name of a function is the function
  const { softmax: _, ...logits } = imageLayers();
  const model = Sequential(logits);
  await loadKerasH5(bytes, model, model.init(new Random(0), imageShape)); // losses take logits
  await load({ norm: BatchNorm() }, false);
});

Deno.test("loadKerasH5: refuses another model, and names layer, expected and found", async () => {
  const cases: [Record<string, Module>, string, string][] = [
    [
      { hidden: Dense({ units: 6 }) },
      "legacy",
      "dense: dense/sequential_1/dense/kernel must have the shape of the model's hidden.w, and " +
      "floats: expected float32 [48, 6], found float32 [48, 5]",
    ],
    [
      { hidden: Dense({ units: 6 }) },
      "keras3",
      "dense: layers/dense/vars/0 must have the shape of the model's hidden.w, and floats: " +
      "expected float32 [48, 6], found float32 [48, 5]",
    ],
    [
      { hidden: Dense({ units: 5, bias: false }) },
      "keras3",
      "dense: it must have the weights of the model's hidden: expected kernel, found 0, 1",
    ],
    [
      { norm: LayerNorm({ epsilon: 1e-3 }) },
      "keras2",
      "batch_normalization: it must have the weights of the model's norm: expected gamma, beta, " +
      "found gamma, beta, moving_mean, moving_variance",
    ],
    [
      { norm: LayerNorm({ epsilon: 1e-3 }) },
      "keras3",
      "it must have a layer for norm: expected layer_normalization, found batch_normalization, " +
      "conv2d, conv2d_1, conv2d_transpose, den...",
    ],
    [
      { relu: Dense({ units: 6 }) },
      "keras2",
      "it must have as many layers with weights as the model: expected 9 (stem, norm, block, up, " +
      "groups, relu, dilated, hidden, head), found 8 (stem, batch_normalization, block, " +
      "conv2d_transpose, group_no...)",
    ],
    [
      { block: Sequential([Conv2d({ filters: 4, size: 1 })]) },
      "legacy",
      "block: it must have as many layers with weights as the model: expected 1 (block.0), found 4 " +
      "(sequential_1/block/depthwise_conv2d, sequential_1/block/laye...)",
    ],
    [
      { block: Sequential([Dense({ units: 4 })]) },
      "keras3",
      "sequential: it must have a layer for block.0: expected dense, found batch_normalization, " +
      "depthwise_conv2d, layer_normalization, ...",
    ],
    [
      { head: relu },
      "keras3",
      "it must have no layers with weights that the model has not: found dense_1",
    ],
  ];
  for (const [changes, file, message] of cases) {
    assertEquals(await refusal(changes, file), `Cannot read a.h5: ${message}`);
  }
});

Deno.test("loadKerasH5: refuses models that are no Sequential, and files that Keras has not made", async () => {
  const bytes = await unpack(goldens.words.files.keras3);
  const residual = Sequential([Residual(Dense({ units: 8 }))]);
  const known =
    "BatchNorm, Conv2d, Conv2dTranspose, Dense, DepthwiseConv2d, Embedding, GroupNorm, " +
    "LayerNorm, Sequential";
  const other = await assertRejects(
    () => loadKerasH5(bytes, residual, residual.init(new Random(0), [8])),
    TypeError,
  );
  assertEquals(
    other.message,
    `Cannot load Keras weights: layers with weights must be ${known}: 0 is Residual`,
  );
  const dense = Dense({ units: 2 });
  const none = await assertRejects(
    () => loadKerasH5(bytes, dense, dense.init(new Random(0), [3])),
    TypeError,
  );
  assertEquals(
    none.message,
    "Cannot load Keras weights: model must be a Sequential, with its parameters: got another",
  );
  const { small } = await import("../../golden/hdf5/goldens.ts");
  const foreign = await assertRejects(
    async () => loadKerasH5(await unpack(small.file), words, words.init(new Random(0), [4])),
    SyntaxError,
  );
  assertEquals(
    foreign.message,
    "Cannot read HDF5 data: it must be a file that Keras has made: expected layers/… or the " +
      "attribute layer_names, found w",
  );
});

Deno.test("loadKerasH5: refuses weights that are no floats", async () => {
  const { FS } = await h5wasm.ready;
  const file = new h5wasm.File("integers.h5", "w");
  const vars = file.create_group("layers").create_group("dense").create_group("vars");
  vars.create_dataset({ name: "0", data: new Int32Array(6), shape: [3, 2] });
  file.close();
  const dense = Sequential([Dense({ units: 2, bias: false })]);
  const bytes = FS!.readFile("integers.h5");
  const error = await assertRejects(
    () => loadKerasH5(bytes, dense, dense.init(new Random(0), [3]), { name: "a.h5" }),
    SyntaxError,
  );
  assertEquals(
    error.message,
    "Cannot read a.h5: dense: layers/dense/vars/0 must have the shape of the model's 0.w, and " +
      "floats: expected float32 [3, 2], found int32 [3, 2]",
  );
});

Deno.test("loadKerasH5: what was made before an error is freed", async () => {
  const backend = referenceBackend();
  const model = Sequential({ ...imageLayers(), head: Dense({ units: 4 }) });
  const params = model.init(new Random(0), imageShape);
  const bytes = await unpack(goldens.images.files.keras2);
  await assertRejects(() => loadKerasH5(bytes, model, params, { backend }), SyntaxError);
  assertEquals(backend.liveBytes, 0);
});
