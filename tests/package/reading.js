// Reads files of every format from every kind of input that there is without a file system, in
// JavaScript as Node 20 reads it: what tests run in Node, in a browser and in Deno, to compare.

import { Random, relu, tensor } from "@tapegrad/tapegrad";
import { readCsv, readHdf5, readIdx, readImage, readNpy, readNpz } from "@tapegrad/tapegrad/data";
import { exportOnnx, importOnnx, loadKerasH5, readSafetensors } from "@tapegrad/tapegrad/io";
import { Dense, Embedding, Flatten, LayerNorm, Sequential } from "@tapegrad/tapegrad/nn";

/** How each file is read: to tensors in nested objects and arrays. */
const READERS = {
  "x.npy": readNpy,
  "x.npz": readNpz,
  "x.idx.gz": readIdx,
  "x.csv": (input) => readCsv(input, { header: true }),
  "x.h5": readArrays,
  "x.png": readImage,
  "x.jpg": readImage,
  "x.gif": readImage,
  "x.bmp": readImage,
  "x.webp": readImage,
  "x.safetensors": readSafetensors,
  "x.onnx": async (input) => {
    const { params, inputs } = await importOnnx(input);
    const again = await importOnnx(exportOnnx(relu, tensor([[1, -2]])));
    return { params, inputs, y: again.apply(again.params, tensor([[3, -4]])) };
  },
  "keras.weights.h5": async (input) => {
    const model = Sequential([
      Embedding({ vocabulary: 7, dimensions: 3 }),
      LayerNorm(),
      Flatten(),
      Dense({ units: 2 }),
    ]);
    return await loadKerasH5(input, model, model.init(new Random(0), [4]));
  },
};

/** What a reader may be given, of a file at a URL. */
const INPUTS = {
  bytes: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  buffer: async (url) => await (await fetch(url)).arrayBuffer(),
  blob: async (url) => await (await fetch(url)).blob(),
  stream: async (url) => (await fetch(url)).body,
  url: (url) => url,
  text: (url) => url.href,
};

/** The files that are read. */
export const FILES = Object.keys(READERS);

/**
 * What comes of every file and kind of input, as text: shapes, dtypes and elements.
 *
 * @param {string} base where the files are.
 * @returns {Promise<Record<string, Record<string, string>>>}
 */
export async function readAll(base) {
  const found = {};
  for (const [file, read] of Object.entries(READERS)) {
    found[file] = {};
    for (const [kind, open] of Object.entries(INPUTS)) {
      const result = await read(await open(new URL(file, base)));
      found[file][kind] = JSON.stringify(described(result));
    }
  }
  return found;
}

async function readArrays(input) {
  const file = await readHdf5(input);
  try {
    const entries = [];
    for (const name of file.names) entries.push([name, await file.tensor(name)]);
    return Object.fromEntries(entries);
  } finally {
    await file.close();
  }
}

function described(value) {
  if (Array.isArray(value)) return value.map(described);
  if (typeof value !== "object" || value === null) return value ?? null;
  if ("dataSync" in value) {
    return [value.dtype, value.shape, Array.from(value.dataSync(), String).join(" ")];
  }
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, described(child)]));
}
