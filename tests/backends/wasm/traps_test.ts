// A kernel that traps, on whatever thread: an error says so, nothing hangs, nothing stays allocated,
// and all threads go on.

import { assert, assertEquals, assertThrows } from "@std/assert";
import * as abi from "../../../src/backends/wasm/abi.ts";
import { Engine } from "../../../src/backends/wasm/engine.ts";
import { WasmMemory } from "../../../src/backends/wasm/memory.ts";
import { wasmKernels } from "../../../src/backends/wasm/mod.ts";

const CHUNKS = 12;
const CHUNK = 4096;
const SIZE = CHUNKS * CHUNK;
/** Address so high that the first chunk, which is taken last, is outside, and the others are not. */
const OUTSIDE = 2 ** 32 - 2 * CHUNK * 4;

function setUp(threads: number) {
  const engine = new Engine({ threads, simd: "plain", maxBytes: 2 ** 26 });
  const memory = new WasmMemory(engine);
  return { engine, memory, kernels: wasmKernels(engine, memory) };
}

for (const threads of [1, 3]) {
  Deno.test(`traps: ${threads} threads answer afterwards, and no memory is lost`, () => {
    const { engine, memory, kernels } = setUp(threads);
    const data = Float32Array.from({ length: SIZE }, (_, i) => i % 7 - 3);
    const x = kernels.create({ shape: [SIZE], dtype: "float32", data });
    const y = kernels.create({ shape: [SIZE], dtype: "float32", data });
    const live = [memory.liveBytes, engine.allocator.liveBytes];
    const args = { kind: 0, y: memory.at(y), size: SIZE, block: CHUNK };
    const seen = { here: 0, elsewhere: 0 };
    for (let run = 0; run < 5000 && (run < 50 || (threads > 1 && seen.elsewhere === 0)); run++) {
      const error = assertThrows(
        () => abi.unary(engine, CHUNKS, { ...args, x: OUTSIDE }),
        Error,
        "Cannot run kernel: a kernel must stay inside of its arrays, and this one trapped: ",
      );
      if ((error as Error).cause === undefined) seen.elsewhere++;
      else seen.here++;
      const sum = kernels.binary("add", x, x, {
        shape: [SIZE],
        aShape: [SIZE],
        bShape: [SIZE],
        aStrides: [1],
        bStrides: [1],
      });
      assertEquals(kernels.read(sum), data.map((v) => v + v));
      kernels.free(sum);
    }
    assert(seen.here > 0 || threads > 1);
    assertEquals(seen.elsewhere > 0, threads > 1, "a trap on a worker");
    assertEquals([memory.liveBytes, engine.allocator.liveBytes], live);
    engine.close();
  });

  Deno.test(`traps: an array that a trapped kernel made is given back, ${threads} threads`, () => {
    const { engine, memory, kernels } = setUp(threads);
    const live = [memory.liveBytes, engine.allocator.liveBytes];
    const storage = { bytes: 2 ** 22, at: 2 ** 31 };
    const nowhere = { shape: [2 ** 20], dtype: "float32", storage } as const;
    assertThrows(() => kernels.unary("abs", nowhere), Error, "this one trapped");
    assertEquals([memory.liveBytes, engine.allocator.liveBytes], live);
    engine.close();
  });
}
