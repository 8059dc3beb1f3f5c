/**
 * Names the backend that is used when the user names none: WASM where it has SIMD and may run. Every
 * entry point of the package imports this; nothing else may.
 *
 * @module
 */
// First, so that bundles have the packed kernels before all code: gzip looks back 32 KB, and finds
// less to repeat where they lie between.
import "./backends/wasm/binary.ts";
import { referenceBackend } from "./backends/reference/mod.ts";
import { compilationRefusal, hasWasmSimd, wasmBackend } from "./backends/wasm/mod.ts";
import { setDefaultBackend } from "./core/backend.ts";

setDefaultBackend(() => {
  if (!hasWasmSimd()) return referenceBackend();
  const refusal = compilationRefusal();
  if (refusal === undefined) return wasmBackend();
  console.warn(
    "Tapegrad runs in plain loops, many times slower, because WebAssembly is forbidden here: add " +
      "'wasm-unsafe-eval' to the script-src of the Content-Security-Policy, or call " +
      `useBackend(referenceBackend()) to say that it is meant: ${refusal}`,
  );
  return referenceBackend();
});
