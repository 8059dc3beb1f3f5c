// The committed kernels are what their sources give.

import { assert } from "@std/assert";
import { ifPossible } from "../support/permissions.ts";

Deno.test(ifPossible({
  name: "wasm: the committed kernels are what `deno task build:wasm` makes, byte for byte",
  needs: { read: true, env: true },
  async fn() {
    // The compiler looks at the environment when it is loaded.
    const { buildBinaries, committedBinaries } = await import("../../tools/build_wasm.ts");
    const same = await buildBinaries() === await committedBinaries();
    assert(same, "src/backends/wasm/binary.ts is out of date: run deno task build:wasm");
  },
}));
