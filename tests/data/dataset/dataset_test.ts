// Datasets: what batches hold, in which order, and who frees them.

import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Arena, mul, Tape, tensor } from "../../../mod.ts";
import { arrayDataset, generatedDataset } from "../../../src/data/mod.ts";
import type { BatchSource } from "../../../src/train/batches.ts";
import { backend, elementsOf, numbered, numbersOf } from "./support.ts";

Deno.test("dataset: batches hold the examples in their order, the last may be smaller", async () => {
  const shapes: unknown[] = [];
  const seen = [];
  for await (const { x, y } of numbered(5).batch(2).batches()) {
    shapes.push([x.shape, y.shape, x.dtype, y.dtype]);
    seen.push([...x.dataSync()], [...y.dataSync()]);
  }
  const full = [[2, 2], [2], "float32", "int32"] as const;
  assertEquals(shapes, [full, full, [[1, 2], [1], "float32", "int32"]]);
  assertEquals(seen, [[0, -0, 1, -1], [0, 1], [2, -2, 3, -3], [2, 0], [4, -4], [1]]);
});

Deno.test("dataset: dropRemainder leaves the smaller batch out; size and count say so", async () => {
  const all = numbered(5).batch(2);
  const whole = numbered(5).batch(2, { dropRemainder: true });
  assertEquals([all.size, all.count, whole.size, whole.count], [5, 3, 4, 2]);
  assertEquals(await elementsOf(whole, "y"), [[0, 1], [2, 0]]);
  const none = numbered(1).batch(2, { dropRemainder: true });
  assertEquals([none.size, none.count, await elementsOf(none, "y")], [0, 0, []]);
});

Deno.test("dataset: every dtype and rank stays as it is", async () => {
  const dataset = arrayDataset({
    bytes: new Uint8Array([1, 2]),
    doubles: { shape: [2, 1, 1], dtype: "float64", data: Float64Array.of(0.1, 0.2) },
    tensors: tensor([[1, 2], [3, 4]]),
  });
  for await (const { bytes, doubles, tensors } of dataset.batch(2).batches()) {
    assertEquals([bytes.dtype, bytes.shape], ["uint8", [2]]);
    assertEquals([doubles.dtype, doubles.toArray()], ["float64", [[[0.1]], [[0.2]]]]);
    assertEquals(tensors.toArray(), [[1, 2], [3, 4]]);
  }
});

Deno.test("dataset: no examples are no batches, and empty arrays of the right shape", async () => {
  const empty = numbered(0);
  assertEquals(await elementsOf(empty.batch(3), "x"), []);
  assertEquals((await empty.arrays()).x.shape, [0, 2]);
  assertEquals((await empty.cache().normalize().arrays()).x.shape, [0, 2]);
});

Deno.test("dataset: shuffle is a permutation, a function of seed and epoch", async () => {
  await fc.assert(fc.asyncProperty(
    fc.nat(40),
    fc.nat(5),
    fc.integer({ min: 1, max: 5 }),
    async (size, seed, epoch) => {
      const order = await numbersOf(numbered(size).shuffle(seed), epoch);
      assertEquals(order.toSorted((a, b) => a - b), await numbersOf(numbered(size)));
      assertEquals(await numbersOf(numbered(size).shuffle(seed), epoch), order);
    },
  ));
  const order = (seed: number, epoch: number) => numbersOf(numbered(50).shuffle(seed), epoch);
  assertNotEquals(await order(0, 1), await order(0, 2));
  assertNotEquals(await order(0, 1), await order(1, 1));
});

Deno.test("dataset: without a seed the pass decides", async () => {
  const given = await numbersOf(numbered(50).shuffle(7), 2);
  assertEquals(await numbersOf(numbered(50).shuffle(), 2, 7), given);
  assertNotEquals(await numbersOf(numbered(50).shuffle(), 2, 8), given);
});

Deno.test("dataset: every order of three comes equally often", async () => {
  const counts = new Map<string, number>();
  for (let epoch = 1; epoch <= 600; epoch++) {
    const order = (await numbersOf(numbered(3).shuffle(1), epoch)).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  // Six deviations of a count of 100 in 600.
  for (const count of counts.values()) assertEquals(Math.abs(count - 100) < 55, true, `${count}`);
});

Deno.test("dataset: take and skip, before and after a shuffle", async () => {
  const five = numbered(5);
  assertEquals(await numbersOf(five.take(2)), [0, 1]);
  assertEquals(await numbersOf(five.skip(3)), [3, 4]);
  assertEquals(await numbersOf(five.skip(1).take(3).skip(1)), [2, 3]);
  assertEquals([five.take(9).size, five.skip(9).size, five.take(0).size], [5, 0, 0]);
  const shuffled = five.shuffle(3);
  assertEquals(
    [...await numbersOf(shuffled.take(2)), ...await numbersOf(shuffled.skip(2))],
    await numbersOf(shuffled),
  );
});

Deno.test("dataset: batches do not depend on where their borders are", async () => {
  const jittered = numbered(23).map(({ x, y }, { random }) => ({
    x: { ...x, data: x.data.map((v) => v + random.uniform()) },
    y,
  })).shuffle(5);
  const whole = (await elementsOf(jittered.batch(23), "x", 2)).flat();
  for (const [size, ahead] of [[1, 0], [4, 0], [4, 3], [7, 1], [100, 2]]) {
    const parts = await elementsOf(jittered.batch(size).prefetch(ahead), "x", 2);
    assertEquals(parts.flat(), whole, `${size} ${ahead}`);
  }
  assertNotEquals((await elementsOf(jittered.batch(23), "x", 3)).flat(), whole);
});

Deno.test("dataset: random numbers of an example do not depend on its place", async () => {
  const draw = numbered(20).map(({ x }, { random, index }) => ({
    x: { ...x, data: Float32Array.of(index, random.uniform()) },
  }), { seed: 4 });
  const byNumber = async (dataset: typeof draw) => {
    const { x } = await dataset.arrays({ epoch: 3 });
    return new Map(
      Array.from({ length: x.shape[0] }, (_, i) => [x.data[2 * i], x.data[2 * i + 1]]),
    );
  };
  const all = await byNumber(draw);
  for (const [index, value] of await byNumber(draw.shuffle(1).skip(11))) {
    assertStrictEquals(all.get(index), value);
  }
  // An example keeps its number when it is shuffled, or one of a part, before the function.
  const { train } = await numbered(20).split({ validation: 0.3 });
  const indices = await train.shuffle(2).map(({ x }, { index }) => ({
    x,
    index: { shape: [], dtype: "int32", data: Int32Array.of(index) } as const,
  })).arrays();
  assertEquals([...indices.x.data].filter((_, i) => i % 2 === 0), [...indices.index.data]);
});

Deno.test("dataset: map changes fields, shapes and dtypes, and may be asynchronous", async () => {
  const mapped = numbered(3).map(async ({ x }, { index, epoch }) => {
    await Promise.resolve();
    const data = Float64Array.of(x.data[0] * 10, index, epoch);
    return { z: { shape: [3], dtype: "float64", data } as const };
  });
  for await (const { z } of mapped.batch(3).batches({ epoch: 2 })) {
    assertEquals([z.dtype, z.toArray()], ["float64", [[0, 0, 2], [10, 1, 2], [20, 2, 2]]]);
  }
});

Deno.test("dataset: cache keeps the first epoch, and reads it once", async () => {
  let read = 0;
  const cached = numbered(6).map((example, { epoch }) => {
    read++;
    return {
      ...example,
      epoch: { shape: [], dtype: "int32", data: Int32Array.of(epoch) } as const,
    };
  }).cache();
  const [first] = await elementsOf(cached.batch(6), "epoch", 4);
  const [second] = await elementsOf(cached.shuffle(0).batch(6), "epoch", 5);
  assertEquals([first, second, read], [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], 6]);
  // Numbers are those of the source.
  const part = numbered(6).skip(2).cache().map(({ x }, { index }) => ({
    x: { ...x, data: Float32Array.of(x.data[0], index) },
  }));
  assertEquals(await elementsOf(part.batch(4), "x"), [[2, 2, 3, 3, 4, 4, 5, 5]]);
});

Deno.test("dataset: a cache that could not be filled is filled the next time", async () => {
  let broken = true;
  const cached = numbered(2).map((example) => {
    if (broken) throw new RangeError("not yet");
    return example;
  }).cache();
  await cached.arrays().then(
    () => assertEquals(true, false),
    (e) => assertEquals(e.message, "not yet"),
  );
  broken = false;
  assertEquals((await cached.arrays()).x.shape, [2, 2]);
});

Deno.test("dataset: examples come one by one", async () => {
  const seen = [];
  for await (const { x, y } of numbered(40).examples()) seen.push([x.shape, ...x.data, ...y.data]);
  assertEquals(seen.length, 40);
  assertEquals(seen[38], [[2], 38, -38, 2]);
});

Deno.test("dataset: a generator is run as far as it is asked, and told that it ends", async () => {
  const log: string[] = [];
  const dataset = generatedDataset({
    size: 7,
    *examples({ epoch }) {
      try {
        for (let n = 0;; n++) {
          log.push(`${epoch}:${n}`);
          yield { y: { shape: [], dtype: "int32", data: Int32Array.of(n) } } as const;
        }
      } finally {
        log.push("end");
      }
    },
  });
  assertEquals(await elementsOf(dataset.skip(1).take(3).batch(2), "y", 5), [[1, 2], [3]]);
  assertEquals(log, ["5:0", "5:1", "5:2", "5:3", "end"]);
  log.length = 0;
  for await (const _ of dataset.batch(2).prefetch(1).batches()) break;
  assertEquals(log, ["1:0", "1:1", "1:2", "1:3", "end"]);
  const { validation } = await dataset.split({ validation: 0.5 });
  const kept = await elementsOf(dataset.cache().shuffle(1).batch(7), "y");
  assertEquals([validation.size, kept[0].toSorted()], [4, [0, 1, 2, 3, 4, 5, 6]]);
});

Deno.test("dataset: prefetch reads so many batches ahead and no more", async () => {
  for (const ahead of [0, 1, 3]) {
    let made = 0;
    const dataset = numbered(20).map((example) => {
      made++;
      return example;
    });
    let taken = 0;
    for await (const _ of dataset.batch(2).prefetch(ahead).batches()) {
      taken++;
      await new Promise((resolve) => setTimeout(resolve, 0));
      assertEquals(made, Math.min(2 * (taken + ahead), 20));
    }
    assertEquals(taken, 10);
  }
});

Deno.test("dataset: an error comes with its batch, not before, and ends the loop", async () => {
  const dataset = numbered(6).map((example, { index }) => {
    if (index === 4) throw new RangeError("example 4");
    return example;
  });
  let taken = 0;
  const loop = async () => {
    for await (const _ of dataset.batch(2, { backend }).prefetch(3).batches()) taken++;
  };
  await loop().then(() => assertEquals(true, false), (e) => assertEquals(e.message, "example 4"));
  assertEquals([taken, backend.liveBytes], [2, 0]);
});

Deno.test("dataset: a batch is freed when the next is asked for, and when the loop is left", async () => {
  const batches = numbered(6).batch(2, { backend });
  const before = [];
  for await (const { x, y } of batches.batches()) {
    assertEquals(backend.liveBytes, x.bytes + y.bytes);
    before.push(x);
  }
  assertEquals([backend.liveBytes, before.every((x) => x.isDisposed)], [0, true]);
  for await (const _ of batches.batches()) break;
  assertEquals(backend.liveBytes, 0);
});

Deno.test("dataset: who adopts a batch frees it", async () => {
  const kept: Arena[] = [];
  for await (const batch of numbered(4).batch(2, { backend }).batches()) {
    const arena = new Arena();
    arena.adopt(batch);
    kept.push(arena);
  }
  assertEquals(backend.liveBytes, 4 * 3 * 4);
  for (const arena of kept) arena.dispose();
  for await (const batch of numbered(4).batch(2, { backend }).batches()) {
    using tape = new Tape();
    tape.adopt(batch);
  }
  assertEquals(backend.liveBytes, 0);
});

Deno.test("dataset: batches are mapped by operations; only the results live", async () => {
  const batches = numbered(4).batch(2, { backend })
    .map(({ x, y }) => ({ x: mul(mul(x, 2), 3), y }))
    .map(({ x, y }) => ({ x, twice: y }));
  const seen = [];
  for await (const { x, twice } of batches.batches()) {
    assertEquals(backend.liveBytes, x.bytes + twice.bytes);
    seen.push(...x.dataSync(), ...twice.dataSync());
  }
  assertEquals(seen, [0, -0, 6, -6, 0, 1, 12, -12, 18, -18, 2, 0]);
  assertEquals(backend.liveBytes, 0);
});

Deno.test("dataset: a training takes batches of x and y", () => {
  const source: BatchSource = numbered(3).batch(2);
  assertEquals(source.size, 3);
});
