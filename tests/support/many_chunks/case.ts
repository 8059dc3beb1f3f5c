// The form of a kernel's call that makes several chunks of work, and the arrays that it takes.

import type { DType } from "../../../src/core/dtype.ts";
import { allocate } from "../../../src/core/dtype.ts";
import { type Shape, sizeOf } from "../../../src/core/shape.ts";
import type { Kernels, NdArray } from "../../../src/backends/kernels.ts";
import { Random } from "../../../src/random/random.ts";
import { CHUNK_ELEMENTS } from "../../../src/backends/wasm/chunks.ts";

/** Elements of a chunk, and some vectors with a rest. */
export const ABOVE_CHUNK = CHUNK_ELEMENTS + 13;

/** Errors of functions that are not exact, relative to 1 or to the number itself. */
export const SMOOTH = 2 ** -18;

/** A call of a kernel that makes several chunks. */
export interface ManyChunks {
  readonly what: string;
  /** Calls the kernel; returns its results, and what it changed. */
  readonly run: (k: Kernels, arrays: Arrays) => NdArray | readonly NdArray[];
  /** Distance from the reference, relative to 1 or to the number itself; nothing by default. */
  readonly bound?: number;
  /** Sums cancel: the bound is relative to the largest number of the result. */
  readonly cancels?: boolean;
}

/** Values that were drawn already. */
const drawn = new Map<string, ArrayLike<number>>();

function values(name: string, size: number, seed: number, draw: (random: Random) => number) {
  const key = `${name} ${size} ${seed}`;
  let made = drawn.get(key);
  if (made === undefined) {
    const random = new Random(seed);
    made = Float32Array.from({ length: size }, () => draw(random));
    drawn.set(key, made);
  }
  return made;
}

/** Arrays of random numbers on a backend, freed all at once. */
export class Arrays implements Disposable {
  readonly #k: Kernels;
  readonly #made = new Set<NdArray>();

  constructor(k: Kernels) {
    this.#k = k;
  }

  /** Multiples of 1/4 from -3 to 3. */
  grid(shape: Shape, seed = 1): NdArray {
    return this.#make(shape, values("grid", sizeOf(shape), seed, (r) => (r.integer(25) - 12) / 4));
  }

  /** Multiples of 1/4, and at the end a number that is too large for sums within Winograd's tiles. */
  withLarge(shape: Shape, seed = 1): NdArray {
    const grid = values("grid", sizeOf(shape), seed, (r) => (r.integer(25) - 12) / 4);
    return this.#make(shape, [...Array.from(grid).slice(0, -1), 1e15]);
  }

  /** Numbers of the normal distribution: their roundings do not add up as those of a few values do. */
  normal(shape: Shape, seed = 1): NdArray {
    return this.#make(shape, values("normal", sizeOf(shape), seed, (r) => r.normal()));
  }

  /** Multiples of 1/16 from 1/16 to 15/16. */
  shares(shape: Shape, seed = 1): NdArray {
    return this.#make(
      shape,
      values("shares", sizeOf(shape), seed, (r) => (1 + r.integer(15)) / 16),
    );
  }

  /** Numbers 1 and -1, and now and then 2: their products are exact. */
  signs(shape: Shape, seed = 1): NdArray {
    const draw = (r: Random) => r.integer(2500) === 0 ? 2 : 2 * r.integer(2) - 1;
    return this.#make(shape, values("signs", sizeOf(shape), seed, draw));
  }

  /** Integers from 0 up to, but without, `below`. */
  integers(shape: Shape, below: number, dtype: DType, seed = 1): NdArray {
    const draw = (r: Random) => r.integer(below);
    return this.#make(shape, values(`below ${below}`, sizeOf(shape), seed, draw), dtype);
  }

  /** Frees an array with the others. */
  adopt(x: NdArray): NdArray {
    this.#made.add(x);
    return x;
  }

  [Symbol.dispose](): void {
    for (const x of this.#made) this.#k.free(x);
  }

  #make(shape: Shape, from: ArrayLike<number>, dtype: DType = "float32"): NdArray {
    const data = allocate(dtype, from.length);
    data.set(from);
    return this.adopt(this.#k.create({ shape, dtype, data }));
  }
}
