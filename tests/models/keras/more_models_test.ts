// Layers around layers, attention, sequences and random changes of Keras, rebuilt: they predict what
// Keras predicts.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Random, sum, Tape, tensor } from "../../../mod.ts";
import { importKeras, importKerasGraph } from "../../../src/models/mod.ts";
import { leavesOf } from "../../../src/core/structure.ts";
import type { Hdf5File } from "../../../src/formats/hdf5/hdf5.ts";
import { namedResults } from "../../../src/models/keras/import_graph.ts";
import type { ModelGraph } from "../../../src/models/keras/graph.ts";
import { hdf5Weights } from "../../../src/models/keras/hdf5_weights.ts";
import { LayerSettings } from "../../../src/models/keras/settings.ts";
import type { Json } from "../../../src/formats/strict_json.ts";
import type { StoredGroup, StoredModel } from "../../../src/models/keras/stored_model.ts";
import { goldens } from "../../golden/keras/more_models.ts";
import { unpack } from "./models.ts";

for (const name of ["wrapped", "attention", "rows", "pictures"]) {
  const { files, x: [x], y: [y] } = goldens[name];
  for (const [form, file] of Object.entries(files)) {
    Deno.test(`importKeras: ${name}, .${form}`, async () => {
      const { model, params, inputShape } = await importKeras(await unpack(file), { name: "a" });
      assertEquals(inputShape, x.shape.slice(1));
      const result = model.apply(params, tensor(x.data, { shape: x.shape }));
      assertEquals(result.shape, y.shape);
      const worst = Math.max(...result.dataSync().map((v, i) => Math.abs(v - y.data[i])));
      assertEquals(worst < 1e-5, true, `off by ${worst}`);
      assertEquals(model.outputShape(x.shape.slice(1)), y.shape.slice(1));
      // Parameters that are made have the shapes of those that were read.
      const made = model.init(new Random(0), x.shape.slice(1));
      const shapes = (structure: unknown) =>
        leavesOf("compare", structure).map(({ path, tensor }) => `${path} ${tensor.shape}`).sort();
      assertEquals(shapes(made), shapes(params));
    });
  }
}

for (const [form, file] of Object.entries(goldens.several.files)) {
  Deno.test(`importKerasGraph: several inputs and results, .${form}`, async () => {
    const { x: [picture, numbers], y } = goldens.several;
    const graph = await importKerasGraph(await unpack(file), { name: "a" });
    assertEquals(graph.inputs, [
      { name: "picture", shape: [4, 5, 2] },
      { name: "numbers", shape: [3] },
    ]);
    assertEquals(graph.outputs, ["kind", "size", "dense"]);
    const inputs = {
      numbers: tensor(numbers.data, { shape: numbers.shape }),
      picture: tensor(picture.data, { shape: picture.shape }),
    };
    using tape = new Tape();
    const weights = graph.trainable(graph.params);
    tape.watch(weights);
    const results = graph.apply(graph.params, inputs);
    graph.outputs.forEach((name, i) => {
      assertEquals(results[name].shape, y[i].shape);
      const worst = Math.max(
        ...results[name].dataSync().map((v, at) => Math.abs(v - y[i].data[at])),
      );
      assertEquals(worst < 1e-5, true, `${name} is off by ${worst}`);
    });
    // The layer that makes a result and leads to another has gradients of both.
    const grads = tape.gradient(sum(results.size), weights);
    assertEquals(grads.dense.w.shape, [3, 4]);
    assertThrows(
      () => graph.apply(graph.params, { numbers: inputs.numbers }),
      TypeError,
      "inputs.picture",
    );
  });
}

Deno.test("importKerasGraph: a layer that makes two results", () => {
  const outputs = [{ name: "a", place: 0 }, { name: "b", place: 1 }, { name: "a", place: 3 }];
  assertEquals(namedResults(outputs).map(({ name }) => name), ["a", "b", "a#2"]);
});

/** Weights of a file whose groups, and the names in them, are these. */
function stored(groups: Record<string, string[]>, graph: ModelGraph) {
  const all = Object.entries(groups).map(([name, weights]): [string, StoredGroup] => [name, {
    name,
    weights: new Map(weights.map((own) => [own, `${name}/${own}`])),
    inner: { kind: "numbered", groups: new Map() },
  }]);
  const asked: string[] = [];
  const file = {
    array(path: string) {
      asked.push(path);
      return Promise.resolve({ shape: [1], dtype: "float32", data: new Float32Array(1) });
    },
  } as unknown as Hdf5File;
  const model: StoredModel = {
    layers: { kind: "numbered", groups: new Map(all) },
    config: undefined,
  };
  return { source: hdf5Weights(file, model, graph, "Cannot read a"), asked };
}

function graphOf(classes: Record<string, string>): ModelGraph {
  const layers = Object.entries(classes).map(([name, className]) => ({
    name,
    className,
    config: new Map(),
  }));
  return { name: "a", layers, nodes: [], inputs: [], outputs: [] };
}

Deno.test("importKeras: groups of files that count layers with weights twice", async () => {
  const graph = graphOf({ a: "Conv2D", flat: "Flatten", b: "Conv2D", head: "Dense", c: "Conv2D" });
  const groups = { "conv2d": ["0"], "conv2d_10": ["0"], "conv2d_2": ["0"], "dense": ["0"] };
  const { source, asked } = stored(groups, graph);
  for (const layer of graph.layers) {
    if (layer.name !== "flat") await source.read(layer, [{ names: ["kernel"] }]);
  }
  assertEquals(asked, ["conv2d/0", "conv2d_2/0", "dense/0", "conv2d_10/0"]);
  // Where some have no group, numbers are those of the layers.
  const part = stored({ "conv2d": ["0"], "conv2d_2": ["0"] }, graph);
  await part.source.read(graph.layers[4], [{ names: ["kernel"] }]);
  assertEquals(part.asked, ["conv2d_2/0"]);
  await assertRejects(
    () => part.source.read(graph.layers[2], [{ names: ["kernel"] }]),
    SyntaxError,
    "b must have the weights of its settings: expected kernel, found none",
  );
});

Deno.test("importKeras: parts of a layer are found by their names alone", async () => {
  const graph = graphOf({ both: "Bidirectional" });
  const specs = [
    { names: ["forward_kernel", "forward_layer/cell/0"] },
    { names: ["backward_kernel", "backward_layer/cell/0"] },
  ];
  // In a file groups are in the order of their letters.
  const groups = { bidirectional: ["backward_layer/cell/0", "forward_layer/cell/0"] };
  const { source, asked } = stored(groups, graph);
  await source.read(graph.layers[0], specs);
  assertEquals(asked, [
    "bidirectional/forward_layer/cell/0",
    "bidirectional/backward_layer/cell/0",
  ]);
  const other = stored({ bidirectional: ["back/cell/0", "forth/cell/0"] }, graph);
  await assertRejects(
    () => other.source.read(graph.layers[0], specs),
    SyntaxError,
    "both must have the weights of its settings",
  );
});

Deno.test("importKeras: pairs and single numbers of settings are whole, and as many as they must be", () => {
  const read = (value: Json) => {
    const layer = { name: "a", className: "Conv2D", config: new Map([["size", value]]) };
    return new LayerSettings(layer, "Cannot read a", false);
  };
  assertEquals(read([2, 3]).pair("size"), [2, 3]);
  assertEquals(read(2).pair("size"), [2, 2]);
  for (const value of [[2], [2, 3, 4], [2, 1.5], ["2", 3], "2", 2 ** 53, true]) {
    assertThrows(
      () => read(value).pair("size"),
      SyntaxError,
      "expected size to be two whole numbers",
    );
  }
  assertEquals([read(2).single("size"), read([3]).single("size")], [2, 3]);
  for (const value of [[], [2, 3], [1.5], "2"]) {
    assertThrows(() => read(value).single("size"), SyntaxError, "expected size to be a number");
  }
});
