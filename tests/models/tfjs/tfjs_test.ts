// Models of TensorFlow.js: layers models rebuilt, weights of graph models, and models for it.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  gelu,
  globalAvgPool,
  Random,
  relu,
  ShapeError,
  sigmoid,
  silu,
  softmax,
  type Tensor,
  tensor,
  zeros,
} from "../../../mod.ts";
import { mapStructure } from "../../../src/core/structure.ts";
import { exportTfjs, importTfjs, openTfjs, readTfjs } from "../../../src/models/mod.ts";
import {
  AvgPool,
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  Embedding,
  Flatten,
  GroupNorm,
  type Layer,
  LayerNorm,
  MaxPool,
  Residual,
  Sequential,
} from "../../../src/nn/mod.ts";
import { type Files, goldens } from "../../golden/tfjs/goldens.ts";
import { ifPossible } from "../../support/permissions.ts";
import { unpack } from "../keras/models.ts";

async function filesOf(files: Files): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const entries = Object.entries(files)
    .map(async ([name, file]) => [name, (await unpack(file)).slice()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

const furthest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

for (const name of ["images", "branches", "words", "recurrent"] as const) {
  Deno.test(`importTfjs: ${name}, as TensorFlow.js has saved and predicts them`, async () => {
    const golden = goldens[name];
    const files = await filesOf(golden.files);
    const { model, params, inputShape } = await importTfjs(files);
    assertEquals(inputShape, golden.xShape.slice(1));
    const dtype = name === "words" ? "int32" : "float32";
    const x = tensor(golden.x, { shape: golden.xShape, dtype });
    const y = model.apply(params, x);
    assertEquals(y.shape, golden.yShape);
    const worst = furthest([...y.dataSync()], golden.y);
    assertEquals(worst < 1e-5, true, `off by ${worst}`);
  });
}

Deno.test("readTfjs: quantised weights of a graph model, as TensorFlow.js decodes them", async () => {
  const { files, values } = goldens.graph;
  await using file = await openTfjs(await filesOf(files), { name: "a" });
  assertEquals(file.names, [
    "dense/kernel",
    "conv/bias",
    "half",
    "whole",
    "texts",
    "flags",
    "counted",
    "plain",
  ]);
  for (const [name, expected] of Object.entries(values)) {
    assertEquals([...(await file.array(name)).data], expected, name);
  }
  assertEquals((await file.info("dense/kernel")).storedAs, "uint8 for float32");
  assertEquals((await file.info("texts")).dtype, undefined);
  const texts = await assertRejects(() => file.array("texts"), SyntaxError);
  assertEquals(
    texts.message,
    "Cannot read a: texts: dtype must be one that can be read: expected float32, int32, uint8 or " +
      "bool, found string",
  );
  const whole = await assertRejects(async () => importTfjs(await filesOf(files), { name: "a" }));
  assertEquals(
    (whole as Error).message,
    "Cannot read a: the model must be one of layers: found a graph model; read its weights with " +
      "openTfjs, or convert the model to ONNX where it was made and read it with importOnnx",
  );
});

Deno.test("importTfjs: files of a page, whatever the settings are called", async () => {
  const files = await filesOf(goldens.words.files);
  const page = Object.entries(files).map(([name, bytes]) =>
    new File([bytes], name === "model.json" ? "mine.json" : name)
  );
  const { params } = await importTfjs(page);
  assertEquals(params.dense_Dense4?.w.shape ?? Object.keys(params).length > 0, true);
  const error = await assertRejects(() => importTfjs(page.slice(0, 1)), RangeError);
  assertEquals(
    error.message,
    "Cannot read mine.json: group1-shard1of1.bin: the files must hold it: found mine.json",
  );
});

Deno.test(ifPossible({
  name: "importTfjs: a folder, its model.json, a file: URL",
  needs: { read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      for (const [name, bytes] of Object.entries(await filesOf(goldens.images.files))) {
        await Deno.writeFile(`${folder}/${name}`, bytes);
      }
      const names = [
        folder,
        `${folder}/`,
        `${folder}/model.json`,
        new URL(`file://${folder}/model.json`),
      ];
      for (const input of names) {
        const { inputShape } = await importTfjs(input);
        assertEquals(inputShape, [9, 8, 3]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

Deno.test(ifPossible({
  name: "importTfjs: over HTTP, with a query",
  needs: { net: true },
  async fn() {
    const files = await filesOf(goldens.words.files);
    const asked: string[] = [];
    await using server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
      const { pathname, search } = new URL(request.url);
      asked.push(pathname + search);
      const bytes = files[pathname.replace("/models/", "")];
      return bytes === undefined ? new Response(null, { status: 404 }) : new Response(bytes);
    });
    const { inputShape } = await importTfjs(
      `http://localhost:${server.addr.port}/models/model.json?v=2`,
    );
    assertEquals(inputShape, [12]);
    assertEquals(asked[1], "/models/group1-shard1of1.bin?v=2");
  },
}));

Deno.test("importTfjs: maxBytes is that of all files together", async () => {
  const files = await filesOf(goldens.words.files);
  const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  assertEquals((await importTfjs(files, { maxBytes: total })).inputShape, [12]);
  await assertRejects(() => importTfjs(files, { maxBytes: total - 1 }), RangeError, "maxBytes");
});

Deno.test("importTfjs: names of files may begin with ./", async () => {
  const files = await filesOf(goldens.words.files);
  const json = new TextDecoder().decode(files["model.json"]);
  const dotted = json.replace('"group1-shard1of1.bin"', '"./group1-shard1of1.bin"');
  assert(dotted !== json);
  const main = new TextEncoder().encode(dotted);
  assertEquals((await importTfjs({ ...files, "model.json": main })).inputShape, [12]);
});

Deno.test("openTfjs: no other file is read, whatever the names", async () => {
  for (
    const path of [
      "../secret",
      "./../secret",
      "././x",
      "/etc/passwd",
      "a/../../b",
      "http://x/y",
      "..",
      "c:\\x",
      "",
    ]
  ) {
    const manifest = [{ paths: [path], weights: [] }];
    const json = new TextEncoder().encode(JSON.stringify({ weightsManifest: manifest }));
    const error = await assertRejects(() => openTfjs({ "model.json": json }), SyntaxError);
    assertEquals(
      error.message.includes("paths must be names of files in the model's folder"),
      true,
    );
  }
});

Deno.test("readTfjs: files that are too short or too long, names that come twice", async () => {
  const weight = { name: "w", shape: [2], dtype: "float32" };
  const read = async (weights: unknown[], size: number) => {
    const manifest = [{ paths: ["w.bin"], weights }];
    const json = new TextEncoder().encode(JSON.stringify({ weightsManifest: manifest }));
    const files = { "model.json": json, "w.bin": new Uint8Array(size) };
    return (await assertRejects(() => readTfjs(files, { name: "m" }), SyntaxError)).message;
  };
  assertEquals(
    await read([weight], 7),
    "Cannot read m: the files must hold every weight: expected w from 0 to 8, found 7 bytes",
  );
  assertEquals(
    await read([weight], 9),
    "Cannot read m: the files must end with the last weight: expected 8 bytes, found 9",
  );
  assertEquals(
    await read([weight, weight], 16),
    "Cannot read m: weights must have different names: found two of w",
  );
});

/** Every layer of images that TensorFlow.js has, in a chain with a branch. */
const net = Sequential({
  stem: Conv2d({ filters: 6, size: [3, 2], stride: 2, padding: 1, activation: relu }),
  norm: BatchNorm({ epsilon: 1e-2 }),
  same: Conv2d({ filters: 4, size: 3, dilation: 2, padding: "same", bias: false }),
  around: Residual(Sequential([DepthwiseConv2d({ size: 3, padding: "same" }), silu])),
  up: Conv2dTranspose({ filters: 5, size: 3, stride: 2, padding: "same", activation: relu }),
  most: MaxPool({ size: 2, stride: 1, padding: "same" }),
  mean: AvgPool({ size: [2, 3] }),
  flatten: Flatten(),
  dropout: Dropout({ rate: 0.25 }),
  hidden: Dense({ units: 7, activation: sigmoid }),
  layerNorm: LayerNorm(),
  head: Dense({ units: 3 }),
  softmax,
}) as Layer<unknown>;
const words = Sequential([
  Embedding({ vocabulary: 7, dimensions: 3 }),
  Flatten(),
  Dense({ units: 2, activation: "relu" }),
]) as Layer<unknown>;
const averages = Sequential([Conv2d({ filters: 3, size: 2 }), globalAvgPool]) as Layer<unknown>;
const CASES = [
  { model: net, inputShape: [9, 11, 3] },
  { model: words, inputShape: [4] },
  { model: averages, inputShape: [3, 4, 2] },
] as const;

/** Makes inputs and outputs of a model whose weights are no first values of a layer. */
function examples({ model, inputShape }: typeof CASES[number]) {
  const random = new Random(4);
  const params = mapStructure("fill", model.init(new Random(3), inputShape), ({ shape, size }) => {
    const data = Float32Array.from({ length: size }, () => (1 + random.integer(31)) / 32);
    return tensor(data, { shape });
  });
  const isWords = inputShape.length === 1;
  const shape = [3, ...inputShape];
  const values = Array.from(
    { length: shape.reduce((a, b) => a * b) },
    (_, i) => isWords ? i % 7 : i % 13 / 8 - 1,
  );
  const x = tensor(values, { shape, dtype: isWords ? "int32" : "float32" });
  const y = [...model.apply(params, x).dataSync()];
  return { x, y, files: exportTfjs(model, params, { inputShape }) };
}

Deno.test("exportTfjs: what is written and imported again computes the same", async () => {
  for (const model of CASES) {
    const { x, y, files } = examples(model);
    const again = await importTfjs(files);
    assertEquals(again.inputShape, model.inputShape);
    const worst = furthest([...again.model.apply(again.params, x).dataSync()], y);
    assertEquals(worst < 1e-5, true, `off by ${worst}`);
  }
});

Deno.test("exportTfjs: large weights are cut in files, small ones are one", () => {
  const model = Dense({ units: 1100 });
  const params = model.init(new Random(0), [1000]);
  const files = exportTfjs(model, params, { inputShape: [1000] });
  assertEquals(Object.entries(files).slice(1).map(([name, { length }]) => [name, length]), [
    ["group1-shard1of2.bin", 2 ** 22],
    ["group1-shard2of2.bin", 4 * 1101 * 1000 + 400 - 2 ** 22],
  ]);
});

Deno.test("exportTfjs: what TensorFlow.js has not is refused by name", () => {
  const refusal = (model: Layer<unknown>) => {
    const params = model.init(new Random(0), [4, 4, 2]);
    const run = () => exportTfjs(model, params, { inputShape: [4, 4, 2] });
    return assertThrows(run, TypeError).message;
  };
  const start = "Cannot export a TensorFlow.js model: layers and functions must be some that " +
    "TensorFlow.js has: ";
  const groups = Sequential({ groups: GroupNorm({ groups: 2 }) }) as Layer<unknown>;
  assertEquals(refusal(groups), `${start}groups is GroupNormalization`);
  const own = Sequential({ conv: Conv2d({ filters: 2, size: 1, activation: gelu }) });
  assertEquals(refusal(own as Layer<unknown>), `${start}conv is the activation gelu`);
});

/** A folder that may have TensorFlow.js among its modules. */
const FOLDER = Deno.permissions.querySync({ name: "env", variable: "TAPEGRAD_TFJS" }).state ===
    "granted"
  ? Deno.env.get("TAPEGRAD_TFJS")
  : undefined;

const CODE = `
const tf = require("@tensorflow/tfjs");
const fs = require("node:fs");
(async () => {
  await tf.setBackend("cpu");
  const [folder] = process.argv.slice(1);
  const { x, shape, dtype } = JSON.parse(fs.readFileSync(folder + "/x.json"));
  const json = JSON.parse(fs.readFileSync(folder + "/model.json"));
  const [{ paths, weights }] = json.weightsManifest;
  const bytes = Buffer.concat(paths.map((path) => fs.readFileSync(folder + "/" + path)));
  const model = await tf.loadLayersModel(tf.io.fromMemory({
    modelTopology: json.modelTopology,
    weightSpecs: weights,
    weightData: new Uint8Array(bytes).buffer,
  }));
  console.log("\\n" + JSON.stringify([...model.predict(tf.tensor(x, shape, dtype)).dataSync()]));
})();
`;

Deno.test(ifPossible({
  name: "exportTfjs: TensorFlow.js itself loads it, and predicts the same",
  needs: { run: true, read: true, write: true, env: ["TAPEGRAD_TFJS"] },
  skip: FOLDER === undefined ? "TAPEGRAD_TFJS names no folder with TensorFlow.js" : undefined,
  async fn() {
    for (const model of CASES) {
      const { x, y, files } = examples(model);
      const folder = await Deno.makeTempDir();
      try {
        for (const [name, bytes] of Object.entries(files)) {
          await Deno.writeFile(`${folder}/${name}`, bytes);
        }
        const { shape, dtype } = x as Tensor;
        const given = JSON.stringify({ x: [...x.dataSync()], shape, dtype });
        await Deno.writeTextFile(`${folder}/x.json`, given);
        const { stdout, stderr } = await new Deno.Command("node", {
          args: ["-e", CODE, folder],
          cwd: FOLDER,
        }).output();
        const last = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
        assertEquals(last.startsWith("["), true, new TextDecoder().decode(stderr));
        const found = JSON.parse(last) as number[];
        assertEquals(found.length, y.length);
        assertEquals(furthest(found, y) < 1e-5, true, `off by ${furthest(found, y)}`);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  },
}));

Deno.test("importTfjs: masks, and axes that are not the last, are refused", async () => {
  const changed = async (files: Files, from: string, to: string) => {
    const all = await filesOf(files);
    const text = new TextDecoder().decode(all["model.json"]);
    assertEquals(text.includes(from), true);
    return { ...all, "model.json": new TextEncoder().encode(text.replace(from, to)) };
  };
  const masked = await changed(goldens.words.files, '"mask_zero":null', '"mask_zero":true');
  const mask = await assertRejects(() => importTfjs(masked, { name: "a" }), SyntaxError);
  assertEquals(
    mask.message.replace(/embedding_\w+/, "e"),
    "Cannot read a: Embedding e must have settings that are known: expected mask_zero to be false, " +
      "found true",
  );
  const turned = await changed(goldens.images.files, '"axis":-1', '"axis":2');
  const { model, params } = await importTfjs(turned);
  const x = tensor(goldens.images.x, { shape: goldens.images.xShape });
  const axis = assertThrows(() => model.apply(params, x), ShapeError);
  assertEquals(
    axis.message.includes("its axis must be the last: it is 2, of 4 with the batch"),
    true,
  );
});

Deno.test("importTfjs: a model whose last weight is missing leaves no tensor behind", async () => {
  const files = await filesOf(goldens.words.files);
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const [group] = json.weightsManifest;
  group.weights.at(-1).name += "_of_another";
  files["model.json"] = new TextEncoder().encode(JSON.stringify(json));
  const { backend } = zeros([1]);
  const before = backend.liveBytes;
  await assertRejects(() => importTfjs(files, { name: "m" }), Error);
  assertEquals(backend.liveBytes, before);
});
