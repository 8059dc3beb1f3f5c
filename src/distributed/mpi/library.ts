/**
 * The MPI library: found, told by its symbols, and initialised.
 *
 * @module
 */
import { openLibrary, requireHost } from "../../ffi/open_library.ts";
import type { Symbols, SymbolTable } from "../../ffi/signatures.ts";
import { type Platform, type System, systemOf } from "../../ffi/system.ts";
import {
  type Flavour,
  flavourOf,
  type Handles,
  handlesOf,
  libraryNames,
  OPEN_MPI_VARIABLES,
} from "./flavours.ts";
import type { Launcher } from "./launcher.ts";

/** Beginning of errors. */
export const ACTION = "make mpi group";

/** Calls whose result is 0 or a number of an error. Requests are in memory of ours. */
const CALLS = {
  MPI_Init_thread: { parameters: ["usize", "usize", "i32", "buffer"], result: "i32" },
  MPI_Comm_rank: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_size: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Iallreduce: {
    parameters: ["usize", "usize", "i32", "usize", "usize", "usize", "buffer"],
    result: "i32",
  },
  MPI_Ibcast: {
    parameters: ["usize", "i32", "usize", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Iallgather: {
    parameters: ["usize", "i32", "usize", "usize", "i32", "usize", "usize", "buffer"],
    result: "i32",
  },
  MPI_Ireduce_scatter_block: {
    parameters: ["usize", "usize", "i32", "usize", "usize", "usize", "buffer"],
    result: "i32",
  },
  MPI_Ialltoall: {
    parameters: ["usize", "i32", "usize", "usize", "i32", "usize", "usize", "buffer"],
    result: "i32",
  },
  MPI_Ibarrier: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_dup: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Isend: {
    parameters: ["usize", "i32", "usize", "i32", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Irecv: {
    parameters: ["usize", "i32", "usize", "i32", "i32", "usize", "buffer"],
    result: "i32",
  },
  MPI_Test: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
  MPI_Abort: { parameters: ["usize", "i32"], result: "i32" },
  MPI_Finalize: { parameters: [], result: "i32" },
  MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
  MPI_Error_string: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  MPI_Abi_get_version: { parameters: ["buffer", "buffer"], result: "i32", optional: true },
  ...OPEN_MPI_VARIABLES,
} as const satisfies SymbolTable;

/** Most bytes of the version text of a library, and of the text of an error. */
const VERSION_BYTES = 8192;
const ERROR_BYTES = 1024;

/** An MPI library that is open. */
export interface MpiLibrary {
  /** Path or name that it was found by. */
  readonly path: string;
  readonly flavour: Flavour;
  /** First line of what it says of itself: "Open MPI v4.1.4". */
  readonly version: string;
  readonly calls: Symbols<typeof CALLS>;
  readonly handles: Handles;
  readonly system: System;
}

/** The C library as libraries of MPI see the environment. */
export function hostSystem(): System {
  return systemOf(requireHost(ACTION));
}

/** Opens the library at a path, or the first that is found, that of the launcher's kind first. */
export function openMpi(path: string | undefined, launcher: Launcher | undefined): MpiLibrary {
  const systems: readonly Platform[] = ["linux", "darwin", "win32"];
  const names = systems.map((system) => [system, libraryNames(system, launcher?.flavour)] as const);
  const { path: found, symbols } = openLibrary(
    {
      action: ACTION,
      title: "MPI",
      option: "library",
      variable: "TAPEGRAD_MPI",
      names: Object.fromEntries(names) as Record<Platform, readonly string[]>,
      install: [
        "apt install mpich or openmpi-bin (Debian, Ubuntu)",
        "dnf install mpich or openmpi (Fedora), and load its module",
        "brew install mpich or open-mpi (macOS)",
      ],
      isForAll: true, // plug-ins of Open MPI look for its symbols
    },
    CALLS,
    path,
  );
  const flavour = flavourOf(symbols, abiVersion(symbols));
  const text = textOf(VERSION_BYTES, (bytes, length) => {
    symbols.MPI_Get_library_version(bytes, length);
  });
  return {
    path: found,
    flavour,
    version: text.split("\n")[0].split(",")[0].trim(),
    calls: symbols,
    handles: handlesOf(flavour, symbols),
    system: hostSystem(),
  };
}

/** Version of the standard interface; -1 of a library with another one. */
function abiVersion({ MPI_Abi_get_version: get }: Symbols<typeof CALLS>): number {
  if (get === null) return -1;
  const [major, minor] = [Int32Array.of(-1), new Int32Array(1)];
  return get(major, minor) === 0 ? major[0] : -1;
}

/** Reads a text that a library writes with its length. */
function textOf(most: number, write: (bytes: Uint8Array, length: Int32Array) => void): string {
  const [bytes, length] = [new Uint8Array(most), new Int32Array(1)];
  write(bytes, length);
  return new TextDecoder().decode(bytes.subarray(0, length[0]));
}

/** Throws where a call has failed, in the words of the library. */
export function checkCall({ calls, version }: MpiLibrary, call: string, code: number): void {
  if (code === 0) return;
  const text = textOf(
    ERROR_BYTES,
    (bytes, length) => void calls.MPI_Error_string(code, bytes, length),
  );
  throw new Error(`Cannot ${call}: ${version} must do it: error ${code}: ${text}`);
}
