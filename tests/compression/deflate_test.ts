// Compression at once: what the platform unpacks is what went in, and it is small.

import { assert, assertEquals } from "@std/assert";
import { decode } from "fast-png";
import fc from "fast-check";
import { deflateSync } from "../../src/compression/deflate_sync.ts";
import { inflate } from "../../src/files/compression_streams.ts";
import { canonicalCodes, codeLengths } from "../../src/compression/huffman.ts";
import { encodePng, encodePngSync } from "../../src/formats/png/encoder.ts";
import { Random } from "../../mod.ts";
import { scaled } from "../support/effort.ts";

async function assertUnpacks(bytes: Uint8Array): Promise<void> {
  const limits = { most: bytes.length, action: "Cannot unpack" };
  assertEquals(await inflate(deflateSync(bytes), "deflate", limits), bytes);
}

Deno.test("deflateSync: the platform finds the bytes again", async () => {
  const few = fc.integer({ min: 1, max: 255 }).chain((most) =>
    fc.array(fc.nat(most), { maxLength: 600 }).map((list) => Uint8Array.from(list))
  );
  const repeated = fc.tuple(few, fc.integer({ min: 1, max: 40 })).map(([bytes, times]) =>
    Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length])
  );
  await fc.assert(fc.asyncProperty(fc.oneof(few, repeated), assertUnpacks), {
    numRuns: scaled(200),
  });
});

Deno.test("deflateSync: long repetitions, far ones, and codes as long as the format allows", async () => {
  const random = new Random(1);
  const noise = Uint8Array.from({ length: 70_000 }, () => random.integer(256));
  await assertUnpacks(new Uint8Array(100_000));
  await assertUnpacks(noise);
  // The same again just within the window, and just out of it.
  for (const distance of [32_767, 32_768, 32_769]) {
    const bytes = new Uint8Array(distance + 500);
    bytes.set(noise.subarray(0, distance));
    bytes.set(noise.subarray(0, 500), distance);
    await assertUnpacks(bytes);
    assertEquals(deflateSync(bytes).length < distance + 300, distance <= 32_768);
  }
  // Counts like Fibonacci's numbers make the deepest trees.
  const counts = [1, 1];
  while (counts.length < 23) counts.push(counts.at(-1)! + counts.at(-2)!);
  const deep = counts.flatMap((count, symbol) => new Array<number>(count).fill(symbol));
  for (let i = deep.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [deep[i], deep[j]] = [deep[j], deep[i]];
  }
  await assertUnpacks(Uint8Array.from(deep));
});

Deno.test("deflateSync: about as small as the platform's", async () => {
  const text = new TextEncoder().encode(JSON.stringify(Array.from({ length: 3000 }, (_, i) => i)));
  const smooth = Uint8Array.from({ length: 20_000 }, (_, i) => 100 + 20 * Math.sin(i / 50) + i % 3);
  for (const bytes of [text, smooth]) {
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
    const platform = (await new Response(stream).arrayBuffer()).byteLength;
    const ours = deflateSync(bytes).length;
    assert(ours <= 1.15 * platform, `${ours} bytes, the platform's ${platform}`);
  }
});

Deno.test("huffman: lengths make a whole code, as short as it can be within the limit", () => {
  assertEquals([...codeLengths(Uint32Array.of(8, 4, 2, 1, 1, 0), 15)], [1, 2, 3, 4, 4, 0]);
  assertEquals([...codeLengths(Uint32Array.of(0, 3, 0), 15)], [0, 1, 0]);
  assertEquals([...codeLengths(new Uint32Array(4), 15)], [0, 0, 0, 0]);
  const deep = Uint32Array.from({ length: 19 }, (_, i) => 2 ** i);
  const lengths = codeLengths(deep, 7);
  assertEquals(Math.max(...lengths), 7);
  assertEquals(lengths.reduce((sum, length) => sum + 2 ** -length, 0), 1);
  // The example of RFC 1951, section 3.2.2; words with their first bit lowest.
  const words = [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111];
  assertEquals([...canonicalCodes(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4))], words);
});

Deno.test("png: at once or by the platform, the pixels are the same; palettes too", async () => {
  const data = Uint8Array.from({ length: 30 * 20 }, (_, i) => (i * i) % 7);
  const palette = Uint8Array.from({ length: 7 * 3 }, (_, i) => i * 9);
  const pixels = { width: 30, height: 20, channels: 1, data, palette };
  for (const file of [encodePngSync(pixels), await encodePng(pixels)]) {
    const read = decode(file, { checkCrc: true });
    assertEquals(Array.from(read.data), Array.from(data));
    assertEquals(read.palette?.flat().slice(0, 6), [0, 9, 18, 27, 36, 45]);
  }
});
