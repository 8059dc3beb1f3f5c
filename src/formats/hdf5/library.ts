/**
 * The HDF5 library, compiled to WebAssembly (`h5wasm`): loaded when the first file is opened, and
 * called so that the errors it reports are thrown.
 *
 * Its own reader of values does not look at the status of a read that failed, and returns what
 * happened to be in memory. Here every status is checked, memory is cleared before it is filled, and
 * the library's report on the console becomes the cause of the error that is thrown.
 *
 * Files share the library's file system while they are open, and HDF5 has four ways to refer to
 * another file: external links, soft links onto these, virtual data sets and external storage. The
 * library may open the file that is meant and no other, by whatever name.
 *
 * @module
 */
import { printable } from "../../core/printable.ts";
import type { File, Metadata, Module } from "h5wasm";
import { concatenate } from "../../files/source.ts";

/** The library's functions and its file system in memory. */
export type Hdf5Library = typeof Module;

/** Metadata of a data set, as the library returns it. */
export type Hdf5Metadata = Metadata;

/** Methods of the library's file system that its types leave out or describe otherwise. */
interface FileSystem {
  getStream(descriptor: number): { "stream_ops": object };
  open(path: string, flags: number, mode?: number): unknown;
  readonly ErrnoError: new (code: number) => Error;
}

/** The flag that asks for a folder: where the library looks for plug-ins, and there are none. */
const DIRECTORY = 0o200000;
/** The number of "no such file" in the file system of Emscripten. */
const NO_ENTRY = 44;

/** File descriptor of the console, to which the library writes its reports. */
const STANDARD_ERROR = 2;

let loaded: Promise<Loaded> | undefined;

/** Error for an object of the file that refers to another file. */
export class OtherFileError extends Error {
  /** The name of the other file, as this one has it. */
  readonly file: string;

  constructor(file: string) {
    super(`it refers to another file: ${printable(file)}`);
    this.file = file;
  }
}

/** The library, and the class by which it makes files. */
interface Loaded {
  readonly module: Hdf5Library;
  readonly NewFile: typeof File;
}

/** Loads the library, once. */
export async function hdf5Library(): Promise<Hdf5Library> {
  return (await (loaded ??= load())).module;
}

async function load(): Promise<Loaded> {
  // In a try block, so that bundlers warn of a package that is not installed, and go on.
  try {
    const { default: h5wasm } = await import("h5wasm");
    return { module: await h5wasm.ready, NewFile: h5wasm.File };
  } catch (error) {
    loaded = undefined; // so that the next file tries again
    throw error;
  }
}

/** A new file, in which groups and data sets are made. */
export type NewHdf5File = Pick<File, "close" | "create_dataset" | "create_group">;

/** Makes a file at a path of the library's file system, once the library is loaded. */
export async function newHdf5File(path: string): Promise<NewHdf5File> {
  const { NewFile } = await (loaded ??= load());
  return new NewFile(path, "w");
}

/** Puts bytes in the file system of the library; the name is a new one that no file can know. */
export function storeFile({ FS }: Hdf5Library, bytes: Uint8Array): string {
  const path = `/${crypto.getRandomValues(new Uint8Array(16)).join("-")}.h5`;
  FS.writeFile(path, bytes);
  return path;
}

/** Message of a report where the library wrote none. */
export const NO_REPORT = "the library says nothing";

/** Options of {@link call}. */
export interface CallOptions {
  /** The file that may be opened: that which is meant, when it is opened; none by default. */
  readonly opens?: string;
  /** Pass over other files that objects refer to; they are an error by default. */
  readonly skipsOthers?: boolean;
}

/**
 * Calls the library; `refuse` is given its report if it throws, the result is no success, or it asked
 * for another file.
 */
export function call<Result>(
  library: Hdf5Library,
  run: () => Result,
  isSuccess: (result: Result) => boolean,
  refuse: (report: Error) => Result,
  { opens, skipsOthers = false }: CallOptions = {},
): Result {
  const { report, others, result, error } = captured(library, run, opens);
  if (others.length > 0 && !skipsOthers) return refuse(new OtherFileError(others[0]));
  if (error === undefined && isSuccess(result as Result)) return result as Result;
  const text = new TextDecoder().decode(concatenate(report));
  return refuse(new Error(text || NO_REPORT, { cause: error }));
}

/** All that became of a call. */
interface Captured<Result> {
  /** Parts of what the library wrote on its console. */
  readonly report: readonly Uint8Array[];
  /** Files that the library asked for and did not get. */
  readonly others: readonly string[];
  readonly result?: Result;
  readonly error?: unknown;
}

/** Runs a call while its report is kept from the console, and other files from it. */
function captured<Result>(
  { FS }: Hdf5Library,
  run: () => Result,
  opens: string | undefined,
): Captured<Result> {
  const files = FS as unknown as FileSystem;
  const stream = files.getStream(STANDARD_ERROR);
  const usual = { streamOps: stream.stream_ops, open: files.open };
  const report: Uint8Array[] = [];
  const others: string[] = [];
  const write = (_: unknown, memory: Uint8Array, offset: number, length: number) => {
    if (length > 0) report.push(Uint8Array.from(memory.subarray(offset, offset + length)));
    return length;
  };
  stream.stream_ops = { ...usual.streamOps, write };
  files.open = (path, flags, mode) => {
    if (path === opens) return usual.open.call(files, path, flags, mode);
    if ((flags & DIRECTORY) === 0) others.push(path);
    throw new files.ErrnoError(NO_ENTRY);
  };
  try {
    const result = run();
    return { report, others, result };
  } catch (error) {
    return { report, others, error: error ?? new TypeError("nothing was thrown") };
  } finally {
    stream.stream_ops = usual.streamOps;
    files.open = usual.open;
  }
}
