/**
 * `loadKerasH5`: the weights that Keras 2 and 3 save as HDF5, for a `Sequential` of these layers.
 *
 * Keras 2 writes `conv2d/conv2d/kernel:0` (in whole models below `model_weights`), Keras 3
 * `layers/conv2d/vars/0`. Layers that were not named are numbered class by class, in their order.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ArrayFile, ReadArrayOptions } from "../data/array_file.ts";
import { excerpt } from "../data/declared.ts";
import { readHdf5 } from "../data/hdf5.ts";
import type { FileInput } from "../files/source.ts";

/** Settings of {@link loadKerasH5}. */
export interface LoadKerasOptions extends ReadArrayOptions {
  /** Backend of the tensors; the one in use by default. */
  readonly backend?: Backend;
}

/** What is asked of a model: its layers in their order, as `Sequential` has them. */
export interface LayeredModel {
  /** The layers with their names. */
  readonly children?: readonly {
    readonly name: string;
    readonly layer: { readonly type: string };
  }[];
}

/** Parameters in Keras's order, and what Keras 2 and a class of Keras call them. */
interface KerasLayer {
  readonly prefix: string;
  readonly weights: readonly (readonly [param: string, name: string])[];
}

const KERNEL = [["w", "kernel"], ["bias", "bias"]] as const;
const NORM = [["scale", "gamma"], ["bias", "beta"]] as const;
const MOMENTS = [["mean", "moving_mean"], ["variance", "moving_variance"]] as const;

const LAYERS: ReadonlyMap<string, KerasLayer> = new Map<string, KerasLayer>([
  ["BatchNorm", { prefix: "batch_normalization", weights: [...NORM, ...MOMENTS] }],
  ["Conv2d", { prefix: "conv2d", weights: KERNEL }],
  ["Conv2dTranspose", { prefix: "conv2d_transpose", weights: KERNEL }],
  ["Dense", { prefix: "dense", weights: KERNEL }],
  ["DepthwiseConv2d", {
    prefix: "depthwise_conv2d",
    weights: [["w", "depthwise_kernel"], ["bias", "bias"]],
  }],
  ["GroupNorm", { prefix: "group_normalization", weights: NORM }],
  ["LayerNorm", { prefix: "layer_normalization", weights: NORM }],
]);

/** The layers of a file by name: paths of their weights by Keras 2's names, or by their places. */
type FileLayers = ReadonlyMap<string, ReadonlyMap<string, string>>;

type LayerParams = Readonly<Record<string, Tensor | null>>;

/**
 * The weights of a Keras model, Sequential in both, as parameters of a model of these layers.
 *
 * Layers are found by name where the file has one of each name, else class by class in their order,
 * by the numbers that Keras gives (`conv2d`, `conv2d_1`). Every shape is checked. Kernels need no
 * other order of dimensions: Keras has that of this library.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { loadKerasH5 } from "@tapegrad/tapegrad/io";
 * import { Conv2d, Dense, Flatten, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertRejects } from "@std/assert";
 *
 * const model = Sequential([Conv2d({ filters: 8, size: 3 }), Flatten(), Dense({ units: 10 })]);
 * const params = model.init(new Random(0), [28, 28, 1]);
 * const load = (file: string | Blob) => loadKerasH5(file, model, params);
 * // const trained = await load("model.weights.h5");
 * await assertRejects(() => load(new Blob(["no HDF5"])), SyntaxError, "Cannot read");
 * ```
 *
 * @param input the file: `.h5` of Keras 2 (weights or a whole model), `.weights.h5` of Keras 3.
 * @param model the model; a `Sequential` whose layers are not nested.
 * @param params its parameters, which tell the shapes; they stay as they are.
 * @param options `name` in errors, `maxBytes`, `maxElements`, `onProgress`, `backend`.
 * @returns the weights in the structure of params; yours to dispose of.
 * @throws {SyntaxError} if the file is damaged, or its layers or shapes are not those of the model.
 * @throws {TypeError} if the model is no Sequential, or has weights that are not known here.
 * @throws {FileError} if the file cannot be opened.
 */
export async function loadKerasH5<P>(
  input: FileInput,
  model: LayeredModel,
  params: P,
  options: LoadKerasOptions = {},
): Promise<P> {
  const file = await readHdf5(input, options);
  try {
    return await loadWeights(file, model, params, options.backend);
  } finally {
    await file.close();
  }
}

async function loadWeights<P>(
  file: ArrayFile,
  model: LayeredModel,
  params: P,
  backend: Backend | undefined,
): Promise<P> {
  const layers = layersOf(file.names);
  const children = childrenOf(model, params);
  const named = children.every(({ name }) => layers.has(name));
  const seen = new Map<string, number>();
  const loaded = new Map<string, LayerParams>();
  const used = new Set<string>();
  const made: Tensor[] = [];
  try {
    for (const { name, keras, given } of children) {
      const place = seen.get(keras.prefix) ?? 0;
      seen.set(keras.prefix, place + 1);
      const group = named ? name : numbered(layers, keras.prefix)[place];
      const weights = group === undefined ? undefined : layers.get(group);
      if (weights === undefined) {
        throw new SyntaxError(
          `Cannot read ${file.name}: it must have a layer for ${name}: found ` +
            `${excerpt([...layers.keys()].join(", ")) || "none"}`,
        );
      }
      used.add(group);
      loaded.set(name, await load(file, { name, keras, given }, weights, made, backend));
    }
    const other = [...layers.keys()].find((name) => !used.has(name));
    if (other !== undefined) {
      throw new SyntaxError(
        `Cannot read ${file.name}: it must have no layers that the model has not: found ` +
          excerpt(other),
      );
    }
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
  const result = Object.entries(params as object)
    .map(([name, value]) => [name, loaded.get(name) ?? value] as const);
  const isList = Array.isArray(params);
  return (isList ? result.map(([, value]) => value) : Object.fromEntries(result)) as P;
}

/** A layer with weights. */
interface Child {
  readonly name: string;
  readonly keras: KerasLayer;
  readonly given: LayerParams;
}

function childrenOf({ children }: LayeredModel, params: unknown): Child[] {
  if (children === undefined || typeof params !== "object" || params === null) {
    throw new TypeError(
      "Cannot load Keras weights: model must be a Sequential, with its parameters: got another",
    );
  }
  return children.flatMap(({ name, layer }): Child[] => {
    const given = (params as Readonly<Record<string, unknown>>)[name];
    if (given === null || given === undefined) return [];
    const keras = LAYERS.get(layer.type);
    if (keras === undefined) {
      throw new TypeError(
        `Cannot load Keras weights: layers with weights must be ${
          [...LAYERS.keys()].join(", ")
        }: ` +
          `${name} is ${layer.type}`,
      );
    }
    return [{ name, keras, given: given as LayerParams }];
  });
}

/** Weights by their layers; what belongs to an optimizer is left out. */
function layersOf(names: readonly string[]): FileLayers {
  const layers = new Map<string, Map<string, string>>();
  for (const path of names) {
    const keras3 = /^\/?(?:_layer_checkpoint_dependencies|layers)[/\\]([^/]+)\/vars\/(\d+)$/
      .exec(path);
    const keras2 = /^\/?(?:model_weights\/)?([^/]+)\/(?:.+\/)?([a-z_]+):0$/.exec(path);
    const found = keras3 ?? keras2;
    if (found === null || found[1] === "optimizer_weights") continue;
    const [, layer, weight] = found;
    if (!layers.has(layer)) layers.set(layer, new Map());
    layers.get(layer)!.set(weight, path);
  }
  return layers;
}

/** The layers of a class in the order of their numbers. */
function numbered(layers: FileLayers, prefix: string): string[] {
  const number = (name: string) => Number(name.slice(prefix.length + 1) || 0);
  return [...layers.keys()]
    .filter((name) => name.startsWith(prefix) && /^(_\d+)?$/.test(name.slice(prefix.length)))
    .sort((a, b) => number(a) - number(b));
}

async function load(
  file: ArrayFile,
  { name, keras, given }: Child,
  weights: ReadonlyMap<string, string>,
  made: Tensor[],
  backend: Backend | undefined,
): Promise<LayerParams> {
  const present = keras.weights.filter(([param]) => (given[param] ?? null) !== null);
  if (present.length !== weights.size) {
    throw new SyntaxError(
      `Cannot read ${file.name}: a layer must have as many weights as the model's: ${name} has ` +
        `${present.length}, the file has ${weights.size}`,
    );
  }
  const loaded: Record<string, Tensor | null> = { ...given };
  for (const [place, [param, kerasName]] of present.entries()) {
    const path = weights.get(kerasName) ?? weights.get(String(place));
    const wanted = given[param]!.shape;
    const found = path === undefined ? undefined : (await file.info(path)).shape;
    if (path === undefined || found === undefined || !sameShape(found, wanted)) {
      throw new SyntaxError(
        `Cannot read ${file.name}: weights must have the shapes of the model's: ${name}.${param} ` +
          `is ${formatShape(wanted)}, the file has ${found ? formatShape(found) : "none"}`,
      );
    }
    loaded[param] = await file.tensor(path, { backend });
    made.push(loaded[param]);
  }
  return loaded;
}
