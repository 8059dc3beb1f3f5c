// Exchanges of training: gradients, parameters, moments of batches, float16 on the wire.

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tensor } from "../../mod.ts";
import { averageGradients } from "../../src/distributed/average_gradients.ts";
import { hashOf } from "../../src/distributed/broadcast_tensors.ts";
import { fromHalf, toHalf } from "../../src/distributed/half.ts";
import { shard } from "../../src/distributed/shard.ts";
import { singleGroup } from "../../src/distributed/single_group.ts";
import { bucketsOf } from "../../src/distributed/sum_tensors.ts";
import { arrayDataset } from "../../src/data/mod.ts";
import type { BatchSource } from "../../src/train/mod.ts";
import { ifPossible } from "../support/permissions.ts";
import { NEEDS, runRanks } from "../support/ranks.ts";
import { normalized } from "./programs/exchanges.ts";

const PROGRAM = new URL("./programs/exchanges.ts", import.meta.url);

function assertAllNear(found: readonly number[], expected: readonly number[], where: string) {
  assertEquals(found.length, expected.length, where);
  found.forEach((value, i) => {
    assertAlmostEquals(value, expected[i], 1e-9 * Math.max(Math.abs(expected[i]), 1), where);
  });
}

Deno.test(ifPossible({
  name: "exchange: batch normalisation over ranks has the gradients of one, twice, parts empty too",
  needs: NEEDS,
  async fn() {
    for (const [size, count] of [[2, 5], [3, 7], [3, 2]]) {
      const one = normalized(null, count);
      const ranks = await runRanks<typeof one>(size, PROGRAM, "normalized", { argument: count });
      for (const { positions, moments } of ranks) {
        assertEquals(positions, one.positions);
        assertAllNear(moments, one.moments, "moments");
        assertEquals(moments, ranks[0].moments);
      }
      for (const part of [0, 1, 2]) {
        assertAllNear(ranks.flatMap(({ rows }) => rows[part]), one.rows[part], `rows ${part}`);
        const total = one.sums[part].map((_, i) =>
          ranks.reduce((sum, { sums }) => sum + sums[part][i], 0)
        );
        assertAllNear(total, one.sums[part], `sums ${part}`);
      }
    }
  },
}));

Deno.test(ifPossible({
  name:
    "exchange: gradients are weighed by examples; one of no examples adds nothing, not even NaN",
  needs: NEEDS,
  async fn() {
    for (const argument of [{}, { bucketBytes: 1 }]) {
      for (const found of await runRanks<number[]>(3, PROGRAM, "averaged", { argument })) {
        assertEquals(found, [0.25, 1.25, 2.25, 3.25, 4.25, 0.25, 1]);
      }
    }
  },
}));

Deno.test(ifPossible({
  name:
    "exchange: tensors of one rank are those of all, and one that differs is named on all ranks",
  needs: NEEDS,
  async fn() {
    for (const found of await runRanks(3, PROGRAM, "compared")) {
      assertEquals(found, {
        values: [[1, 2, 3, 4], [1, 7], [1, 1, 2]],
        messages: [
          "Cannot go on: tensors must be equal on all ranks: w differs on rank 2 from that on rank 0",
          "Cannot go on: tensors must be equal on all ranks: rank 0 has w, rank 1 has bias",
          "Cannot broadcast tensors: tensors must be equal on all ranks: rank 0 has w float32 [1], " +
          "rank 1 has w float32 [2]",
        ],
      });
    }
  },
}));

Deno.test("exchange: every float16 is read as it is, and every float32 near one rounded to it", () => {
  const halves = new Float16Array(1);
  const bits = new Uint16Array(halves.buffer);
  for (let i = 0; i < 2 ** 16; i++) {
    bits[0] = i;
    assertEquals(fromHalf(i), halves[0], `bits ${i}`);
    const value = fromHalf(i);
    const next = fromHalf((i + 1) & 0xffff);
    const middle = (value + next) / 2;
    for (const near of [value, middle, middle * (1 + 2 ** -23), middle * (1 - 2 ** -23), next]) {
      halves[0] = Math.fround(near);
      if (Number.isNaN(near)) assert(Number.isNaN(fromHalf(toHalf(near))), `${near}`);
      else assertEquals(toHalf(near), bits[0], `${near}`);
    }
  }
  assertEquals([65519, 65520, -1e30, -0].map(toHalf), [0x7bff, 0x7c00, 0xfc00, 0x8000]);
});

Deno.test(ifPossible({
  name: "exchange: what float16 takes away from a gradient is added to the next ones",
  needs: NEEDS,
  async fn() {
    const steps = 64;
    const ranks = await runRanks<number[]>(3, PROGRAM, "halved", { argument: steps });
    for (const means of ranks) {
      assertEquals(means, ranks[0]);
      // Each differs from 2 v by less than a unit of float16 there, over the number of steps.
      [2 * (1 + 2 ** -13), 2 * (-3 - 2 ** -11), 2 ** -25].forEach((expected, i) => {
        const unit = [2 ** -9, 2 ** -8, 2 ** -24][i];
        assertAlmostEquals(means[i], expected, 2 * unit / steps);
      });
      assertEquals(means.slice(3), [Infinity, 0]);
    }
  },
}));

Deno.test("exchange: buckets hold as many as fit, from the last, each dtype by itself", () => {
  const make = (length: number, dtype: "float32" | "float64" = "float32") =>
    tensor(new Float64Array(length), { dtype });
  const tensors = [make(3), make(2, "float64"), make(100), make(5), make(0), make(4)];
  const sizes = (bytes: number) =>
    bucketsOf(tensors, bytes).map(({ dtype, size, tensors }) => [dtype, size, tensors.length]);
  assertEquals(sizes(36), [["float32", 9, 3], ["float32", 100, 1], ["float64", 2, 1], [
    "float32",
    3,
    1,
  ]]);
  assertEquals(sizes(1e6), [["float32", 112, 5], ["float64", 2, 1]]);
});

Deno.test("exchange: hashes see every bit, whatever the length and the place", () => {
  const bytes = new Uint8Array(64);
  for (const length of [1, 4, 7, 33]) {
    for (const start of [0, 1, 4]) {
      const view = bytes.subarray(start, start + length);
      const before = hashOf(view);
      for (let bit = 0; bit < length * 8; bit++) {
        view[bit >> 3] ^= 1 << (bit & 7);
        const after = hashOf(view);
        assert(after[0] !== before[0] && after[1] !== before[1], `bit ${bit} of ${length}`);
        view[bit >> 3] ^= 1 << (bit & 7);
      }
    }
  }
});

Deno.test("shard: every example is in one part, whatever the source, and parts differ by one", async () => {
  const x = Float32Array.from({ length: 11 }, (_, i) => i);
  const dataset = arrayDataset({ x, y: new Int32Array(11) });
  const own: BatchSource = {
    size: 11,
    async *batches() {
      for await (const { x, y } of dataset.batch(4).batches()) yield { x: x.clone(), y: y.clone() };
    },
  };
  const sources = [dataset.batch(4), dataset.batch(4).prefetch(2), own];
  for (const source of sources) {
    for (const size of [1, 2, 3, 5]) {
      const parts = await Promise.all(Array.from({ length: size }, async (_, rank) => {
        const steps: number[][] = [];
        const part = shard(source, { rank, size });
        assertEquals([part.size, part.part], [11, { rank, size }]);
        for await (const { x, y } of part.batches({ epoch: 1 })) {
          assertEquals(x.shape, y.shape);
          steps.push([...x.dataSync()]);
        }
        return steps;
      }));
      const batches = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]];
      assertEquals(batches.map((_, step) => parts.flatMap((steps) => steps[step])), batches);
      for (const [step] of batches.entries()) {
        const lengths = parts.map((steps) => steps[step].length);
        assert(Math.max(...lengths) - Math.min(...lengths) <= 1, String(lengths));
      }
    }
  }
});

Deno.test("shard: parts of parts, and what is no source, are refused", () => {
  const batches = arrayDataset({ x: new Float32Array(4), y: new Int32Array(4) }).batch(2);
  const part = shard(batches, { rank: 1, size: 2 });
  assertThrows(
    () => shard(part, singleGroup()),
    TypeError,
    "Cannot shard data: it must be whole: it is part 1 of 2 already",
  );
  assertThrows(
    () => shard([] as unknown as BatchSource, singleGroup()),
    TypeError,
    "Cannot shard data: it must be batches, dataset.batch(64): got an array",
  );
  assertThrows(() => batches.shard({ rank: 2, size: 2 }), RangeError, "rank must be an integer");
});

Deno.test("exchange: wrong options are refused", () => {
  const group = singleGroup();
  assertThrows(
    () => averageGradients(group, { wire: "int8" as "float16" }),
    TypeError,
    'Cannot average gradients: wire must be "float32" or "float16": got "int8"',
  );
  assertThrows(
    () => averageGradients(group, { bucketBytes: 0 }),
    RangeError,
    "bucketBytes must be an integer of at least 1",
  );
  assertThrows(() => averageGradients(group)(tensor(1), -1), RangeError, "weight must be a number");
});
