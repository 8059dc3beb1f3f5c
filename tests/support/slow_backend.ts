// A backend that takes time to answer: it has no synchronous reading.

import type { Backend, Kernels, NdArray } from "../../src/backends/kernels.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import type { TypedArray } from "../../src/core/dtype.ts";

/** A backend of plain loops whose answers come after a delay, and which counts its questions. */
export interface SlowBackend extends Backend {
  /** Number of times that something was read. */
  readonly reads: number;
  /** Most questions that waited for their answers at a time. */
  readonly mostWaiting: number;
  /** Waits for answers to questions that nobody waits for any more. */
  quiet(): Promise<void>;
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
  const made = make(reference);
  let [reads, waiting, mostWaiting] = [0, 0, 0];
  let scalars: readonly NdArray[] = [];
  return {
    name: "slow",
    kernels: {
      ...made,
      stepInPlace(rule, arrays) {
        if (scalars.every((x) => Number.isFinite(reference.read(x)[0]))) {
          made.stepInPlace(rule, arrays);
        }
      },
    },
    stepIfFinite(arrays, run) {
      scalars = arrays;
      run();
      scalars = [];
    },
    get liveBytes() {
      return inner.liveBytes;
    },
    get reads() {
      return reads;
    },
    get mostWaiting() {
      return mostWaiting;
    },
    async quiet() {
      while (waiting > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    },
    read(x: NdArray): Promise<TypedArray> {
      reads++;
      mostWaiting = Math.max(mostWaiting, ++waiting);
      const data = reference.read(x);
      return new Promise((resolve) =>
        setTimeout(() => {
          waiting--;
          resolve(data);
        }, delay)
      );
    },
    [Symbol.dispose]() {},
  };
}
