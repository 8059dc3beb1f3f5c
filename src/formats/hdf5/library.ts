/**
 * The HDF5 library, compiled to WebAssembly (`h5wasm`): loaded when the first file is opened, and
 * called so that what it reports as an error is one.
 *
 * Its own reader of values does not look at the status of a read that failed, and returns what
 * happened to be in memory. Here every status is checked, memory is cleared before it is filled, and
 * the library's report on the console becomes the cause of the error that is thrown.
 *
 * @module
 */
import type { Metadata, Module } from "h5wasm";
import { concatenate } from "../../files/source.ts";

/** The library's functions and its file system in memory. */
export type Hdf5Library = typeof Module;

/** Metadata of a data set, as the library returns it. */
export type Hdf5Metadata = Metadata;

/** Methods of the library's file system that its types leave out. */
interface FileSystem {
  getStream(descriptor: number): { "stream_ops": object };
}

/** File descriptor of the console, to which the library writes its reports. */
const STANDARD_ERROR = 2;

let library: Promise<Hdf5Library> | undefined;
let opened = 0;

/** The library, loaded once. */
export function hdf5Library(): Promise<Hdf5Library> {
  library ??= import("h5wasm").then(({ default: h5wasm }) => h5wasm.ready).catch((error) => {
    library = undefined; // so that the next file tries again
    throw error;
  });
  return library;
}

/** Puts bytes in the file system of the library; the name is a new one. */
export function storeFile({ FS }: Hdf5Library, bytes: Uint8Array): string {
  const path = `/tapegrad-${++opened}.h5`;
  FS.writeFile(path, bytes);
  return path;
}

/** Message of a report where the library wrote none. */
export const NO_REPORT = "the library says nothing";

/** Calls the library; `refuse` is given its report if it throws or the result is no success. */
export function call<Result>(
  library: Hdf5Library,
  run: () => Result,
  isSuccess: (result: Result) => boolean,
  refuse: (report: Error) => Result,
): Result {
  const { report, result, error } = captured(library, run);
  if (error === undefined && isSuccess(result as Result)) return result as Result;
  const text = new TextDecoder().decode(concatenate(report));
  return refuse(new Error(text || NO_REPORT, { cause: error }));
}

/** Runs a call while its report is kept instead of going to the console. */
function captured<Result>(
  { FS }: Hdf5Library,
  run: () => Result,
): { report: Uint8Array[]; result?: Result; error?: unknown } {
  const stream = (FS as unknown as FileSystem).getStream(STANDARD_ERROR);
  const usual = stream.stream_ops;
  const report: Uint8Array[] = [];
  const write = (_: unknown, memory: Uint8Array, offset: number, length: number) => {
    if (length > 0) report.push(Uint8Array.from(memory.subarray(offset, offset + length)));
    return length;
  };
  stream.stream_ops = { ...usual, write };
  try {
    const result = run();
    return { report, result };
  } catch (error) {
    return { report, error: error ?? new TypeError("nothing was thrown") };
  } finally {
    stream.stream_ops = usual;
  }
}
