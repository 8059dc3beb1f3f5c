/**
 * Formats of named arrays: how each is opened, by its content, and how it is written.
 *
 * @module
 */
import { namedTensors, type Tensor } from "@tapegrad/tapegrad";
import {
  type ArrayFile,
  type FileKind,
  type FileProgress,
  identifyFile,
  openMat,
  openNpz,
  readHdf5,
  readNpy,
  writeNpy,
  writeNpz,
} from "@tapegrad/tapegrad/data";
import {
  exportOnnx,
  importKeras,
  importOnnx,
  type OnnxValueInfo,
  openSafetensors,
  openTfjs,
  openTorch,
  saveTorch,
  writeSafetensors,
} from "@tapegrad/tapegrad/io";

/** Arrays by name. */
export type Arrays = Readonly<Record<string, Tensor>>;

/** A file whose arrays are read one by one. */
export type Opened =
  & Pick<ArrayFile, "name" | "names" | "info" | "tensor">
  & AsyncDisposable
  & {
    /** Notes on it, a line each. */
    readonly notes?: readonly string[];
  };

/** Settings of readers. */
export interface OpenOptions {
  /** Told how much has been read. */
  readonly onProgress?: (progress: FileProgress) => void;
}

/** Opens a file of a kind. */
type Reader = (path: string, options?: OpenOptions) => Promise<Opened>;

/** Writer of a format. */
export interface Format {
  /** Name in messages. */
  readonly name: string;
  /** The bytes of a file; null where the format is only read. */
  readonly write: ((arrays: Arrays) => Promise<Uint8Array> | Uint8Array) | null;
}

/** Names the array in a file that has no names: the file's own, without folder and ending. */
function stemOf(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
}

function only(arrays: Arrays): Tensor {
  const entries = Object.entries(arrays);
  if (entries.length === 1) return entries[0][1];
  throw new RangeError(
    `Cannot convert: an .npy file holds one array: there are ${entries.length}, ` +
      `${entries.map(([name]) => name).join(", ").slice(0, 100)}; choose one with --name`,
  );
}

/** Opens arrays that are all there already. */
function inMemory(name: string, arrays: Arrays, notes: readonly string[] = []): Opened {
  return {
    name,
    notes,
    names: Object.keys(arrays),
    info(key) {
      const { shape, dtype } = arrays[key];
      return Promise.resolve({ shape, dtype, storedAs: dtype });
    },
    tensor: (key) => Promise.resolve(arrays[key]),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * Reads the weights of a model; of one without inputs, which holds nothing but arrays, its results.
 */
async function openOnnx(path: string, options?: OpenOptions): Promise<Opened> {
  const { params, inputs, outputs, applyAll } = await importOnnx(path, options);
  if (inputs.length === 0) return inMemory(path, applyAll(params, {}));
  const notes = (kind: string, values: readonly OnnxValueInfo[]) =>
    values.map(({ name, elements, shape }) =>
      `${kind} ${name}: ${elements} [${shape?.join(", ") ?? "any shape"}]`
    );
  return inMemory(path, params, [...notes("input", inputs), ...notes("result", outputs)]);
}

/** Reads the weights of a whole model of Keras. */
async function openKeras(path: string, options?: OpenOptions): Promise<Opened> {
  const { params, inputShape } = await importKeras(path, options);
  const shape = inputShape?.map((size) => size ?? "any").join(", ") ?? "any shape";
  return inMemory(path, namedTensors(params), [`input: [${shape}]`]);
}

/** Reads the tensors of a file of PyTorch; what it has besides is noted. */
async function openTorchFile(path: string, options?: OpenOptions): Promise<Opened> {
  const file = await openTorch(path, options);
  const notes = Object.entries(file.values).map(([name, value]) => `${name}: ${value}`);
  return { ...file, notes };
}

/** Readers by what a file is. */
const READERS: Readonly<Partial<Record<FileKind, Reader>>> = {
  hdf5: readHdf5,
  keras: openKeras,
  mat: openMat,
  npy: async (path, options) => inMemory(path, { [stemOf(path)]: await readNpy(path, options) }),
  npz: openNpz,
  onnx: openOnnx,
  safetensors: openSafetensors,
  tfjs: openTfjs,
  torch: openTorchFile,
};

/** A file as it is known by its content. */
export interface Known {
  /** The kind of file, in words. */
  readonly what: string;
  /** The open file; undefined for one that holds no arrays that are read here. */
  readonly file: Opened | undefined;
  /** Advice on what to do with it. */
  readonly advice: string;
}

/** Opens a file, whatever its name, if it holds arrays. */
export async function openKnown(path: string, options?: OpenOptions): Promise<Known> {
  const { kind, what, advice } = await identifyFile(path);
  return { what, advice, file: await READERS[kind]?.(path, options) };
}

/** Opens a file of arrays, whatever its name. */
export async function openArrays(path: string, options?: OpenOptions): Promise<Opened> {
  const { what, advice, file } = await openKnown(path, options);
  if (file !== undefined) return file;
  throw new SyntaxError(
    `Cannot read ${path}: it must hold arrays of a format that is read here: it is ${what}; ${advice}`,
  );
}

const torch: Format = { name: "PyTorch", write: (arrays) => saveTorch(arrays) };
const onlyRead = (name: string): Format => ({ name, write: null });

/** Formats to write by the ending of a file's name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  npy: {
    name: "NumPy .npy",
    write: (arrays) => writeNpy(only(arrays)),
  },
  npz: { name: "NumPy .npz", write: (arrays) => writeNpz(arrays) },
  safetensors: {
    name: "safetensors",
    write: (arrays) => writeSafetensors(arrays),
  },
  onnx: {
    name: "ONNX",
    write: (arrays) => exportOnnx(() => arrays, {}, { dynamicBatch: false, params: arrays }),
  },
  pt: torch,
  pth: torch,
  h5: onlyRead("HDF5"),
  hdf5: onlyRead("HDF5"),
  keras: onlyRead("Keras"),
  mat: onlyRead("MATLAB"),
};

/** Finds the format to write, by the name of the file. */
export function formatOf(path: string): Format {
  const ending = /\.([^.]*)$/.exec(path)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(FORMATS, ending)) return FORMATS[ending];
  throw new RangeError(
    `Cannot convert: a file's name must end in ${Object.keys(FORMATS).join(", ")}: got ${path}`,
  );
}

/** Reads the arrays of a file, or the one of a name. */
export async function readArrays(file: Opened, name?: string): Promise<Arrays> {
  const names = name === undefined ? file.names : [checked(file, name)];
  const entries: [string, Tensor][] = [];
  for (const key of names) entries.push([key, await file.tensor(key)]);
  return Object.fromEntries(entries);
}

/** Checks that a name is that of an array of the file. */
export function checked({ names }: Opened, name: string): string {
  if (names.includes(name)) return name;
  throw new RangeError(
    `Cannot convert: --name must be that of an array in the file, one of ` +
      `${names.join(", ").slice(0, 200) || "none"}: got ${name}`,
  );
}
