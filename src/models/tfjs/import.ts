/**
 * `importTfjs`: layers models of TensorFlow.js, rebuilt of layers of this library.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import {
  type ArrayFile,
  READ_TENSOR_OPTIONS,
  type ReadTensorOptions,
} from "../../formats/array_file.ts";
import { excerpt } from "../../formats/file_limits.ts";
import type { Json } from "../../formats/strict_json.ts";
import { buildModel, checkClasses, type WeightSource } from "../keras/build.ts";
import { type LayerConfig, modelGraph, onlyOf } from "../keras/graph.ts";
import { isWithin } from "../keras/hdf5_weights.ts";
import type { KerasImport } from "../keras/import.ts";
import type { WeightSpec } from "../keras/parts.ts";
import type { TfjsInput } from "./files.ts";
import { openModel } from "./open.ts";

/**
 * Imports a layers model of TensorFlow.js, as `model.save` writes it there or the converter makes it
 * of a Keras model: its layers are rebuilt of those of this library, with their weights. `importKeras`
 * says which classes are known, and what becomes of them.
 *
 * A graph model has operations in place of layers: `openTfjs` reads its weights, and converted to ONNX
 * where it was made, `importOnnx` reads the whole.
 *
 * @example
 * ```ts
 * import { Random, zeros } from "@tapegrad/tapegrad";
 * import { exportTfjs, importTfjs } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const net = Sequential({ head: Dense({ units: 2 }) });
 * const files = exportTfjs(net, net.init(new Random(0), [3]), { inputShape: [3] });
 *
 * const { model, params, inputShape } = await importTfjs(files); // await importTfjs("folder")
 * assertEquals([inputShape, params.head.w.shape], [[3], [3, 2]]);
 * assertEquals(model.apply(params, zeros([1, 3])).toArray(), [[0, 0]]);
 * ```
 *
 * @param input the model: path or URL of `model.json` or its folder, files of a page, or files by name.
 * @param options `name` in errors, `maxBytes` of all files, `maxElements` of a weight, `onProgress`,
 * `backend`.
 * @returns the model, its parameters, and the shape of an example.
 * @throws {SyntaxError} if a file is malformed, is a graph model, has layers that are not known, or
 * weights that do not fit
 * its settings.
 * @throws {RangeError} if files or a weight are too large, or a file is missing.
 * @throws {FileError} if a file cannot be opened.
 */
export async function importTfjs(
  input: TfjsInput,
  options: ReadTensorOptions = {},
): Promise<KerasImport> {
  options = checkOptions("import a TensorFlow.js model", options, READ_TENSOR_OPTIONS);
  const { backend, ...reading } = options;
  const { json, file } = await openModel(input, reading);
  const action = `Cannot read ${file.name}`;
  const made: Tensor[] = [];
  try {
    const what = `${action}: the settings`;
    const graph = modelGraph(topologyOf(json, action), what);
    const { inputShape } = onlyOf(graph, what);
    checkClasses(graph, action);
    const source = namedWeights(file, file.names, action);
    const built = await buildModel(graph, source, { action, isOld: true, backend }, made);
    return { ...built, inputShape };
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  } finally {
    await file.close();
  }
}

/** Finds the settings of the layers, which the converter wraps once more. */
function topologyOf(json: ReadonlyMap<string, Json>, action: string): Json {
  const topology = json.get("modelTopology");
  const fields = topology instanceof Map ? topology : new Map<string, Json>();
  if (json.get("format") === "graph-model" || fields.has("node")) {
    throw new SyntaxError(
      `${action}: the model must be one of layers: found a graph model; read its weights with ` +
        "openTfjs, or convert the model to ONNX where it was made and read it with importOnnx",
    );
  }
  return fields.get("model_config") ?? fields;
}

/** Makes the source of weights whose names are `layer/weight`. */
function namedWeights(file: ArrayFile, names: readonly string[], action: string): WeightSource {
  const owners = new Map<string, Map<string, string>>();
  for (const name of names) {
    const cut = Math.max(name.lastIndexOf("/"), 0);
    const owner = name.slice(0, cut);
    if (!owners.has(owner)) owners.set(owner, new Map());
    owners.get(owner)!.set(name.slice(cut + 1), name);
  }
  const source: WeightSource = {
    read: async (layer, specs) => {
      const weights = ownWeights(owners, layer, action);
      const byName = specs.map(({ names }) =>
        names.map((name) => weights.get(name)).find((name) => name !== undefined)
      );
      // Weights of parts of a layer are in the order of the layer.
      const isOfParts = [...weights.keys()].every((name) => name.includes("/"));
      const found = isOfParts && weights.size === specs.length ? [...weights.values()] : byName;
      if (found.includes(undefined) || weights.size !== specs.length) {
        throw missing(action, layer, specs, [...weights.keys()]);
      }
      const arrays: HostArray[] = [];
      for (const name of found) arrays.push(await file.array(name!));
      return arrays;
    },
    inner: () => source,
  };
  return source;
}

/** Finds the weights of a layer, whose name may have that of a model before it. */
function ownWeights(
  owners: ReadonlyMap<string, ReadonlyMap<string, string>>,
  { name }: LayerConfig,
  action: string,
): ReadonlyMap<string, string> {
  const exact = owners.get(name);
  if (exact !== undefined) return exact;
  const within = [...owners].filter(([owner]) => owner.endsWith(`/${name}`));
  if (within.length === 0) {
    const parts = [...owners].filter(([owner]) => isWithin(owner, name));
    return new Map(
      parts.flatMap(([owner, weights]) =>
        [...weights].map(([own, path]): [string, string] => [`${owner}/${own}`, path])
      ),
    );
  }
  if (within.length === 1) return within[0][1];
  throw new SyntaxError(
    `${action}: weights must be those of one layer: found ` +
      `${excerpt(within.map(([owner]) => owner).join(" and "))} for ${excerpt(name)}`,
  );
}

function missing(
  action: string,
  { name }: LayerConfig,
  specs: readonly WeightSpec[],
  found: readonly string[],
): SyntaxError {
  return new SyntaxError(
    `${action}: ${excerpt(name)} must have the weights of its settings: expected ` +
      `${specs.map(({ names }) => names[0]).join(", ")}, found ${
        excerpt(found.join(", ")) || "none"
      }`,
  );
}
