// The suite every backend must pass, on every backend there is.

import { referenceBackend } from "../../mod.ts";
import { conformance } from "../support/conformance/mod.ts";

const reference = conformance("reference", referenceBackend, {
  skips: {
    "outputs and gradients equal the reference's": "it is the reference",
    "gradients are those of central differences": "tests/ops/gradients_test.ts checks them",
  },
});
for (const test of reference) Deno.test(test);
