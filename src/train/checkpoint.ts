/**
 * Checkpoints: tensors and what goes with them in one file, written whole or not at all.
 *
 * @module
 */
import { checkOptions } from "../core/options.ts";
import type { Backend } from "../backends/kernels.ts";
import { writeFile } from "../files/atomic_file.ts";
import type { Tensor } from "../core/tensor.ts";
import type { FileInput } from "../files/source.ts";
import {
  openSafetensors,
  type SafetensorsFile,
  writeSafetensors,
} from "../formats/safetensors/safetensors.ts";
import { flattenState, type Saveable, type SavedState, unflattenState } from "./saved_state.ts";

/** Key in the metadata of the file of everything that is no tensor. */
const KEY = "tapegrad.checkpoint";

/**
 * Writes tensors, numbers and words in nested objects and arrays to a file, whole or not at all.
 *
 * The file is a safetensors file, so that Python reads its tensors by their paths (`params.conv1.w`);
 * all else is in its metadata. It is written beside the old one, flushed to the disk and renamed:
 * whoever opens the path, after a crash too, finds the old state or the new one. Needs a file system
 * (in Deno, `--allow-read --allow-write`).
 *
 * - **Edge cases**: NaN, infinities and -0 are kept; `undefined` is left out.
 *
 * @example
 * ```ts
 * import { adam, tensor } from "@tapegrad/tapegrad";
 * import { FileError, loadCheckpoint, saveCheckpoint } from "@tapegrad/tapegrad/train";
 * import { assertRejects } from "@std/assert";
 *
 * async function backup(path: string) {
 *   const params = { w: tensor([1, 2]) };
 *   const optimizer = adam({ learningRate: 0.1 });
 *   await saveCheckpoint(path, { params, optimizer: optimizer.state(), step: 7 });
 *   const { step } = await loadCheckpoint<{ step: number }>(path); // 7
 *   return step;
 * }
 * await assertRejects(() => backup("no-such-folder/run.safetensors"), FileError, "Cannot write");
 * ```
 *
 * @param path where to write: a path, or a `file:` URL. Its folder must exist.
 * @param state what to write; it is not changed.
 * @throws {TypeError} if the state holds something else.
 * @throws {FileError} if there is no file system, or it refuses.
 */
export async function saveCheckpoint<const S>(
  path: string | URL,
  state: S & Saveable<S>,
): Promise<void> {
  const { tensors, structure } = flattenState("save a checkpoint", state as SavedState);
  await writeFile(path, writeSafetensors(tensors, { metadata: { [KEY]: structure } }));
}

/**
 * Reads what {@link saveCheckpoint} has written.
 *
 * @example
 * ```ts
 * import { tensor } from "@tapegrad/tapegrad";
 * import { writeSafetensors } from "@tapegrad/tapegrad/io";
 * import { loadCheckpoint } from "@tapegrad/tapegrad/train";
 * import { assertRejects } from "@std/assert";
 *
 * // const { params, step } = await loadCheckpoint<{ params: Params; step: number }>("run.safetensors");
 * const weights = writeSafetensors({ w: tensor([1, 2]) }); // no checkpoint
 * await assertRejects(() => loadCheckpoint(weights), SyntaxError, "must be a checkpoint");
 * ```
 *
 * @typeParam S the type of what was saved; it is taken on trust, and not compared with the file.
 * @param input the file.
 * @param options `backend` of the tensors; the one in use by default.
 * @returns the same state; its tensors are yours to dispose of.
 * @throws {SyntaxError} if the file is damaged, or a safetensors file that is no checkpoint.
 * @throws {FileError} if it cannot be opened.
 */
export async function loadCheckpoint<S = SavedState>(
  input: FileInput,
  options: { readonly backend?: Backend } = {},
): Promise<S> {
  options = checkOptions("load checkpoint", options, "backend");
  const file = await openSafetensors(input);
  try {
    return await readState(file, options) as S;
  } finally {
    await file.close();
  }
}

async function readState(
  file: SafetensorsFile,
  options: { readonly backend?: Backend },
): Promise<SavedState> {
  const { metadata } = file;
  const action = `Cannot read ${file.name}`;
  if (!Object.hasOwn(metadata, KEY)) {
    throw new SyntaxError(
      `${action}: it must be a checkpoint: expected ${KEY} in its metadata, found ` +
        (Object.keys(metadata).join(", ").slice(0, 60) || "none"),
    );
  }
  const tensors: [name: string, tensor: Tensor][] = [];
  try {
    for (const name of file.names) tensors.push([name, await file.tensor(name, options)]);
    return unflattenState(action, metadata[KEY], Object.fromEntries(tensors));
  } catch (error) {
    for (const [, tensor] of tensors) tensor.dispose();
    throw error;
  }
}
