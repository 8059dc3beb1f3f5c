/**
 * `importKerasGraph`: models of Keras with several inputs or results.
 *
 * @module
 */
import { checkTensors } from "../../core/checks.ts";
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { FileInput } from "../../files/source.ts";
import type { ReadTensorOptions } from "../../formats/array_file.ts";
import type { ApplyOptions } from "../../nn/layer.ts";
import { APPLY_OPTIONS } from "../../nn/make_layer.ts";
import { buildNodes } from "./build.ts";
import { run, trainableOf } from "./functional.ts";
import type { GraphInput, ModelGraph } from "./graph.ts";
import { type KerasParams, readKeras } from "./import.ts";

/** A model of Keras with any number of inputs and results, rebuilt of layers. */
export interface KerasGraph {
  /** Names of the inputs, and shapes of an example without the batch, null where any size is fine. */
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly (number | null)[] | undefined;
  }[];
  /** Names of the layers that make the results. */
  readonly outputs: readonly string[];
  /** Its weights, by the names of layers; yours to dispose of. */
  readonly params: KerasParams;
  /**
   * Applies the model.
   *
   * @param params those of the model.
   * @param inputs batches by the names of the inputs.
   * @param options as of a layer: `train`, `random`, `updates`.
   * @returns results by the names of the layers that make them.
   * @throws {TypeError} if an input is missing, or is no tensor.
   */
  apply(
    params: KerasParams,
    inputs: Readonly<Record<string, Tensor>>,
    options?: ApplyOptions,
  ): Record<string, Tensor>;
  /**
   * The parameters that gradients change, with null in place of the others.
   *
   * @param params those of the model.
   * @returns the same structure.
   */
  trainable(params: KerasParams): KerasParams;
}

/**
 * Imports a model of Keras with any number of inputs and results, in the forms and with the classes of
 * `importKeras`. Inputs and results go by the names of their layers; the second result of a layer that
 * makes two is `name#2`.
 *
 * @example
 * ```ts
 * import { Random, zeros } from "@tapegrad/tapegrad";
 * import { exportKeras, importKerasGraph } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const net = Sequential({ hidden: Dense({ units: 3 }), head: Dense({ units: 2 }) });
 * const file = await exportKeras(net, net.init(new Random(0), [4]), { inputShape: [4] });
 *
 * const graph = await importKerasGraph(file); // await importKerasGraph("net.keras")
 * const [{ name, shape }] = graph.inputs;
 * assertEquals([name, shape, graph.outputs], ["input", [4], ["head"]]);
 * const { head } = graph.apply(graph.params, { [name]: zeros([1, 4]) });
 * assertEquals(head.toArray(), [[0, 0]]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of a weight, `onProgress`,
 * `backend`.
 * @returns the model as a function, and its parameters.
 * @throws {SyntaxError} if the file is damaged, has no settings, layers that are not known, or
 * weights that do not fit its settings.
 * @throws {RangeError} if the file or a weight is too large.
 * @throws {FileError} if the file cannot be opened, or `h5wasm` is not there.
 */
export function importKerasGraph(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<KerasGraph> {
  return readKeras(input, options, async (graph, source, building, made): Promise<KerasGraph> => {
    const { nodes, params } = await buildNodes(graph, source, building, made);
    const results = namedResults(graph.outputs);
    return {
      inputs: graph.inputs,
      outputs: results.map(({ name }) => name),
      params: Object.fromEntries(params),
      apply(params, inputs, given = {}) {
        const options = checkOptions("apply the model", given, APPLY_OPTIONS);
        const at = run(nodes, params, valuesOf(graph.inputs, inputs), options);
        return Object.fromEntries(results.map(({ name, place }) => [name, at(place)]));
      },
      trainable: (params) => trainableOf(nodes, params),
    };
  });
}

/** Makes the names of results different: the second of a layer is `name#2`. */
export function namedResults(outputs: ModelGraph["outputs"]): ModelGraph["outputs"] {
  return outputs.map(({ name, place }, i) => {
    const before = outputs.slice(0, i).filter((other) => other.name === name).length;
    return { name: before === 0 ? name : `${name}#${before + 1}`, place };
  });
}

/** Lists the inputs in the order of the model. */
function valuesOf(
  wanted: readonly GraphInput[],
  inputs: Readonly<Record<string, Tensor>>,
): Tensor[] {
  const named = wanted.map(({ name }) =>
    [`inputs.${name}`, Object.hasOwn(inputs, name) ? inputs[name] : undefined] as const
  );
  checkTensors("apply the model", Object.fromEntries(named) as Record<string, Tensor>);
  return named.map(([, tensor]) => tensor!);
}
