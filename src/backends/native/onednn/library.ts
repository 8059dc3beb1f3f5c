/**
 * The library oneDNN, opened and checked, with the engine and the stream that all primitives run on.
 *
 * @module
 */
import { type LibrarySearch, openLibrary, requireHost } from "../../../ffi/open_library.ts";
import type { Symbols } from "../../../ffi/signatures.ts";
import { type System, systemOf } from "../../../ffi/system.ts";
import { CPU, IN_ORDER, STRICT_MATH, SUCCESS } from "./constants.ts";
import type { Descriptors } from "./descriptors.ts";
import { COMMON, VERSION, VERSION_2, VERSION_3 } from "./symbols.ts";
import { Structures } from "./version_2.ts";
import { Handles } from "./version_3.ts";

/** The library, ready for primitives. */
export interface Onednn {
  /** Version, as "2.6.3". */
  readonly version: string;
  /** Path or name by which it was found. */
  readonly path: string;
  readonly c: Symbols<typeof COMMON>;
  readonly system: System;
  readonly descriptors: Descriptors;
  readonly engine: number;
  readonly stream: number;
}

/** Statuses of oneDNN by their numbers. */
const STATUSES = [
  "success",
  "out of memory",
  "invalid arguments",
  "not implemented",
  "last implementation reached",
  "runtime error",
  "not required",
];

const opened = new Map<string, Onednn>();

/**
 * Opens the library, once for a path.
 *
 * @throws {FileError} if it cannot be found or loaded.
 * @throws {TypeError} if it is of a version that is not known here.
 */
export function openOnednn(search: LibrarySearch, path: string | undefined): Onednn {
  const key = path ?? "";
  let library = opened.get(key);
  if (library === undefined) opened.set(key, library = open(search, path));
  return library;
}

function open(search: LibrarySearch, given: string | undefined): Onednn {
  const system = systemOf(requireHost(search.action));
  const { path, symbols } = openLibrary(search, VERSION, given);
  const version = versionAt(system, symbols.dnnl_version());
  const [major] = version;
  const name = version.join(".");
  if (major !== 2 && major !== 3) {
    throw new TypeError(
      `Cannot ${search.action}: oneDNN must be of version 2 or 3: ${path} is ${name}`,
    );
  }
  const { symbols: c } = openLibrary(search, COMMON, path);
  c.dnnl_set_default_fpmath_mode?.(STRICT_MATH);
  const make = (what: string, fill: (to: BigUint64Array) => number) => {
    const handle = new BigUint64Array(1);
    check(search.action, what, fill(handle));
    return Number(handle[0]);
  };
  const engine = make("make an engine", (to) => c.dnnl_engine_create(to, CPU, 0));
  const stream = make("make a stream", (to) => c.dnnl_stream_create(to, engine, IN_ORDER));
  const descriptors = major === 2
    ? structuresOf(search, path, name, system, engine)
    : new Handles(openLibrary(search, VERSION_3, path).symbols, engine);
  return { version: name, path, c, system, descriptors, engine, stream };
}

/** Version 2's descriptions, once it is certain that both sides mean the same structures. */
function structuresOf(
  search: LibrarySearch,
  path: string,
  name: string,
  system: System,
  engine: number,
): Descriptors {
  const structures = new Structures(openLibrary(search, VERSION_2, path).symbols, system, engine);
  const misfit = structures.misfit();
  if (misfit === undefined) return structures;
  throw new TypeError(
    `Cannot ${search.action}: structures of oneDNN must have the sizes of version 2: those of ` +
      `${path}, ${name}, have not: ${misfit}`,
  );
}

/** Three integers at the beginning of a `dnnl_version_t`. */
function versionAt(system: System, address: number): readonly number[] {
  return [...new Int32Array(system.bytesAt(address, 12).buffer)];
}

/**
 * Checks the status of a call that cannot fail by what the user does.
 *
 * @throws {Error} if it has failed.
 */
export function check(action: string, what: string, status: number): void {
  if (status === SUCCESS) return;
  throw new Error(
    `Cannot ${action}: oneDNN must ${what}: it says ${STATUSES[status] ?? status}`,
  );
}
