// The WASM backend against the reference, by the suite that all backends pass.

import { wasmBackend } from "@tapegrad/tapegrad";
import { conformance } from "../../support/conformance/mod.ts";
import { scaled } from "../../support/effort.ts";

for (const simd of ["relaxed", "plain"] as const) {
  const suite = conformance(`wasm, ${simd} SIMD`, () => wasmBackend({ threads: 2, simd }), {
    runs: scaled(10),
  });
  for (const test of suite) Deno.test(test);
}
