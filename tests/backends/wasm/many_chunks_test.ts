// Every kernel of the WASM backend with several chunks of work, in each of its choices, against the
// reference; the same bits on one thread and on three, where arrays lie between canaries. A record of
// the chunks fails where a kernel or a choice was only ever seen with one.

import { assertEquals } from "@std/assert";
import { type Backend, referenceBackend, wasmBackend } from "../../../mod.ts";
import type { TypedArray } from "../../../src/core/dtype.ts";
import { ChunkRecord, KERNELS, WANTED, withoutLastChunk } from "../../support/chunk_record.ts";
import { assertSame, assertWithin } from "../../support/compare.ts";
import { guardedBackend } from "../../support/guarded_backend.ts";
import { largest } from "../../support/oracles/arrays.ts";
import { Arrays, MANY_CHUNKS, type ManyChunks } from "../../support/many_chunks/mod.ts";

/** Computes the results of a call, and leaves nothing behind. */
function results({ run }: ManyChunks, { kernels }: Backend): TypedArray[] {
  using arrays = new Arrays(kernels);
  return [run(kernels, arrays)].flat().map((y) => kernels.read(arrays.adopt(y)));
}

/** Fails unless results are within the bounds of a call. */
function assertNear(
  { what, bound = 0, cancels = false }: ManyChunks,
  actual: readonly TypedArray[],
  expected: readonly TypedArray[],
): void {
  expected.forEach((values, i) => {
    const all = cancels ? largest(values) : 0;
    const near = (at: number) => bound * Math.max(1, all, Math.abs(values[at]));
    assertWithin(actual[i], values, near, what);
  });
}

/** Makes all calls on the reference and on WASM backends, of 1 and 3 threads. */
async function compareAll(t: Deno.TestContext): Promise<void> {
  using reference = referenceBackend();
  using one = wasmBackend({ threads: 1, simd: "plain" });
  using three = guardedBackend(3, 2 ** 30);
  using relaxed = wasmBackend({ threads: 3 });
  for (const [name, calls] of Object.entries(MANY_CHUNKS)) {
    await t.step(name, () => {
      for (const call of calls()) {
        const expected = results(call, reference);
        const [first, second, third] = [one, three, relaxed].map((on) => results(call, on));
        assertNear(call, first, expected);
        assertNear(call, third, expected);
        first.forEach((values, i) => assertSame(second[i], values, `${call.what}, 3 threads`));
        three.check(call.what);
      }
    });
  }
  three.checkFar("all calls");
  assertEquals([one, three, relaxed].map(({ liveBytes }) => liveBytes), [0, 0, 0]);
}

Deno.test("wasm: every kernel with several chunks, in each of its choices", async (t) => {
  using record = new ChunkRecord();
  await compareAll(t);
  const never = WANTED.filter((choice) => record.most(choice) < 2);
  assertEquals(never, [], "these never had a second chunk");
});

/** Returns true if results are the same bits. */
function isSame(a: readonly TypedArray[], b: readonly TypedArray[]): boolean {
  const [left, right] = [a, b].map((all) => all.map(({ buffer }) => new Uint8Array(buffer)));
  return left.every((bytes, i) => bytes.every((byte, j) => byte === right[i][j]));
}

Deno.test("wasm: of every kernel, a last chunk that is left out is noticed", () => {
  using sound = wasmBackend({ threads: 1 });
  using faulty = wasmBackend({ threads: 1 }); // has never seen what is right
  const unnoticed = new Set(KERNELS);
  for (const call of Object.values(MANY_CHUNKS).flatMap((calls) => [...calls()])) {
    using record = new ChunkRecord();
    const right = results(call, sound);
    for (const name of record.several().filter((name) => unnoticed.has(name))) {
      const wrong = withoutLastChunk(name, () => results(call, faulty));
      if (!isSame(wrong, right)) unnoticed.delete(name);
    }
  }
  assertEquals([...unnoticed], []);
});

Deno.test("wasm: the record of chunks tells kernels, kinds and numbers of chunks apart", () => {
  using backend = wasmBackend({ threads: 1 });
  using record = new ChunkRecord();
  const { kernels } = backend;
  kernels.free(kernels.fill([70_000], "float32", 1));
  const x = kernels.fill([9], "float32", 1);
  kernels.free(kernels.unary("erf", x));
  const names = ["fill", "unary", "unary, kind: erf", "unary, kind: exp", "copy"];
  assertEquals(names.map((name) => record.most(name)), [2, 1, 1, 0, 0]);
  kernels.free(x);
});
