// Models of these layers as files of Keras 3, read again, and by Keras where it is installed.

import { assertEquals, assertRejects } from "@std/assert";
import {
  globalAvgPool,
  mul,
  Random,
  relu,
  sigmoid,
  silu,
  softmax,
  tanh,
  type Tensor,
  tensor,
} from "../../../mod.ts";
import { exportKeras, importKeras } from "../../../src/models/mod.ts";
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
import { mapStructure } from "../../../src/core/structure.ts";
import { ifPossible } from "../../support/permissions.ts";

/** Every layer of images, in a chain. */
const chain: Layer<unknown> = Sequential({
  stem: Conv2d({ filters: 6, size: [3, 2], stride: 2, padding: 1, activation: relu }),
  norm: BatchNorm({ epsilon: 1e-2 }),
  same: Conv2d({ filters: 4, size: 3, dilation: 2, padding: "same", groups: 2, bias: false }),
  block: Sequential([DepthwiseConv2d({ size: 3, multiplier: 2, padding: [[1, 0], [2, 1]] }), silu]),
  groups: GroupNorm({ groups: 4 }),
  up: Conv2dTranspose({ filters: 5, size: 3, stride: 2, padding: "same", activation: tanh }),
  most: MaxPool({ size: 2, stride: 1, padding: "same" }),
  mean: AvgPool({ size: [2, 3] }),
  flatten: Flatten(),
  dropout: Dropout({ rate: 0.25 }),
  hidden: Dense({ units: 7, activation: sigmoid }),
  layerNorm: LayerNorm(),
  head: Dense({ units: 3 }),
  softmax,
}) as Layer<unknown>;

/** Branches that join, and go on. */
const branches: Layer<unknown> = Sequential([
  Conv2d({ filters: 4, size: 3, padding: "same" }),
  Residual(Sequential([Conv2d({ filters: 4, size: 3, padding: 1 }), BatchNorm()])),
  relu,
  Residual(Conv2d({ filters: 6, size: 1, stride: 2 }), {
    shortcut: Conv2d({ filters: 6, size: 2, stride: 2, padding: [[0, 1], [0, 0]] }),
  }),
  globalAvgPool,
  Dense({ units: 2 }),
]) as Layer<unknown>;

/** Words. */
const words: Layer<unknown> = Sequential([
  Embedding({ vocabulary: 7, dimensions: 3 }),
  Flatten(),
  Dense({ units: 2, activation: "relu" }),
]) as Layer<unknown>;

/** Makes parameters of which none has a first value of a layer. */
function filled(model: Layer<unknown>, inputShape: readonly number[]): unknown {
  const random = new Random(4);
  return mapStructure("fill", model.init(new Random(3), inputShape), ({ shape, size }) => {
    const data = Float32Array.from({ length: size }, () => (1 + random.integer(31)) / 32);
    return tensor(data, { shape });
  });
}

const CASES = {
  chain: { model: chain, inputShape: [9, 11, 3] },
  branches: { model: branches, inputShape: [7, 8, 2] },
  words: { model: words, inputShape: [4] },
} as const;

/** Makes inputs and outputs of a model. */
function examples(name: keyof typeof CASES) {
  const { model, inputShape } = CASES[name];
  const params = filled(model, inputShape);
  const shape = [3, ...inputShape];
  const size = shape.reduce((a, b) => a * b);
  const values = Array.from({ length: size }, (_, i) => name === "words" ? i % 7 : i % 13 / 8 - 1);
  const x = tensor(values, { shape, dtype: name === "words" ? "int32" : "float32" });
  return { model, params, inputShape, x, y: [...model.apply(params, x).dataSync()] };
}

const furthest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])));

for (const name of ["chain", "branches", "words"] as const) {
  Deno.test(`exportKeras: ${name}, imported again`, async () => {
    const { model, params, inputShape, x, y } = examples(name);
    const file = await exportKeras(model, params, { inputShape });
    const again = await importKeras(file);
    assertEquals(again.inputShape, inputShape);
    const found = [...again.model.apply(again.params, x).dataSync()];
    assertEquals(found.length, y.length);
    assertEquals(furthest(found, y) < 1e-5, true);
    const twice = await exportKeras(again.model, again.params, { inputShape }).catch(String);
    // A Functional model, and what pads images, have no layers of this library's own.
    if (name === "words") assertEquals(typeof twice, "object");
  });
}

Deno.test("exportKeras: what Keras has not is refused by name", async () => {
  const refusal = async (model: Layer<unknown>, inputShape: number[]) => {
    const params = model.init(new Random(0), inputShape);
    const run = () => exportKeras(model, params, { inputShape });
    return (await assertRejects(run, TypeError)).message;
  };
  const start = "Cannot export a Keras model: layers and functions must be some that Keras has: ";
  const own = Sequential({ a: Dense({ units: 2 }), twice: (x: Tensor) => mul(x, 2) });
  assertEquals(await refusal(own as Layer<unknown>, [3]), `${start}twice is twice`);
  const lambda = Sequential({ a: Dense({ units: 2, activation: (x) => relu(x) }) });
  assertEquals(
    await refusal(lambda as Layer<unknown>, [3]),
    `${start}a is the activation activation`,
  );
  const pool = Sequential({ pool: MaxPool({ size: 2, padding: 1 }) });
  assertEquals(
    await refusal(pool as Layer<unknown>, [4, 4, 1]),
    `${start}pool is MaxPooling2D with padding by numbers`,
  );
});

/** A Python that may have Keras. */
const PYTHON = Deno.permissions.querySync({ name: "env", variable: "TAPEGRAD_KERAS" }).state ===
    "granted"
  ? Deno.env.get("TAPEGRAD_KERAS")
  : undefined;

const CODE = `
import json, sys, keras, numpy as np
model = keras.saving.load_model(sys.argv[1])
given = json.loads(sys.argv[2])
x = np.array(given["x"], given["dtype"]).reshape(given["shape"])
print(json.dumps(np.asarray(model.predict(x, verbose=0)).ravel().tolist()))
`;

for (const name of ["chain", "branches", "words"] as const) {
  Deno.test(ifPossible({
    name: `exportKeras: ${name}, in Keras itself`,
    needs: { run: true, write: true, env: ["TAPEGRAD_KERAS"] },
    skip: PYTHON === undefined ? "TAPEGRAD_KERAS names no Python with Keras" : undefined,
    async fn() {
      const { model, params, inputShape, x, y } = examples(name);
      const path = await Deno.makeTempFile({ suffix: ".keras" });
      try {
        await Deno.writeFile(path, await exportKeras(model, params, { inputShape }));
        const { shape, dtype } = x;
        const given = JSON.stringify({ x: [...x.dataSync()], shape, dtype });
        const args = ["-c", CODE, path, given];
        const { stdout, stderr } = await new Deno.Command(PYTHON!, { args }).output();
        const found = JSON.parse(new TextDecoder().decode(stdout) || "[]");
        assertEquals(found.length, y.length, new TextDecoder().decode(stderr));
        assertEquals(furthest(found, y) < 1e-5, true, String(furthest(found, y)));
      } finally {
        await Deno.remove(path);
      }
    },
  }));
}
