// The search for elements whose sums could overflow: it must see every place, of vectors, of what is
// left behind them, of each chunk, of both arrays; what it overlooks, tiles make wrong numbers of.

import { assertEquals } from "@std/assert";
import type { NdArray } from "../../../src/backends/kernels.ts";
import { CHUNK_ELEMENTS } from "../../../src/backends/wasm/chunks.ts";
import { hasExtremes } from "../../../src/backends/wasm/extremes.ts";
import { WasmMemory } from "../../../src/backends/wasm/memory.ts";
import { startEngine } from "../../../src/backends/wasm/mod.ts";
import type { WasmBackendOptions } from "../../../src/backends/wasm/mod.ts";

const EXTREMES = [NaN, -NaN, Infinity, -Infinity, 1e14, -1e14, 3.4e38];
const ORDINARY = [0, -0, 9.9e13, -9.9e13, 1e-45, -1e-40, 1];

/** Runs a test with arrays of ordinary numbers, and the search among them. */
function withSearch(
  options: WasmBackendOptions,
  use: (make: (size: number) => NdArray, write: Write, search: Search) => void,
): void {
  const { engine } = startEngine("test", options);
  try {
    const memory = new WasmMemory(engine);
    const make = (size: number) => {
      const x = memory.reserve([size], "float32");
      memory.view(x).set(Float32Array.from({ length: size }, (_, i) => ORDINARY[i % 7]));
      return x;
    };
    const write: Write = (x, at, value) => {
      const view = memory.view(x);
      const before = view[at];
      view[at] = value;
      return before;
    };
    use(make, write, (a, b) => hasExtremes(engine, memory, a, b));
  } finally {
    engine.close();
  }
}

type Write = (x: NdArray, at: number, value: number) => number;
type Search = (a: NdArray, b?: NdArray) => boolean;

/** Fails unless an extreme is seen at a place, and nothing once it is gone. */
function assertSeen(write: Write, x: NdArray, at: number, search: () => boolean): void {
  const before = write(x, at, EXTREMES[at % EXTREMES.length]);
  assertEquals(search(), true, `at ${at} of ${x.shape}`);
  write(x, at, before);
  assertEquals(search(), false, `${x.shape}`);
}

for (const simd of ["relaxed", "plain"] as const) {
  Deno.test(`extremes: every place of short arrays, ${simd} SIMD`, () => {
    withSearch({ threads: 1, simd }, (make, write, search) => {
      for (let size = 1; size <= 70; size++) {
        const [a, b] = [make(size), make(71 - size)];
        for (let at = 0; at < size; at++) assertSeen(write, a, at, () => search(a, b));
        for (let at = 0; at < 71 - size; at++) assertSeen(write, b, at, () => search(a, b));
      }
    });
  });
}

for (const threads of [1, 3]) {
  Deno.test(`extremes: both ends of every chunk, ${threads} threads`, () => {
    withSearch({ threads }, (make, write, search) => {
      const size = 2 * CHUNK_ELEMENTS + 5;
      const [a, b] = [make(size), make(size)];
      for (const edge of [0, CHUNK_ELEMENTS, 2 * CHUNK_ELEMENTS, size]) {
        for (const at of [edge - 1, edge].filter((place) => place >= 0 && place < size)) {
          assertSeen(write, a, at, () => search(a));
          for (const x of [a, b]) assertSeen(write, x, at, () => search(a, b));
        }
      }
    });
  });
}

Deno.test("extremes: every extreme is one, and no ordinary number", () => {
  withSearch({ threads: 1 }, (make, write, search) => {
    const x = make(3);
    for (const value of EXTREMES) {
      write(x, 1, value);
      assertEquals(search(x), true, `${value}`);
    }
    for (const value of ORDINARY) {
      write(x, 1, value);
      assertEquals(search(x), false, `${value}`);
    }
    assertEquals(search(make(0), make(0)), false);
  });
});
