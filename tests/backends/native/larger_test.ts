// The larger models of the bench: the native backend has the losses of the WASM backend in the first
// steps. Behind many batch normalisations roundings grow with every step.

import { assert, assertEquals } from "@std/assert";
import { type Backend, wasmBackend } from "../../../mod.ts";
import { nativeBackend } from "../../../src/backends/native/mod.ts";
import { LARGER_MODELS, makeLargerInputs } from "../../../bench/models/larger.ts";
import { makeLargerStep } from "../../../bench/models/larger_tapegrad.ts";
import { ifPossible } from "../../support/permissions.ts";

const STEPS = 2;
const TOLERANCE = 1e-4;

for (const model of LARGER_MODELS) {
  Deno.test(ifPossible({
    name: `native: ${model} has the losses of the WASM backend, and they fall`,
    needs: { ffi: true },
    skip: nativeBackend.reasonAgainst(),
    sanitizeResources: false,
    fn() {
      const inputs = makeLargerInputs(model);
      const lossesOf = (backend: Backend) => {
        const step = makeLargerStep(model, inputs, backend);
        const first = step();
        const live = backend.liveBytes; // with the moments of the optimizer
        const losses = [first, ...Array.from({ length: STEPS - 1 }, step)];
        assertEquals(backend.liveBytes, live);
        return losses;
      };
      using native = nativeBackend({ threads: 2 });
      using wasm = wasmBackend({ threads: 2 });
      const [actual, expected] = [native, wasm].map(lossesOf);
      actual.forEach((loss, i) => {
        const error = Math.abs(loss - expected[i]) / Math.abs(expected[i]);
        assert(error < TOLERANCE, `step ${i}: ${loss}, not ${expected[i]}`);
      });
      if (model !== "matmul") assert(actual[STEPS - 1] < actual[0], actual.join(" "));
    },
  }));
}
