/**
 * Batches and sources of batches, from which a training takes its examples.
 *
 * @module
 */
import { checkInteger } from "../core/check_integer.ts";
import type { Backend } from "../backends/kernels.ts";
import { tensor } from "../core/create.ts";
import type { HostArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { type Part, rangeOfPart } from "../core/part.ts";
import { withElements } from "../core/reading.ts";
import { Random } from "../random/random.ts";
import { formatShape, sizeOf } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";

/** Examples that take one step together. */
export interface Batch {
  /** The inputs, `[N, ...]`. */
  readonly x: Tensor;
  /** Outputs to train towards: labels `[N]`, or targets `[N, ...]`. */
  readonly y: Tensor;
}

/** Pass over the data to make batches of. */
export interface BatchesOptions {
  /**
   * Number of the pass over the data, from 1: a source that shuffles or augments does so anew in
   * each.
   */
  readonly epoch: number;
  /** Seed of random numbers; with the epoch it decides all of them. 0 by default. */
  readonly seed?: number;
}

/**
 * Gives examples in batches, as often as it is asked to.
 *
 * The same options give the same batches, so that a training can be repeated and resumed. A
 * training adopts each batch for its step, and frees it then; a source may free a batch that
 * nobody has adopted as soon as the next one is asked for.
 */
export interface BatchSource {
  /** Number of examples in an epoch; undefined where it is not known. */
  readonly size?: number;
  /**
   * Makes the batches of one pass over the data.
   *
   * @param options `epoch` (from 1) and `seed`.
   * @returns batches, one after the other; the last may be smaller.
   */
  batches(options: BatchesOptions): Iterable<Batch> | AsyncIterable<Batch>;
  /** Part of every batch that this source gives; absent where it gives whole ones. */
  readonly part?: Part;
  /**
   * Makes the source of a part of every batch, for one of several ranks; absent where whole batches
   * have to be made and cut.
   *
   * @param part number of the part, and number of parts.
   * @returns as many batches, of fewer examples; some may have none.
   */
  shard?(part: Part): BatchSource;
}

/** Examples as plain arrays, as readers of files give them: elements with a shape and a dtype. */
export interface Examples {
  /** The inputs, `[N, ...]`. */
  readonly x: Tensor | HostArray;
  /** Labels `[N]`, or targets `[N, ...]`. */
  readonly y: Tensor | HostArray;
}

/** Data of training and evaluation: a source of batches, or all examples as arrays. */
export type Data = BatchSource | Examples;

/** Options of making batches of arrays; a source has its own ways. */
export interface ArrayBatches {
  /** Examples of a batch; 32 by default. */
  readonly batchSize?: number;
  /** Draw a new order for every epoch; true by default when training. */
  readonly shuffle?: boolean;
}

/** Returns a source of batches as it is; makes one of arrays, on a backend. */
export function sourceOf(
  action: string,
  data: Data,
  { batchSize = 32, shuffle = false }: ArrayBatches,
  backend: Backend | undefined,
): BatchSource {
  if ("batches" in data) return data;
  const [size] = data.x.shape;
  if (size === undefined || data.y.shape[0] !== size) {
    throw new ShapeError(
      `Cannot ${action}: x and y must have as many examples: x is ${formatShape(data.x.shape)}, ` +
        `y is ${formatShape(data.y.shape)}`,
    );
  }
  checkInteger(action, "batchSize", batchSize, 1);
  const [x, y] = [hostArray(data.x), hostArray(data.y)];
  /** Cuts one pass over examples that are on the host. */
  function* batchesOf(x: HostArray, y: HostArray, { epoch, seed = 0 }: BatchesOptions, part: Part) {
    const order = shuffle
      ? new Random(seed).split("order").split(epoch).permutation(size!)
      : Int32Array.from({ length: size! }, (_, i) => i);
    for (let start = 0; start < size!; start += batchSize) {
      const batch = order.subarray(start, start + batchSize);
      const chosen = batch.subarray(...rangeOfPart(batch.length, part));
      yield { x: rows(x, chosen, backend), y: rows(y, chosen, backend) };
    }
  }
  /** Makes the source of whole batches, or of a part of each. */
  function sourceFor(part?: Part): BatchSource {
    const own = part ?? { rank: 0, size: 1 };
    if (!(x instanceof Promise) && !(y instanceof Promise)) {
      return { size, part, shard: sourceFor, batches: (options) => batchesOf(x, y, options, own) };
    }
    return {
      size,
      part,
      shard: sourceFor,
      async *batches(options) {
        yield* batchesOf(await x, await y, options, own);
      },
    };
  }
  return sourceFor();
}

/**
 * Copies the elements of a tensor to the host; returns an array that is there as it is. A promise
 * where the tensor's backend takes time to answer.
 */
export function hostArray(array: Tensor | HostArray): HostArray | Promise<HostArray> {
  if (!(array instanceof Tensor)) return array;
  const { shape, dtype } = array;
  return withElements(array, (data) => ({ shape, dtype, data }) as HostArray);
}

/** Gathers some of the examples, in a given order, as a tensor. */
export function rows(
  { shape, dtype, data }: HostArray,
  chosen: Int32Array,
  backend: Backend | undefined,
): Tensor {
  const [, ...rest] = shape;
  const size = sizeOf(rest);
  const values = new (data.constructor as new (length: number) => typeof data)(
    chosen.length * size,
  );
  chosen.forEach((example, i) => {
    values.set(data.subarray(example * size, (example + 1) * size), i * size);
  });
  return tensor(values, { dtype, shape: [chosen.length, ...rest], backend });
}
