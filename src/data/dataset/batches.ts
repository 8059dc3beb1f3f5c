/**
 * Examples in batches of tensors, as a training takes them.
 *
 * @module
 */
import { checkFunction } from "../../core/check_kinds.ts";
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { type Part, rangeOfPart } from "../../core/part.ts";
import type { Backend } from "../../backends/kernels.ts";
import { Arena } from "../../core/arena.ts";
import { tensor } from "../../core/create.ts";
import { scoped } from "../../core/scoped.ts";
import { leavesOf } from "../../core/structure.ts";
import { internals, type Tensor } from "../../core/tensor.ts";
import { checkPass } from "./checks.ts";
import { type ExampleSource, range, type ReadExamples } from "./source.ts";

/** Tensors by the name of their field; the first dimension of each counts the examples. */
export type BatchOf = Readonly<Record<string, Tensor>>;

/** Pass over the data to make. */
export interface PassOptions {
  /**
   * Number of the epoch, from 1, which is the default. What is shuffled or augmented differs from
   * epoch to epoch.
   */
  readonly epoch?: number;
  /** Seed for stages that were given none of their own; 0 by default. */
  readonly seed?: number;
}

/** Options of batches. */
export interface BatchOptions {
  /** Leaves out the last batch where it would be smaller than the others; false by default. */
  readonly dropRemainder?: boolean;
  /** Backend of the tensors; the one in use by default. */
  readonly backend?: Backend;
}

/** Settings of batches, all of them set. */
export interface BatchSettings extends BatchOptions {
  readonly size: number;
  /** Batches that are read ahead. */
  readonly ahead: number;
  /** Functions on the tensors, in their order. */
  readonly maps: readonly ((batch: BatchOf) => BatchOf)[];
  /** Part of each batch that is made; whole ones where there is none. */
  readonly part?: Part;
}

/** Part that is the whole. */
const WHOLE: Part = { rank: 0, size: 1 };

/**
 * The batches of a {@link Dataset}, from its method `batch`: what `fit` takes.
 *
 * Immutable: methods return new ones, and every pass can be gone through any number of times.
 *
 * Memory: the tensors of a batch are freed when the next one is asked for, or the loop is left, so
 * that a loop needs nothing but `for await`. A tape or arena that adopts a batch frees it instead;
 * what must outlive the loop is cloned.
 *
 * @example
 * ```ts
 * import { arrayDataset } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const batches = arrayDataset({ x: Float32Array.of(1, 2, 3) }).batch(2);
 * assertEquals([batches.size, batches.count], [3, 2]);
 * const sizes: number[] = [];
 * for await (const { x } of batches.batches({ epoch: 1 })) sizes.push(x.shape[0]);
 * assertEquals(sizes, [2, 1]);
 * ```
 */
export class Batches<E extends BatchOf> {
  readonly #source: ExampleSource;
  readonly #settings: BatchSettings;

  /** Makes the batches of `Dataset.batch`. */
  constructor(source: ExampleSource, settings: BatchSettings) {
    this.#source = source;
    this.#settings = settings;
  }

  /** Number of examples in an epoch. */
  get size(): number {
    const { size, dropRemainder } = this.#settings;
    return dropRemainder ? this.#source.size - this.#source.size % size : this.#source.size;
  }

  /** Number of batches in an epoch. */
  get count(): number {
    return Math.ceil(this.size / this.#settings.size);
  }

  /** Part of each batch that these are, after {@link Batches.shard}; undefined for whole ones. */
  get part(): Part | undefined {
    return this.#settings.part;
  }

  /**
   * Takes a part of each batch: those of one of several ranks, which read nothing else.
   *
   * @example
   * ```ts
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const batches = arrayDataset({ x: Float32Array.of(1, 2, 3, 4, 5) }).batch(3);
   * const seen: unknown[] = [];
   * for await (const { x } of batches.shard({ rank: 1, size: 2 }).batches()) seen.push(x.toArray());
   * assertEquals(seen, [[2, 3], [5]]);
   * ```
   *
   * @param part its number, `rank` from 0, and the number of parts, `size`.
   * @returns as many batches, of fewer examples; sizes differ by one at most, and some may be 0.
   * @throws {RangeError} if there is no such part.
   */
  shard({ rank, size }: Part): Batches<E> {
    checkInteger("shard batches", "size", size, 1);
    checkInteger("shard batches", "rank", rank, 0, size - 1);
    return new Batches<E>(this.#source, { ...this.#settings, part: { rank, size } });
  }

  /**
   * Changes batches by operations, which run when a batch is taken.
   *
   * The results live as long as the batch; all else that the function makes of it is freed.
   *
   * @example
   * ```ts
   * import { mul } from "@tapegrad/tapegrad";
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const dataset = arrayDataset({ x: Float32Array.of(1, 2) });
   * const doubled = dataset.batch(2).map(({ x }) => ({ x: mul(x, 2) }));
   * for await (const { x } of doubled.batches()) assertEquals(x.toArray(), [2, 4]);
   * ```
   *
   * @param f makes tensors of the tensors of a batch.
   * @returns batches of these.
   */
  map<F extends BatchOf>(f: (batch: E) => F): Batches<F> {
    checkFunction("map batches", "f", f, "({ x, y }) => ({ x, y })");
    const maps = [...this.#settings.maps, f as unknown as (batch: BatchOf) => BatchOf];
    return new Batches<F>(this.#source, { ...this.#settings, maps });
  }

  /**
   * Reads batches ahead of the one that is asked for, so that files, decoders and generators work
   * while the model does. They wait on the host; only the batch that is taken is made of tensors.
   *
   * @param ahead how many; the memory of that many more batches is used. 2 by default.
   * @returns the same batches, sooner.
   * @throws {RangeError} if `ahead` is no integer of at least 0.
   */
  prefetch(ahead = 2): Batches<E> {
    checkInteger("prefetch batches", "ahead", ahead, 0);
    return new Batches<E>(this.#source, { ...this.#settings, ahead });
  }

  /**
   * Yields the batches of one pass over the data.
   *
   * A batch is freed when the next is asked for (see the class). The same options give the same
   * batches.
   *
   * @example
   * ```ts
   * import { referenceBackend } from "@tapegrad/tapegrad";
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const backend = referenceBackend();
   * const dataset = arrayDataset({ x: Float32Array.of(1, 2, 3) }).shuffle(7);
   * const order = [];
   * for await (const { x } of dataset.batch(2, { backend }).batches({ epoch: 3 })) {
   *   order.push(...x.dataSync());
   * }
   * assertEquals(order.sort(), [1, 2, 3]);
   * assertEquals(backend.liveBytes, 0);
   * ```
   *
   * @param options `epoch` (from 1, the default) and `seed`.
   * @returns the batches, one after the other.
   * @throws {RangeError} if `epoch` or `seed` is no such integer.
   */
  async *batches(options: PassOptions = {}): AsyncGenerator<E, void> {
    options = checkOptions("make batches", options, "epoch# seed#");
    const { epoch = 1, seed = 0 } = options;
    checkPass("make batches", { epoch, seed });
    for await (const { fields } of this.#read({ epoch, seed })) {
      const batch = this.#toTensors(fields);
      try {
        yield batch;
      } finally {
        for (const { tensor } of leavesOf("free batch", batch)) {
          if (internals.owner(tensor) === null) tensor.dispose();
        }
      }
    }
  }

  /** Yields the examples of each batch, on the host: as many batches ahead as was asked for. */
  async *#read(pass: { epoch: number; seed: number }): AsyncGenerator<ReadExamples, void> {
    const reader = this.#source.open(pass);
    const waiting: Promise<ReadExamples>[] = [];
    try {
      for (let asked = 0, taken = 0; taken < this.count; taken++) {
        for (; asked < this.count && asked <= taken + this.#settings.ahead; asked++) {
          const examples = reader.read(this.#positions(asked));
          examples.catch(() => {}); // thrown when its turn comes, not before
          waiting.push(examples);
        }
        yield await waiting.shift()!;
      }
    } finally {
      await Promise.allSettled(waiting);
      await reader.close();
    }
  }

  #positions(batch: number): Int32Array {
    const { size, part = WHOLE } = this.#settings;
    const start = batch * size;
    const [from, to] = rangeOfPart(Math.min(size, this.size - start), part);
    return range(start + from, start + to);
  }

  #toTensors(fields: ReadExamples["fields"]): E {
    const { backend, maps } = this.#settings;
    const entries = Object.entries(fields).map(([name, { shape, data }]) =>
      [name, tensor(data, { shape, backend })] as const
    );
    const batch: BatchOf = Object.fromEntries(entries);
    if (maps.length === 0) return batch as E;
    return scoped(new Arena(), (arena) => {
      arena.adopt(batch);
      return arena.keep(maps.reduce((made, map) => map(made), batch)) as E;
    });
  }
}
