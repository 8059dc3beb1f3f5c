/**
 * A training that survives: saved after every epoch, and gone on with.
 *
 * @module
 */
import { checkOptions } from "../core/options.ts";
import { printable } from "../core/printable.ts";
import { checkInteger } from "../core/check_integer.ts";
import { broadcastBytes } from "../distributed/gather.ts";
import type { Group } from "../distributed/group.ts";
import { singleGroup } from "../distributed/single_group.ts";
import { readWhole } from "../files/source.ts";
import { assign, pairsToAssign } from "../core/assign.ts";
import { FileError } from "../core/errors.ts";
import { leavesOf, tensorsIn } from "../core/structure.ts";
import type { Optimizer, OptimizerState } from "../optim/mod.ts";
import type { Callback, EpochReport } from "./callback.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { SavedState } from "./saved_state.ts";

/** Place of a training's checkpoints, and their frequency. */
export interface CheckpointsOptions {
  /** The file; each checkpoint replaces the one before. */
  readonly path: string | URL;
  /** Epochs from one to the next; 1 by default. The last epoch has one in any case. */
  readonly every?: number;
}

/** State from which a training goes on: options of `fit`. */
export interface Resumed {
  /** Number of epochs that are done; 0 where there is no checkpoint yet. */
  readonly startEpoch: number;
  /** The reports of these epochs. */
  readonly history: readonly EpochReport[];
  /** Seed of random numbers; that of the training that is resumed, if there is one. */
  readonly seed?: number;
}

/** A training that may have been begun before. */
export interface Resumable {
  /** The parameters; they are changed in place. */
  readonly params: unknown;
  /** Optimizer that steps them. */
  readonly optimizer: Optimizer;
  /** Ranks that train together; none by default. */
  readonly group?: Group;
}

/** The state of a training, as {@link checkpoints} writes it. */
interface TrainingState {
  readonly epoch: number;
  readonly step: number;
  readonly seed: number;
  readonly history: readonly EpochReport[];
  readonly params: unknown;
  readonly optimizer: OptimizerState;
}

/**
 * Makes a callback of `fit` that saves the training after every epoch: parameters, state of the
 * optimizer, the seed, epoch, step and history. {@link resume} goes on from there.
 *
 * A process that is killed at any moment leaves the old checkpoint or the new one. What other
 * callbacks remember, the best epoch of `earlyStopping` say, is not in it. Of a group rank 0 writes,
 * for all: any number of ranks can go on from there.
 *
 * @example
 * ```ts
 * import { adam, Random, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
 * import { checkpoints, FileError, fit, resume } from "@tapegrad/tapegrad/train";
 * import { assertRejects } from "@std/assert";
 *
 * const data = { x: tensor([[0, 1], [1, 0]]), y: tensor([0, 1], { dtype: "int32" }) };
 * const model = Sequential([Dense({ units: 2 })]);
 * async function train(path: string) { // started again after a crash, it goes on
 *   const params = model.init(new Random(0), [2]);
 *   const optimizer = adam({ learningRate: 0.001 });
 *   const resumed = await resume(path, { params, optimizer });
 *   const options = { params, optimizer, loss: softmaxCE, epochs: 20, ...resumed };
 *   const training = fit(model, data, { ...options, callbacks: [checkpoints({ path })] });
 *   for await (const { epoch, loss } of training) console.log(epoch, loss);
 * }
 * await assertRejects(() => train("no-such-folder/run.safetensors"), FileError, "Cannot");
 * ```
 *
 * @param options `path` and `every`.
 * @returns the callback.
 * @throws {RangeError} if `every` is no integer of at least 1.
 */
export function checkpoints(options: CheckpointsOptions): Callback {
  options = checkOptions("make checkpoints", options, "path every#");
  const { path, every = 1 } = options;
  checkInteger("make checkpoints", "every", every, 1);
  return {
    async epoch({ epoch }, { params, optimizer, epochs, seed, history, group }) {
      if (epoch % every !== 0 && epoch !== epochs) return;
      const moments = optimizer.state() as OptimizerState; // ranks may have to join theirs
      if (group !== undefined && group.rank > 0) return;
      const step = history.reduce((sum, { steps }) => sum + steps, 0);
      const state: TrainingState = {
        epoch,
        step,
        seed,
        history,
        params,
        optimizer: moments,
      };
      await saveCheckpoint(path, state as unknown as SavedState);
    },
  };
}

/**
 * Goes on from a checkpoint, where there is one: gives the parameters their saved values, in place,
 * and the optimizer its state. A training that is resumed gives the same numbers, bit for bit, as
 * one that was never ended; on another number of ranks, but for the order of summation. With a
 * `group` rank 0 reads the file for all: it need not be where the others are.
 *
 * @example
 * ```ts
 * import { adam, tensor } from "@tapegrad/tapegrad";
 * import { FileError, resume } from "@tapegrad/tapegrad/train";
 * import { assertRejects } from "@std/assert";
 *
 * const training = { params: { w: tensor([1, 2]) }, optimizer: adam({ learningRate: 0.1 }) };
 * // fit(model, data, { ...training, loss, epochs: 20, ...await resume("run.safetensors", training) })
 * await assertRejects(() => resume(".", training), FileError, "Cannot"); // a folder
 * ```
 *
 * @param path of {@link checkpoints}.
 * @param training `params` and `optimizer`, made as for a new training; `group`.
 * @returns options for `fit`: the seed, what is done, and its history; nothing done where there is
 * no such file.
 * @throws {SyntaxError} if the file is damaged or no checkpoint of a training.
 * @throws {ShapeError} if the parameters are those of another model; nothing is changed then.
 * @throws {TypeError} if the optimizer is of another kind; nothing is changed then.
 * @throws {FileError} if the file is there and cannot be opened.
 */
export async function resume(
  path: string | URL,
  { params, optimizer, group = singleGroup() }: Resumable,
): Promise<Resumed> {
  const [first] = leavesOf("resume", params);
  let state: SavedState;
  try {
    const file = group.size === 1 ? path : await readForAll(path, group);
    if (file === undefined) return { startEpoch: 0, history: [] };
    state = await loadCheckpoint(file, { backend: first?.tensor.backend });
  } catch (error) {
    if (error instanceof FileError && isMissing(error)) return { startEpoch: 0, history: [] };
    throw error;
  }
  try {
    const { epoch, history, seed, params: saved, optimizer: moments } = checkState(path, state);
    pairsToAssign(params, saved); // throws before the optimizer is changed
    optimizer.load(moments); // throws before it changes
    assign(params, saved);
    return { startEpoch: epoch, history, seed };
  } finally {
    for (const tensor of tensorsIn(state)) tensor.dispose();
  }
}

/** Reads the file on rank 0 for all; undefined where there is none. */
async function readForAll(path: string | URL, group: Group): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array | undefined;
  if (group.rank === 0) {
    try {
      bytes = (await readWhole(path, "checkpoint")).bytes;
    } catch (error) {
      if (!(error instanceof FileError && isMissing(error))) throw error;
    }
  }
  // A checkpoint is never empty: no bytes stand for no file.
  const read = broadcastBytes(group, bytes ?? new Uint8Array(), 0);
  return read.length === 0 && bytes === undefined ? undefined : read;
}

function isMissing({ cause }: FileError): boolean {
  return (cause as { code?: unknown } | undefined)?.code === "ENOENT";
}

function checkState(path: string | URL, state: SavedState): TrainingState {
  const { epoch, seed, history, params, optimizer } = (state ?? {}) as Partial<TrainingState>;
  const isState = Number.isSafeInteger(epoch) && Number.isSafeInteger(seed) &&
    Array.isArray(history) && params !== undefined && typeof optimizer === "object";
  if (isState) return state as unknown as TrainingState;
  throw new SyntaxError(
    `Cannot read ${
      printable(String(path))
    }: it must be a checkpoint of a training: expected epoch, seed, history, ` +
      "params and optimizer",
  );
}
