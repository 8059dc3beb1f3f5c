/**
 * A dataset of examples that a function makes, one after the other.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import { checkInteger } from "../../core/check_integer.ts";
import type { HostArray } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";

import { Dataset } from "./dataset.ts";
import { stack } from "./host_arrays.ts";
import type { ExampleSource, Fields, Pass, Reader } from "./source.ts";

/** Number and maker of the examples. */
export interface GeneratedOptions<Example> {
  /** Number of examples in an epoch. */
  readonly size: number;
  /** Makes the examples of an epoch, in their order. It may go on for ever: `size` are taken. */
  readonly examples: (pass: {
    readonly epoch: number;
    readonly seed: number;
  }) => Iterable<Example> | AsyncIterable<Example>;
}

/**
 * Makes a dataset of examples that a generator makes: drawn ones, or ones that come over a network.
 *
 * Examples come in their order, so `shuffle`, `mixup` and a stratified `split` want `cache()`
 * before them, which keeps all in memory.
 *
 * - **Edge cases**: a generator that ends before `size` examples is an error when that is noticed.
 *
 * @example
 * ```ts
 * import { generatedDataset } from "@tapegrad/tapegrad/data";
 * import { assertEquals } from "@std/assert";
 *
 * const squares = generatedDataset({
 *   size: 3,
 *   *examples() {
 *     for (let n = 0;; n++) {
 *       yield {
 *         x: { shape: [1], dtype: "float32", data: Float32Array.of(n) },
 *         y: { shape: [1], dtype: "float32", data: Float32Array.of(n * n) },
 *       } as const;
 *     }
 *   },
 * });
 * for await (const { y } of squares.batch(3).batches()) assertEquals(y.toArray(), [[0], [1], [4]]);
 * ```
 *
 * @param options `size` and `examples`.
 * @returns a dataset with the fields of the examples.
 * @throws {RangeError} if `size` is no integer of at least 0.
 */
export function generatedDataset<const Example extends Readonly<Record<string, HostArray>>>(
  options: GeneratedOptions<Example>,
): Dataset<{ readonly [Name in keyof Example]: Tensor }> {
  options = checkOptions("make dataset", options, "size# examples");
  const { size, examples } = options;
  checkInteger("make dataset", "size", size, 0);
  const source: ExampleSource = {
    size,
    anyOrder: false,
    fixedOrder: true,
    open: (pass) => new GeneratorReader(examples(pass), size, pass),
  };
  return new Dataset(source);
}

/** Runs a generator as far as positions ask for. */
class GeneratorReader implements Reader {
  readonly #iterator: Iterator<Fields> | AsyncIterator<Fields>;
  readonly #size: number;
  readonly #pass: Pass;
  /** Position of the example that comes next. */
  #next = 0;
  /** The last read: each waits for the one before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    examples: Iterable<Fields> | AsyncIterable<Fields>,
    size: number,
    pass: Pass,
  ) {
    this.#iterator = Symbol.asyncIterator in examples
      ? examples[Symbol.asyncIterator]()
      : examples[Symbol.iterator]();
    this.#size = size;
    this.#pass = pass;
  }

  read(positions: Int32Array): ReturnType<Reader["read"]> {
    const result = this.#turn.then(async () => {
      const examples: Fields[] = [];
      for (const position of positions) examples.push(await this.#advanceTo(position));
      return { indices: positions, fields: stack("read dataset", examples, positions) };
    });
    this.#turn = result.catch(() => {}); // whoever asked is told
    return result;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#iterator.return?.();
  }

  async #advanceTo(position: number): Promise<Fields> {
    while (true) {
      const { value, done } = await this.#iterator.next();
      if (done) {
        throw new RangeError(
          `Cannot read dataset: the generator must make size = ${this.#size} examples: ` +
            `it made ${this.#next} in epoch ${this.#pass.epoch}`,
        );
      }
      if (this.#next++ === position) return value;
    }
  }
}
