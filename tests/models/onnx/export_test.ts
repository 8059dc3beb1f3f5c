// Exported files, run by another engine: what it makes of them is what our ops make.

import { assertEquals } from "@std/assert";
import { assertClose } from "./close.ts";
import { exportOnnx } from "../../../src/models/mod.ts";
import { ifPossible } from "../../support/permissions.ts";
import type { ExportCase } from "./case_makers.ts";
import { exportCases } from "./cases.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

for (const [name, cases] of Object.entries(exportCases)) {
  Deno.test(ifPossible({
    name: `exportOnnx: ${name} is what onnxruntime computes`,
    needs: ORT_NEEDS,
    sanitizeResources: false, // the runtime opens a message port when it is loaded
    async fn() {
      for (const [i, item] of cases.entries()) await checkCase(`${name} ${i}`, item);
    },
  }));
}

/**
 * Checks one file, made with a batch of two, for a batch of three; and back with channels first.
 */
async function checkCase(name: string, { f, inputs }: ExportCase): Promise<void> {
  const file = exportOnnx(f, inputs(2));
  for (const batch of [3, 2, 1]) {
    const given = inputs(batch);
    const expected = f(given);
    const { y } = await runOnnx(file, given).catch((error) => {
      throw new Error(name, { cause: error });
    });
    assertEquals([y.shape, y.dtype], [expected.shape, expected.dtype], name);
    assertClose(y.data, expected.dataSync(), name);
  }
}
