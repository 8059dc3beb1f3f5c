// Augmentation: moves by whole pixels are exact, all others agree with a plain definition, and
// every image has random numbers of its own.

import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { resample } from "../../../src/data/augment/resample.ts";
import { arrayDataset, type AugmentOptions, type HostArray } from "../../../src/data/mod.ts";
import { lookUp, originOf } from "../../support/oracles/augment.ts";
import { pairwise } from "../../support/pairwise.ts";

type Images = HostArray & { readonly data: Float64Array };

/** Makes images of float64 in which every value is another. */
function ramp(count: number, height: number, width: number, channels = 1): Images {
  const data = Float64Array.from({ length: count * height * width * channels }, (_, i) => i + 1);
  return { shape: [count, height, width, channels], dtype: "float64", data };
}

async function augmented(x: HostArray, options: AugmentOptions, epoch = 1): Promise<HostArray> {
  return (await arrayDataset({ x }).augment(options).arrays({ epoch })).x;
}

/** Lists the rows of a single image with one channel. */
function rows({ shape: [, height, width], data }: HostArray): number[][] {
  return Array.from({ length: height }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
}

/** Makes a range that holds one number alone. */
const just = (value: number) => [value, value] as const;

Deno.test("augment: nothing asked for is nothing changed, in any dtype", async () => {
  for (const dtype of ["uint8", "float32", "float64"] as const) {
    const Type = { uint8: Uint8Array, float32: Float32Array, float64: Float64Array }[dtype];
    const x: HostArray = {
      shape: [2, 3, 2, 2],
      dtype,
      data: Type.from(new Array(24).keys()),
    };
    assertEquals(await augmented(x, {}), x);
    assertEquals(await augmented(x, { rotate: 0, shift: 0, scale: 0, shear: 0, brightness: 0 }), x);
  }
});

Deno.test("augment: special values survive where no pixel is mixed with another", async () => {
  const data = Float64Array.of(NaN, Infinity, -0, -Infinity, 5e-324, 1, 2, 3, 4);
  const { data: found } = await augmented({ shape: [1, 3, 3, 1], dtype: "float64", data }, {});
  found.forEach((value, i) => assert(Object.is(value, data[i]), `element ${i}`));
});

Deno.test("augment: a quarter turn anticlockwise", async () => {
  const turned = rows(await augmented(ramp(1, 3, 3), { rotate: just(90), fill: "edge" }));
  const expected = [[3, 6, 9], [2, 5, 8], [1, 4, 7]];
  turned.flat().forEach((value, i) => assertAlmostEquals(value, expected.flat()[i], 1e-12));
});

Deno.test("augment: a positive shear leans to the right, a scale above 1 enlarges", async () => {
  const column = { ...ramp(1, 3, 3), data: Float64Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0) };
  const leant = rows(await augmented(column, { shear: just(45) }));
  leant.flat().forEach((value, i) =>
    assertAlmostEquals(value, [0, 0, 1, 0, 1, 0, 1, 0, 0][i], 1e-12)
  );
  const twice = rows(await augmented(ramp(1, 1, 5), { scale: just(2), fill: "edge" }));
  assertEquals(twice, [[2, 2.5, 3, 3.5, 4]]);
});

Deno.test("augment: flips", async () => {
  const seen = new Map<string, Set<string>>();
  for (const flip of ["horizontal", "vertical", "both"] as const) {
    const found = new Set<string>();
    for (let epoch = 1; epoch <= 40; epoch++) {
      found.add(rows(await augmented(ramp(1, 2, 2), { flip }, epoch)).flat().join(""));
    }
    seen.set(flip, found);
  }
  assertEquals([...seen.get("horizontal")!].toSorted(), ["1234", "2143"]);
  assertEquals([...seen.get("vertical")!].toSorted(), ["1234", "3412"]);
  assertEquals([...seen.get("both")!].toSorted(), ["1234", "2143", "3412", "4321"]);
});

Deno.test("augment: a flip is for one image in two", async () => {
  const { data } = await augmented(ramp(400, 1, 2), { flip: "horizontal" });
  let flipped = 0;
  for (let i = 0; i < 400; i++) if (data[2 * i] > data[2 * i + 1]) flipped++;
  assert(Math.abs(flipped - 200) < 60, `${flipped}`); // six deviations
});

Deno.test("augment: a crop is a part of the padded image, any with equal chances", async () => {
  const found = new Map<string, number>();
  const crop = { size: [1, 2], padding: 1 } as const;
  for (let epoch = 1; epoch <= 60; epoch++) {
    const x = await augmented(ramp(1, 1, 2), { crop, fill: 9 }, epoch);
    assertEquals(x.shape, [1, 1, 2, 1]);
    found.set(x.data.join(""), (found.get(x.data.join("")) ?? 0) + 1);
  }
  // Rows: one in three is the image's; columns: 91, 12, 29.
  assertEquals([...found.keys()].toSorted(), ["12", "29", "91", "99"]);
  assert(found.get("99")! > 20);
});

/** An image of one channel as its definition has it: a part of the padded one, mirrored or not. */
function part(
  image: number[][],
  [top, left]: readonly number[],
  [height, width]: readonly number[],
  [flipsRows, flipsColumns]: readonly boolean[],
): number[] {
  const cut = Array.from(
    { length: height },
    (_, row) =>
      Array.from({ length: width }, (_, column) => image[top + row]?.[left + column] ?? -1),
  );
  const rows = flipsRows ? cut.toReversed() : cut;
  return rows.flatMap((row) => flipsColumns ? row.toReversed() : row);
}

Deno.test("augment: a crop and a flip together are a part that is mirrored, each as likely", async () => {
  const tables = pairwise({
    crop: [[2, 3], [3, 2], [1, 4], [3, 4]] as const,
    padding: [0, 1],
    flip: [undefined, "horizontal", "vertical", "both"] as const,
    dtype: ["uint8", "float64"] as const,
  });
  const [height, width] = [3, 4];
  const image = rows(ramp(1, height, width));
  for (const { crop: size, padding, flip, dtype } of tables) {
    const wide = [[...image[0].map(() => -1)], ...image]; // a row and a column before, for padding
    const padded = wide.map((row) => [-1, ...row]);
    const expected = new Set<string>();
    for (let top = 1 - padding; top <= 1 + height + padding - size[0]; top++) {
      for (let left = 1 - padding; left <= 1 + width + padding - size[1]; left++) {
        for (const down of flip === "vertical" || flip === "both" ? [false, true] : [false]) {
          for (const aside of flip === "horizontal" || flip === "both" ? [false, true] : [false]) {
            expected.add(String(part(padded, [top, left], size, [down, aside])));
          }
        }
      }
    }
    const fill = dtype === "uint8" ? 255 : -1;
    const source = ramp(1, height, width);
    const data = dtype === "uint8" ? Uint8Array.from(source.data) : source.data;
    const x = { shape: source.shape, dtype, data } as HostArray;
    const found = new Set<string>();
    for (let epoch = 1; epoch <= 14 * expected.size; epoch++) {
      const { data } = await augmented(x, { crop: { size, padding }, flip, fill }, epoch);
      found.add(Array.from(data, (value) => value === fill ? -1 : value).join());
    }
    const what = JSON.stringify({ size, padding, flip, dtype });
    assertEquals([...found].sort(), [...expected].sort(), what);
  }
});

Deno.test("augment: what is beyond the border", async () => {
  // Four pixels more on every side: the image is seen from -4 to 7.
  const seen = async (fill: AugmentOptions["fill"], width: number) => {
    const x = ramp(1, 1, width);
    for (let epoch = 1; epoch <= 1000; epoch++) {
      const crop = { size: [1, width + 8], padding: 4 } as const;
      const { data } = await augmented(x, { crop, fill }, epoch);
      if (fill !== 0 || data[4] === 1) return [...data]; // a row of the image, not of the padding
    }
    throw new Error("no epoch shows a row of the image");
  };
  assertEquals(await seen(0, 3), [0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0]);
  assertEquals(await seen("edge", 3), [1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3]);
  assertEquals(await seen("reflect", 3), [1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3]);
  assertEquals(await seen("reflect", 1), [1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

Deno.test("augment: half a pixel is half of two, also at the border", () => {
  const size = [1, 3, 1] as const;
  const shifted = (fill: number | "edge") => {
    const to = { data: new Float64Array(3), start: 0, size };
    const map = { xx: 1, xy: 0, x0: -0.5, yx: 0, yy: 1, y0: 0 };
    resample({ data: Float64Array.of(2, 4, 8), start: 0, size }, to, map, fill);
    return [...to.data];
  };
  assertEquals(shifted(0), [1, 3, 6]);
  assertEquals(shifted(10), [6, 3, 6]);
  assertEquals(shifted("edge"), [2, 3, 6]);
});

Deno.test("augment: any map agrees with the definition", async () => {
  const sizes = fc.integer({ min: 1, max: 6 });
  const maps = fc.record({
    height: sizes,
    width: sizes,
    channels: fc.integer({ min: 1, max: 3 }),
    rotate: fc.integer({ min: -180, max: 180 }),
    scale: fc.integer({ min: 2, max: 8 }).map((n) => n / 4),
    shear: fc.integer({ min: -60, max: 60 }),
    fill: fc.constantFrom(0, 7, "edge" as const, "reflect" as const),
  });
  await fc.assert(fc.asyncProperty(maps, async ({ height, width, channels, ...options }) => {
    const { rotate, scale, shear, fill } = options;
    const x = ramp(1, height, width, channels);
    const found = await augmented(x, {
      rotate: just(rotate),
      scale: just(scale),
      shear: just(shear),
      fill,
    });
    const image = (row: number, column: number, channel: number) =>
      lookUp(x, fill, row, column, channel);
    const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const [row, column] = originOf(options, i - middleRow, j - middleColumn);
        for (let c = 0; c < channels; c++) {
          const expected = image(row + middleRow, column + middleColumn, c);
          const at = (i * width + j) * channels + c;
          assertAlmostEquals(found.data[at], expected, 1e-6, `${i} ${j} ${c}`);
        }
      }
    }
  }));
});

Deno.test("augment: a shift stays within its range, in fractions, down and aside apart", async () => {
  const x = { ...ramp(1, 21, 21), data: new Float64Array(441) };
  x.data[220] = 1;
  const centre = async (shift: readonly [number, number], epoch: number) => {
    const { data } = await augmented(x, { shift }, epoch);
    let [row, column] = [0, 0];
    data.forEach((v, i) => {
      row += v * (Math.floor(i / 21) - 10);
      column += v * (i % 21 - 10);
    });
    return [row, column];
  };
  const downs = [];
  for (let epoch = 1; epoch <= 30; epoch++) {
    const [down, aside] = await centre([3, 0], epoch);
    assert(Math.abs(down) <= 3 && aside === 0, `${down} ${aside}`);
    downs.push(down);
  }
  assert(Math.min(...downs) < -1.5 && Math.max(...downs) > 1.5 && new Set(downs).size === 30);
});

Deno.test("augment: bytes are rounded to the nearest and stay bytes", async () => {
  const x: HostArray = { shape: [1, 1, 3, 1], dtype: "uint8", data: Uint8Array.of(0, 100, 201) };
  const twice = await augmented(x, { scale: just(2), fill: "edge" });
  assertEquals(twice.data, Uint8Array.of(50, 100, 150)); // 150.5: to the even one
  const bright = await augmented(x, { brightness: just(2) });
  assertEquals(bright.data, Uint8Array.of(0, 200, 255));
});

Deno.test("augment: brightness, contrast and saturation by their definitions", async () => {
  const x: HostArray = {
    shape: [1, 1, 2, 3],
    dtype: "float64",
    data: Float64Array.of(0.1, 0.2, 0.9, 0.5, 0.6, 0.3),
  };
  const luma = ([r, g, b]: ArrayLike<number> & Iterable<number>) =>
    0.299 * r + 0.587 * g + 0.114 * b;
  const pixels = (data: Iterable<number>) => {
    const all = [...data];
    return [all.slice(0, 3), all.slice(3)];
  };
  const [brightness, contrast, saturation] = [1.2, 0.7, 1.5];
  let expected = pixels(x.data).map((p) => p.map((v) => v * brightness));
  const mean = (luma(expected[0]) + luma(expected[1])) / 2;
  expected = expected.map((p) => p.map((v) => mean + contrast * (v - mean)));
  expected = expected.map((p) => p.map((v) => luma(p) + saturation * (v - luma(p))));
  const found = await augmented(x, {
    brightness: just(brightness),
    contrast: just(contrast),
    saturation: just(saturation),
  });
  found.data.forEach((value, i) => assertAlmostEquals(value, expected.flat()[i], 1e-12));

  // One channel is its own grey: saturation changes nothing, contrast works about the mean.
  const grey: HostArray = { shape: [1, 1, 2, 1], dtype: "float64", data: Float64Array.of(1, 3) };
  const { data } = await augmented(grey, { contrast: just(0.5), saturation: just(0) });
  assertEquals([...data], [1.5, 2.5]);
  assertEquals([...(await augmented(grey, { contrast: just(0) })).data], [2, 2]);
});

Deno.test("augment: a square is cut out, whole or at the border", async () => {
  const x = { ...ramp(1, 4, 4, 2), data: new Float64Array(32).fill(1) };
  const sizes = new Set<number>();
  for (let epoch = 1; epoch <= 60; epoch++) {
    const { data } = await augmented(x, { cutout: 3, fill: 5 }, epoch);
    const cut = [...data.keys()].filter((i) => data[i] === 5);
    assertEquals(cut.length + data.filter((v) => v === 1).length, 32);
    sizes.add(cut.length / 2);
    const rowsOfCut = new Set(cut.map((i) => Math.floor(i / 8)));
    const columns = new Set(cut.map((i) => Math.floor(i / 2) % 4));
    assertEquals(rowsOfCut.size * columns.size * 2, cut.length); // a rectangle, in all channels
  }
  assertEquals([...sizes].toSorted((a, b) => a - b), [4, 6, 9]);
});

Deno.test("augment: an image's changes depend on seed, epoch and its number alone", async () => {
  const everything: AugmentOptions = {
    seed: 3,
    rotate: 20,
    shift: 2,
    scale: 0.2,
    shear: 10,
    flip: "both",
    crop: { size: 5, padding: 1 },
    fill: "reflect",
    brightness: 0.3,
    contrast: 0.3,
    saturation: 0.3,
    cutout: 2,
  };
  const y = Int32Array.from({ length: 20 }, (_, i) => i);
  const dataset = arrayDataset({ x: ramp(20, 6, 6, 3), y });
  const images = async (set: typeof dataset, size: number, epoch: number) => {
    const found = new Map<number, string>();
    for await (const { x, y } of set.batch(size).prefetch(size % 3).batches({ epoch })) {
      const [data, labels] = [x.dataSync(), y.dataSync()];
      labels.forEach((label, i) => found.set(label, data.subarray(i * 75, (i + 1) * 75).join()));
    }
    return found;
  };
  const whole = await images(dataset.augment(everything), 20, 2);
  assertEquals(new Set(whole.values()).size, 20);
  assertEquals(await images(dataset.augment(everything), 7, 2), whole);
  const shuffled = await images(dataset.shuffle(1).augment(everything), 3, 2);
  for (const [label, image] of shuffled) assertEquals(image, whole.get(label));
  const later = await images(dataset.augment(everything).shuffle(9).skip(5), 4, 2);
  for (const [label, image] of later) assertEquals(image, whole.get(label));
  assertEquals(later.size, 15);

  const [first] = [whole.get(0)];
  assertNotEquals((await images(dataset.augment(everything), 20, 3)).get(0), first);
  assertNotEquals((await images(dataset.augment({ ...everything, seed: 4 }), 20, 2)).get(0), first);
});
