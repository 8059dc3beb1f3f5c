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

Deno.test("readImage: animated WebP is refused, and sizes are looked at first", async () => {
  const file = fileOf("webp with alpha");
  const animated = file.slice();
  const isExtended = String.fromCharCode(...file.slice(12, 16)) === "VP8X";
  if (!isExtended) animated.set(new TextEncoder().encode("VP8X"), 12);
  animated[20] |= 2;
  assertStringIncludes(await message(animated), "found an animation");
  const { message: large } = await assertRejects(
    () => readImage(fileOf("webp lossless"), { maxPixels: 220 }),
    RangeError,
  );
  assertStringIncludes(large, "declares 17 x 13");
  assertStringIncludes(await message(file.slice(0, 24)), "must begin with a chunk");
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
