// Whole models of Keras, rebuilt: what they predict is what Keras predicts.

import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { mul, Random, softmaxCE, sum, Tape, tensor } from "../../../mod.ts";
import { readDirectory, readMember } from "../../../src/formats/zip/reader.ts";
import { writeZip } from "../../../src/formats/zip/writer.ts";
import { exportKeras, importKeras } from "../../../src/models/mod.ts";
import { Dense, Sequential, trainable } from "../../../src/nn/mod.ts";
import { type Golden, goldens } from "../../golden/keras/models.ts";
import { refused } from "../../golden/keras/more_models.ts";
import { goldens as older } from "../../golden/keras/goldens.ts";
import { unpack } from "./models.ts";

/** Imports a model, and compares what it predicts. */
async function compare(file: string, golden: Golden, tolerance: number) {
  const imported = await importKeras(await unpack(file), { name: "a.keras" });
  const { model, params, inputShape } = imported;
  const isWords = golden.xShape.length === 2 && golden.xShape[1] === 12;
  const x = tensor(golden.x, { shape: golden.xShape, dtype: isWords ? "int32" : "float32" });
  assertEquals(inputShape, golden.xShape.slice(1));
  const y = model.apply(params, x);
  assertEquals(y.shape, golden.yShape);
  const worst = Math.max(...[...y.dataSync()].map((value, i) => Math.abs(value - golden.y[i])));
  assertEquals(worst < tolerance, true, `off by ${worst}`);
  assertEquals(model.outputShape(golden.xShape.slice(1)), golden.yShape.slice(1));
  return imported;
}

for (const name of ["images", "branches", "sequences", "scaled", "recurrent"] as const) {
  for (const [form, file] of Object.entries(goldens[name].files)) {
    Deno.test(`importKeras: ${name}, .${form}`, async () => {
      await compare(file, goldens[name], 1e-5);
    });
  }
}

Deno.test("importKeras: weights of bfloat16", async () => {
  // Keras computes in bfloat16, with 8 bits.
  await compare(goldens.brain.files.keras, goldens.brain, 0.02);
});

Deno.test("importKeras: a model that was trained elsewhere learns further", async () => {
  const file = await unpack(goldens.images.files.keras);
  const { model, params } = await importKeras(file);
  const x = tensor(goldens.images.x, { shape: goldens.images.xShape });
  const labels = tensor([2, 0], { dtype: "int32" });
  using tape = new Tape();
  const weights = trainable(model, params);
  tape.watch(weights);
  const random = new Random(1);
  const y = model.apply(params, x, { train: true, random, updates: new Map() });
  const grads = tape.gradient(softmaxCE(y, labels), weights);
  assertEquals(grads.conv2d_transpose.w.shape, params.conv2d_transpose.w.shape);
  assertEquals(sum(mul(grads.layer_1.w, grads.layer_1.w)).item() > 0, true);
});

Deno.test("importKeras: whole models of the older golden files, of Keras 2 and 3", async () => {
  for (const name of ["images", "words"] as const) {
    const golden = older[name];
    const { model, params } = await importKeras(await unpack(golden.files.whole));
    const [shape, dtype] = name === "images"
      ? [[2, 8, 8, 2], "float32"] as const
      : [[2, 4], "int32"] as const;
    const y = [...model.apply(params, tensor(golden.x, { shape, dtype })).dataSync()];
    const worst = Math.max(...y.map((value, i) => Math.abs(value - golden.y[i])));
    assertEquals(worst < 1e-5, true, `${name} is off by ${worst}`);
  }
});

Deno.test("importKeras: what is not known is listed at once; weights alone say what is missing", async () => {
  const refusal = async (file: string) => {
    const bytes = await unpack(file);
    return (await assertRejects(() => importKeras(bytes, { name: "a" }), SyntaxError)).message;
  };
  assertEquals(
    await refusal(refused.unknown),
    "Cannot read a: layers must be of classes that are known here: found Lambda (double), which is " +
      "code, RMSNormalization (unit)",
  );
  assertEquals(
    await refusal(refused.started),
    "Cannot read a: the settings: layers must lead from the input to the result: found the argument " +
      "initial_state at gru",
  );
  assertEquals(
    await refusal(goldens.several),
    "Cannot read a: the settings: the model must have one input and one result: found 2 and " +
      "1; importKerasGraph reads others",
  );
  assertEquals(
    await refusal(older.words.files.keras3),
    "Cannot read a: the file must have the settings of a model beside its weights: found none; " +
      "save the whole model (model.save), or give the weights to a model with loadKerasH5",
  );
});

/** Changes the settings in a file of Keras 3, and leaves its weights as they are. */
async function withSettings(
  file: Uint8Array,
  change: (settings: string) => string,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = {
    size: file.length,
    read: (start: number, end: number) => Promise.resolve(file.slice(start, end)),
  };
  const members = (await readDirectory(source, "")).map(async (member) => {
    const bytes = await readMember(source, member, "");
    if (member.name !== "config.json") return { name: member.name, bytes };
    const text = new TextDecoder().decode(bytes);
    return { name: member.name, bytes: new TextEncoder().encode(change(text)) };
  });
  return await writeZip(await Promise.all(members), { compress: false });
}

Deno.test("importKeras: a layer with more or fewer weights than its settings want is refused", async () => {
  for (const bias of [true, false]) {
    const model = Sequential({ head: Dense({ units: 2, bias }) });
    const file = await exportKeras(model, model.init(new Random(1), [3]), { inputShape: [3] });
    await importKeras(await withSettings(file, (text) => text));
    const other = await withSettings(file, (text) => {
      const turned = text.replace(`"use_bias":${bias}`, `"use_bias":${!bias}`);
      assertNotEquals(turned, text);
      return turned;
    });
    const { message } = await assertRejects(() => importKeras(other), SyntaxError);
    const [expected, found] = bias ? ["kernel", "0, 1"] : ["kernel, bias", "0"];
    assertEquals(
      message.slice(message.indexOf("must have")),
      `must have the weights of its settings: expected ${expected}, found ${found}`,
    );
  }
});
