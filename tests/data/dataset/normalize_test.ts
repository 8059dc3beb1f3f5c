// Normalising: the formula on every dtype, by channel or not, and the statistics that go with it.

import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { arrayDataset, type HostArray, type NormalizeOptions } from "../../../src/data/mod.ts";

async function normalised(x: HostArray, options: NormalizeOptions = {}): Promise<HostArray> {
  return (await arrayDataset({ x }).normalize(options).arrays()).x;
}

const BYTES: HostArray = {
  shape: [256, 1],
  dtype: "uint8",
  data: Uint8Array.from({ length: 256 }, (_, i) => i),
};

Deno.test("normalize: bytes become float32 from 0 to 1, each the nearest to its quotient", async () => {
  const y = await normalised(BYTES);
  assertEquals([y.dtype, y.shape], ["float32", [256, 1]]);
  y.data.forEach((value, i) => assertStrictEquals(value, Math.fround(i / 255)));
});

Deno.test("normalize: floats stay as they are without options", async () => {
  for (const data of [Float32Array.of(0.1, -3, NaN), Float64Array.of(0.1, -3, NaN)]) {
    const dtype = data instanceof Float32Array ? "float32" : "float64";
    const y = await normalised({ shape: [3], dtype, data });
    assertEquals(y, { shape: [3], dtype, data });
  }
  const ints = await normalised({ shape: [2], dtype: "int32", data: Int32Array.of(-7, 9) });
  assertEquals(ints, { shape: [2], dtype: "float32", data: Float32Array.of(-7, 9) });
});

Deno.test("normalize: (x / scale - mean) / std on each entry of the last axis", async () => {
  // Seventeen entries: more than have tables.
  for (const entries of [1, 2, 3, 17]) {
    const mean = Array.from({ length: entries }, (_, j) => j / 8);
    const std = Array.from({ length: entries }, (_, j) => j % 3); // 0 counts as 1
    for (const scale of [undefined, 2, -0.5]) {
      const values = Array.from({ length: 4 * entries }, (_, i) => (i * 37) % 256);
      for (const dtype of ["uint8", "float32", "int32", "float64"] as const) {
        const data = {
          uint8: Uint8Array,
          float32: Float32Array,
          int32: Int32Array,
          float64: Float64Array,
        }[dtype].from(values);
        const y = await normalised({ shape: [2, 2, entries], dtype, data }, { scale, mean, std });
        const round = dtype === "float64" ? (v: number) => v : Math.fround;
        const divisor = scale ?? (dtype === "uint8" ? 255 : 1);
        values.forEach((value, i) => {
          const j = i % entries;
          assertStrictEquals(y.data[i], round((value / divisor - mean[j]) / (std[j] || 1)));
        });
      }
    }
  }
});

Deno.test("normalize: one number for all entries goes with a list for each", async () => {
  const x: HostArray = { shape: [1, 2], dtype: "float32", data: Float32Array.of(3, 5) };
  assertEquals((await normalised(x, { mean: 1, std: [1, 4] })).data, Float32Array.of(2, 1));
  assertEquals((await normalised(x, { mean: [1, 3], std: 2 })).data, Float32Array.of(1, 1));
});

Deno.test("statistics: mean and deviation of each entry", async () => {
  const values = fc.array(
    fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 3 }),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  await fc.assert(fc.asyncProperty(values, async (rows) => {
    const x: HostArray = {
      shape: [rows.length, 1, 3],
      dtype: "float32",
      data: Float32Array.from(rows.flat()),
    };
    const { mean, std } = await arrayDataset({ x }).statistics({ scale: 2 });
    for (let j = 0; j < 3; j++) {
      const column = rows.map((row) => row[j] / 2);
      const m = column.reduce((a, b) => a + b, 0) / column.length;
      const v = column.reduce((a, b) => a + (b - m) ** 2, 0) / column.length;
      assertAlmostEquals(mean[j], m, 1e-10);
      assertAlmostEquals(std[j], Math.sqrt(v), 1e-7);
    }
  }));
});

Deno.test("statistics: little is lost where the mean is large; a NaN shows", async () => {
  const large = Float64Array.of(1e8 + 1, 1e8 + 2, 1e8 + 3);
  const { mean, std } = await arrayDataset({ x: large }).statistics();
  assertAlmostEquals(mean[0] - 1e8, 2, 1e-7);
  assertAlmostEquals(std[0], Math.sqrt(2 / 3), 1e-9);
  const withNaN = await arrayDataset({ x: Float32Array.of(1, NaN) }).statistics();
  assertEquals(withNaN, { mean: [NaN], std: [NaN] });
});

Deno.test("statistics: bytes are scaled as normalize scales them, over many reads", async () => {
  const x: HostArray = {
    shape: [1000, 2],
    dtype: "uint8",
    data: Uint8Array.from({ length: 2000 }, (_, i) => i % 2 === 0 ? 51 : i % 256),
  };
  const dataset = arrayDataset({ x, y: new Int32Array(1000) });
  const statistics = await dataset.statistics();
  assertAlmostEquals(statistics.mean[0], 0.2, 1e-12);
  assertEquals(statistics.std[0], 0);
  const again = await dataset.normalize(statistics).statistics();
  assertAlmostEquals(again.mean[1], 0, 1e-6);
  assertAlmostEquals(again.std[1], 1, 1e-6);
});
