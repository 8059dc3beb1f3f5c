/**
 * `exportTfjs`: models of these layers as layers models of TensorFlow.js.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import { concatenate } from "../../files/source.ts";
import { encodeElements } from "../../formats/element_types.ts";
import { excerpt } from "../../formats/file_limits.ts";
import { hostArray } from "../../formats/host_array.ts";
import type { Layer } from "../../nn/layer.ts";
import { type DescribedLayer, describeModel, INPUT_NAME } from "../keras/describe.ts";

/** Settings of {@link exportTfjs}. */
export interface ExportTfjsOptions {
  /** Shape of an example, without the batch, as for `model.init`: `[28, 28, 1]`. */
  readonly inputShape: Shape;
}

const KNOWN = "inputShape";
const ACTION = "Cannot export a TensorFlow.js model";
/** Bytes of a file of weights, as the converter cuts them. */
const SHARD = 2 ** 22;

/** Classes and functions that TensorFlow.js 4.22 has not, or computes otherwise. */
const MISSING: readonly string[] = ["GroupNormalization"];
const MISSING_FUNCTIONS: readonly string[] = ["exponential", "gelu"];

/**
 * Exports a model as a layers model of TensorFlow.js: `tf.loadLayersModel` of the path or URL of its
 * `model.json` rebuilds it, with its weights, and makes the same of the same inputs.
 *
 * Written are the layers of `./nn`, as `exportKeras` says, but `GroupNorm`, which TensorFlow.js has
 * not, and the functions `gelu` and `exp`. Files of weights have at most 4 MiB, as the converter makes
 * them.
 *
 * @example
 * ```ts
 * import { Random, relu } from "@tapegrad/tapegrad";
 * import { exportTfjs } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({ hidden: Dense({ units: 8, activation: relu }), head: Dense({ units: 2 }) });
 * const files = exportTfjs(model, model.init(new Random(0), [4]), { inputShape: [4] });
 * assertEquals(Object.keys(files), ["model.json", "group1-shard1of1.bin"]);
 * // for (const [name, bytes] of Object.entries(files)) await writeFile(`web_model/${name}`, bytes)
 * ```
 *
 * @param model a model of layers.
 * @param params its parameters.
 * @param options `inputShape`.
 * @returns the files by their names, `model.json` first.
 * @throws {TypeError} if the model has layers or functions that TensorFlow.js has not.
 */
export function exportTfjs<P>(
  model: Layer<P>,
  params: P,
  options: ExportTfjsOptions,
): Record<string, Uint8Array<ArrayBuffer>> {
  options = checkOptions("export a TensorFlow.js model", options, KNOWN);
  const layers = describeModel(model, params, options.inputShape, ACTION);
  checkKnown(layers);
  const arrays = layers.flatMap(({ name, weights }) =>
    weights.map(([weight, tensor]) => ({ name: `${name}/${weight}`, ...hostArray(tensor) }))
  );
  const bytes = concatenate(arrays.map(({ data }) => {
    const own = new Uint8Array(4 * data.length);
    encodeElements(data instanceof Float32Array ? data : Float32Array.from(data), own);
    return own;
  }));
  const count = Math.max(1, Math.ceil(bytes.length / SHARD));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const weights = arrays.map(({ name, shape }) => ({ name, shape, dtype: "float32" }));
  const json = {
    format: "layers-model",
    generatedBy: "Tapegrad",
    convertedBy: null,
    modelTopology: topologyOf(layers),
    weightsManifest: [{ paths, weights }],
  };
  const files = paths.map((path, i) => [path, bytes.slice(i * SHARD, (i + 1) * SHARD)] as const);
  return {
    "model.json": new TextEncoder().encode(JSON.stringify(json)),
    ...Object.fromEntries(files),
  };
}

function checkKnown(layers: readonly DescribedLayer[]): void {
  for (const { name, className, config } of layers) {
    const activation = config.activation;
    const what = MISSING.includes(className)
      ? className
      : MISSING_FUNCTIONS.includes(activation as string)
      ? `the activation ${activation}`
      : undefined;
    if (what === undefined) continue;
    throw new TypeError(
      `${ACTION}: layers and functions must be some that TensorFlow.js has: ${excerpt(name)} is ` +
        what,
    );
  }
}

/** Writes the settings of a model: Sequential where each layer takes the one before. */
function topologyOf(layers: readonly DescribedLayer[]): unknown {
  const isChain = layers.every(({ inputs }, i) =>
    i === 0 || (inputs.length === 1 && inputs[0] === layers[i - 1].name)
  );
  const place = (name: string) => [name, 0, 0];
  const entries = layers.map(({ name, className, config, inputs }) => ({
    class_name: className,
    config: { name, trainable: true, ...config },
    ...!isChain && {
      name,
      inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [...place(input), {}])],
    },
  }));
  const own = isChain ? {} : {
    input_layers: [place(INPUT_NAME)],
    output_layers: [place(layers[layers.length - 1].name)],
  };
  return {
    class_name: isChain ? "Sequential" : "Model",
    config: { name: "model", layers: entries, ...own },
    keras_version: "tfjs-layers 4.22.0",
    backend: "tensor_flow.js",
  };
}
