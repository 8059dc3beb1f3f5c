// Operators in the forms that other programs write them: what the library makes of a file is what
// onnxruntime makes of it.

import { assertEquals } from "@std/assert";
import { Random, randomNormal, type Tensor } from "../../../mod.ts";
import { importOnnx } from "../../../src/models/mod.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { ifPossible } from "../../support/permissions.ts";
import { assertClose } from "./close.ts";
import { graphOf } from "./graphs.ts";
import { operatorCases } from "./operator_cases.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

for (const [name, cases] of Object.entries(operatorCases)) {
  Deno.test(ifPossible({
    name: `importOnnx: ${name}, as onnxruntime computes it`,
    needs: ORT_NEEDS,
    sanitizeResources: false, // the runtime opens a message port when it is loaded
    async fn() {
      for (const [i, [shape, nodes, options]] of cases.entries()) {
        const file = writeModel(graphOf(nodes, { ...options, shape }));
        const x: Tensor = randomNormal(new Random(i), shape);
        const { y } = await runOnnx(file, { x }).catch((error) => {
          throw new Error(`${name} ${i}`, { cause: error });
        });
        const model = await importOnnx(file);
        const found = model.apply(model.params, x);
        assertEquals(found.shape, y.shape, `${name} ${i}`);
        assertClose(found.dataSync(), y.data, `${name} ${i}`);
      }
    },
  }));
}
