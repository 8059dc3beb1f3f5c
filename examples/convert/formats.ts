/**
 * Formats of named arrays: how each is read, and how it is written.
 *
 * @module
 */
import type { Tensor } from "@tapegrad/tapegrad";
import { readHdf5, readNpy, readNpz, writeNpy, writeNpz } from "@tapegrad/tapegrad/data";
import { exportOnnx, importOnnx, readSafetensors, writeSafetensors } from "@tapegrad/tapegrad/io";

/** Arrays by name. */
export type Arrays = Readonly<Record<string, Tensor>>;

/** What a format can do. */
export interface Format {
  /** What it is called in messages. */
  readonly name: string;
  /** Reads every array of a file. */
  read(path: string): Promise<Arrays>;
  /** The bytes of a file; null where the format is only read. */
  readonly write: ((arrays: Arrays) => Promise<Uint8Array> | Uint8Array) | null;
}

/** The name of the array in a file that has no names: the file's own, without folder and ending. */
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

/** The weights of a model; of one without inputs, which holds nothing but arrays, its results. */
async function readOnnx(path: string): Promise<Arrays> {
  const { params, inputs, applyAll } = await importOnnx(path);
  return inputs.length === 0 ? applyAll(params, {}) : params;
}

const hdf5: Format = { name: "HDF5", read: (path) => readHdf5Arrays(path), write: null };

async function readHdf5Arrays(path: string): Promise<Arrays> {
  await using file = await readHdf5(path);
  const entries: [string, Tensor][] = [];
  for (const name of file.names) entries.push([name, await file.tensor(name)]);
  return Object.fromEntries(entries);
}

/** Formats by the ending of a file's name. */
export const FORMATS: Readonly<Record<string, Format>> = {
  npy: {
    name: "NumPy .npy",
    read: async (path) => ({ [stemOf(path)]: await readNpy(path) }),
    write: (arrays) => writeNpy(only(arrays)),
  },
  npz: { name: "NumPy .npz", read: (path) => readNpz(path), write: (arrays) => writeNpz(arrays) },
  safetensors: {
    name: "safetensors",
    read: (path) => readSafetensors(path),
    write: (arrays) => writeSafetensors(arrays),
  },
  onnx: {
    name: "ONNX",
    read: readOnnx,
    write: (arrays) => exportOnnx(() => arrays, {}, { dynamicBatch: false, params: arrays }),
  },
  h5: hdf5,
  hdf5,
};

/** The format of a file, by its name. */
export function formatOf(path: string): Format {
  const ending = /\.([^.]*)$/.exec(path)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(FORMATS, ending)) return FORMATS[ending];
  throw new RangeError(
    `Cannot convert: a file's name must end in ${Object.keys(FORMATS).join(", ")}: got ${path}`,
  );
}
