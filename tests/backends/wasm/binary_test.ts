// The committed kernels are what their sources give, and packing loses nothing.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { deflateRawSync } from "node:zlib";
import { inflateSync } from "../../../src/compression/inflate_sync.ts";
import { moduleBytes } from "../../../src/backends/wasm/modules.ts";
import { ifPossible } from "../../support/permissions.ts";

Deno.test(ifPossible({
  name: "wasm: the committed kernels are what `deno task build:wasm` makes, byte for byte",
  needs: { read: true, env: true },
  async fn() {
    // The compiler looks at the environment when it is loaded.
    const { buildModules } = await import("../../../tools/kernels/compile.ts");
    // Not the packed text: other versions of a compressor may find shorter forms.
    const { relaxed, plain } = await buildModules();
    const same = equal(relaxed, moduleBytes("relaxed")) && equal(plain, moduleBytes("plain"));
    assert(same, "src/backends/wasm/binary.ts is out of date: run deno task build:wasm");
  },
}));

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
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
