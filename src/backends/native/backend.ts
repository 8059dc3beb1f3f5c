/**
 * The native backend, put together.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import { checkOptions } from "../../core/options.ts";
import { reasonAgainst, requireHost } from "../../ffi/open_library.ts";
import { systemOf } from "../../ffi/system.ts";
import { Fallbacks, type FastTable, type KernelName, withFallback } from "../fallback.ts";
import type { Backend, HostAddress, NdArray } from "../kernels.ts";
import { WasmMemory } from "../wasm/memory.ts";
import { startEngine, wasmKernels } from "../wasm/mod.ts";
import { openBlas } from "./blas.ts";
import { convKernels } from "./conv2d.ts";
import { CBLAS, letThreadsSleep, ONEDNN } from "./libraries.ts";
import { Machine } from "./machine.ts";
import { openOnednn } from "./onednn/library.ts";
import { productKernels } from "./products.ts";

/** Paths of libraries; false to do without one. */
export interface NativeLibraries {
  /** Library oneDNN, of version 2 or 3: convolutions, and products in float32. */
  readonly onednn?: string | false;
  /** Library with the C interface of BLAS: products in float64. */
  readonly blas?: string | false;
}

/** Options of {@link nativeBackend}. */
export interface NativeBackendOptions {
  /** Threads to run on, those of the libraries and ours; one per core by default, 16 at most. */
  readonly threads?: number;
  /** Paths of the libraries, where the system does not find them by their names. */
  readonly libraries?: NativeLibraries;
  /** Bytes that the memory may grow to; 4 GiB (all that WASM can address) by default. */
  readonly maxBytes?: number;
}

const KNOWN = "threads# libraries maxBytes#";
const KNOWN_LIBRARIES = "onednn blas";
const ACTION = "make native backend";

/** A library that a backend uses. */
export interface NativeLibrary {
  /** Path or name by which it was found. */
  readonly path: string;
  /** Version, as far as it tells one: `2.6.3`, `OpenBLAS 0.3.21`. */
  readonly version: string;
}

/** A backend that calls native libraries. */
export interface NativeBackend extends Backend {
  /** Number of threads in use. */
  readonly threads: number;
  /** Libraries in use. */
  readonly libraries: { readonly onednn?: NativeLibrary; readonly blas?: NativeLibrary };
  /** Ends the threads and frees what the libraries hold; it must not be used afterwards. */
  close(): void;
}

/** Makes a native backend, or says whether one can be made. */
export interface MakeNativeBackend {
  /**
   * Makes a backend whose products and convolutions are those of native libraries.
   *
   * Everything else runs on the kernels of `wasmBackend`, in the same memory: nothing is copied.
   * Results are the same bit for bit in every run with the same number of threads on one machine; they
   * differ from those of other backends by rounding.
   *
   * @param options `threads`, `libraries`, `maxBytes`.
   * @returns a new backend with memory and threads of its own.
   * @throws {FileError} if a library cannot be found or loaded; the message says what to install.
   * @throws {TypeError} if there is no way to native libraries here, or a library is of another version.
   * @throws {RangeError} if threads or maxBytes is no such number.
   */
  (options?: NativeBackendOptions): NativeBackend;

  /**
   * Returns true if a backend can be made; asks nobody for permission, and throws for nothing but
   * options that it does not know.
   */
  isAvailable(options?: NativeBackendOptions): boolean;

  /** Says why none can be made; undefined if one can. */
  reasonAgainst(options?: NativeBackendOptions): string | undefined;
}

/**
 * A backend whose products and convolutions are those of native libraries, on the memory of the WASM
 * backend.
 *
 * @example
 * ```ts
 * import { nativeBackend } from "@tapegrad/tapegrad/native";
 * import { useBackend } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * if (nativeBackend.isAvailable()) useBackend(nativeBackend({ threads: 2 }));
 * assertEquals(nativeBackend.isAvailable({ libraries: { onednn: "/nowhere.so" } }), false);
 * ```
 */
export const nativeBackend: MakeNativeBackend = Object.assign(makeBackend, {
  isAvailable: (options?: NativeBackendOptions) => reason(options) === undefined,
  reasonAgainst: reason,
});

function makeBackend(options: NativeBackendOptions = {}): NativeBackend {
  const { libraries, threads, maxBytes } = checked(options);
  letThreadsSleep();
  const onednn = libraries.onednn === false ? undefined : openOnednn(ONEDNN, libraries.onednn);
  const blas = libraries.blas === false ? undefined : openBlas(libraries.blas);
  const system = systemOf(requireHost(ACTION));
  const { engine } = startEngine(ACTION, { threads, maxBytes });
  const memory = new WasmMemory(engine);
  const machine = new Machine({ engine, memory, system, onednn, blas, threads: engine.threads });
  const fallbacks = new Fallbacks();
  const others = wasmKernels(engine, memory, fallbacks);
  const kernels = memory.undoing(withFallback(others, nativeKernels(machine)));
  const close = () => {
    machine.plans.clear();
    engine.close();
  };
  return {
    name: "native",
    kernels,
    threads: engine.threads,
    libraries: { onednn: named(onednn), blas: named(blas) },
    fallbacks,
    get liveBytes() {
      return memory.liveBytes;
    },
    read: (x: NdArray): Promise<TypedArray> => Promise.resolve(kernels.read(x)),
    readSync: (x: NdArray): TypedArray => kernels.read(x),
    hostAddress: (x: NdArray): HostAddress => memory.view(x),
    close,
    [Symbol.dispose]: close,
  };
}

/** Options, of which none is unknown. */
function checked(
  options: NativeBackendOptions,
): NativeBackendOptions & { readonly libraries: NativeLibraries } {
  const given = checkOptions(ACTION, options, KNOWN);
  const libraries = checkOptions(ACTION, given.libraries ?? {}, KNOWN_LIBRARIES);
  return { ...given, libraries };
}

/** Libraries that compute a kernel; all other kernels are those of WebAssembly. */
export const LIBRARIES_OF: Readonly<Partial<Record<KernelName, string>>> = {
  conv2d: "oneDNN",
  conv2dGradX: "oneDNN",
  conv2dGradW: "oneDNN",
  matmul: "oneDNN, BLAS",
};

/** Kernels of the libraries that a machine has; they decline what these do not compute. */
export function nativeKernels(machine: Machine): FastTable {
  const { onednn } = machine;
  return {
    kernels: {
      ...(onednn === undefined ? {} : convKernels(machine, onednn)),
      ...productKernels(machine),
    },
    dtypes: ["float32"],
    dtypesOf: { matmul: ["float32", "float64"] },
  };
}

function named(library: NativeLibrary | undefined): NativeLibrary | undefined {
  return library && { path: library.path, version: library.version };
}

function reason(options: NativeBackendOptions = {}): string | undefined {
  const { libraries } = checked(options);
  try {
    for (const [search, path] of [[ONEDNN, libraries.onednn], [CBLAS, libraries.blas]] as const) {
      const found = path === false ? undefined : reasonAgainst(search, path);
      if (found !== undefined) return found;
    }
    letThreadsSleep();
    if (libraries.onednn !== false) openOnednn(ONEDNN, libraries.onednn);
    if (libraries.blas !== false) openBlas(libraries.blas);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
