// The same computation on the reference and on the WASM backend: both builds of its kernels, each on
// one thread and on three; at quick effort, the build that machines use where they can, on three.

import { AssertionError } from "@std/assert";
import fc from "fast-check";
import { Arena, type Backend, referenceBackend, type Tensor, wasmBackend } from "../../mod.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import { assertWithin } from "./compare.ts";
import { EFFORT } from "./effort.ts";
import { type Constant, upload } from "./samples.ts";

const THREADS: readonly (readonly ["relaxed" | "plain", readonly number[]])[] = EFFORT === "quick"
  ? [["relaxed", [3]]]
  : [["relaxed", [1, 3]], ["plain", [1, 3]]];

/** Computation to compare, of float32 tensors (or of the dtypes that the inputs name). */
export interface Computation {
  /** Words for messages. */
  readonly what: string;
  readonly inputs: readonly Constant[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  /** Distance from the reference that an element may have; nothing by default. */
  readonly bound?: (i: number, expected: TypedArray) => number;
}

/** Tests computations. */
export function test(name: string, computations: () => Iterable<Computation>): void {
  Deno.test(`wasm kernels: ${name}`, () => {
    using backends = new SideBySide();
    for (const computation of computations()) backends.check(computation);
  });
}

/** Tests random computations. */
export function testRandom<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  computations: (value: T) => Iterable<Computation>,
): void {
  Deno.test(`wasm kernels: ${name}`, () => {
    using backends = new SideBySide();
    fc.assert(fc.property(arbitrary, (value) => {
      for (const computation of computations(value)) backends.check(computation);
    }));
  });
}

/** Backends to compare. */
class SideBySide implements Disposable {
  readonly #reference = referenceBackend();
  readonly #builds = THREADS.map(([simd, counts]) =>
    counts.map((threads) => wasmBackend({ threads, simd }))
  );

  /**
   * Fails unless all WASM backends compute what the reference does, and the same bits on any
   * number of threads.
   */
  check(computation: Computation): void {
    const { what, bound = () => 0 } = computation;
    const expected = compute(computation, this.#reference);
    for (const build of this.#builds) {
      const [first, ...others] = build.map((backend) => compute(computation, backend));
      const name = `${what} (${build[0].simd} SIMD)`;
      assertWithin(first, expected, (i) => bound(i, expected), name);
      for (const other of others) assertSameBits(other, first, name);
    }
  }

  /** Ends the threads; fails where memory was left behind. */
  [Symbol.dispose](): void {
    for (const backend of this.#builds.flat()) {
      const { liveBytes } = backend;
      backend.close();
      if (liveBytes !== 0) throw new AssertionError(`${liveBytes} bytes are still in use`);
    }
  }
}

function compute({ inputs, run }: Computation, backend: Backend): TypedArray {
  using arena = new Arena();
  return run(...arena.adopt(inputs.map((values) => upload(values, backend, "float32")))).dataSync();
}

function assertSameBits(actual: TypedArray, expected: TypedArray, what: string): void {
  const [a, b] = [actual, expected].map(({ buffer }) => new Uint8Array(buffer));
  const different = a.findIndex((byte, i) => byte !== b[i]);
  if (different < 0) return;
  const i = Math.floor(different / actual.BYTES_PER_ELEMENT);
  throw new AssertionError(
    `${what}: element ${i} is ${actual[i]} on several threads, ${expected[i]} on one`,
  );
}
