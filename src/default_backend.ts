/**
 * Names the backend that is used when the user names none: WASM where it has SIMD. Every entry
 * point of the package imports this; nothing else may.
 *
 * @module
 */
// First, so that bundles have the packed kernels before all code: gzip looks back 32 KB, and finds
// less to repeat where they lie between.
import "./backends/wasm/binary.ts";
import { referenceBackend } from "./backends/reference/mod.ts";
import { hasWasmSimd, wasmBackend } from "./backends/wasm/mod.ts";
import { setDefaultBackend } from "./core/backend.ts";

setDefaultBackend(() => hasWasmSimd() ? wasmBackend() : referenceBackend());
