// Functions of single elements, written to ONNX files and read back: they give what they gave; and the
// same operators as others write them.

import { assertEquals } from "@std/assert";
import { tensor } from "../../../mod.ts";
import { exportOnnx, importOnnx } from "../../../src/models/mod.ts";
import { elementwiseMappings } from "../../../src/models/onnx/map_elementwise.ts";
import { writeModel } from "../../../src/models/onnx/write_model.ts";
import { ifPossible } from "../../support/permissions.ts";
import type { ExportCase } from "./case_makers.ts";
import { exportCases } from "./cases.ts";
import { assertClose } from "./close.ts";
import { floats, graphOf, type NodeText } from "./graphs.ts";
import { ORT_NEEDS, runOnnx } from "./runtime.ts";

async function checkRoundTrip(name: string, { f, inputs }: ExportCase): Promise<void> {
  const given = inputs(2);
  const expected = f(given);
  const model = await importOnnx(exportOnnx(f, given));
  const found = model.apply(model.params, given);
  assertEquals(found.shape, expected.shape, name);
  assertClose(found.dataSync(), expected.dataSync(), name);
}

for (const name of Object.keys(elementwiseMappings) as (keyof typeof elementwiseMappings)[]) {
  Deno.test(`importOnnx: ${name}, as exportOnnx writes it`, async () => {
    for (const [i, item] of exportCases[name].entries()) await checkRoundTrip(`${name} ${i}`, item);
  });
}

const X = [-Infinity, -7.5, -2, -0.25, 0, 0.25, 3, 7.5, Infinity, NaN];

/** Operators of floats with settings: those that the library's own files have, and others. */
const NODES: readonly NodeText[] = [
  ["Mod", ["x", "b"], "y", { fmod: 1 }],
  ["IsInf", ["x"], "y"],
  ["IsInf", ["x"], "y", { detect_positive: 0 }],
  ["IsInf", ["x"], "y", { detect_negative: 0 }],
  ["IsInf", ["x"], "y", { detect_negative: 0, detect_positive: 0 }],
  ["IsNaN", ["x"], "y"],
];

Deno.test(ifPossible({
  name: "importOnnx: remainders, infinities and NaN, as onnxruntime finds them",
  needs: ORT_NEEDS,
  sanitizeResources: false, // the runtime opens a message port when it is loaded
  async fn() {
    for (const [operator, inputs, , settings] of NODES) {
      const isQuestion = operator !== "Mod";
      const nodes: NodeText[] = isQuestion
        ? [[operator, inputs, "e", settings], ["Cast", ["e"], "y", { to: 1 }]]
        : [[operator, inputs, "y", settings]];
      const constants = [floats("b", X.map((_, i) => [2, -2, 0.5, -3][i % 4]))];
      const file = writeModel(graphOf(nodes, { constants, opset: 18, shape: [X.length] }));
      const x = tensor(Float32Array.from(X));
      const { y } = await runOnnx(file, { x });
      const model = await importOnnx(file);
      const what = `${operator} ${JSON.stringify(settings)}`;
      assertEquals([...model.apply(model.params, x).dataSync()], [...y.data], what);
    }
  },
}));
