// Threads without work: they end after a while, also where their owner has ended without a word, and
// an owner that is there starts them again.

import { assert, assertEquals } from "@std/assert";
import * as abi from "../../../src/backends/wasm/abi.ts";
import { Engine } from "../../../src/backends/wasm/engine.ts";
import { LEFT, SLEEPERS } from "../../../src/backends/wasm/layout.ts";
import { ifPossible } from "../../support/permissions.ts";

const SIZE = 300_001;
const BLOCK = 8;

/** Waits until a word of the memory has a value. */
async function becomes(engine: Engine, word: number, value: number): Promise<void> {
  for (let wait = 0; wait < 800 && Atomics.load(engine.ints, word / 4) !== value; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assertEquals(Atomics.load(engine.ints, word / 4), value);
}

Deno.test("idle threads: end without a job, and the next one starts them again", async () => {
  const engine = new Engine({ threads: 3, simd: "plain", maxBytes: 2 ** 26, idle: 1500 });
  try {
    const bytes = (SIZE + 3) * 4;
    const target = engine.allocator.allocate(2 * bytes);
    const x = target + bytes;
    engine.floatsAt(target, SIZE).fill(0);
    engine.floatsAt(x, SIZE).fill(1);
    const job = (chunks: number) =>
      abi.addInPlace(engine, chunks, {
        target,
        x,
        size: Math.min(SIZE, chunks * BLOCK),
        block: BLOCK,
      });
    const live = engine.allocator.liveBytes;
    job(Math.ceil(SIZE / BLOCK)); // starts the third
    for (let round = 1; round <= 2; round++) {
      await becomes(engine, LEFT, 2);
      assertEquals([...engine.ints.subarray(LEFT / 4 + 1, LEFT / 4 + 4)], [1, 1, 0]);
      job(1); // one chunk needs no other thread
      assertEquals(engine.ints[LEFT / 4], 2);
      engine.floatsAt(target, SIZE).fill(round);
      job(Math.ceil(SIZE / BLOCK));
      assert(engine.floatsAt(target, SIZE).every((v) => v === round + 1), `round ${round}`);
      await becomes(engine, SLEEPERS, 2); // they have started, and wait
    }
    assertEquals([engine.threads, engine.allocator.liveBytes], [3, live]);
  } finally {
    engine.close();
  }
});

Deno.test(ifPossible({
  name: "idle threads: those of a web worker that is terminated end by themselves",
  needs: { run: true, read: true, write: true, env: true, net: true, ffi: true, sys: true },
  skip: Deno.build.os === "linux" ? undefined : "threads are counted in /proc",
  async fn() {
    const program = new URL("programs/ended_worker.ts", import.meta.url);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", program.href],
      stdin: "null",
      signal: AbortSignal.timeout(120_000),
    }).output();
    const text = new TextDecoder();
    const said = text.decode(stdout);
    assert(said !== "", text.decode(stderr));
    const { before, during, after } = JSON.parse(said);
    assert(during >= 2 * 3, `${during} threads`);
    assertEquals(after, before);
  },
}));
