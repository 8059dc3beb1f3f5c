/**
 * The settings of a Keras model as a graph: layers, and which takes the results of which. Those of
 * Keras 2 and 3 and of TensorFlow.js are read, Sequential and Functional.
 *
 * - **Source**: `sequential.py`, `functional.py` and `serialization_lib.py` of Keras 3.15;
 *   `container.ts` of TensorFlow.js 4.22.
 *
 * @module
 */
import { excerpt } from "../../formats/file_limits.ts";
import type { Json } from "../../formats/strict_json.ts";

/** Settings by their names. */
export type Settings = ReadonlyMap<string, Json>;

/** A layer of a model, as the file describes it. */
export interface LayerConfig {
  readonly name: string;
  readonly className: string;
  readonly config: Settings;
  /** The model that this layer is, if it is one. */
  readonly inner?: ModelGraph;
}

/** An application of a layer: to the results of others, by their places in the list of nodes. */
export interface GraphNode {
  readonly layer: LayerConfig;
  readonly inputs: readonly number[];
  /** Settings of this application alone. */
  readonly call: Settings;
}

/** An input of a model. */
export interface GraphInput {
  readonly name: string;
  /** Shape of an example, null where any size is fine; undefined where the file does not say. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** A model: nodes in an order in which each comes after those that it takes. */
export interface ModelGraph {
  readonly name: string;
  /** All layers in the order of the file, which numbers their weights. */
  readonly layers: readonly LayerConfig[];
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphInput[];
  /** Results: names of the layers that make them, and the places of their nodes. */
  readonly outputs: readonly { readonly name: string; readonly place: number }[];
}

/** Classes that are models. */
export const MODELS: readonly string[] = ["Sequential", "Functional", "Model"];
/** The place of the model's first input among the nodes that one takes; others are below it. */
export const INPUT = -1;
const INPUT_LAYER = "InputLayer";
/** The deepest that models may be nested. */
const MAX_DEPTH = 16;

/** Reads a model's settings; `action` begins every error. */
export function modelGraph(json: Json | undefined, action: string, depth = 0): ModelGraph {
  const model = mapOf(json, action);
  const className = textOf(model.get("class_name"));
  if (!MODELS.includes(className) || depth > MAX_DEPTH) {
    throw new SyntaxError(
      `${action}: the model must be Sequential or Functional, nested at most ${MAX_DEPTH} deep: ` +
        `found ${excerpt(className) || "another"}`,
    );
  }
  const config = model.get("config");
  const settings = config instanceof Map ? config : new Map([["layers", config ?? null]]);
  const list = settings.get("layers");
  if (!Array.isArray(list)) {
    throw new SyntaxError(`${action}: a model must have a list of layers: found none`);
  }
  const entries = (list as readonly Json[]).map((entry) => mapOf(entry, action));
  const layers = entries.map((entry) => layerConfig(entry, action, depth));
  checkNames(layers, action);
  const name = textOf(settings.get("name")) || className.toLowerCase();
  if (className !== "Sequential") {
    return { name, layers, ...new GraphReader(settings, entries, layers, action).read() };
  }
  const shape = inputShapeOf(settings, entries, layers);
  return { name, layers, ...chainOf(layers), inputs: [{ name: "input", shape }] };
}

/** Returns the only input and result of a model; throws where there are others. */
export function onlyOf(
  { inputs, outputs }: ModelGraph,
  action: string,
  advice = "",
): { readonly inputShape: GraphInput["shape"]; readonly output: number } {
  if (inputs.length === 1 && outputs.length === 1) {
    return { inputShape: inputs[0].shape, output: outputs[0].place };
  }
  throw new SyntaxError(
    `${action}: the model must have one input and one result: found ${inputs.length} and ` +
      `${outputs.length}${advice}`,
  );
}

function layerConfig(entry: Settings, action: string, depth: number): LayerConfig {
  const className = textOf(entry.get("class_name"));
  const isModel = MODELS.includes(className);
  const given = entry.get("config");
  const config: Settings = given instanceof Map ? given : new Map();
  const name = textOf(entry.get("name")) || textOf(config.get("name")) || className;
  const inner = isModel ? modelGraph(entry, action, depth + 1) : undefined;
  if (inner !== undefined) onlyOf(inner, action);
  return { name, className, config, inner };
}

function checkNames(layers: readonly LayerConfig[], action: string): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name)) {
      throw new SyntaxError(
        `${action}: layers must have different names: found two of ${excerpt(name)}`,
      );
    }
    seen.add(name);
  }
}

function chainOf(layers: readonly LayerConfig[]): Pick<ModelGraph, "nodes" | "outputs"> {
  const nodes = layers.filter(({ className }) => className !== INPUT_LAYER)
    .map((layer, i): GraphNode => ({ layer, inputs: [i - 1], call: new Map() }));
  return { nodes, outputs: [{ name: nodes.at(-1)?.layer.name ?? "", place: nodes.length - 1 }] };
}

/**
 * Finds the shape of a model's input: of its input layer, in a chain the first, or what its first layer
 * was built for.
 */
function inputShapeOf(
  settings: Settings,
  entries: readonly Settings[],
  layers: readonly LayerConfig[],
  isInput = ({ className }: LayerConfig) => className === INPUT_LAYER,
): GraphInput["shape"] {
  const input = Math.max(0, layers.findIndex(isInput));
  const built = [entries[input]?.get("build_config"), settings.get("build_config")]
    .map((build) => build instanceof Map ? build.get("input_shape") : undefined);
  const config = layers[input]?.config;
  const inner = layers[0]?.inner?.inputs[0]?.shape;
  const shapes = [
    config?.get("batch_input_shape"),
    config?.get("batch_shape"),
    settings.get("build_input_shape"),
    ...built,
  ];
  const isSize = (size: Json) => size === null || Number.isSafeInteger(size);
  const shape = shapes.find((shape) => Array.isArray(shape) && shape.every(isSize));
  return (shape as (number | null)[] | undefined)?.slice(1) ?? inner;
}

/** Inputs and settings of an application of a layer. */
interface Call {
  /** Applications whose results it takes, `name#index`. */
  readonly inputs: readonly string[];
  readonly settings: Settings;
}

/** Names of arguments that are results of layers, in the order in which a layer takes them. */
const INPUT_NAMES = ["inputs", "query", "value", "key"];
/** Names of arguments that change nothing where they are false, or which is the layer's own affair. */
const IDLE_NAMES = ["training", "return_attention_scores"];
const CAUSAL = "use_causal_mask";

/** Reads which layers of a Functional model take the results of which. */
class GraphReader {
  readonly #settings: Settings;
  readonly #action: string;
  readonly #entries: readonly Settings[];
  readonly #list: readonly LayerConfig[];
  readonly #layers = new Map<string, LayerConfig>();
  readonly #calls = new Map<string, readonly Call[]>();
  readonly #nodes: GraphNode[] = [];
  /** Places of applications `name#index` in the list of nodes; undefined while they are visited. */
  readonly #places = new Map<string, number | undefined>();

  constructor(
    settings: Settings,
    entries: readonly Settings[],
    layers: readonly LayerConfig[],
    action: string,
  ) {
    this.#settings = settings;
    this.#action = action;
    this.#entries = entries;
    this.#list = layers;
    layers.forEach((layer, i) => {
      this.#layers.set(layer.name, layer);
      const inbound = entries[i].get("inbound_nodes");
      const list = Array.isArray(inbound) ? inbound as readonly Json[] : [];
      this.#calls.set(layer.name, list.map((node) => this.#call(node, layer.name)));
    });
  }

  read(): Pick<ModelGraph, "nodes" | "inputs" | "outputs"> {
    const [inputs, outputs] = ["input_layers", "output_layers"]
      .map((name) => this.#references(this.#settings.get(name)));
    if (inputs.length === 0 || outputs.length === 0) {
      throw new SyntaxError(
        `${this.#action}: the model must have one input and one result: found ` +
          `${inputs.length} and ${outputs.length}`,
      );
    }
    inputs.forEach((input, i) => this.#places.set(input, INPUT - i));
    for (const output of outputs) this.#visit(output);
    const nameOf = (key: string) => key.slice(0, key.lastIndexOf("#"));
    return {
      nodes: this.#nodes,
      inputs: inputs.map((key) => ({
        name: nameOf(key),
        shape: inputShapeOf(
          inputs.length === 1 ? this.#settings : new Map(),
          this.#entries,
          this.#list,
          ({ name }) => name === nameOf(key),
        ),
      })),
      outputs: outputs.map((key) => ({ name: nameOf(key), place: this.#places.get(key)! })),
    };
  }

  /** Reads what an application takes, in the form of any version. */
  #call(node: Json, name: string): Call {
    const given = node instanceof Map ? node.get("kwargs") : keywordsOf(node);
    const keywords: Settings = given instanceof Map ? given : new Map();
    const positional = this.#references(node);
    const settings = new Map<string, Json>();
    const byName = new Map<string, readonly string[]>();
    for (const [keyword, value] of keywords) {
      if (value === null || IDLE_NAMES.includes(keyword) && value !== true) continue;
      const references = INPUT_NAMES.includes(keyword) ? this.#references(value) : [];
      if (references.length > 0) byName.set(keyword, references);
      else if (keyword === CAUSAL) settings.set(keyword, value);
      else if (keyword !== "training") this.#fail(`the argument ${excerpt(keyword)}`, name);
    }
    const named = INPUT_NAMES.flatMap((keyword) => byName.get(keyword) ?? []);
    return { inputs: [...positional, ...named], settings };
  }

  /** Lists the applications that a value refers to, `name#index`, in the form of any version. */
  #references(node: Json | undefined): string[] {
    const found: string[] = [];
    const stack: (Json | undefined)[] = [node];
    while (stack.length > 0) {
      const value = stack.pop();
      if (value instanceof Map) {
        const isTensor = value.get("class_name") === "__keras_tensor__";
        const config = value.get("config");
        if (isTensor && config instanceof Map) stack.push(config.get("keras_history"));
        else stack.push(value.get("args"));
        continue;
      }
      if (!Array.isArray(value)) continue;
      const [name, index, tensor] = value as readonly Json[];
      if (typeof name === "string" && typeof index === "number") {
        if (tensor !== undefined && tensor !== 0) this.#fail("layers with several results", name);
        found.push(`${name}#${index}`);
      } else {
        for (let i = value.length - 1; i >= 0; i--) stack.push(value[i]);
      }
    }
    return found;
  }

  /** Adds an application to the list, after those that it takes; without recursion. */
  #visit(first: string): void {
    const stack = [{ key: first, isEntered: false }];
    while (stack.length > 0) {
      const { key, isEntered } = stack.pop()!;
      const { inputs, settings: call } = this.#callOf(key);
      if (isEntered) {
        this.#places.set(key, this.#nodes.length);
        const layer = this.#layers.get(key.slice(0, key.lastIndexOf("#")))!;
        this.#nodes.push({ layer, inputs: inputs.map((input) => this.#places.get(input)!), call });
        continue;
      }
      if (this.#places.has(key)) {
        if (this.#places.get(key) === undefined) this.#fail("a circle", key);
        continue;
      }
      this.#places.set(key, undefined);
      stack.push({ key, isEntered: true });
      for (const input of [...inputs].reverse()) stack.push({ key: input, isEntered: false });
    }
  }

  #callOf(key: string): Call {
    if ((this.#places.get(key) ?? 0) <= INPUT) return { inputs: [], settings: new Map() };
    const cut = key.lastIndexOf("#");
    const name = key.slice(0, cut);
    const all = this.#calls.get(name) ?? [];
    // In a model that is part of another, applications are counted over both.
    const call = all[Number(key.slice(cut + 1))] ?? (all.length === 1 ? all[0] : undefined);
    if (call === undefined || call.inputs.length === 0) this.#fail("a layer without input", name);
    return call!;
  }

  #fail(what: string, name: string): never {
    throw new SyntaxError(
      `${this.#action}: layers must lead from the input to the result: found ${what} at ` +
        excerpt(name),
    );
  }
}

/** The arguments by name of an application as Keras 2 writes it, `[["conv", 0, 0, { … }]]`. */
function keywordsOf(node: Json): Json | undefined {
  const first = Array.isArray(node) ? node[0] as Json : undefined;
  return Array.isArray(first) ? first[3] as Json : undefined;
}

/** Returns the object that a value is. */
export function mapOf(value: Json | undefined, action: string): Settings {
  if (value instanceof Map) return value;
  throw new SyntaxError(`${action}: models, layers and settings must be objects: found another`);
}

/** Returns the text that a value is; nothing for others. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
