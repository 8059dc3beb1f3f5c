// Splitting: both parts together are the whole, and every class is split in proportion.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { arraySource } from "../../../src/data/dataset/array_source.ts";
import { shuffleSource, splitSource } from "../../../src/data/dataset/order.ts";
import { type ExampleSource, readParts } from "../../../src/data/dataset/source.ts";
import { arrayDataset } from "../../../src/data/mod.ts";
import { numbered, numbersOf } from "./support.ts";

const shares = fc.integer({ min: 1, max: 19 }).map((n) => n / 20);

Deno.test("split: the parts are disjoint, together the whole, each in the order of the whole", async () => {
  await fc.assert(fc.asyncProperty(
    fc.integer({ min: 2, max: 60 }),
    shares,
    fc.nat(9),
    fc.boolean(),
    async (size, validation, seed, stratified) => {
      const count = Math.round(size * validation);
      fc.pre(count > 0 && count < size);
      const stratify = stratified ? "y" : undefined;
      const parts = await numbered(size).split({ validation, seed, stratify });
      const [a, b] = [await numbersOf(parts.train), await numbersOf(parts.validation)];
      assertEquals(b.length, count);
      assertEquals([...a, ...b].toSorted((p, q) => p - q), await numbersOf(numbered(size)));
      for (const part of [a, b]) assertEquals(part, part.toSorted((p, q) => p - q));
    },
  ));
});

Deno.test("split: with stratify each class has its share, to within one", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 4, maxLength: 60 }),
    shares,
    async (labels, validation) => {
      const count = Math.round(labels.length * validation);
      fc.pre(count > 0 && count < labels.length);
      const dataset = arrayDataset({ label: Int32Array.from(labels) });
      const parts = await dataset.split({ validation, stratify: "label" });
      const { label } = await parts.validation.arrays();
      for (const c of new Set(labels)) {
        const share = labels.filter((l) => l === c).length * count / labels.length;
        const found = [...label.data].filter((l) => l === c).length;
        assert(Math.abs(found - share) < 1, `class ${c}: ${found} of ${share}`);
      }
    },
  ));
});

Deno.test("split: the seed decides, and nothing else", async () => {
  const part = async (seed?: number) =>
    await numbersOf((await numbered(40).split({ validation: 0.5, seed })).validation);
  assertEquals(await part(1), await part(1));
  assertEquals(await part(), await part(0));
  assertNotEquals(await part(1), await part(2));
});

Deno.test("split: equal remainders go to the first classes", async () => {
  const dataset = arrayDataset({ y: Uint8Array.of(2, 1, 0, 2, 1, 0, 2, 1, 0) });
  const { validation } = await dataset.split({ validation: 4 / 9, stratify: "y" });
  const { y } = await validation.arrays();
  assertEquals([...y.data].toSorted(), [0, 0, 1, 2]);
});

Deno.test("split: labels alone are read to stratify", async () => {
  let decoded = 0;
  const dataset = numbered(10).map((example) => {
    decoded++;
    return example;
  });
  await numbered(10).split({ validation: 0.5, stratify: "y" });
  assertEquals(decoded, 0);
  await dataset.split({ validation: 0.5, stratify: "y" }); // a function may make y of anything
  assertEquals(decoded, 10);
});

Deno.test("split: each label is read once, and each example once in an epoch of both parts", async () => {
  for (const [size, classes] of [[1_000, 3], [1_000, 1_000], [20_000, 3], [20_000, 20_000]]) {
    const data = Int32Array.from({ length: size }, (_, i) => i * 7 % classes);
    const source = arraySource([["y", { shape: [size], dtype: "int32", data }]], size);
    let read = 0;
    const counting: ExampleSource = {
      ...source,
      open(pass) {
        const reader = source.open(pass);
        return {
          read(positions, names) {
            read += positions.length;
            return reader.read(positions, names);
          },
          close: () => reader.close(),
        };
      },
    };
    const parts = await splitSource(counting, { validation: 0.25, stratify: "y" });
    assertEquals(read, size, `labels of ${size} examples of ${classes} classes`);
    for (const part of [parts.train, parts.validation]) await readParts(shuffleSource(part, 1));
    assertEquals(read, 2 * size, `an epoch of ${size} examples of ${classes} classes`);
  }
});
