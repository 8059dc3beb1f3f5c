/**
 * Models of TensorFlow.js as files of weights.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../core/tensor.ts";
import { concatenate } from "../../files/source.ts";
import {
  allTensors,
  type ArrayFile,
  arrayFile,
  READ_ARRAY_OPTIONS,
  READ_TENSOR_OPTIONS,
  type ReadArrayOptions,
  type ReadTensorOptions,
} from "../../formats/array_file.ts";
import {
  checkCount,
  checkMaxElements,
  DEFAULT_MAX_ELEMENTS,
  excerpt,
} from "../../formats/file_limits.ts";
import { checkKind, inMemory } from "../../formats/identify/identify.ts";
import { type Json, parseStrictJson } from "../../formats/strict_json.ts";
import { MODEL_FILE, type ModelFiles, modelFiles, type TfjsInput } from "./files.ts";
import { decodeWeight, dtypeOf, placesOf, readManifest, storedAs } from "./manifest.ts";

/** Levels of brackets in a `model.json`; graphs have no more. */
const MAX_DEPTH = 128;

/** Settings and weights of a model. */
export interface TfjsModel {
  readonly json: ReadonlyMap<string, Json>;
  readonly file: ArrayFile;
}

/** Opens a model; the files of weights are read when one of their weights is asked for. */
export async function openModel(input: TfjsInput, options: ReadArrayOptions): Promise<TfjsModel> {
  const { maxElements = DEFAULT_MAX_ELEMENTS, ...reading } = options;
  const files = modelFiles(input, reading);
  const action = `Cannot read ${files.name}`;
  checkMaxElements(maxElements, action);
  const bytes = await files.read(MODEL_FILE);
  await checkKind(inMemory(bytes), ["tfjs", "kerasjson"], action);
  const json = parseStrictJson(textOf(bytes, action), `${action}: ${MODEL_FILE}`, MAX_DEPTH);
  if (!(json instanceof Map)) {
    throw new SyntaxError(`${action}: model.json must hold an object: found another value`);
  }
  return { json, file: weightsOf(files, json, maxElements, action) };
}

/**
 * Opens the weights of a TensorFlow.js model: of a layers model, or of a graph model, as the converter
 * makes it of a SavedModel. They are read one by one, as they are asked for.
 *
 * Quantised weights (uint8 and uint16 with a scale, float16) become float32, as TensorFlow.js makes
 * them. Texts and complex numbers are listed, but reading one is an error. Files of weights must be
 * in the folder of `model.json`, by the names in it; no other file is read.
 *
 * @example
 * ```ts
 * import { Random } from "@tapegrad/tapegrad";
 * import { exportTfjs, openTfjs } from "@tapegrad/tapegrad/io";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const net = Sequential({ head: Dense({ units: 2 }) });
 * const files = exportTfjs(net, net.init(new Random(0), [3]), { inputShape: [3] });
 *
 * await using file = await openTfjs(files); // or "folder/model.json", a URL, Files of a page
 * assertEquals(file.names, ["head/kernel", "head/bias"]);
 * assertEquals((await file.tensor("head/bias")).toArray(), [0, 0]);
 * ```
 *
 * @param input the model: path or URL of `model.json` or its folder, files of a page, or files by name.
 * @param options `name` in errors, `maxBytes` of all files, `maxElements` of a weight, `onProgress`.
 * @returns the open file.
 * @throws {SyntaxError} if a file is malformed; reading a weight throws it for a type that cannot be
 * read.
 * @throws {RangeError} if files or, when it is read, a weight are too large, or a file is missing among
 * those that are given.
 * @throws {FileError} if a file cannot be opened.
 */
export async function openTfjs(
  input: TfjsInput,
  options: ReadArrayOptions = {},
): Promise<ArrayFile> {
  options = checkOptions("read a TensorFlow.js model", options, READ_ARRAY_OPTIONS);
  return (await openModel(input, options)).file;
}

/**
 * Reads all weights of a TensorFlow.js model, by name. {@link openTfjs} says what is read and what is
 * an error.
 *
 * - **Edge cases**: arrays that hold no numbers, or some that no dtype here holds, are left out with a
 *   warning on the console; where all are such, it is an error.
 *
 * @example
 * ```ts
 * import { readTfjs } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const manifest = [{
 *   paths: ["w.bin"],
 *   weights: [{ name: "w", shape: [2], dtype: "float32" }],
 * }];
 * const json = new TextEncoder().encode(JSON.stringify({ weightsManifest: manifest }));
 * const bytes = new Uint8Array(Float32Array.of(1, 2).buffer);
 * const { w } = await readTfjs({ "model.json": json, "w.bin": bytes });
 * assertEquals(w.toArray(), [1, 2]);
 * ```
 *
 * @param input the model, as for {@link openTfjs}.
 * @param options as for {@link openTfjs}, and `backend`.
 * @returns tensors that no tape knows, each under its name.
 * @throws {SyntaxError} if a file is malformed or no type can be read.
 * @throws {RangeError} if files or a weight are too large, or a file is missing.
 * @throws {FileError} if a file cannot be opened.
 */
export async function readTfjs(
  input: TfjsInput,
  options: ReadTensorOptions = {},
): Promise<Record<string, Tensor>> {
  options = checkOptions("read a TensorFlow.js model", options, READ_TENSOR_OPTIONS);
  const { backend, ...reading } = options;
  return await allTensors(await openTfjs(input, reading), backend);
}

function weightsOf(
  files: ModelFiles,
  json: ReadonlyMap<string, Json>,
  maxElements: number,
  action: string,
): ArrayFile {
  const { groups, weights } = readManifest(json.get("weightsManifest"), action);
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const loaded = new Map<number, ReturnType<typeof load>>();
  async function load(group: number) {
    const pieces: Uint8Array[] = [];
    for (const path of groups[group]) pieces.push(await files.read(path));
    const bytes = pieces.length === 1 ? pieces[0] : concatenate(pieces);
    return { bytes, places: placesOf(weights.filter((w) => w.group === group), bytes, action) };
  }
  return arrayFile({
    name: files.name,
    names: [...byName.keys()],
    info(name) {
      const weight = byName.get(name)!;
      const { shape } = weight;
      return Promise.resolve({ shape, dtype: dtypeOf(weight), storedAs: storedAs(weight) });
    },
    async array(name) {
      const weight = byName.get(name)!;
      const what = `${action}: ${excerpt(name)}`;
      checkCount(weight.shape, weight.count, maxElements, what);
      if (!loaded.has(weight.group)) loaded.set(weight.group, load(weight.group));
      const { bytes, places } = await loaded.get(weight.group)!;
      return decodeWeight(weight, bytes.subarray(...places.get(name)!), what);
    },
    close() {
      loaded.clear();
      return Promise.resolve();
    },
  });
}

function textOf(bytes: Uint8Array, action: string): string {
  try {
    // A copy, because decoders refuse memory that threads share.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice());
  } catch {
    throw new SyntaxError(`${action}: model.json must be text: expected UTF-8, found other bytes`);
  }
}
