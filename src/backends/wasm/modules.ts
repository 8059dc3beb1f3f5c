/**
 * The compiled kernels, unpacked when they are first wanted.
 *
 * @module
 */
import { PACKED, SIZES } from "./binary.ts";
import { type Modules, unpack } from "./packing.ts";

/** Which instructions the kernels use: `relaxed` has fused multiply-add. */
export type Simd = "relaxed" | "plain";

let modules: Modules | undefined;

/** The module of a build. */
export function moduleBytes(simd: Simd): Uint8Array<ArrayBuffer> {
  modules ??= unpack(PACKED, SIZES);
  return modules[simd];
}
