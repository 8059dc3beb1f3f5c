// A page whose security policy forbids WebAssembly: what the browser test bundles and opens.

import { matmul, tensor, wasmBackend } from "@tapegrad/tapegrad";

/** Report of the page. */
export interface PolicyReport {
  /** Name of the backend that is used when none is named. */
  readonly backend: string;
  /** Result of a computation. */
  readonly product: unknown;
  /** Warnings that the page has written. */
  readonly warnings: readonly string[];
  /** Text of the error of a WASM backend that is asked for; empty where there is none. */
  readonly error: string;
}

function look(): PolicyReport {
  const warnings: string[] = [];
  console.warn = (text: unknown) => warnings.push(String(text));
  const a = tensor([[1, 2], [3, 4]]);
  const product = matmul(a, a).toArray();
  let error = "";
  try {
    wasmBackend({ threads: 1 }).close();
  } catch (thrown) {
    error = String(thrown);
  }
  return { backend: a.backend.name, product, warnings, error };
}

if ("document" in globalThis) Object.assign(globalThis, { report: look() });
