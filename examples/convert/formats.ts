/**
 * Formats of named arrays: how each is opened, and how it is written.
 *
 * @module
 */
import type { Tensor } from "@tapegrad/tapegrad";
import {
  type ArrayFile,
  type FileProgress,
  openNpz,
  readHdf5,
  readNpy,
  writeNpy,
  writeNpz,
} from "@tapegrad/tapegrad/data";
import {
  exportOnnx,
  importOnnx,
  type OnnxValueInfo,
  openSafetensors,
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

/** Reader and writer of a format. */
export interface Format {
  /** Name in messages. */
  readonly name: string;
  /** Opens a file. */
  open(path: string, options?: OpenOptions): Promise<Opened>;
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

const hdf5: Format = { name: "HDF5", open: readHdf5, write: null };

/** Formats by the ending of a file's name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  npy: {
    name: "NumPy .npy",
    open: async (path, options) => inMemory(path, { [stemOf(path)]: await readNpy(path, options) }),
    write: (arrays) => writeNpy(only(arrays)),
  },
  npz: { name: "NumPy .npz", open: openNpz, write: (arrays) => writeNpz(arrays) },
  safetensors: {
    name: "safetensors",
    open: openSafetensors,
    write: (arrays) => writeSafetensors(arrays),
  },
  onnx: {
    name: "ONNX",
    open: openOnnx,
    write: (arrays) => exportOnnx(() => arrays, {}, { dynamicBatch: false, params: arrays }),
  },
  h5: hdf5,
  hdf5,
};

/** Finds the format of a file, by its name. */
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
