// Damaged models of Keras: files, and their settings, whose layers are built.

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Tensor } from "../../../mod.ts";
import type { HostArray } from "../../../src/core/dtype.ts";
import { importKeras } from "../../../src/models/mod.ts";
import { buildModel, checkClasses, type WeightSource } from "../../../src/models/keras/build.ts";
import { modelGraph } from "../../../src/models/keras/graph.ts";
import { parseStrictJson } from "../../../src/formats/strict_json.ts";
import { leavesOf } from "../../../src/core/structure.ts";
import { goldens } from "../../golden/keras/models.ts";
import { goldens as more } from "../../golden/keras/more_models.ts";
import { fuzz } from "../../support/fuzz.ts";
import { unpack } from "./models.ts";

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("importKeras: damaged files", async () => {
  const samples = await Promise.all(
    [goldens.scaled.files.keras, goldens.scaled.files.h5].map(unpack),
  );
  const { runs, refused, read } = await fuzz({
    samples,
    read: (bytes) => importKeras(bytes, { name: "fuzz.keras", maxElements: 2 ** 16 }),
    check({ params }) {
      const shapes = leavesOf("check", params).map(({ tensor }) => tensor.shape.length);
      assert(shapes.length <= 4 && shapes.every((rank) => rank <= 2));
    },
    tokens: ["PK\x01\x02", "config.json", "layers", "vars", "__proto__"].map(text),
  });
  assertEquals(refused + read, runs);
  assert(refused > runs / 8 && read > runs / 50, `${refused} refused, ${read} read`);
});

/** Returns the settings that a file has, between the names of its members. */
async function settings(file: string): Promise<Uint8Array> {
  const bytes = await unpack(file);
  const whole = new TextDecoder("latin1").decode(bytes);
  const start = whole.indexOf('{"module": "keras');
  const json = whole.slice(start, whole.indexOf("PK\x03\x04", start));
  return text(json.slice(0, json.lastIndexOf("}") + 1));
}

/** Weights of sizes that settings may ask for, but small. */
const weights: WeightSource = {
  read: (_layer, specs) =>
    Promise.resolve(specs.map(({ shape = [1] }): HostArray => {
      const sizes = shape.map((size) => size === null ? 1 : Math.max(0, Math.min(size, 9)));
      const size = sizes.reduce((a, b) => a * b, 1);
      return { shape: sizes, dtype: "float32", data: new Float32Array(size) };
    })),
  inner: () => weights,
};

Deno.test("importKeras: damaged settings", async () => {
  const samples = await Promise.all(
    [goldens.branches, goldens.sequences, goldens.images, more.attention, more.wrapped]
      .map(({ files }) => settings(files.keras)),
  );
  const action = "Cannot read fuzz.keras";
  const { runs, refused, read } = await fuzz({
    samples,
    async read(bytes) {
      const made: Tensor[] = [];
      const graph = modelGraph(
        parseStrictJson(new TextDecoder().decode(bytes), `${action}: the settings`, 64),
        action,
      );
      checkClasses(graph, action);
      try {
        const options = { action, isOld: false, backend: undefined };
        return await buildModel(graph, weights, options, made);
      } finally {
        for (const tensor of made) tensor.dispose();
      }
    },
    check: ({ model }) => assert(["Sequential", "Functional"].includes(model.type)),
    tokens: [
      '"__proto__"',
      '"class_name": "Sequential"',
      '"inbound_nodes": [',
      '["add", 0, 0]',
      "null",
      "1e999",
      "-1",
      "[".repeat(100),
      "{",
      "}",
    ].map(text),
  });
  assertEquals(refused + read, runs);
  assert(refused > runs / 8 && read > runs / 50, `${refused} refused, ${read} read`);
});

Deno.test("modelGraph: circles, missing layers, and chains of 20,000 layers", () => {
  const layer = (name: string, inputs: string[]) => ({
    class_name: inputs.length === 0 ? "InputLayer" : "Flatten",
    name,
    config: { name, batch_input_shape: [null, 3] },
    inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
  });
  const graph = (layers: unknown[], output: string) => {
    const config = { layers, "input_layers": [["x", 0, 0]], "output_layers": [[output, 0, 0]] };
    const json = JSON.stringify({ class_name: "Functional", config });
    return modelGraph(parseStrictJson(json, "Cannot read a", 64), "Cannot read a");
  };
  const fails = (layers: unknown[], output: string) =>
    assertThrows(() => graph(layers, output), SyntaxError).message;
  assertEquals(
    fails([layer("x", []), layer("a", ["b"]), layer("b", ["a"])], "b"),
    "Cannot read a: layers must lead from the input to the result: found a circle at b#0",
  );
  assertEquals(
    fails([layer("x", []), layer("a", ["lost"])], "a"),
    "Cannot read a: layers must lead from the input to the result: found a layer without input at " +
      "lost",
  );
  assertEquals(
    fails([layer("x", []), layer("x", [])], "x"),
    "Cannot read a: layers must have different names: found two of x",
  );
  const long = Array.from(
    { length: 20_000 },
    (_, i) => layer(`l${i}`, [i === 0 ? "x" : `l${i - 1}`]),
  );
  assertEquals(graph([layer("x", []), ...long], "l19999").nodes.length, 20_000);
});
