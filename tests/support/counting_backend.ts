// A reference backend that keeps a log of the kernels that run on it.

import type { Backend, Kernels, NdArray } from "../../src/backends/kernels.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";

/** A backend that can be asked what ran on it. */
export interface CountingBackend extends Backend {
  /** The kernels called so far, in order: `conv2d`; `unary relu` where one kernel has kinds. */
  readonly log: string[];
  /** Counts the calls of a kernel. */
  count(kernel: string): number;
  /** The most bytes that were in use after any kernel since the log was last cleared. */
  readonly peakBytes: number;
  /** Forgets what was called. */
  clear(): void;
}

/** Makes a new backend of plain loops that logs what is called. */
export function countingBackend(name = "counting"): CountingBackend {
  const inner = referenceBackend();
  const log: string[] = [];
  let peakBytes = 0;
  const logged = (kernel: string, run: (...args: unknown[]) => unknown) => (...args: unknown[]) => {
    log.push(typeof args[0] === "string" ? `${kernel} ${args[0]}` : kernel);
    const result = run(...args);
    peakBytes = Math.max(peakBytes, inner.liveBytes);
    return result;
  };
  const kernels = Object.fromEntries(
    Object.entries(inner.kernels).map(([kernel, run]) => [kernel, logged(kernel, run)]),
  ) as unknown as Kernels;
  return {
    name,
    kernels,
    get liveBytes() {
      return inner.liveBytes;
    },
    read: (x: NdArray) => inner.read(x),
    readSync: (x: NdArray) => kernels.read(x),
    log,
    count: (kernel) => log.filter((called) => called === kernel).length,
    get peakBytes() {
      return peakBytes;
    },
    clear() {
      log.length = 0;
      peakBytes = inner.liveBytes;
    },
    [Symbol.dispose]() {},
  };
}
