/**
 * Models of layers of this library, built of the settings of Keras, with the weights of a file.
 *
 * @module
 */
import { tensor } from "../../core/create.ts";
import type { Backend } from "../../backends/kernels.ts";
import type { HostArray } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
import { excerpt } from "../../formats/file_limits.ts";
import { formatShape } from "../../core/shape.ts";
import { leavesOf } from "../../core/structure.ts";
import type { Layer } from "../../nn/layer.ts";
import { Sequential } from "../../nn/sequential.ts";
import { ATTENTION } from "./build_attention.ts";
import { PLAIN } from "./build_plain.ts";
import { RECURRENT } from "./build_recurrent.ts";
import { SEQUENCES } from "./build_sequences.ts";
import { WEIGHTED } from "./build_weighted.ts";
import { WRAPPERS } from "./build_wrapped.ts";
import { functional, type FunctionalNode } from "./functional.ts";
import { type LayerConfig, type ModelGraph, onlyOf } from "./graph.ts";
import type { Part, WeightSpec } from "./parts.ts";
import { LayerSettings } from "./settings.ts";

/** Weights in a file, by the layers that they belong to. */
export interface WeightSource {
  /**
   * Reads the weights of a layer, in the order of `specs`. Throws where one is missing, or there are
   * more.
   */
  read(layer: LayerConfig, specs: readonly WeightSpec[]): Promise<HostArray[]>;
  /** Returns the weights of a model that is a layer. */
  inner(layer: LayerConfig): WeightSource;
}

/** A model and its parameters. */
export interface BuiltModel {
  readonly model: Layer<unknown>;
  readonly params: unknown;
}

/** Settings of building. */
export interface BuildOptions {
  /** Begins every error. */
  readonly action: string;
  /** True for Keras 2 and TensorFlow.js, where some functions are others. */
  readonly isOld: boolean;
  readonly backend: Backend | undefined;
}

/** Reasons why classes are not known, and never will be. */
const WHY_UNKNOWN: ReadonlyMap<string, string> = new Map([
  ["Hashing", "which takes texts"],
  ["Lambda", "which is code"],
  ["StringLookup", "which takes texts"],
  ["TFOpLambda", "which is an operation of TensorFlow"],
  ["TextVectorization", "which takes texts"],
]);

/** Throws one error that lists all classes of layers that are not known. */
export function checkClasses(graph: ModelGraph, action: string): void {
  const unknown = new Map<string, string>();
  const look = ({ layers }: ModelGraph) => {
    for (const { className, name, inner } of layers) {
      if (inner !== undefined) look(inner);
      else if (className !== "InputLayer" && builderOf(className) === undefined) {
        unknown.set(className, name);
      }
    }
  };
  look(graph);
  if (unknown.size === 0) return;
  const found = [...unknown].map(([className, name]) => {
    const why = WHY_UNKNOWN.get(className);
    return `${className} (${name})${why === undefined ? "" : `, ${why}`}`;
  }).join(", ");
  throw new SyntaxError(
    `${action}: layers must be of classes that are known here: found ${excerpt(found)}`,
  );
}

function builderOf(className: string) {
  return WEIGHTED.get(className) ?? RECURRENT.get(className) ?? PLAIN.get(className) ??
    SEQUENCES.get(className) ?? ATTENTION.get(className) ?? WRAPPERS.get(className);
}

/** Builds a model; the tensors that are made are added to `made`, also where it fails. */
export async function buildModel(
  graph: ModelGraph,
  weights: WeightSource,
  options: BuildOptions,
  made: Tensor[],
): Promise<BuiltModel> {
  const { output } = onlyOf(graph, options.action);
  const { nodes, params } = await buildNodes(graph, weights, options, made);
  const chain = nodes.flatMap(({ name, layer }) =>
    "one" in layer ? [{ name, layer: layer.one }] : []
  );
  const isChain = output === nodes.length - 1 && params.size === nodes.length &&
    chain.length === nodes.length && nodes.every(({ inputs }, i) => inputs[0] === i - 1);
  if (!isChain) {
    const own = Object.fromEntries(params);
    return { model: functional(nodes, output) as Layer<unknown>, params: own };
  }
  // A whole number would come before all other names of an object.
  const nameOf = (name: string) => /^\d+$/.test(name) ? `layer_${name}` : name;
  const model = Sequential(
    Object.fromEntries(chain.map(({ name, layer }) => [nameOf(name), layer])),
  );
  return {
    model: model as Layer<unknown>,
    params: Object.fromEntries([...params].map(([name, value]) => [nameOf(name), value])),
  };
}

/** Builds the layers of a model, and lists their applications. */
export async function buildNodes(
  graph: ModelGraph,
  weights: WeightSource,
  options: BuildOptions,
  made: Tensor[],
): Promise<{ nodes: FunctionalNode[]; params: Map<string, unknown> }> {
  const built = new Map<string, { part: Part; params: unknown }>();
  for (const layer of graph.layers) {
    if (layer.className === "InputLayer") continue;
    built.set(layer.name, await buildLayer(layer, weights, options, made));
  }
  const nodes = graph.nodes.map(({ layer, inputs, call }): FunctionalNode => {
    const { part } = built.get(layer.name)!;
    const { name } = layer;
    if (part.kind === "joint") return { name, layer: { several: part.joint }, call, inputs };
    if (inputs.length === 1) return { name, layer: { one: part.layer }, call, inputs };
    throw new SyntaxError(
      `${options.action}: ${layer.className} ${excerpt(name)} must take one result: found ` +
        String(inputs.length),
    );
  });
  return { nodes, params: new Map(nodes.map(({ name }) => [name, built.get(name)!.params])) };
}

async function buildLayer(
  layer: LayerConfig,
  weights: WeightSource,
  options: BuildOptions,
  made: Tensor[],
): Promise<{ part: Part; params: unknown }> {
  if (layer.inner !== undefined) {
    const inner = await buildModel(layer.inner, weights.inner(layer), options, made);
    const part: Part = { kind: "layer", layer: inner.model, weights: [], params: () => null };
    return { part, params: inner.params };
  }
  const settings = new LayerSettings(layer, options.action, options.isOld);
  const part = possible(layer, options.action, () => builderOf(layer.className)!(settings, layer));
  if (part.weights.length === 0) return { part, params: null };
  const arrays = await weights.read(layer, part.weights);
  return { part, params: paramsOf(layer, part, arrays, options, made) };
}

/** Makes a layer; what it refuses is an error of the file. */
function possible(layer: LayerConfig, action: string, make: () => Part): Part {
  try {
    return make();
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith(action)) throw error;
    throw new SyntaxError(
      `${action}: ${layer.className} ${excerpt(layer.name)} must be possible: ${message}`,
      { cause: error },
    );
  }
}

/** Makes the parameters of a layer of its weights. */
function paramsOf(
  layer: LayerConfig,
  part: Part,
  arrays: readonly HostArray[],
  { action, backend }: BuildOptions,
  made: Tensor[],
): unknown {
  const tensors = new Map<string, Tensor>();
  arrays.forEach(({ shape, dtype, data }, i) => {
    const { names: [name], shape: wanted } = part.weights[i];
    const fits = wanted === undefined || (wanted.length === shape.length &&
      wanted.every((size, axis) => size === null || size === shape[axis]));
    if (!fits) {
      throw new SyntaxError(
        `${action}: ${
          excerpt(layer.name)
        }: weights must have the shapes of the settings: expected ` +
          `[${wanted.map((size) => size ?? "any").join(", ")}] for ${name}, found ` +
          excerpt(formatShape(shape)),
      );
    }
    if (!dtype.startsWith("float") && name !== "count") {
      throw new SyntaxError(
        `${action}: ${excerpt(layer.name)}: weights must be floats: found ${dtype} of ${name}`,
      );
    }
    // Models are of float32, whatever the policy of the file was.
    const own = tensor(data, { shape, dtype: name === "count" ? dtype : "float32", backend });
    tensors.set(name, own);
    made.push(own);
  });
  const params = part.params(tensors);
  for (const { tensor } of leavesOf("read", params)) if (!made.includes(tensor)) made.push(tensor);
  return params;
}
