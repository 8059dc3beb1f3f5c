/**
 * Tensors of a structure by name: what files of weights hold.
 *
 * @module
 */
import { printable } from "./printable.ts";
import { leavesOf } from "./structure.ts";
import type { Tensor } from "./tensor.ts";

const ACTION = "name tensors";

/**
 * Lists the tensors in nested objects and arrays by the paths that lead to them: `conv1.w`,
 * `layers[2].bias`.
 *
 * The tensors are the same ones, not copies, in the order of their keys. So a file of weights is
 * read into parameters by `assign(namedTensors(params), await readSafetensors(file))`.
 *
 * - **Edge cases**: `null` and `undefined` stand for absent tensors and are left out; the path of a
 *   tensor alone is empty.
 * - **Source**: `state_dict` of PyTorch.
 *
 * @example
 * ```ts
 * import { assign, namedTensors, tensor, zeros } from "@tapegrad/tapegrad";
 * import { readSafetensors, writeSafetensors } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { dense: { w: tensor([[1, 2]]), bias: null } };
 * assertEquals(Object.keys(namedTensors(params)), ["dense.w"]);
 *
 * const file = writeSafetensors(namedTensors(params));
 * const others = { dense: { w: zeros([1, 2]), bias: null } };
 * assign(namedTensors(others), await readSafetensors(file));
 * assertEquals(others.dense.w.toArray(), [[1, 2]]);
 * ```
 *
 * @param structure tensors in nested objects and arrays.
 * @returns an object without nesting.
 * @throws {TypeError} if the structure holds something else.
 * @throws {RangeError} if two tensors have one path, because a key has a dot in it.
 */
export function namedTensors(structure: unknown): Record<string, Tensor> {
  const named = new Map<string, Tensor>();
  for (const { path, tensor } of leavesOf(ACTION, structure)) {
    if (named.has(path)) {
      throw new RangeError(
        `Cannot ${ACTION}: paths must differ: there are two tensors at ` +
          printable(path),
      );
    }
    named.set(path, tensor);
  }
  return Object.fromEntries(named);
}
