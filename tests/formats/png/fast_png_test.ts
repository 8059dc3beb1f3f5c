// Reasons for decoding PNG files here and not by `fast-png`, shown by it: it returns wrong pixels
// for some sound files, takes damaged ones for sound, and unpacks without a limit. Its answers are
// converted as a wrapper around it would have to. When a version passes where this one fails, it
// can take over.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { decode } from "fast-png";
import { readImage } from "../../../src/data/mod.ts";
import { crc32 } from "../../../src/files/crc32.ts";
import { deflate } from "../../../src/files/compression_streams.ts";
import { concatenate } from "../../../src/files/source.ts";
import { Random } from "../../../src/random/random.ts";
import { goldens } from "../../golden/images/goldens.ts";
import { fromBase64 } from "../npy/support.ts";

const files = goldens.filter(({ name }) => name.startsWith("png") && !name.includes("orientation"));

/** Converts what fast-png returns to pixels of 8 bits as `readImage` has them. */
function pixelsOf(bytes: Uint8Array): number[] {
  const { width, height, depth, channels, data, palette, transparency } = decode(bytes, {
    checkCrc: true,
  });
  const perLine = Math.ceil(width * channels * depth / 8);
  const samples = Array.from({ length: width * height * channels }, (_, i) => {
    if (depth >= 8) return data[i];
    const [line, bit] = [Math.floor(i / (width * channels)), (i % (width * channels)) * depth];
    return data[line * perLine + (bit >> 3)] >> (8 - depth - (bit & 7)) & (2 ** depth - 1);
  });
  if (palette !== undefined) {
    return samples.flatMap((i) => palette[i] ?? [NaN]);
  }
  const scaled = (v: number) => Math.round(v * 255 / (2 ** depth - 1));
  if (transparency === undefined) return samples.map(scaled);
  return Array.from({ length: width * height }, (_, i) => {
    const pixel = samples.slice(i * channels, (i + 1) * channels);
    const isClear = pixel.every((v, c) => v === transparency[c]);
    return [...pixel.map(scaled), isClear ? 0 : 255];
  }).flat();
}

function attempt(bytes: Uint8Array): number[] | string {
  try {
    return pixelsOf(bytes);
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("fast-png: interlaced images of less than 8 bits are wrong", () => {
  const wrong = files.filter(({ file, pixels }) =>
    String(attempt(fromBase64(file))) !== String([...fromBase64(pixels)])
  );
  assertEquals(
    wrong.map(({ name }) => name),
    ["0 1", "0 2", "0 4", "3 1", "3 2", "3 4"].map((kind) => `png ${kind} bits interlaced`),
  );
});

/** Makes a chunk with the checksum that it must have. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = concatenate([
    new Uint8Array(4),
    new TextEncoder().encode(type),
    data,
    new Uint8Array(4),
  ]);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(4, -4)));
  return bytes;
}

/** Makes a grey image of 1 x 1 pixels, whatever its data are. */
async function tiny(data: Uint8Array): Promise<Uint8Array> {
  return concatenate([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0)),
    chunk("IDAT", await deflate(data, "deflate")),
    chunk("IEND", new Uint8Array()),
  ]);
}

Deno.test("fast-png: unpacks without a limit; too much and too little data are no error", async () => {
  const bomb = await tiny(new Uint8Array(2 ** 24));
  assert(bomb.length < 40_000, `${bomb.length}`);
  assertEquals(attempt(bomb), [0]);
  const error = await assertRejects(() => readImage(bomb, { name: "a.png" }), SyntaxError);
  assertEquals(
    error.message,
    "Cannot read a.png: the data must have the size that is declared: expected 2 bytes, found more",
  );
});

/**
 * Changes a bit of the image data of a file, or cuts some of them off, and makes the checksums of
 * chunks right.
 */
function damaged(file: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder("latin1").decode(file);
  const start = text.indexOf("IDAT") + 4;
  const length = new DataView(file.buffer, file.byteOffset).getUint32(start - 8);
  const data = file.slice(start, start + length);
  const at = random.integer(length);
  const isCut = random.integer(3) === 0;
  data[at] ^= 1 << random.integer(8);
  const rest = file.subarray(start + length + 4);
  return concatenate([
    file.subarray(0, start - 8),
    chunk("IDAT", isCut ? data.subarray(0, at) : data),
    rest,
  ]);
}

Deno.test("fast-png: takes damaged data for sound", async () => {
  const random = new Random(3);
  const wrong = { fastPng: 0, ours: 0 };
  for (let run = 0; run < 1000; run++) {
    const { file, pixels } = files[run % files.length];
    const bytes = damaged(fromBase64(file), random);
    const expected = String([...fromBase64(pixels)]);
    const found = attempt(bytes);
    if (typeof found !== "string" && String(found) !== expected) wrong.fastPng++;
    const ours = await readImage(bytes).then((x) => String([...x.dataSync()]), () => expected);
    if (ours !== expected) wrong.ours++;
  }
  assert(wrong.ours <= 2, `${wrong.ours}`); // by chance an Adler-32 of few bytes is right
  assert(wrong.fastPng > 200, `${wrong.fastPng}`);
});
