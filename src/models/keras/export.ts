/**
 * `exportKeras`: models of these layers as files of Keras 3.
 *
 * @module
 */
import type { HostArray } from "../../core/dtype.ts";
import { checkOptions } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import { writeHdf5Arrays } from "../../formats/hdf5/writer.ts";
import { hostArray } from "../../formats/host_array.ts";
import { writeZip } from "../../formats/zip/writer.ts";
import type { Layer } from "../../nn/layer.ts";
import { type DescribedLayer, describeModel, INPUT_NAME } from "./describe.ts";
import { groupOf } from "./hdf5_weights.ts";

/** Settings of {@link exportKeras}. */
export interface ExportKerasOptions {
  /** Shape of an example, without the batch, as for `model.init`: `[28, 28, 1]`. */
  readonly inputShape: Shape;
}

const KNOWN = "inputShape";
const ACTION = "Cannot export a Keras model";
/** The version whose format it is, and a date, the same for equal models. */
const METADATA = { "keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00" };

/**
 * Exports a model as a file of Keras 3, `.keras`: `keras.saving.load_model(file)` rebuilds it, with its
 * weights, and makes the same of the same inputs.
 *
 * Written are the layers of `./nn` but `frozen` ones' freezing, `Sequential` and `Residual` around
 * them (a model with branches becomes a Functional one), and functions that Keras has by the same
 * name: `relu`, `tanh`, `sigmoid`, `softmax`, `gelu` and others. Padding by numbers becomes a layer of
 * its own, `ZeroPadding2D`. The package `h5wasm` is loaded, as `readHdf5` says.
 *
 * - **Edge cases**: names are the paths in the model with underscores, `block_conv`; a name that is a
 *   number gets `layer_` before it. A pool that is padded by numbers, groups of a transposed
 *   convolution, and functions of your own are refused.
 *
 * @example
 * ```ts
 * import { Random, relu } from "@tapegrad/tapegrad";
 * import { exportKeras, identifyFile } from "@tapegrad/tapegrad/io";
 * import { Conv2d, Dense, Flatten, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({
 *   conv: Conv2d({ filters: 4, size: 3, activation: relu }),
 *   flatten: Flatten(),
 *   head: Dense({ units: 2 }),
 * });
 * const inputShape = [8, 8, 1];
 * const params = model.init(new Random(0), inputShape);
 * const file = await exportKeras(model, params, { inputShape }); // await writeFile("net.keras", file)
 * assertEquals((await identifyFile(file)).kind, "keras");
 * ```
 *
 * @param model a model of layers.
 * @param params its parameters.
 * @param options `inputShape`.
 * @returns the whole file.
 * @throws {TypeError} if the model has layers or functions that Keras has not.
 * @throws {FileError} if `h5wasm` is not there.
 */
export async function exportKeras<P>(
  model: Layer<P>,
  params: P,
  options: ExportKerasOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  options = checkOptions("export a Keras model", options, KNOWN);
  const layers = describeModel(model, params, options.inputShape, ACTION);
  const arrays = new Map<string, HostArray>();
  const counts = new Map<string, number>();
  for (const { className, weights } of layers) {
    const kind = groupOf(className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const group = count === 0 ? kind : `${kind}_${count}`;
    weights.forEach(([, tensor], i) => arrays.set(`layers/${group}/vars/${i}`, hostArray(tensor)));
  }
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const members = [
    { name: "metadata.json", bytes: text(METADATA) },
    { name: "config.json", bytes: text(modelConfig(layers)) },
    { name: "model.weights.h5", bytes: await writeHdf5Arrays(arrays, ACTION) },
  ];
  return await writeZip(members, { compress: false });
}

/** Writes the settings of a model: Sequential where each layer takes the one before. */
function modelConfig(layers: readonly DescribedLayer[]): unknown {
  const isChain = layers.every(({ inputs }, i) =>
    i === 0 || (inputs.length === 1 && inputs[0] === layers[i - 1].name)
  );
  const shapes = new Map(layers.map(({ name, shape }) => [name, shape]));
  const wrapped = layers.map((layer) => ({
    module: "keras.layers",
    class_name: layer.className,
    config: configOf(layer),
    registered_name: null,
    ...!isChain && { name: layer.name, inbound_nodes: inboundOf(layer, shapes) },
  }));
  const place = (name: string) => [name, 0, 0];
  const own = isChain ? {} : {
    input_layers: [place(INPUT_NAME)],
    output_layers: [place(layers[layers.length - 1].name)],
  };
  const name = isChain ? "Sequential" : "Functional";
  return {
    module: isChain ? "keras" : "keras.src.models.functional",
    class_name: name,
    config: { name: name.toLowerCase(), trainable: true, layers: wrapped, ...own },
    registered_name: null,
  };
}

function configOf({ name, className, config }: DescribedLayer): unknown {
  if (className !== "InputLayer") return { name, ...config };
  const { "batch_input_shape": shape, ...others } = config;
  return { name, "batch_shape": shape, ...others };
}

/** Writes the results that a layer takes, as Keras 3 has them. */
function inboundOf(
  { inputs }: DescribedLayer,
  shapes: ReadonlyMap<string, Shape>,
): readonly unknown[] {
  if (inputs.length === 0) return [];
  const tensors = inputs.map((name) => ({
    class_name: "__keras_tensor__",
    config: {
      shape: [null, ...shapes.get(name)!],
      dtype: "float32",
      keras_history: [name, 0, 0],
    },
  }));
  return [{ args: inputs.length === 1 ? tensors : [tensors], kwargs: {} }];
}
