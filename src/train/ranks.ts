/**
 * The other ranks of a training, as each step asks for them: agreement before anything is decided,
 * results and gradients of the whole batch. A training without a group is alone in its own.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import { tensor, zeros } from "../core/create.ts";
import type { TypedArray } from "../core/dtype.ts";
import { formatValue } from "../core/format_value.ts";
import { checkOptions } from "../core/options.ts";
import { sizeOf } from "../core/shape.ts";
import type { Tape } from "../core/tape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Updates } from "../core/assign.ts";
import { type GradientExchangeOptions, gradientSum } from "../distributed/average_gradients.ts";
import { changeElements, readElements } from "../distributed/elements.ts";
import { gatherArrays, gatherNumbers, joinArrays } from "../distributed/gather.ts";
import type { Group } from "../distributed/group.ts";
import { shard } from "../distributed/shard.ts";
import { singleGroup } from "../distributed/single_group.ts";
import { syncBatchNorm } from "../distributed/sync_batch_norm.ts";
import type { ApplyOptions } from "../nn/mod.ts";
import type { Random } from "../random/random.ts";
import type { BatchSource } from "./batches.ts";
import type { Finding } from "./diagnose.ts";

/** Options of training in a group. */
export interface GroupOptions extends GradientExchangeOptions {
  /**
   * Normalise batches (`BatchNorm`) over the parts of all ranks; true by default. Without, each rank
   * normalises its part, and running moments are averaged.
   */
  readonly syncBatchNorm?: boolean;
  /** Epochs after which parameters are checked to be equal on all ranks; 1 by default. */
  readonly checkEvery?: number;
}

const KNOWN = "bucketBytes# wire syncBatchNorm? checkEvery#";

/** Result of a rank for its part of a batch. */
interface Own {
  /** Mean loss of the part. */
  readonly loss: number;
  /** Divisor of the mean; 0 where no label counts. */
  readonly weight: number;
  /** Examples of the part. */
  readonly examples: number;
}

/** Result of all ranks for a batch. */
export interface Agreed extends Own {
  /** The rank's share of the weight. */
  readonly share: number;
}

/** All ranks of a training, seen from one. */
export class Ranks {
  /** The group; of this rank alone where none was given. */
  readonly group: Group;
  readonly #options: GroupOptions;
  readonly #sum: (grads: unknown) => void | Promise<void>;
  readonly #signal: AbortSignal | undefined;

  /** Checks the options. `action` begins errors. */
  constructor(
    action: string,
    { group = singleGroup(), groupOptions = {}, signal }: {
      readonly group?: Group;
      readonly groupOptions?: GroupOptions;
      readonly signal?: AbortSignal;
    },
  ) {
    checkGroup(action, group);
    groupOptions = checkOptions(action, groupOptions, KNOWN);
    checkInteger(action, "checkEvery", groupOptions.checkEvery ?? 1, 1);
    this.group = group;
    this.#options = groupOptions;
    this.#sum = gradientSum(action, group, groupOptions);
    this.#signal = signal;
  }

  /** True where there are no others. */
  get isAlone(): boolean {
    return this.group.size === 1;
  }

  /** True in epochs after which parameters are compared. */
  isChecked(epoch: number): boolean {
    return !this.isAlone && epoch % (this.#options.checkEvery ?? 1) === 0;
  }

  /** Takes this rank's part of the data, unless it has been taken. */
  partOf(source: BatchSource): BatchSource {
    return this.isAlone || source.part !== undefined ? source : shard(source, this.group);
  }

  /** Random numbers of this rank: dropout drops others in each part. */
  ownRandom(random: Random): Random {
    return this.isAlone ? random : random.split("rank").split(this.group.rank);
  }

  /** Options of applying the model that the ranks need. */
  get applyOptions(): Pick<ApplyOptions, "batchNorm"> {
    const { syncBatchNorm: isSynchronous = true } = this.#options;
    return this.isAlone || !isSynchronous ? {} : { batchNorm: syncBatchNorm(this.group) };
  }

  /** Joins what all ranks have made of a batch; throws on all once the signal of one is aborted. */
  agree(own: Own): Agreed {
    if (this.isAlone) return { ...own, share: 1 };
    const isAborted = this.#signal?.aborted ? 1 : 0;
    const all = gatherNumbers(this.group, [own.loss, own.weight, own.examples, isAborted]);
    this.#throwIfAborted(all.map(([, , , aborted]) => aborted));
    const weighed = all.filter(([, weight]) => weight > 0);
    const weight = weighed.reduce((sum, [, one]) => sum + one, 0);
    return {
      loss: weighed.reduce((sum, [loss, one]) => sum + loss * (one / weight), 0),
      weight,
      examples: all.reduce((sum, [, , examples]) => sum + examples, 0),
      share: weight === 0 ? 0 : own.weight / weight,
    };
  }

  /** Returns true on all ranks if it is true on one. */
  any(isTrue: boolean): boolean {
    return gatherNumbers(this.group, [isTrue ? 1 : 0]).some(([one]) => one === 1);
  }

  /** Takes what the first rank has found that has found anything, so that all tell the same. */
  firstFinding(own: Finding): Finding {
    if (this.isAlone) return own;
    const text = new TextEncoder().encode(JSON.stringify(own));
    const all = gatherArrays(this.group, text)
      .map((bytes): Finding => JSON.parse(new TextDecoder().decode(bytes)));
    return all.find(({ op, inputs }) => op !== undefined || inputs.length > 0) ?? own;
  }

  /** Throws on all ranks if the signal of one is aborted. */
  checkSignal(): void {
    if (this.isAlone) return this.#signal?.throwIfAborted();
    const all = gatherNumbers(this.group, [this.#signal?.aborted ? 1 : 0]);
    this.#throwIfAborted(all.map(([aborted]) => aborted));
  }

  #throwIfAborted(aborted: readonly number[]): void {
    const rank = aborted.indexOf(1);
    if (rank < 0) return;
    this.#signal?.throwIfAborted();
    throw new DOMException(`The training was aborted on rank ${rank}`, "AbortError");
  }

  /**
   * Computes the gradient of this rank's share of the loss. A rank whose part counts nothing goes
   * the way of the others, who may wait for it on it, with zeros.
   */
  gradient<S>(
    tape: Tape,
    { loss, y }: { readonly loss: Tensor | null; readonly y: Tensor },
    params: S,
    share: number,
  ): S {
    if (this.isAlone) return tape.gradient(loss!, params);
    const like = share === 0 || loss === null ? y : loss;
    const { shape, dtype, backend } = like;
    const seed = like === y
      ? zeros(shape, { dtype, backend })
      : tensor([share], { shape, dtype, backend });
    return tape.gradient(like, params, { seed: tape.adopt(seed) });
  }

  /** Makes gradients the sums of all ranks', in place; a promise where a backend takes time. */
  sum<G>(grads: G): G | Promise<G> {
    if (this.isAlone) return grads;
    const done = this.#sum(grads);
    return done === undefined ? grads : done.then(() => grads);
  }

  /** Averages running moments that each rank has computed by itself. */
  async averageUpdates(updates: Updates): Promise<void> {
    const { syncBatchNorm: isSynchronous = true } = this.#options;
    if (this.isAlone || isSynchronous) return;
    await averageEach(this.group, [...updates.values()]);
  }

  /** Makes tensors of the results of all ranks, or of their targets, known to the tape. */
  async gather(x: Tensor): Promise<Tensor> {
    if (this.isAlone) return x;
    const [, ...row] = x.shape;
    const copy = readElements(x, (elements) => elements.slice());
    const parts = gatherArrays(this.group, copy instanceof Promise ? await copy : copy);
    const joined = joinArrays(parts);
    const { dtype, backend } = x;
    const shape = [joined.length / Math.max(sizeOf(row), 1), ...row];
    return tensor(joined, { shape, dtype, backend });
  }
}

/** Averages tensors over the ranks, in place, each by itself: there are few, and they are small. */
async function averageEach(group: Group, tensors: readonly Tensor[]): Promise<void> {
  const average = (elements: TypedArray) => group.allReduce(elements, "mean");
  for (const one of tensors) await changeElements(one, average);
}

/** Throws unless this is a group. */
function checkGroup(action: string, group: unknown): asserts group is Group {
  const { rank, size, allReduce } = (group ?? {}) as Partial<Group>;
  if (Number.isInteger(rank) && Number.isInteger(size) && typeof allReduce === "function") return;
  throw new TypeError(
    `Cannot ${action}: group must be one of ./distributed, such as mpi(): got ${
      formatValue(group)
    }`,
  );
}
