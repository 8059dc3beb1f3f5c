// The native backend against the reference, by the suite that all backends pass.

import { nativeBackend } from "../../../src/backends/native/mod.ts";
import { conformance } from "../../support/conformance/mod.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";

const suite = conformance("native", () => nativeBackend({ threads: 2 }), { runs: scaled(10) });

/** One of so many checks is made at quick effort: most of them are about kernels of other backends. */
const QUICK_CHECKS = 3;

for (const [i, test] of suite.entries()) {
  const effort = i % QUICK_CHECKS === 0 ? undefined : "full";
  Deno.test(
    ifPossible({ ...test, effort, needs: { ffi: true }, skip: nativeBackend.reasonAgainst() }),
  );
}
