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
}

/** A model: nodes in an order in which each comes after those that it takes. */
export interface ModelGraph {
  readonly name: string;
  /** All layers in the order of the file, which numbers their weights. */
  readonly layers: readonly LayerConfig[];
  readonly nodes: readonly GraphNode[];
  /** Place of the node that is the model's result. */
  readonly output: number;
  /** Shape of an example, null where any size is fine; undefined where the file does not say. */
  readonly inputShape: readonly (number | null)[] | undefined;
}

/** Classes that are models. */
export const MODELS: readonly string[] = ["Sequential", "Functional", "Model"];
/** The place of the model's input among the nodes that one takes. */
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
  const shape = inputShapeOf(settings, entries, layers);
  const name = textOf(settings.get("name")) || className.toLowerCase();
  const graph = className === "Sequential"
    ? chainOf(layers)
    : new GraphReader(settings, entries, layers, action).read();
  return { name, layers, inputShape: shape, ...graph };
}

function layerConfig(entry: Settings, action: string, depth: number): LayerConfig {
  const className = textOf(entry.get("class_name"));
  const isModel = MODELS.includes(className);
  const given = entry.get("config");
  const config: Settings = given instanceof Map ? given : new Map();
  const name = textOf(entry.get("name")) || textOf(config.get("name")) || className;
  const inner = isModel ? modelGraph(entry, action, depth + 1) : undefined;
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

function chainOf(layers: readonly LayerConfig[]): Pick<ModelGraph, "nodes" | "output"> {
  const nodes = layers.filter(({ className }) => className !== INPUT_LAYER)
    .map((layer, i): GraphNode => ({ layer, inputs: [i - 1] }));
  return { nodes, output: nodes.length - 1 };
}

/** Finds the shape of the model's input: of its input layer, or what its first layer was built for. */
function inputShapeOf(
  settings: Settings,
  entries: readonly Settings[],
  layers: readonly LayerConfig[],
): readonly (number | null)[] | undefined {
  const input = Math.max(0, layers.findIndex(({ className }) => className === INPUT_LAYER));
  const built = [entries[input]?.get("build_config"), settings.get("build_config")]
    .map((build) => build instanceof Map ? build.get("input_shape") : undefined);
  const config = layers[input]?.config;
  const inner = layers[0]?.inner?.inputShape;
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

/** Reads which layers of a Functional model take the results of which. */
class GraphReader {
  readonly #settings: Settings;
  readonly #action: string;
  readonly #layers = new Map<string, LayerConfig>();
  readonly #inbound = new Map<string, readonly (readonly string[])[]>();
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
    layers.forEach((layer, i) => {
      this.#layers.set(layer.name, layer);
      const inbound = entries[i].get("inbound_nodes");
      const list = Array.isArray(inbound) ? inbound as readonly Json[] : [];
      this.#inbound.set(layer.name, list.map((node) => this.#references(node)));
    });
  }

  read(): Pick<ModelGraph, "nodes" | "output"> {
    const [input, ...others] = this.#references(this.#settings.get("input_layers"));
    const [output, ...results] = this.#references(this.#settings.get("output_layers"));
    if (input === undefined || output === undefined || others.length + results.length > 0) {
      throw new SyntaxError(
        `${this.#action}: the model must have one input and one result: found ` +
          `${others.length + (input === undefined ? 0 : 1)} and ` +
          `${results.length + (output === undefined ? 0 : 1)}`,
      );
    }
    this.#places.set(input, INPUT);
    this.#visit(output);
    return { nodes: this.#nodes, output: this.#places.get(output)! };
  }

  /** Lists the applications that a node refers to, `name#index`, in the form of any version. */
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
      const inputs = this.#inputsOf(key);
      if (isEntered) {
        this.#places.set(key, this.#nodes.length);
        const layer = this.#layers.get(key.slice(0, key.lastIndexOf("#")))!;
        this.#nodes.push({ layer, inputs: inputs.map((input) => this.#places.get(input)!) });
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

  #inputsOf(key: string): readonly string[] {
    if (this.#places.get(key) === INPUT) return [];
    const cut = key.lastIndexOf("#");
    const name = key.slice(0, cut);
    const all = this.#inbound.get(name) ?? [];
    // In a model that is part of another, applications are counted over both.
    const inputs = all[Number(key.slice(cut + 1))] ?? (all.length === 1 ? all[0] : undefined);
    if (inputs === undefined || inputs.length === 0) this.#fail("a layer without input", name);
    return inputs!;
  }

  #fail(what: string, name: string): never {
    throw new SyntaxError(
      `${this.#action}: layers must lead from the input to the result: found ${what} at ` +
        excerpt(name),
    );
  }
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
