/**
 * The foreign function interfaces that programs of this library may have: that of Deno, and in Node
 * the package koffi.
 *
 * @module
 */
import { denoHost } from "./deno_host.ts";
import { koffiHost } from "./koffi_host.ts";
import type { FfiHost } from "./signatures.ts";

/** Finds the interface of this program; a reason where there is none. */
export function ffiHost(): FfiHost | string {
  return denoHost() ?? koffiHost();
}
