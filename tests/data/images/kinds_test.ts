/** Kinds of image files beside the common ones: without tables, in parts, in runs; and damaged ones. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FileError } from "../../../src/core/errors.ts";
import { readImage } from "../../../src/data/mod.ts";
import { decodeWebp } from "../../../src/formats/webp/decoder.ts";
import { colourGoldens } from "../../golden/images/colour_goldens.ts";
import { fromBase64 } from "../../formats/npy/support.ts";
import { fuzz } from "../../support/fuzz.ts";

function fileOf(name: string): Uint8Array {
  return fromBase64(colourGoldens.find((golden) => golden.name === name)!.file);
}

async function message(bytes: Uint8Array): Promise<string> {
  return (await assertRejects(() => readImage(bytes, { name: "x" }), SyntaxError)).message;
}

/** A JPEG file without its segments of a kind. */
function withoutSegments(file: Uint8Array, kind: number): Uint8Array {
  const kept = [0xff, 0xd8];
  let at = 2;
  while (file[at + 1] !== 0xda) {
    const end = at + 2 + (file[at + 2] << 8) + file[at + 3];
    if (file[at + 1] !== kind) kept.push(...file.subarray(at, end));
    at = end;
  }
  return Uint8Array.from([...kept, ...file.subarray(at)]);
}

Deno.test("readImage: JPEG without Huffman tables has those of Motion JPEG", async () => {
  for (const name of ["jpeg 4:2:0", "jpeg 4:4:4"]) {
    const bare = withoutSegments(fileOf(name), 0xc4);
    assert(bare.length < fileOf(name).length - 400, "the tables are gone");
    assertEquals((await readImage(bare)).dataSync(), (await readImage(fileOf(name))).dataSync());
  }
});

Deno.test("readImage: JPEG of three colours: JFIF, then Adobe, then their ids say which", async () => {
  const rgb = fileOf("jpeg RGB by Adobe");
  const [red, green] = (await readImage(rgb)).dataSync();
  const at = rgb.findIndex((byte, i) => byte === 0xff && rgb[i + 1] === 0xee);
  const ycc = rgb.slice();
  ycc[at + 4 + 11] = 1; // Adobe: YCbCr
  const transformed = (await readImage(ycc)).dataSync();
  assert(Math.abs(transformed[0] - red) > 20 || Math.abs(transformed[1] - green) > 20);
  const jfif = [0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
  const both = Uint8Array.from([0xff, 0xd8, ...jfif, ...rgb.subarray(2)]);
  assertEquals((await readImage(both)).dataSync(), transformed);
  const neither = withoutSegments(rgb, 0xee); // ids 1, 2, 3
  assertEquals((await readImage(neither)).dataSync(), transformed);
});

/** A GIF of 3 × 2 pixels on a screen, its image anywhere. */
function gif(
  screen: [number, number],
  at: [number, number],
  codes: number[],
  control: number[] = [],
) {
  return Uint8Array.from([
    ...new TextEncoder().encode("GIF89a"),
    ...[screen[0], 0, screen[1], 0, 0x80, 0, 0],
    ...[9, 8, 7, 250, 251, 252],
    ...control,
    ...[0x2c, at[0], 0, at[1], 0, 3, 0, 2, 0, 0, 2],
    ...[codes.length, ...codes, 0, 0x3b],
  ]);
}

// Codes of 3 bits from clear = 4: 4 0 1 0 | 1 … as `LZW` says, packed from the lowest bit.
const SIX = packed([[4, 3], [0, 3], [1, 3], [6, 3], [1, 4], [0, 4], [5, 4]]);

function packed(codes: readonly (readonly [code: number, bits: number])[]): number[] {
  let [held, count] = [0, 0];
  const bytes: number[] = [];
  for (const [code, bits] of codes) {
    held |= code << count;
    for (count += bits; count >= 8; count -= 8, held >>>= 8) bytes.push(held & 255);
  }
  return count > 0 ? [...bytes, held] : bytes;
}

Deno.test("readImage: GIF whose image is a part of the screen, transparent or not", async () => {
  const whole = await readImage(gif([3, 2], [0, 0], SIX));
  assertEquals(whole.shape, [2, 3, 3]);
  const [dark, light] = [[9, 8, 7], [250, 251, 252]];
  assertEquals(whole.toArray(), [[dark, light, dark], [light, light, dark]]);
  const part = await readImage(gif([4, 3], [1, 1], SIX));
  const [none, a, b] = [[0, 0, 0, 0], [...dark, 255], [...light, 255]];
  assertEquals(part.toArray(), [[none, none, none, none], [none, a, b, a], [none, b, b, a]]);
  const control = [0x21, 0xf9, 4, 1, 0, 0, 1, 0]; // place 1 is transparent
  const clear = await readImage(gif([3, 2], [0, 0], SIX, control));
  assertEquals(clear.shape, [2, 3, 4]);
  assertEquals([...clear.dataSync()].filter((_, i) => i % 4 === 3), [255, 0, 255, 0, 0, 255]);
});

Deno.test("readImage: GIF that is cut short, or lies beside its screen, is refused", async () => {
  assertStringIncludes(await message(gif([3, 2], [1, 0], SIX)), "found 3 x 2 at 1, 0");
  assertStringIncludes(await message(gif([3, 2], [0, 0], SIX.slice(0, 1))), "they end after");
  assertStringIncludes(await message(gif([3, 2], [0, 0], packed([[4, 3], [7, 3]]))), "code 7");
  assertStringIncludes(
    await message(gif([3, 2], [0, 0], packed([[4, 3], [3, 3], [5, 3]]))),
    "after 1",
  );
  const places = packed([[4, 3], [3, 3], [3, 3], [3, 3], [3, 4], [3, 4], [3, 4]]);
  assertStringIncludes(await message(gif([3, 2], [0, 0], places)), "expected 0 to 1, found 3");
  const file = gif([3, 2], [0, 0], SIX);
  assertStringIncludes(await message(file.slice(0, 20)), "must be whole");
  assertStringIncludes(
    await message(Uint8Array.from([...file.slice(0, 19), 0x3b])),
    "the end mark",
  );
});

Deno.test("readImage: BMP of other kinds, short rows and colours that are none", async () => {
  const file = fileOf("bmp 24 bits");
  const change = (at: number, value: number) => {
    const changed = file.slice();
    changed[at] = value;
    return changed;
  };
  assertStringIncludes(
    await message(change(14, 39)),
    "a header of 12, or at least 40, bytes: found 39",
  );
  assertStringIncludes(await message(change(28, 23)), "found 23 bits, storage 0");
  assertStringIncludes(await message(change(30, 4)), "found 24 bits, storage 4");
  assertStringIncludes(await message(change(21, 255)), "the width must be positive");
  assertStringIncludes(await message(file.slice(0, -1)), "expected 676 bytes at 54, found 675");
  const runs = fileOf("bmp RLE8");
  assertStringIncludes(await message(runs.slice(0, -1)), "the file is cut short");
  const long = runs.slice();
  long[14 + 40 + 16] = 200; // a run beyond the line
  assertStringIncludes(await message(long), "runs must end in their line");
  // OS/2 headers: sizes of 16 bits, colours of 3 bytes.
  const core = Uint8Array.from([
    ...[0x42, 0x4d, 36, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0],
    ...[12, 0, 0, 0, 2, 0, 1, 0, 1, 0, 1, 0],
    ...[1, 2, 3, 4, 5, 6],
    ...[0b01000000, 0, 0, 0],
  ]);
  assertEquals((await readImage(core)).toArray(), [[[3, 2, 1], [6, 5, 4]]]);
});

/** A chunk: its name, its size, its data in whole words of 16 bits. */
function chunk(name: string, data: readonly number[]): number[] {
  const { length } = data;
  const size = [length, length >> 8, length >> 16, length >> 24].map((byte) => byte & 255);
  return [...new TextEncoder().encode(name), ...size, ...data, ...length % 2 === 1 ? [0] : []];
}

/** An animation on a screen whose first frame, of 17 x 13, is at a place. */
function animation(file: Uint8Array, [width, height]: number[], [left, top]: number[]) {
  const isExtended = String.fromCharCode(...file.slice(12, 16)) === "VP8X";
  const number24 = (value: number) => [value & 255, value >> 8, 0];
  const place = [left / 2, top / 2, 17 - 1, 13 - 1, 100].flatMap(number24);
  const chunks = [
    ...chunk("VP8X", [0x12, 0, 0, 0, ...number24(width - 1), ...number24(height - 1)]),
    ...chunk("ANIM", [255, 255, 255, 255, 0, 0]),
    ...chunk("ICCP", [1, 2, 3]),
    ...chunk("ANMF", [...place, 0, ...file.slice(isExtended ? 30 : 12)]),
    ...chunk("ANMF", [...place, 0, 1, 2, 3]), // later frames are not looked at
  ];
  return Uint8Array.from(chunk("RIFF", [...new TextEncoder().encode("WEBP"), ...chunks]));
}

Deno.test("readImage: of an animated WebP the first frame, at its place on the screen", async () => {
  for (const name of ["webp", "webp lossless", "webp with alpha"]) {
    const still = await readImage(fileOf(name));
    const [from, channels] = [still.dataSync(), still.shape[2]];
    const whole = await readImage(animation(fileOf(name), [17, 13], [0, 0]));
    assertEquals(whole.shape.slice(0, 2), [13, 17]);
    const screen = await readImage(animation(fileOf(name), [24, 18], [6, 2]));
    assertEquals(screen.shape, [18, 24, 4]);
    const pixels = screen.dataSync();
    for (let y = 0; y < 18; y++) {
      for (let x = 0; x < 24; x++) {
        const at = ((y - 2) * 17 + x - 6) * channels;
        const isFrame = x >= 6 && x < 23 && y >= 2 && y < 15;
        const wanted = isFrame
          ? [...from.slice(at, at + 3), channels === 4 ? from[at + 3] : 255]
          : [0, 0, 0, 0];
        assertEquals([...pixels.slice((y * 24 + x) * 4, (y * 24 + x + 1) * 4)], wanted);
      }
    }
  }
});

Deno.test("readImage: WebP that is no whole animation is refused; sizes are looked at first", async () => {
  const lossless = fileOf("webp lossless");
  const outside = animation(lossless, [24, 18], [8, 2]);
  assertStringIncludes(await message(outside), "a frame within its screen of 24 x 18");
  const whole = animation(lossless, [24, 18], [6, 2]);
  for (const length of [40, 60, 100]) {
    assertStringIncludes(await message(whole.slice(0, length)), "cut short or damaged");
  }
  const wide = whole.slice();
  wide[26] = 255; // of the screen
  const { message: wider } = await assertRejects(
    () => readImage(wide, { maxPixels: 1e5 }),
    RangeError,
  );
  assertStringIncludes(wider, "maxPixels");
  const { message: large } = await assertRejects(
    () => readImage(lossless, { maxPixels: 220 }),
    RangeError,
  );
  assertStringIncludes(large, "declares 17 x 13");
  assertStringIncludes(await message(fileOf("webp").slice(0, 24)), "must begin with a chunk");
});

Deno.test("readImage: a lossless WebP of one colour has less than ten bytes", async () => {
  // VP8L of 4 x 3: no transforms, each of the codes of one symbol.
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits.push((value >> i) & 1);
  };
  put(0x2f, 8);
  put(4 - 1, 14);
  put(3 - 1, 14);
  put(0, 1 + 3 + 1 + 1 + 1); // no alpha, version, transforms, cache, other codes
  for (const symbol of [200, 0, 0, 0, 0]) {
    put(1, 1); // a simple code
    put(0, 1); // of one symbol
    put(symbol === 0 ? 0 : 1, 1); // in one bit or eight
    put(symbol, symbol === 0 ? 1 : 8);
  }
  while (bits.length % 8 !== 0) bits.push(0);
  const bytes = Array.from(
    { length: bits.length / 8 },
    (_, i) => bits.slice(8 * i, 8 * i + 8).reduce((byte, bit, at) => byte | (bit << at), 0),
  );
  const file = chunk("RIFF", [...new TextEncoder().encode("WEBP"), ...chunk("VP8L", bytes)]);
  const image = await readImage(Uint8Array.from(file));
  assertEquals(image.shape, [3, 4, 3]);
  assertEquals([...image.dataSync().slice(0, 3)], [0, 200, 0]);
});

Deno.test("decodeWebp: the package reads what the platform does", async () => {
  const { OffscreenCanvas } = globalThis;
  for (const name of ["webp", "webp lossless", "webp with alpha"]) {
    const expected = await decodeWebp(fileOf(name), 1e6, "Cannot read x");
    Reflect.deleteProperty(globalThis, "OffscreenCanvas");
    try {
      assertEquals(await decodeWebp(fileOf(name), 1e6, "Cannot read x"), expected);
    } catch (error) {
      // The package reads a file of its own, for which there may be no permission.
      assert(error instanceof FileError, String(error));
      assertStringIncludes(error.message, "@cwasm/webp");
    } finally {
      globalThis.OffscreenCanvas = OffscreenCanvas;
    }
  }
});

for (const kind of ["jpeg 4:2:0", "bmp", "gif", "webp"]) {
  Deno.test(`readImage: damaged files are read or refused, soon: ${kind}`, async () => {
    const samples = colourGoldens.filter(({ name }) => name.startsWith(kind))
      .map(({ file }) => fromBase64(file));
    const { refused } = await fuzz({
      samples,
      read: (bytes) => readImage(bytes, { name: "fuzz", maxPixels: 2 ** 16 }),
      check({ shape, size }) {
        assertEquals(shape.length, 3);
        assert(size <= 4 * 2 ** 16);
      },
      runs: kind === "jpeg 4:2:0" ? 5000 : 20_000,
    });
    assert(refused > 0);
  });
}
