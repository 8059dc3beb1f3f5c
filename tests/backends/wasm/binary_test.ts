// Unpacking kernels gives back what was packed, and refuses what no compressor makes.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deflateRawSync } from "node:zlib";
import { inflateSync } from "../../../src/compression/inflate_sync.ts";
import { unpack } from "../../../src/backends/wasm/packing.ts";
import { ifPossible } from "../../support/permissions.ts";

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

Deno.test(ifPossible({
  name: "wasm: changes of one build make the other, wherever they are",
  needs: { read: true, env: true },
  async fn() {
    const { packModules } = await import("../../../tools/kernels/compile.ts");
    await fc.assert(fc.asyncProperty(pairsOfBytes(), async ([relaxed, plain]) => {
      const text = await packModules({ relaxed, plain });
      const [, packed] = /PACKED: string = "([^"]*)"/.exec(text)!;
      const size = (name: string) => Number(new RegExp(`  ${name}: (\\d+),`).exec(text)![1]);
      const found = unpack(packed, {
        relaxed: size("relaxed"),
        plain: size("plain"),
        changes: size("changes"),
        insertions: size("insertions"),
      });
      assert(equal(found.relaxed, relaxed) && equal(found.plain, plain));
    }));
  },
}));

/** Two sequences of bytes with much in common: pieces that both have, or one alone. */
function pairsOfBytes() {
  const piece = fc.tuple(
    fc.constantFrom("both", "first", "second"),
    fc.uint8Array({ maxLength: 300, max: 3 }),
  );
  const of = (pieces: (readonly [string, Uint8Array])[], side: string) =>
    Uint8Array.from(
      pieces.flatMap(([who, bytes]) => who === "both" || who === side ? [...bytes] : []),
    );
  return fc.array(piece, { maxLength: 12 })
    .map((pieces) => [of(pieces, "first"), of(pieces, "second")] as const);
}

/** Bytes that compress by different means: runs, repeats from afar, and none at all. */
const SAMPLES: Record<string, Uint8Array> = {
  "no bytes": new Uint8Array(0),
  "one byte": Uint8Array.of(7),
  "a run": new Uint8Array(70_000).fill(5),
  "repeats": Uint8Array.from({ length: 100_000 }, (_, i) => (i % 31_000) * 40503 >> 7),
  "noise": Uint8Array.from({ length: 100_000 }, (_, i) => Math.imul(i ^ i >> 3, 0x9e3779b1) >> 24),
  "words": new TextEncoder().encode(Array.from({ length: 5000 }, (_, i) => `word ${i}`).join(" ")),
};

Deno.test("wasm: inflate gives back what deflate took, with every kind of block", () => {
  for (const [name, bytes] of Object.entries(SAMPLES)) {
    // Level 0 stores; strategy 4 uses the fixed codes; others bring their own.
    for (const options of [{ level: 0 }, { level: 1 }, { level: 9 }, { strategy: 4 }]) {
      const plain = inflateSync(deflateRawSync(bytes, options), bytes.length);
      assert(equal(plain, bytes), `${name}, ${JSON.stringify(options)}`);
    }
  }
});

Deno.test("wasm: inflate refuses a code without a symbol", () => {
  // A last block with codes of its own, in which no length has a code.
  const compressed = Uint8Array.of(0b101, 0, 0, 0, 0);
  const { message } = assertThrows(() => inflateSync(compressed, 1), SyntaxError);
  assertEquals(
    message,
    "Cannot unpack kernels: each code must have a symbol: one has none",
  );
});
