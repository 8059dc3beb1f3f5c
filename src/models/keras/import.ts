/**
 * `importKeras`: whole models of Keras 2 and 3, rebuilt of layers of this library.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, openSource } from "../../files/source.ts";
import { READ_TENSOR_OPTIONS, type ReadTensorOptions } from "../../formats/array_file.ts";
import { checkMaxElements, DEFAULT_MAX_ELEMENTS } from "../../formats/file_limits.ts";
import { type Hdf5File, openHdf5 } from "../../formats/hdf5/hdf5.ts";
import { checkKind } from "../../formats/identify/identify.ts";
import { parseStrictJson } from "../../formats/strict_json.ts";
import { readDirectory, readMember, type ZipMember } from "../../formats/zip/reader.ts";
import type { Layer } from "../../nn/layer.ts";
import { buildModel, type BuildOptions, checkClasses, type WeightSource } from "./build.ts";
import { type ModelGraph, modelGraph, onlyOf } from "./graph.ts";
import { hdf5Weights } from "./hdf5_weights.ts";
import { readStoredModel, type StoredModel } from "./stored_model.ts";

/** Parameters of a model whose layers a file tells: tensors by the names of layers. */
// deno-lint-ignore no-explicit-any
export type KerasParams = any;

/** A model of another program, rebuilt of layers. */
export interface KerasImport {
  /** The model: a `Sequential` where its layers are a chain. */
  readonly model: Layer<KerasParams>;
  /** Its weights; yours to dispose of. */
  readonly params: KerasParams;
  /**
   * Shape of an example, without the batch; null where any size is fine, undefined where the file
   * does not tell.
   */
  readonly inputShape: readonly (number | null)[] | undefined;
}

/** Levels of brackets in the settings of a model. */
export const MAX_DEPTH = 64;
const CONFIG = "config.json";
const WEIGHTS = "model.weights.h5";
/** Bytes that the settings of a model may take. */
const MAX_CONFIG = 2 ** 26;

/**
 * Imports a whole model of Keras: its layers are rebuilt of those of this library, with their weights,
 * to be applied, trained further, summarised or exported.
 *
 * Read are `.keras` of Keras 3 and whole models in `.h5` of Keras 2 and 3, Sequential and Functional
 * with one input and one result (`importKerasGraph` reads others), models in models, layers that are used twice. A chain of layers
 * becomes a `Sequential`, whose parts are named as in the file.
 *
 * | classes                                                                        | here                      |
 * | ------------------------------------------------------------------------------ | ------------------------- |
 * | Dense, Conv1D, Conv2D, Conv2DTranspose, DepthwiseConv2D, SeparableConv2D        | layers with weights       |
 * | BatchNormalization, LayerNormalization, GroupNormalization, Normalization       | layers with weights       |
 * | Embedding (without a mask), PReLU, SimpleRNN, LSTM, GRU                         | layers with weights       |
 * | Conv1DTranspose, DepthwiseConv1D, SeparableConv1D                               | layers with weights       |
 * | Bidirectional, TimeDistributed                                                  | layers around a layer     |
 * | MultiHeadAttention, Attention, AdditiveAttention (without a mask of yours)      | layers of several         |
 * | pools of sequences and images, also global ones, Dropout, Flatten               | layers                    |
 * | Activation, ReLU, LeakyReLU, ELU, Softmax, Rescaling, Reshape, Permute          | functions                 |
 * | RepeatVector, UnitNormalization, ThresholdedReLU, Identity                      | functions                 |
 * | UpSampling, ZeroPadding and Cropping of 1D and 2D                               | functions                 |
 * | Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot            | functions of several      |
 * | GaussianNoise, GaussianDropout, SpatialDropout, AlphaDropout, RandomFlip and    | nothing, also in training |
 * | other random changes of images                                                  |                           |
 *
 * Classes that are not known are an error that lists all of them, as are arguments of applications that
 * are not: a state to start from, masks. Nothing in a file is run: layers of
 * functions (`Lambda`) are refused.
 *
 * - **Edge cases**: weights become float32. `hard_sigmoid` is that of the version which wrote the
 *   file. Optimizers and losses are not read; a last softmax is part of the model, while losses here
 *   take logits. The package `h5wasm` is loaded, as `readHdf5` says.
 *
 * @example
 * ```ts
 * import { Random, zeros } from "@tapegrad/tapegrad";
 * import { exportKeras, importKeras } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const net = Sequential({ hidden: Dense({ units: 3 }), head: Dense({ units: 2 }) });
 * const file = await exportKeras(net, net.init(new Random(0), [4]), { inputShape: [4] });
 *
 * const { model, params, inputShape } = await importKeras(file); // await importKeras("net.keras")
 * assertEquals([inputShape, params.hidden.w.shape], [[4], [4, 3]]);
 * assertEquals(model.apply(params, zeros([1, 4])).toArray(), [[0, 0]]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes` of the file, `maxElements` of a weight, `onProgress`,
 * `backend`.
 * @returns the model, its parameters, and the shape of an example.
 * @throws {SyntaxError} if the file is damaged, has no settings, layers that are not known, or
 * weights that do not fit its settings.
 * @throws {RangeError} if the file or a weight is too large.
 * @throws {FileError} if the file cannot be opened, or `h5wasm` is not there.
 */
export function importKeras(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<KerasImport> {
  return readKeras(input, options, async (graph, source, building, made) => {
    const { inputShape } = onlyOf(
      graph,
      `${building.action}: the settings`,
      "; importKerasGraph reads others",
    );
    return { ...await buildModel(graph, source, building, made), inputShape };
  });
}

/** Makes a model of its settings, and of the weights in a file; adds the tensors to `made`. */
type MakeModel<Model> = (
  graph: ModelGraph,
  source: WeightSource,
  options: BuildOptions,
  made: Tensor[],
) => Promise<Model>;

/** Reads a file of Keras, and makes a model of it. */
export async function readKeras<Model>(
  input: FileInput,
  given: ReadTensorOptions,
  make: MakeModel<Model>,
): Promise<Model> {
  const options = checkOptions("import a Keras model", given, READ_TENSOR_OPTIONS);
  const { backend, ...reading } = options;
  const source = await openSource(input, "Keras", reading);
  const action = `Cannot read ${source.name}`;
  checkMaxElements(reading.maxElements ?? DEFAULT_MAX_ELEMENTS, action);
  let text: string | undefined;
  let weights: Uint8Array;
  try {
    await checkKind(source, ["keras", "hdf5"], action);
    const head = await source.read(0, Math.min(2, source.size));
    if (head[0] !== 0x50 || head[1] !== 0x4b) weights = await source.read(0, source.size);
    else {
      const members = await readDirectory(source, action);
      const read = async (name: string, most: number) =>
        await readMember(source, memberOf(members, name, most, action), `${action}: ${name}`);
      text = decoded(await read(CONFIG, MAX_CONFIG), `${action}: ${CONFIG}`);
      weights = await read(WEIGHTS, Infinity);
    }
  } finally {
    await source.close();
  }
  const { maxElements } = reading;
  const file = await openHdf5(weights, { name: source.name, maxElements });
  try {
    return await rebuilt(file, text, { action, isOld: false, backend }, make);
  } finally {
    await file.close();
  }
}

const NO_WEIGHTS: StoredModel = {
  layers: { kind: "numbered", groups: new Map() },
  config: undefined,
};

/** Rebuilds a model of its settings, and of the weights in a file. */
async function rebuilt<Model>(
  file: Hdf5File,
  text: string | undefined,
  { action, backend }: BuildOptions,
  make: MakeModel<Model>,
): Promise<Model> {
  const isBare = text !== undefined && file.names.length === 0; // no layer has weights
  const stored = isBare ? NO_WEIGHTS : readStoredModel(file);
  const config = text ?? stored.config;
  if (config === undefined) {
    throw new SyntaxError(
      `${action}: the file must have the settings of a model beside its weights: found none; save ` +
        "the whole model (model.save), or give the weights to a model with loadKerasH5",
    );
  }
  const version = file.texts("/", "keras_version")?.[0] ?? "3";
  const what = `${action}: the settings`;
  const graph = modelGraph(parseStrictJson(config, what, MAX_DEPTH), what);
  checkClasses(graph, action);
  const made: Tensor[] = [];
  try {
    const source = hdf5Weights(file, stored, graph, action);
    const isOld = text === undefined && Number.parseInt(version) < 3;
    return await make(graph, source, { action, isOld, backend }, made);
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
}

function memberOf(
  members: readonly ZipMember[],
  name: string,
  most: number,
  action: string,
): ZipMember {
  const member = members.find((member) => member.name === name);
  if (member !== undefined && member.size <= most) return member;
  throw new SyntaxError(
    `${action}: a Keras 3 model must hold ${CONFIG}, of at most ${MAX_CONFIG} bytes, and ` +
      `${WEIGHTS}: found ${member === undefined ? `no ${name}` : `${member.size} bytes`}`,
  );
}

/** Decodes UTF-8. */
export function decoded(bytes: Uint8Array, action: string): string {
  try {
    // A copy, because decoders refuse memory that threads share.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice());
  } catch {
    throw new SyntaxError(`${action}: settings must be text: expected UTF-8, found other bytes`);
  }
}
