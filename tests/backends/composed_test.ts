// A backend that has only the primitives passes the suite of all backends; at full effort, as it is
// the reference's loops once more.

import { referenceBackend } from "../../mod.ts";
import { composedKernels } from "../../src/backends/composed/mod.ts";
import type { Backend } from "../../src/backends/kernels.ts";
import { conformance } from "../support/conformance/mod.ts";
import { scaled } from "../support/effort.ts";
import { ifPossible } from "../support/permissions.ts";
import { onlyPrimitives } from "../support/primitives.ts";

function composedBackend(): Backend {
  const inner = referenceBackend();
  return {
    name: "composed",
    kernels: composedKernels(onlyPrimitives(inner.kernels)),
    get liveBytes() {
      return inner.liveBytes;
    },
    read: inner.read,
    readSync: inner.readSync,
    [Symbol.dispose]() {},
  };
}

const suite = conformance("composed of primitives", composedBackend, { runs: scaled(10) });
for (const test of suite) Deno.test(ifPossible({ ...test, needs: {}, effort: "full" }));
