// The WASM backend against the reference, by the suite that all backends pass: both builds of its
// kernels, at quick effort the one that machines use where they can.

import { wasmBackend } from "@tapegrad/tapegrad";
import { conformance } from "../../support/conformance/mod.ts";
import { EFFORT, scaled } from "../../support/effort.ts";

const BUILDS = EFFORT === "quick" ? ["relaxed"] as const : ["relaxed", "plain"] as const;

for (const simd of BUILDS) {
  const suite = conformance(`wasm, ${simd} SIMD`, () => wasmBackend({ threads: 2, simd }), {
    runs: scaled(10),
  });
  for (const test of suite) Deno.test(test);
}
