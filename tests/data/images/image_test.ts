/** Images: every kind of file as Pillow reads it; ours as fast-png reads them. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { convertIndexedToRgb, decode, encode } from "fast-png";
import fc from "fast-check";
import { ones, tensor, zeros } from "../../../mod.ts";
import { ShapeError } from "../../../src/core/errors.ts";
import { readImage, writePng } from "../../../src/data/mod.ts";
import { colourGoldens } from "../../golden/images/colour_goldens.ts";
import { goldens } from "../../golden/images/goldens.ts";
import { fromBase64 } from "../../formats/npy/support.ts";
import { scaled } from "../../support/effort.ts";

/**
 * Distances allowed to another decoder of JPEG: a step of rounding in luminance and in chrominance,
 * which blue takes 1.772 times; and of all numbers together far less, or colours were not smooth.
 */
const MOST = 3;
const MEAN = 0.25;

function checkNear(
  data: ArrayLike<number>,
  expected: Uint8Array,
  most: number,
  mean: number,
): void {
  let sum = 0;
  expected.forEach((value, i) => {
    assert(Math.abs(data[i] - value) <= most, `${i}: ${data[i]}, not ${value}`);
    sum += Math.abs(data[i] - value);
  });
  assert(sum <= mean * expected.length, `on average ${sum / expected.length} off`);
}

for (const { name, file, shape, pixels } of [...goldens, ...colourGoldens]) {
  Deno.test(`readImage: ${name}`, async () => {
    const image = await readImage(fromBase64(file));
    const expected = fromBase64(pixels);
    // Pillow cuts 5 bits off where we round them to 8: 16 bits of BMP differ by 1.
    const isExact = !name.startsWith("jpeg") && name !== "bmp 16 bits";
    assertEquals([image.shape, image.dtype], [shape, "uint8"]);
    checkNear(
      image.dataSync(),
      expected,
      isExact ? 0 : MOST,
      isExact ? 0 : name === "bmp 16 bits" ? 0.5 : MEAN,
    );
  });
}

const images = fc.record({
  width: fc.integer({ min: 1, max: 9 }),
  height: fc.integer({ min: 1, max: 9 }),
  channels: fc.constantFrom(1, 2, 3, 4),
}).chain(({ width, height, channels }) => {
  const size = width * height * channels;
  return fc.oneof(
    fc.uint8Array({ minLength: size, maxLength: size }),
    // Smooth, so that every filter is the best one somewhere.
    fc.nat(60).map((step) => Uint8Array.from({ length: size }, (_, i) => i * step / channels)),
  ).map((data) => ({ width, height, channels, data }));
});

Deno.test("writePng: fast-png and readImage find the pixels; smaller than without filters", async () => {
  await fc.assert(
    fc.asyncProperty(images, async ({ width, height, channels, data }) => {
      const bytes = await writePng(tensor(data, { shape: [height, width, channels] }));
      const read = decode(bytes, { checkCrc: true });
      assertEquals([read.width, read.height, read.channels], [width, height, channels]);
      assertEquals(Uint8Array.from(read.data), data);
      assertEquals(Uint8Array.from((await readImage(bytes)).dataSync()), data);
    }),
    { numRuns: scaled(200) },
  );
  const ramp = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 2 + Math.floor(i / 64));
  const bytes = await writePng(tensor(ramp, { shape: [64, 64] }));
  assert(bytes.length < 400, `${bytes.length} bytes`);
});

Deno.test("readImage: what fast-png writes, 8 and 16 bits", async () => {
  await fc.assert(
    fc.asyncProperty(images, fc.boolean(), async ({ width, height, channels, data }, wide) => {
      const depth = wide ? 16 : 8;
      const samples = wide ? Uint16Array.from(data, (value) => 257 * value) : data;
      const bytes = encode({ width, height, channels, depth, data: samples });
      const read = await readImage(new Uint8Array(bytes));
      assertEquals(read.shape, [height, width, channels]);
      assertEquals(Uint8Array.from(read.dataSync()), data);
    }),
    { numRuns: scaled(100) },
  );
});

Deno.test("readImage: palettes as fast-png converts them", async () => {
  const { file } = goldens.find(({ name }) => name === "png 3 8 bits")!;
  const bytes = fromBase64(file);
  const expected = convertIndexedToRgb(decode(bytes));
  assertEquals(Uint8Array.from((await readImage(bytes)).dataSync()), Uint8Array.from(expected));
});

Deno.test("readImage: channels as asked for", async () => {
  const pixel = async (values: number[], channels: 1 | 3 | 4) => {
    const bytes = await writePng(tensor(Uint8Array.from(values), { shape: [1, 1, values.length] }));
    return [...(await readImage(bytes, { channels })).dataSync()];
  };
  assertEquals(await pixel([7], 3), [7, 7, 7]);
  assertEquals(await pixel([7], 4), [7, 7, 7, 255]);
  assertEquals(await pixel([7, 9], 1), [7]);
  assertEquals(await pixel([7, 9], 3), [7, 7, 7]);
  assertEquals(await pixel([7, 9], 4), [7, 7, 7, 9]);
  assertEquals(await pixel([255, 0, 0], 1), [76]);
  assertEquals(await pixel([0, 255, 0], 1), [150]);
  assertEquals(await pixel([0, 0, 255], 1), [29]);
  assertEquals(await pixel([1, 2, 3], 4), [1, 2, 3, 255]);
  assertEquals(await pixel([1, 2, 3, 4], 3), [1, 2, 3]);
  assertEquals(await pixel([1, 2, 3, 4], 4), [1, 2, 3, 4]);
});

Deno.test("writePng refuses what is no image of bytes", async () => {
  const rule =
    "Cannot write a PNG file: image must be uint8 [height, width, channels] with pixels " +
    "and 1 to 4 channels: got ";
  const cases = [
    [ones([2, 2, 3]), "float32 [2, 2, 3]"],
    [zeros([2, 2, 5], { dtype: "uint8" }), "uint8 [2, 2, 5]"],
    [zeros([2, 0, 3], { dtype: "uint8" }), "uint8 [2, 0, 3]"],
    [zeros([2], { dtype: "uint8" }), "uint8 [2]"],
    [zeros([1, 2, 2, 3], { dtype: "uint8" }), "uint8 [1, 2, 2, 3]"],
  ] as const;
  for (const [image, got] of cases) {
    const error = await assertRejects(() => writePng(image), ShapeError);
    assertEquals(error.message, rule + got);
  }
});
