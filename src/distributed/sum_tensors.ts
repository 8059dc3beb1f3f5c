/**
 * Sums of tensors over all ranks, many tensors in one exchange.
 *
 * @module
 */
import { allocate, type DType, type TypedArray } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import { putElements, readElements } from "./elements.ts";
import type { Group } from "./group.ts";

/** Tensors that cross together. */
interface Bucket {
  readonly dtype: DType;
  readonly tensors: Tensor[];
  size: number;
}

/** Makes of an array the sum of those of all ranks, in place. */
export type Sum = (x: TypedArray, bucket: number) => void;

/**
 * Arrays in which tensors cross, kept from one exchange to the next: pages that the system hands out
 * anew cost more than copying the elements.
 */
export class CrossingMemory {
  readonly #arrays = new Map<DType, TypedArray>();

  /** Returns an array with any elements; it is the same memory for all of a dtype. */
  take(dtype: DType, length: number): TypedArray {
    let known = this.#arrays.get(dtype);
    if (known === undefined || known.length < length) {
      known = allocate(dtype, length);
      this.#arrays.set(dtype, known);
    }
    return known.subarray(0, length);
  }
}

/**
 * Cuts tensors into buckets, from the last to the first: the order in which a backward pass finishes
 * gradients. A tensor is never cut.
 */
export function bucketsOf(tensors: readonly Tensor[], bytes: number): Bucket[] {
  const buckets: Bucket[] = [];
  const open = new Map<DType, Bucket>();
  for (const tensor of tensors.toReversed()) {
    const { dtype, size } = tensor;
    let bucket = open.get(dtype);
    const isFull = bucket !== undefined && bucket.size > 0 &&
      bucket.size * (tensor.bytes / Math.max(size, 1)) + tensor.bytes > bytes;
    if (bucket === undefined || isFull) {
      bucket = { dtype, tensors: [], size: 0 };
      open.set(dtype, bucket);
      buckets.push(bucket);
    }
    bucket.tensors.push(tensor);
    bucket.size += size;
  }
  return buckets;
}

/** Makes tensors the sums of those of all ranks, in place; a promise where a backend takes time. */
export function sumTensors(
  tensors: readonly Tensor[],
  { bytes, scale = 1, sum, memory }: {
    readonly bytes: number;
    readonly scale?: number;
    readonly sum: Sum;
    readonly memory: CrossingMemory;
  },
): void | Promise<void> {
  const buckets = bucketsOf(tensors, bytes);
  const exchange = (from: number): void | Promise<void> => {
    for (let i = from; i < buckets.length; i++) {
      const joined = joinBucket(buckets[i], scale, memory);
      const finish = (elements: TypedArray) => {
        sum(elements, i);
        putBucket(buckets[i], elements);
      };
      if (joined instanceof Promise) return joined.then(finish).then(() => exchange(i + 1));
      finish(joined);
    }
  };
  return exchange(0);
}

/** Makes the sum that a group computes in float32 or float64. */
export function plainSum(group: Group): Sum {
  return (x) => group.allReduce(x, "sum");
}

/** Copies the tensors of a bucket into one array, scaled; by 0, NaN is 0, too. */
function joinBucket(
  { dtype, tensors, size }: Bucket,
  scale: number,
  memory: CrossingMemory,
): TypedArray | Promise<TypedArray> {
  // Where a backend takes time, another exchange may begin before this one is over.
  const isAtOnce = tensors.every(({ backend }) => backend.readSync !== undefined);
  const joined = isAtOnce ? memory.take(dtype, size) : allocate(dtype, size);
  const waits: Promise<void>[] = [];
  let at = 0;
  for (const tensor of tensors) {
    const place = joined.subarray(at, at += tensor.size);
    const wait = readElements(tensor, (elements) => {
      if (scale === 1) place.set(elements);
      else if (scale === 0) place.fill(0);
      else {
        for (let i = 0; i < place.length; i++) place[i] = elements[i] * scale;
      }
    });
    if (wait instanceof Promise) waits.push(wait);
  }
  return waits.length === 0 ? joined : Promise.all(waits).then(() => joined);
}

function putBucket({ tensors }: Bucket, joined: TypedArray): void {
  let at = 0;
  for (const tensor of tensors) putElements(tensor, joined.subarray(at, at += tensor.size));
}
