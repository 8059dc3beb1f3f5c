/**
 * Tensors from `.npy` files and back.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { tensor } from "../core/create.ts";
import type { Tensor } from "../core/tensor.ts";
import { formatNpy, parseNpy, type ParseNpyOptions } from "./npy.ts";

/** Options of {@link readNpy}. */
export interface ReadNpyOptions extends ParseNpyOptions {
  /** Backend of the tensor; the one in use by default. */
  readonly backend?: Backend;
}

/**
 * A tensor of the array in a `.npy` file.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readNpy, writeNpy } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = writeNpy(tensor([[1, 2], [3, 4]])); // or await Deno.readFile("x.npy")
 * assertEquals(readNpy(bytes).toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @param bytes the whole file.
 * @param options `name` of the file in errors, `maxElements`, `backend`.
 * @returns a tensor that no tape knows; other dtypes are converted where that is exact.
 * @throws {SyntaxError} if the file is malformed, truncated, oversized or of another dtype.
 * @throws {RangeError} if an integer does not fit, or there are too many elements.
 */
export function readNpy(bytes: Uint8Array, options: ReadNpyOptions = {}): Tensor {
  const { shape, data } = parseNpy(bytes, options);
  return tensor(data, { shape, backend: options.backend });
}

/**
 * The bytes of a `.npy` file of a tensor, as NumPy writes it.
 *
 * @param x any tensor.
 * @returns the whole file.
 */
export function writeNpy(x: Tensor): Uint8Array {
  return formatNpy({ shape: x.shape, dtype: x.dtype, data: x.dataSync() });
}
