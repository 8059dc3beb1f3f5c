// Unpacking kernels gives back what was packed, and refuses what no compressor makes.

import { assert } from "@std/assert";
import fc from "fast-check";
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
    fc.assert(fc.property(pairsOfBytes(), ([relaxed, plain]) => {
      const text = packModules({ relaxed, plain });
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
