/**
 * Tensors from `.npy` files and back.
 *
 * @module
 */
import { checkTensors } from "../../core/checks.ts";
import { checkOptions } from "../../core/options.ts";
import { tensor } from "../../core/create.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, readWhole } from "../../files/source.ts";
import { READ_TENSOR_OPTIONS, type ReadTensorOptions } from "../array_file.ts";
import { checkKind, inMemory } from "../identify/identify.ts";
import { formatNpy, parseNpy } from "./npy.ts";

/**
 * Reads the array in a `.npy` file as a tensor. `parseNpy` says what is read, what is converted and
 * what is an error; it is the function to call for bytes at hand, without waiting.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readNpy, writeNpy } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const x = await readNpy(writeNpy(tensor([[1, 2], [3, 4]]))); // or await readNpy("x.npy")
 * assertEquals(x.toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @param input the file.
 * @param options `name` of the file in errors, `maxBytes`, `maxElements`, `onProgress`, `backend`.
 * @returns a tensor that no tape knows; other dtypes are converted where that is exact.
 * @throws {SyntaxError} if the file is malformed, truncated, oversized or of another dtype.
 * @throws {RangeError} if an integer does not fit, or there are too many elements or bytes.
 * @throws {FileError} if the file cannot be opened.
 */
export async function readNpy(
  input: FileInput,
  options: ReadTensorOptions = {},
): Promise<Tensor> {
  options = checkOptions("read npy", options, READ_TENSOR_OPTIONS);
  const { bytes, name } = await readWhole(input, "npy", options);
  await checkKind(inMemory(bytes), ["npy"], `Cannot read ${name}`);
  const { shape, data } = parseNpy(bytes, { name, maxElements: options.maxElements });
  return tensor(data, { shape, backend: options.backend });
}

/**
 * Writes a `.npy` file of a tensor, as NumPy does.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { readNpy, writeNpy } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = writeNpy(tensor([[1, 2], [3, 4]])); // await writeFile("x.npy", bytes)
 * assertEquals((await readNpy(bytes)).toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @param x any tensor.
 * @returns the whole file.
 */
export function writeNpy(x: Tensor): Uint8Array<ArrayBuffer> {
  checkTensors("write npy", { x });
  return formatNpy({ shape: x.shape, dtype: x.dtype, data: x.dataSync() });
}
