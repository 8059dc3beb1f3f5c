// A backend that takes time to answer: it has no synchronous reading.

import type { Backend, Kernels, NdArray } from "../../src/backends/kernels.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import type { TypedArray } from "../../src/core/dtype.ts";

/** A backend of plain loops whose answers come after a delay, and which counts its questions. */
export interface SlowBackend extends Backend {
  /** Number of times that something was read. */
  readonly reads: number;
}

/** Makes the kernels of a slow backend. */
export type MakeKernels = (reference: Kernels) => Kernels;

/** Nothing can be read at once, by nobody. */
export function withoutReading(kernels: Kernels): Kernels {
  return {
    ...kernels,
    read() {
      throw new TypeError("Cannot read: this backend takes time to answer");
    },
    firstOutOfRange() {
      throw new TypeError("Cannot look for what is out of range: this takes time to answer");
    },
  };
}

/** A new backend that answers after some milliseconds what was there when it was asked. */
export function slowBackend(make: MakeKernels = withoutReading, delay = 1): SlowBackend {
  const inner = referenceBackend();
  const reference = inner.kernels;
  let reads = 0;
  return {
    name: "slow",
    kernels: make(reference),
    get liveBytes() {
      return inner.liveBytes;
    },
    get reads() {
      return reads;
    },
    read(x: NdArray): Promise<TypedArray> {
      reads++;
      const data = reference.read(x);
      return new Promise((resolve) => setTimeout(() => resolve(data), delay));
    },
    [Symbol.dispose]() {},
  };
}
