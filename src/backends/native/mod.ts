/**
 * The native backend: products and convolutions by libraries of the machine (oneDNN, a BLAS) on the
 * memory of the WASM backend, whose kernels compute all else.
 *
 * In Deno it wants `--allow-ffi`; in Node the package `koffi`.
 *
 * @example
 * ```ts
 * import { referenceBackend, tensor, matmul } from "@tapegrad/tapegrad";
 * import { nativeBackend } from "@tapegrad/tapegrad/native";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = nativeBackend.isAvailable() ? nativeBackend() : referenceBackend();
 * const a = tensor([[1, 2], [3, 4]], { backend });
 * assertEquals(matmul(a, a).toArray(), [[7, 10], [15, 22]]);
 * ```
 *
 * @module
 */
import "../../default_backend.ts";

export {
  type MakeNativeBackend,
  type NativeBackend,
  nativeBackend,
  type NativeBackendOptions,
  type NativeLibraries,
  type NativeLibrary,
} from "./backend.ts";
