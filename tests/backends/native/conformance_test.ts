// The native backend against the reference, by the suite that all backends pass.

import { nativeBackend } from "../../../src/backends/native/mod.ts";
import { conformance } from "../../support/conformance/mod.ts";
import { scaled } from "../../support/effort.ts";
import { ifPossible } from "../../support/permissions.ts";

const suite = conformance("native", () => nativeBackend({ threads: 2 }), { runs: scaled(10) });
for (const test of suite) {
  Deno.test(ifPossible({ ...test, needs: { ffi: true }, skip: nativeBackend.reasonAgainst() }));
}
