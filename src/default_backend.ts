/**
 * Names the backend that is used when the user names none: WASM where it has SIMD. Every entry
 * point of the package imports this; nothing else may.
 *
 * @module
 */
import { referenceBackend } from "./backends/reference/mod.ts";
import { hasWasmSimd, wasmBackend } from "./backends/wasm/mod.ts";
import { setDefaultBackend } from "./core/backend.ts";

setDefaultBackend(() => hasWasmSimd() ? wasmBackend() : referenceBackend());
