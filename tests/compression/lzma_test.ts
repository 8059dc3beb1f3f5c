// LZMA: what is unpacked is what the package that packs has taken, of any kind.

import { assert } from "@std/assert";
import fc from "fast-check";
import { compress } from "lzma1";
import { EFFORT } from "../support/effort.ts";
import { lzmaSync, PROPERTIES } from "../../src/compression/lzma_sync.ts";

/** Bytes before what is compressed. */
const HEADER = 13;

function assertUnpacks(bytes: Uint8Array, name: string): void {
  const packed = compress(bytes, 9);
  assert(packed[0] === PROPERTIES, name);
  const found = lzmaSync(packed.subarray(HEADER), bytes.length);
  assert(found.length === bytes.length && found.every((byte, i) => byte === bytes[i]), name);
}

/** Bytes that compress by different means: runs, repeats from afar, and none at all. */
const SAMPLES: Record<string, Uint8Array> = {
  "one byte": Uint8Array.of(7),
  "a run": new Uint8Array(70_000).fill(5),
  "repeats": Uint8Array.from({ length: 100_000 }, (_, i) => (i % 31_000) * 40503 >> 7),
  "noise": Uint8Array.from({ length: 100_000 }, (_, i) => Math.imul(i ^ i >> 3, 0x9e3779b1) >> 24),
  "words": new TextEncoder().encode(Array.from({ length: 5000 }, (_, i) => `word ${i}`).join(" ")),
};

/** Their sizes, which take the package that packs some time. */
const SHARE = EFFORT === "quick" ? 0.5 : 1;

Deno.test("lzma: what was packed comes out, with runs, repeats from afar, and noise", () => {
  for (const [name, bytes] of Object.entries(SAMPLES)) {
    assertUnpacks(bytes.subarray(0, Math.ceil(SHARE * bytes.length)), name);
  }
});

Deno.test("lzma: any bytes come out, with matches of all kinds", () => {
  const piece = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(fc.property(
    fc.array(piece, { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }),
    (pieces, order) => {
      const bytes = order.flatMap((i) => [...pieces[i % pieces.length]]);
      assertUnpacks(Uint8Array.from(bytes), "pieces");
    },
  ));
});
