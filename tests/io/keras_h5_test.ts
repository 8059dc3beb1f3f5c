// Weights of Keras: the golden files count through all elements in the order of the model.

import { assertEquals, assertRejects } from "@std/assert";
import { Random, type Tensor } from "../../mod.ts";
import { loadKerasH5 } from "../../src/io/mod.ts";
import { BatchNorm, Conv2d, Dense, Flatten, Residual, Sequential } from "../../src/nn/mod.ts";
import { leavesOf } from "../../src/core/structure.ts";
import { goldens } from "../golden/keras/goldens.ts";

const layers = (units = 3) =>
  [
    Conv2d({ filters: 2, size: 3 }),
    BatchNorm(),
    Conv2d({ filters: 2, size: 1 }),
    Flatten(),
    Dense({ units }),
  ] as const;

const bytes = (name: keyof typeof goldens) => Uint8Array.fromBase64(goldens[name]);

function elements(...tensors: (Tensor | null)[]): number[] {
  return tensors.flatMap((x) => x === null ? [] : Array.from(x.dataSync()));
}

for (const name of ["keras2", "keras3"] as const) {
  Deno.test(`loadKerasH5: every weight of ${name}, in its place`, async () => {
    const model = Sequential(layers());
    const params = model.init(new Random(0), [4, 4, 1]);
    const [conv, norm, conv2, flatten, dense] = await loadKerasH5(bytes(name), model, params);
    const { scale, bias, mean, variance } = norm;
    const found = elements(conv.w, conv.bias, scale, bias, mean, variance);
    found.push(...elements(conv2.w, conv2.bias, dense.w, dense.bias));
    assertEquals(found, Array.from({ length: 61 }, (_, i) => i));
    assertEquals(flatten, null);
    assertEquals(conv.w.shape, [3, 3, 1, 2]);
    const before = leavesOf("test", params).map(({ tensor }) => tensor);
    assertEquals(before.includes(conv.w), false);
  });
}

Deno.test("loadKerasH5: layers by their names, where the file has them", async () => {
  const [a, b, c, , d] = layers();
  const named = {
    conv2d: a,
    "batch_normalization": b,
    "conv2d_1": c,
    flatten: Flatten(),
    dense: d,
  };
  const model = Sequential(named);
  const params = model.init(new Random(0), [4, 4, 1]);
  const loaded = await loadKerasH5(bytes("keras3"), model, params);
  assertEquals(elements(loaded.dense.bias), [58, 59, 60]);
});

Deno.test("loadKerasH5: refuses another model", async () => {
  const load = (model: ReturnType<typeof Sequential>, shape: number[]) =>
    loadKerasH5(bytes("keras3"), model, model.init(new Random(0), shape), { name: "a.h5" });
  await assertRejects(
    () => load(Sequential(layers(4)), [4, 4, 1]),
    SyntaxError,
    "Cannot read a.h5: weights must have the shapes of the model's: 4.w is [8, 4], the file has " +
      "[8, 3]",
  );
  await assertRejects(
    () => load(Sequential([Dense({ units: 3 }), Dense({ units: 3 })]), [8]),
    SyntaxError,
    "Cannot read a.h5: it must have a layer for 1: found batch_normalization, conv2d, conv2d_1, " +
      "dense",
  );
  await assertRejects(
    () => load(Sequential([Dense({ units: 3, bias: false })]), [8]),
    SyntaxError,
    "Cannot read a.h5: a layer must have as many weights as the model's: 0 has 1, the file has 2",
  );
  await assertRejects(
    () => load(Sequential([Dense({ units: 3 })]), [8]),
    SyntaxError,
    "Cannot read a.h5: it must have no layers that the model has not: found batch_normalization",
  );
  await assertRejects(
    () => load(Sequential([Residual(Dense({ units: 8 }))]), [8]),
    TypeError,
    "Cannot load Keras weights: layers with weights must be BatchNorm, Conv2d, Conv2dTranspose, " +
      "Dense, DepthwiseConv2d, GroupNorm, LayerNorm: 0 is Residual",
  );
});
