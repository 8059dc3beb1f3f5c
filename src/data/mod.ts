/**
 * Reading and writing arrays.
 *
 * @module
 */
import "../default_backend.ts";

export { formatNpy, parseNpy, type ParseNpyOptions } from "./npy.ts";
export { readNpy, type ReadNpyOptions, writeNpy } from "./npy_tensor.ts";
export { type FileContent, writeFile } from "../files/atomic_file.ts";
export { FileError } from "../core/errors.ts";
export type { DType, HostArray, TypedArray } from "../core/dtype.ts";
