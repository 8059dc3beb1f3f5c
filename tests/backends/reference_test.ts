// The reference passes the suite of all backends; at full effort, as the other backends are compared
// with it and with the same definitions.

import { referenceBackend } from "../../mod.ts";
import { conformance } from "../support/conformance/mod.ts";
import { ifPossible } from "../support/permissions.ts";

const reference = conformance("reference", referenceBackend, {
  skips: {
    "outputs and gradients equal the reference's": "it is the reference",
    "gradients are those of central differences": "tests/ops/gradients_test.ts checks them",
  },
});
for (const test of reference) Deno.test(ifPossible({ ...test, needs: {}, effort: "full" }));
