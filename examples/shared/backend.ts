/**
 * The backend that an example computes on, as a flag of its command line.
 *
 * @module
 */
import { type Backend, referenceBackend, useBackend, wasmBackend } from "@tapegrad/tapegrad";
import { nativeBackend } from "@tapegrad/tapegrad/native";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { explainUse } from "./files.ts";
import { oneOf } from "./flags.ts";

/** Names of the backends. */
const NAMES = ["wasm", "reference", "native", "webgpu"] as const;

/** Name of a backend. */
export type BackendName = typeof NAMES[number];

/** Options of programs that compute on a backend of the user's choice. */
export interface BackendOptions {
  readonly backend: BackendName;
  /** Threads to compute with; all cores where it is undefined. */
  readonly threads?: number;
}

/** The flag of these programs. */
export const BACKEND_FLAGS = { backend: { type: "string", default: "wasm" } } as const;

/** Help on the flag. */
export const BACKEND_HELP =
  `  --backend NAME    wasm (the default: SIMD and threads), reference (plain loops), native
                    (libraries of this machine; needs --allow-ffi) or webgpu (a
                    graphics device)`;

/** Reads the value of the flag. */
export function backendOption({ backend }: { readonly backend: string }): BackendName {
  return oneOf("backend", backend, NAMES);
}

/**
 * Makes the backend, and uses it from here on.
 *
 * @returns its description.
 */
export async function useNamedBackend({ backend, threads }: BackendOptions): Promise<string> {
  const make: Record<BackendName, () => Backend | Promise<Backend>> = {
    wasm: () => wasmBackend({ threads }),
    reference: () => referenceBackend(),
    native: () => nativeBackend({ threads }),
    webgpu: () => webgpuBackend({ synchronousReads: true }),
  };
  try {
    const made = await make[backend]();
    useBackend(made);
    return describeBackend(made);
  } catch (error) {
    throw explainUse(`--backend ${backend}`, error);
  }
}

/** Says what a backend computes on: "wasm, 2 threads", "webgpu, llvmpipe (LLVM 15.0.6, 256 bits)". */
export function describeBackend(backend: Backend): string {
  const { name, threads = 1, adapter } = backend as Backend & {
    readonly threads?: number;
    readonly adapter?: { readonly vendor: string; readonly description: string };
  };
  if (adapter !== undefined) return `${name}, ${adapter.description || adapter.vendor}`;
  return `${name}, ${threads} thread${threads === 1 ? "" : "s"}`;
}
