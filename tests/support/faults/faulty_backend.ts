// The reference backend with a fault planted in some of its kernels.

import type { Backend, Kernels, NdArray } from "../../../src/backends/kernels.ts";
import { referenceBackend } from "../../../src/backends/reference/mod.ts";
import type { TypedArray } from "../../../src/core/dtype.ts";

/** Kernels that replace those of the reference; made of the right ones. */
export type Plant = (right: Kernels) => Partial<Kernels>;

/** Makes the reference backend with some kernels replaced. */
export function faultyBackend(plant: Plant): Backend {
  const base = referenceBackend();
  return {
    name: "faulty",
    kernels: { ...base.kernels, ...plant(base.kernels) },
    get liveBytes() {
      return base.liveBytes;
    },
    read: (x) => base.read(x),
    readSync: (x) => base.readSync!(x),
    [Symbol.dispose]() {},
  };
}

/** Makes an array with every element replaced. */
export function mapElements(
  k: Kernels,
  x: NdArray,
  f: (value: number, i: number) => number,
): NdArray {
  const data = k.read(x).map(f);
  k.free(x);
  return k.create({ shape: x.shape, dtype: x.dtype, data });
}

/** Makes a new array that a loop writes. */
export function written(
  k: Kernels,
  shape: readonly number[],
  like: NdArray,
  write: (y: TypedArray) => void,
): NdArray {
  const y = k.fill(shape, like.dtype, 0);
  const data = k.read(y);
  k.free(y);
  write(data);
  return k.create({ shape, dtype: like.dtype, data });
}
