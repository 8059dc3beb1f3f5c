/**
 * `loadKerasH5`: the weights that Keras 2 and 3 save as HDF5, for a `Sequential` of these layers.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Backend } from "../../backends/kernels.ts";
import { tensor } from "../../core/create.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { ReadArrayOptions } from "../../formats/array_file.ts";
import { excerpt } from "../../formats/file_limits.ts";
import { type Hdf5File, openHdf5 } from "../../formats/hdf5/hdf5.ts";
import type { FileInput } from "../../files/source.ts";
import { checkConfig } from "./config.ts";
import {
  KERAS_LAYERS,
  type KerasLayer,
  type LayeredModel,
  type NamedModelLayer,
} from "./layers.ts";
import {
  numbered,
  type NumberedLayers,
  type OrderedLayers,
  readStoredModel,
  type StoredLayer,
} from "./stored_model.ts";

/** Settings of {@link loadKerasH5}. */
export interface LoadKerasOptions extends ReadArrayOptions {
  /** Backend of the tensors; the one in use by default. */
  readonly backend?: Backend;
  /**
   * Compare the settings of layers in a file of a whole model with those of the model; true by
   * default.
   */
  readonly checkSettings?: boolean;
}

const LOAD_OPTIONS = "name maxBytes# onProgress maxElements# backend checkSettings?";

type LayerParams = Readonly<Record<string, Tensor | null>>;

/** A layer with weights, or a model inside the model. */
type Node = Leaf | { readonly path: string; readonly inner: readonly Node[] };

/** A layer with weights, by its path in the parameters. */
interface Leaf {
  readonly path: string;
  readonly keras: KerasLayer;
  readonly given: LayerParams;
}

type Pair = readonly [leaf: Leaf, stored: StoredLayer];

/**
 * Loads the weights of a Keras model, Sequential in both, as parameters of a model of these layers.
 *
 * Layers are matched as Keras matches them: in their order, or in Keras 3's own files class by class
 * by their numbers (`conv2d`, `conv2d_1`), whatever their names. A `Sequential` inside it is one
 * inside Keras's. The number, names, shapes and dtypes of weights are checked; so are, in a file of a
 * whole model (`model.save("model.h5")`), the kinds of layers and functions, strides, padding,
 * dilation, groups, the sizes of pools, epsilons and that channels are last. A last softmax or
 * sigmoid may be missing here. What only training reads (momentum, rates of dropout) is not compared.
 * Kernels need no other order of dimensions: Keras has that of this library.
 *
 * - **Edge cases**: weights are converted to the dtype of the parameters. A file of weights alone
 *   has no settings: give `BatchNorm` and `LayerNorm` Keras's `epsilon: 1e-3`.
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
 * @param input the file: `.h5` of Keras 2 or 3 (weights or a whole model), `.weights.h5` of Keras 3.
 * @param model the model: a `Sequential` of layers with weights, of functions and of others like it.
 * @param params its parameters, which tell shapes and dtypes; they stay as they are.
 * @param options `name` in errors, `maxBytes`, `maxElements`, `onProgress`, `backend`,
 * `checkSettings`.
 * @returns the weights in the structure of params; yours to dispose of.
 * @throws {SyntaxError} if the file is damaged, or its layers, settings or shapes are not those of
 * the model.
 * @throws {TypeError} if the model is no Sequential, or has weights that are not known here.
 * @throws {FileError} if the file cannot be opened.
 */
export async function loadKerasH5<P>(
  input: FileInput,
  model: LayeredModel,
  params: P,
  options: LoadKerasOptions = {},
): Promise<P> {
  options = checkOptions("read Keras model", options, LOAD_OPTIONS);
  if (model.children === undefined) throw notSequential();
  const nodes = nodesOf(model.children, params, "");
  const file = await openHdf5(input, options);
  const made: Tensor[] = [];
  try {
    const { layers, config } = readStoredModel(file);
    if (config !== undefined && options.checkSettings !== false) {
      checkConfig(config, model.children, `Cannot read ${file.name}`);
    }
    const pairs = layers.kind === "ordered"
      ? pairInOrder(nodes, layers, file.name)
      : pairByNumber(nodes, layers, file.name);
    const loaded = new Map<LayerParams, LayerParams>();
    for (const pair of pairs) {
      loaded.set(pair[0].given, await load(file, pair, made, options.backend));
    }
    return replaced(params, loaded) as P;
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  } finally {
    await file[Symbol.asyncDispose]();
  }
}

function notSequential(): TypeError {
  return new TypeError(
    "Cannot load Keras weights: model must be a Sequential, with its parameters: got another",
  );
}

/** Lists the layers with weights, and the models inside the model that have some. */
function nodesOf(children: readonly NamedModelLayer[], params: unknown, before: string): Node[] {
  if (typeof params !== "object" || params === null) throw notSequential();
  return children.flatMap(({ name, layer }): Node[] => {
    const given = (params as Readonly<Record<string, unknown>>)[name];
    if (given === null || given === undefined) return [];
    const path = before + name;
    if (layer.type === "Sequential" && layer.children !== undefined) {
      const inner = nodesOf(layer.children, given, `${path}.`);
      return inner.length === 0 ? [] : [{ path, inner }];
    }
    const keras = KERAS_LAYERS.get(layer.type);
    if (keras === undefined) {
      throw new TypeError(
        `Cannot load Keras weights: layers with weights must be ${
          [...KERAS_LAYERS.keys(), "Sequential"].join(", ")
        }: ${path} is ${layer.type}`,
      );
    }
    return [{ path, keras, given: given as LayerParams }];
  });
}

function leavesOf(node: Node): Leaf[] {
  return "inner" in node ? node.inner.flatMap(leavesOf) : [node];
}

/** Pairs layer by layer; the layers of a model inside the model are in one entry of the file. */
function pairInOrder(nodes: readonly Node[], { entries }: OrderedLayers, file: string): Pair[] {
  checkCount("layers with weights", nodes, entries.map(({ name }) => name), file);
  return nodes.flatMap((node, i) => {
    const leaves = leavesOf(node);
    const { name, layers } = entries[i];
    const where = `${file}: ${excerpt(name)}`;
    checkCount("layers with weights", leaves, layers.map(({ name }) => name), where);
    return leaves.map((leaf, j): Pair => [leaf, layers[j]]);
  });
}

function checkCount(
  what: string,
  expected: readonly { readonly path: string }[],
  found: readonly string[],
  file: string,
): void {
  if (expected.length === found.length) return;
  const list = (names: readonly string[]) =>
    `${names.length} (${excerpt(names.join(", ")) || "none"})`;
  throw new SyntaxError(
    `Cannot read ${file}: it must have as many ${what} as the model: expected ` +
      `${list(expected.map(({ path }) => path))}, found ${list(found)}`,
  );
}

/** Pairs class by class, in the order of the numbers. */
function pairByNumber(nodes: readonly Node[], layers: NumberedLayers, file: string): Pair[] {
  const used = new Set<string>();
  const places = new Map<string, number>();
  const pairs = nodes.flatMap((node): Pair[] => {
    const kind = "inner" in node ? "sequential" : node.keras.group;
    const place = places.get(kind) ?? 0;
    places.set(kind, place + 1);
    const group = numbered(layers, kind)[place];
    if (group === undefined) {
      throw new SyntaxError(
        `Cannot read ${file}: it must have a layer for ${node.path}: expected ` +
          `${place === 0 ? kind : `${kind}_${place}`}, found ` +
          `${excerpt([...layers.groups.keys()].join(", ")) || "none"}`,
      );
    }
    used.add(group.name);
    if (!("inner" in node)) return [[node, group]];
    return pairByNumber(node.inner, group.inner, `${file}: ${excerpt(group.name)}`);
  });
  const other = [...layers.groups.keys()].find((name) => !used.has(name));
  if (other === undefined) return pairs;
  throw new SyntaxError(
    `Cannot read ${file}: it must have no layers with weights that the model has not: found ` +
      excerpt(other),
  );
}

async function load(
  file: Hdf5File,
  [{ path, keras, given }, stored]: Pair,
  made: Tensor[],
  backend: Backend | undefined,
): Promise<LayerParams> {
  const present = keras.weights.filter(([param]) => (given[param] ?? null) !== null);
  const action = `Cannot read ${file.name}: ${excerpt(stored.name)}`;
  const places = present.map(([, ...names], place) =>
    names.map((name) => stored.weights.get(name)).find((name) => name !== undefined) ??
      stored.weights.get(String(place))
  );
  if (places.includes(undefined) || present.length !== stored.weights.size) {
    throw new SyntaxError(
      `${action}: it must have the weights of the model's ${path}: expected ` +
        `${present.map(([, name]) => name).join(", ")}, found ` +
        `${excerpt([...stored.weights.keys()].join(", ")) || "none"}`,
    );
  }
  const loaded: Record<string, Tensor | null> = { ...given };
  for (const [i, [param]] of present.entries()) {
    const { shape: wanted, dtype } = given[param]!;
    const { shape, dtype: found, storedAs } = await file.info(places[i]!);
    if (!sameShape(shape, wanted) || !found?.startsWith("float")) {
      throw new SyntaxError(
        `${action}: ${
          excerpt(places[i]!)
        } must have the shape of the model's ${path}.${param}, and ` +
          `floats: expected ${dtype} ${formatShape(wanted)}, found ` +
          `${storedAs} ${excerpt(formatShape(shape))}`,
      );
    }
    const { data } = await file.array(places[i]!);
    loaded[param] = tensor(data, { shape: wanted, dtype, backend });
    made.push(loaded[param]);
  }
  return loaded;
}

/** Returns the structure of parameters with those of some layers replaced. */
function replaced(params: unknown, loaded: ReadonlyMap<LayerParams, LayerParams>): unknown {
  const own = loaded.get(params as LayerParams);
  if (own !== undefined) return own;
  if (Array.isArray(params)) return params.map((inner) => replaced(inner, loaded));
  if (typeof params !== "object" || params === null) return params;
  return Object.fromEntries(
    Object.entries(params).map(([name, inner]) => [name, replaced(inner, loaded)]),
  );
}
