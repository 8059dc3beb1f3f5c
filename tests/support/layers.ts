// Rules on the shape of the project, as tables: what each layer may import, from inside and from
// outside. `structure_test.ts` enforces them.

import config from "../../deno.json" with { type: "json" };
import type { Layer } from "./module_graph.ts";

/** The files behind the entry points, by the names a user imports them by. */
export const ENTRIES = new Map(
  Object.entries(config.exports).map(([name, path]) => [name, path.replace("./", "")]),
);

/** File by which the library knows backends: types, and no backend. */
export const CONTRACT = "src/backends/kernels.ts";

/** Chooses the backend that is used unless the user names one: for entry points to import. */
export const DEFAULT_BACKEND = "src/default_backend.ts";

/** Imports that each layer may make. */
export const LAYERS: readonly Layer[] = [
  { layer: "mod.ts", mayImport: ["ops/", "src/"] },
  { layer: "ops/", mayImport: ["ops/", "src/core/", "src/random/"], mayImportTypes: [CONTRACT] },
  { layer: "src/core/", mayImport: ["src/core/", "src/display/"], mayImportTypes: [CONTRACT] },
  // Looks of tensors, tapes and tables as text and in notebooks.
  { layer: "src/display/", mayImport: ["src/display/", "src/core/"] },
  {
    layer: "src/random/",
    mayImport: ["src/random/", "src/core/"],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/backends/fallback.ts",
    mayImport: [],
    mayImportTypes: [CONTRACT, "src/core/"],
  },
  {
    layer: CONTRACT,
    mayImport: [],
    mayImportTypes: ["src/core/", "src/backends/kinds.ts", "src/backends/updates.ts"],
  },
  { layer: "src/backends/allocator/", mayImport: ["src/backends/allocator/"] },
  { layer: "src/backends/kinds.ts", mayImport: [] },
  { layer: "src/backends/updates.ts", mayImport: [] },
  {
    // The contract as an entry point, with the table of operations.
    layer: "src/backends/mod.ts",
    mayImport: [
      "src/backends/composed/",
      "ops/table.ts",
      "src/backends/kinds.ts",
    ],
    mayImportTypes: [CONTRACT, "src/core/"],
  },
  { layer: DEFAULT_BACKEND, mayImport: ["src/backends/", "src/core/"] },
  {
    layer: "src/backends/reference/",
    mayImport: ["src/backends/reference/", "src/core/", "src/random/"],
    mayImportTypes: [CONTRACT],
  },
  {
    // Falls back to the reference backend for what it has no kernel for.
    layer: "src/backends/wasm/",
    mayImport: [
      "src/backends/wasm/",
      "src/backends/allocator/",
      "src/backends/reference/",
      "src/backends/fallback.ts",
      "src/compression/",
      "src/backends/kinds.ts",
      "src/core/",
      "src/random/",
    ],
    mayImportTypes: [CONTRACT],
  },
  {
    // Native libraries on the memory of the WASM backend, whose kernels compute all else.
    layer: "src/backends/native/",
    mayImport: [
      "src/backends/native/",
      "src/backends/wasm/",
      "src/backends/fallback.ts",
      "src/ffi/",
      "src/core/",
    ],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/backends/composed/",
    mayImport: ["src/backends/composed/", "src/core/", "src/random/"],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/backends/webgpu/",
    mayImport: [
      "src/backends/webgpu/",
      "src/backends/allocator/",
      "src/backends/composed/",
      "src/backends/reference/",
      "src/backends/fallback.ts",
      "src/backends/kinds.ts",
      DEFAULT_BACKEND,
      "src/core/",
    ],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/nn/",
    mayImport: ["src/nn/", "src/core/", "src/random/", "src/display/", "ops/"],
    mayImportTypes: [CONTRACT],
  },
  { layer: "src/transforms/", mayImport: ["src/transforms/", "src/core/", "ops/"] },
  {
    layer: "src/optim/",
    mayImport: ["src/optim/", "src/core/", "ops/"],
    mayImportTypes: [CONTRACT],
  },
  // Bytes to compressed ones and back, for files and for the kernels that come compressed.
  { layer: "src/compression/", mayImport: ["src/compression/"] },
  // Native libraries, by the foreign function interfaces of Deno and Node.
  { layer: "src/ffi/", mayImport: ["src/ffi/", "src/core/"] },
  // Reading and writing files, of any format.
  { layer: "src/files/", mayImport: ["src/files/", "src/core/"] },
  {
    // Exchanges between ranks, and what training asks of them.
    layer: "src/distributed/",
    mayImport: ["src/distributed/", "src/ffi/", "src/core/", "ops/"],
    mayImportTypes: [CONTRACT, "src/nn/", "src/optim/", "src/train/"],
  },
  {
    // Trains any model with any optimizer: knows the shape of both, and none of them.
    layer: "src/train/",
    mayImport: [
      "src/train/",
      "src/distributed/",
      "src/formats/",
      "src/files/",
      "src/core/",
      "src/random/",
      "src/display/",
      "ops/",
    ],
    mayImportTypes: [CONTRACT, "src/nn/", "src/optim/", "src/data/"],
  },
  {
    layer: "src/data/",
    mayImport: ["src/data/", "src/formats/", "src/files/", "src/core/", "src/random/", "ops/"],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/formats/",
    mayImport: ["src/formats/", "src/files/", "src/compression/", "src/core/", "src/display/"],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/testing/",
    mayImport: ["src/testing/", "src/core/", "src/random/", "src/display/"],
    mayImportTypes: [CONTRACT],
  },
  {
    layer: "src/models/",
    mayImport: [
      "src/models/",
      "src/formats/",
      "src/files/",
      "src/nn/",
      "src/random/",
      "src/core/",
      "ops/",
    ],
    mayImportTypes: [CONTRACT],
  },
  {
    // Shows any training, and knows the shape of its callbacks.
    layer: "src/plot/",
    mayImport: ["src/plot/", "src/formats/", "src/files/", "src/core/", "src/display/", "ops/"],
    mayImportTypes: ["src/train/"],
  },
  // Examples show what a user can do, with what a user can import.
  { layer: "examples/", mayImport: ["examples/", ...ENTRIES.values()] },
];

/** Imports of the library's files from outside, and the reason for each. */
export const EXTERNALS: readonly { file: string; external: string; why: string }[] = [
  {
    file: "src/formats/hdf5/library.ts",
    external: "npm:h5wasm",
    why: "the HDF5 library itself, compiled; loaded with the first file",
  },
  {
    file: "src/formats/jpeg/decoder.ts",
    external: "npm:jpeg-js",
    why: "decoding JPEG; loaded with the first file",
  },
];

/** Imports whose name is computed: nobody fetches or bundles what they do not use. */
export const COMPUTED_IMPORTS: readonly { file: string; why: string }[] = [
  { file: "src/data/images/decode_pool.ts", why: "a worker imports the decoders of this library" },
  { file: "src/formats/webp/decoder.ts", why: "WebP in Node; pages and Deno have a decoder" },
  { file: "src/plot/resvg.ts", why: "resvg draws PNG outside of pages; loaded with the first" },
];

/** Files that name Deno: of what they want there is no form that Web APIs or Node have, too. */
export const NAMES_DENO: readonly { file: string; why: string }[] = [
  { file: "src/ffi/deno_host.ts", why: "its foreign function interface" },
  { file: "src/ffi/environment.ts", why: "to read no variable that it would ask the user about" },
];

/** The entry points that may lead to what is listed above; all others depend on nothing. */
export const ENTRIES_WITH_EXTERNALS: readonly string[] = ["./data", "./io"];
