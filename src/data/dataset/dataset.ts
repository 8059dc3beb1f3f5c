/**
 * The dataset: examples that are read, changed and put in batches lazily.
 *
 * @module
 */
import { checkFunction } from "../../core/check_kinds.ts";
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import type { HostArray } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
import { augmentSource } from "../augment/augment.ts";
import { type MixupOptions, mixupSource } from "../augment/mixup.ts";
import type { AugmentOptions } from "../augment/options.ts";
import { Batches, type BatchOf, type BatchOptions, type PassOptions } from "./batches.ts";
import { checkPass } from "./checks.ts";
import { concatenate, exampleOf } from "./host_arrays.ts";
import { cacheSource, type ExampleFunction, mapExamples } from "./map.ts";
import {
  type NormalizeOptions,
  normalizeSource,
  type ScaleOptions,
  type Statistics,
  statisticsOf,
} from "./normalize.ts";
import { type DatasetSplitOptions, shuffleSource, sliceSource, splitSource } from "./order.ts";
import { type ExampleSource, type Pass, readAll, readParts } from "./source.ts";

/** Arrays on the host in place of the tensors of a batch. */
export type OnHost<E> = { readonly [Name in keyof E]: HostArray };

/**
 * Examples with named fields, usually `x` and `y`: a description of their source and of the changes
 * to make to them. Nothing is read before a loop asks for it.
 *
 * Immutable: each method returns a new dataset, and any number of loops may go through one. What is
 * random is a function of a seed, the epoch and the number of the example: never of the size of
 * batches, the number of workers or what was read before.
 *
 * Make one with `arrayDataset`, `generatedDataset`, `fileDataset` or `imageFolder`.
 *
 * @example From arrays to batches
 * ```ts
 * import { arrayDataset } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const images = { shape: [10, 2, 2, 1], dtype: "uint8", data: new Uint8Array(40) } as const;
 * const labels = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
 * const { train, validation } = await arrayDataset({ x: images, y: labels })
 *   .normalize() // bytes to float32, from 0 to 1
 *   .split({ validation: 0.2, stratify: "y" });
 * const batches = train.shuffle(0).batch(4);
 * assertEquals([train.size, validation.size, batches.count], [8, 2, 2]);
 * for (let epoch = 1; epoch <= 3; epoch++) {
 *   for await (const { x, y } of batches.batches({ epoch })) console.log(x.dtype, y.shape);
 * }
 * ```
 */
export class Dataset<E extends BatchOf> {
  readonly #source: ExampleSource;

  /** Makes a dataset of a source; called by the functions that make datasets. */
  constructor(source: ExampleSource) {
    this.#source = source;
  }

  /** Number of examples. */
  get size(): number {
    return this.#source.size;
  }

  /**
   * Shuffles the examples anew every epoch, each order equally likely; a function of seed and
   * epoch.
   *
   * @param seed decides the orders; that of the pass (of `fit`) by default.
   * @returns the same examples in random order.
   * @throws {RangeError} if the seed is no integer.
   * @throws {TypeError} if the examples come from a generator and are not cached.
   */
  shuffle(seed?: number): Dataset<E> {
    return new Dataset(shuffleSource(this.#source, seed));
  }

  /**
   * Takes the first examples.
   *
   * @param count how many; all where there are fewer.
   * @returns a dataset of these.
   * @throws {RangeError} if `count` is no integer of at least 0.
   */
  take(count: number): Dataset<E> {
    checkInteger("take examples", "count", count, 0);
    return new Dataset(sliceSource(this.#source, 0, count));
  }

  /**
   * Skips the first examples.
   *
   * @param count how many to leave out; all where there are fewer.
   * @returns a dataset of the others.
   * @throws {RangeError} if `count` is no integer of at least 0.
   */
  skip(count: number): Dataset<E> {
    checkInteger("skip examples", "count", count, 0);
    return new Dataset(sliceSource(this.#source, count));
  }

  /**
   * Splits in two parts: one to train on, one to validate with. Which example goes where is random,
   * decided by the seed; within a part they keep their order.
   *
   * With `stratify`, each class is split in the same proportion, to within one example; the numbers
   * of examples add up to `round(validation · size)` all the same.
   *
   * @example
   * ```ts
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const dataset = arrayDataset({ y: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1) });
   * const { validation } = await dataset.split({ validation: 0.25, stratify: "y" });
   * assertEquals((await validation.arrays()).y.data, Int32Array.of(0, 1));
   * ```
   *
   * @param options `validation` (a share), `seed`, `stratify` (a field of class indices).
   * @returns `train` and `validation`.
   * @throws {RangeError} if a part would be empty.
   * @throws {TypeError} if the dataset was shuffled, which would mix the parts every epoch; or
   * `stratify` is no field.
   * @throws {ShapeError} if `stratify` holds no class indices.
   */
  async split(
    options: DatasetSplitOptions,
  ): Promise<{ train: Dataset<E>; validation: Dataset<E> }> {
    const { train, validation } = await splitSource(this.#source, options);
    return { train: new Dataset(train), validation: new Dataset(validation) };
  }

  /**
   * Changes each example by a function, on the host, whenever it is read.
   *
   * The arrays given are read and not changed: they may be the source's own memory. All results
   * need the same fields, shapes and dtypes.
   *
   * @example
   * ```ts
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const noisy = arrayDataset({ x: Float32Array.of(1, 2) }).map(({ x }, { random }) => {
   *   return { x: { ...x, data: x.data.map((v) => v + random.uniform(0, 0.5)) } };
   * });
   * const [{ x: a }, { x: b }] = [await noisy.arrays(), await noisy.arrays({ epoch: 2 })];
   * assertEquals([...a.data].map(Math.floor), [1, 2]);
   * assertEquals(a.data[0] === b.data[0], false); // another epoch, another number
   * ```
   *
   * @param f makes an example of an example; may be asynchronous.
   * @param options `seed` of the random numbers that f is given; that of the pass by default.
   * @returns the changed examples.
   */
  map<To extends Readonly<Record<string, HostArray>>>(
    f: ExampleFunction<OnHost<E>, To>,
    options: { readonly seed?: number } = {},
  ): Dataset<{ readonly [Name in keyof To]: Tensor }> {
    checkFunction("map dataset", "f", f, "({ x, y }) => ({ x, y })");
    const ofRecords = f as ExampleFunction<Record<string, HostArray>, To>;
    options = checkOptions("map dataset", options, "seed#");
    return new Dataset(mapExamples(this.#source, ofRecords, options.seed));
  }

  /**
   * Scales numbers: `(x / scale - mean) / std`.
   *
   * Without options bytes become float32 from 0 to 1, and floats stay as they are. The result is
   * float32, or float64 where the field is.
   *
   * @example Images with mean 0 and standard deviation 1, by channel
   * ```ts
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const x = { shape: [2, 1, 1, 2], dtype: "uint8", data: Uint8Array.of(0, 51, 255, 51) } as const;
   * const train = arrayDataset({ x });
   * const statistics = await train.statistics(); // of the training set, for every set
   * assertEquals(statistics.mean, [0.5, 0.2]);
   * const { x: scaled } = await train.normalize(statistics).arrays();
   * assertEquals([...scaled.data], [-1, 0, 1, 0]);
   * ```
   *
   * @param options `field`, `scale`, and `mean` and `std` of what is scaled, one number or one for
   * each entry of the last axis.
   * @returns a dataset with that field changed.
   * @throws {RangeError} if a number is not finite.
   */
  normalize(options: NormalizeOptions = {}): Dataset<E> {
    return new Dataset(normalizeSource(this.#source, options));
  }

  /**
   * Computes mean and standard deviation of a field for each entry of its last axis, over all
   * examples. For {@link Dataset.normalize}.
   *
   * @param options `field` (`"x"` by default) and `scale` (255 for bytes by default).
   * @returns `mean` and `std`, of the scaled numbers.
   * @throws {RangeError} if there are no examples.
   */
  async statistics(options: ScaleOptions = {}): Promise<Statistics> {
    return await statisticsOf(this.#source, options);
  }

  /**
   * Changes images at random, each in every epoch anew: moved, turned, enlarged, leant, mirrored,
   * cut; other colours; a square left out. For training sets alone.
   *
   * An image is looked at once, between pixels by bilinear interpolation, whatever is done to its
   * geometry: about its centre it is leant, enlarged, turned, moved, mirrored, in this order. Then
   * come colours and the square. All numbers are uniform in their ranges, and a function of seed,
   * epoch and the number of the image. The dtype stays: bytes are rounded.
   *
   * - **Shapes**: images `[N, H, W, C]`, with `crop` made `[N, crop.size, C]`.
   * - **Edge cases**: moves by whole pixels and flips change no value. Floats are not limited after
   *   a change of colours, bytes are.
   *
   * @example
   * ```ts
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertEquals } from "@std/assert";
   *
   * const x = { shape: [1, 1, 3, 1], dtype: "uint8", data: Uint8Array.of(1, 2, 3) } as const;
   * const mirrored = arrayDataset({ x }).augment({ flip: "horizontal" });
   * const seen = new Set<string>();
   * for (let epoch = 1; epoch <= 20; epoch++) seen.add(String((await mirrored.arrays({ epoch })).x.data));
   * assertEquals([...seen].sort(), ["1,2,3", "3,2,1"]);
   * ```
   *
   * @param options what is done to images, and how much; what is left out is not done.
   * @returns the same examples with changed images.
   * @throws {RangeError} if a range is not one, or a number is outside of what makes sense.
   */
  augment(options: AugmentOptions): Dataset<E> {
    return new Dataset(augmentSource(this.#source, options));
  }

  /**
   * Mixes each example with another one: `x = weight x1 + (1 - weight) x2`, and so their labels,
   * as distributions over the classes. The weight is of the distribution Beta(alpha, alpha); it
   * and the other example are a function of seed, epoch and the number of the example. For
   * training sets of floats: comes after `normalize`.
   *
   * - **Shapes**: class indices `[N]` become float32 `[N, classes]`; distributions keep their
   *   shape.
   * - **Source**: H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz: "mixup: beyond empirical risk
   *   minimization", ICLR 2018.
   *
   * @example
   * ```ts
   * import { arrayDataset } from "@tapegrad/tapegrad/data";
   * import { assertAlmostEquals } from "@std/assert";
   *
   * const dataset = arrayDataset({ x: Float32Array.of(0, 1), y: Int32Array.of(0, 1) });
   * const { x, y } = await dataset.mixup({ classes: 2, alpha: 1 }).arrays();
   * assertAlmostEquals(x.data[0], y.data[1]); // as much of the one as of its label
   * ```
   *
   * @param options `classes`, `alpha`, `seed`, and the fields `x` and `y`.
   * @returns mixed examples.
   * @throws {RangeError} if `alpha` is not positive, or a label is no class.
   * @throws {TypeError} if the examples come from a generator and are not cached.
   */
  mixup(options: MixupOptions = {}): Dataset<E> {
    return new Dataset(mixupSource(this.#source, options));
  }

  /**
   * Keeps in memory what the first epoch is read as: for files that are small enough, for what is
   * slow to make, and for generators, whose examples are then at hand in any order. What is random
   * before it is the same in every epoch from then on.
   *
   * @returns the same examples, read only once.
   */
  cache(): Dataset<E> {
    return new Dataset(cacheSource(this.#source));
  }

  /**
   * Puts examples together in batches of tensors.
   *
   * @param size examples in a batch.
   * @param options `dropRemainder` and `backend`.
   * @returns what a training takes.
   * @throws {RangeError} if `size` is no integer of at least 1.
   */
  batch(size: number, options: BatchOptions = {}): Batches<E> {
    options = checkOptions("make batches", options, "dropRemainder? backend");
    checkInteger("make batches", "size", size, 1);
    return new Batches<E>(this.#source, { ...options, size, ahead: 0, maps: [] });
  }

  /**
   * Yields the examples of a pass one by one, on the host: to look at them.
   *
   * @param options `epoch` (from 1, the default) and `seed`.
   * @returns the fields of each example.
   */
  async *examples(options: PassOptions = {}): AsyncGenerator<OnHost<E>, void> {
    for await (
      const { indices, fields } of readAll(this.#source, { pass: passOf(options), chunk: 16 })
    ) {
      for (let i = 0; i < indices.length; i++) yield exampleOf(fields, i) as OnHost<E>;
    }
  }

  /**
   * Reads all examples of a pass as arrays on the host.
   *
   * @param options `epoch` (from 1, the default) and `seed`.
   * @returns for each field an array whose first dimension counts the examples.
   */
  async arrays(options: PassOptions = {}): Promise<OnHost<E>> {
    const parts = await readParts(this.#source, { pass: passOf(options) });
    return concatenate(parts.map(({ fields }) => fields)) as OnHost<E>;
  }
}

function passOf(options: PassOptions): Pass {
  options = checkOptions("read dataset", options, "epoch# seed#");
  const { epoch = 1, seed = 0 } = options;
  checkPass("read dataset", { epoch, seed });
  return { epoch, seed };
}
