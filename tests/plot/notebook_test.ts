// Pictures in notebooks: with ./plot loaded, tapes, profiles and trainings draw themselves; in
// Deno's own kernel too.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ones, square, Tape, tensor } from "@tapegrad/tapegrad";
import { graph, profile } from "@tapegrad/tapegrad/plot";
import { TrainingHistory } from "@tapegrad/tapegrad/train";
import { DenoKernel } from "../../tools/notebooks/kernel.ts";
import { ifPossible } from "../support/permissions.ts";

function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
}

Deno.test("notebook: a tape is its graph, a profile its bars", () => {
  using tape = new Tape({ profile: true });
  const x = tape.watch(tensor(3));
  tape.gradient(square(x), x);
  assertEquals(shown(tape), {
    "text/plain": tape.summary(),
    "image/svg+xml": graph(tape).svg(),
  });
  assertEquals(shown(tape.profiler!), {
    "text/plain": tape.profile(),
    "image/svg+xml": profile(tape.profiler!.rows).svg(),
  });
});

Deno.test("notebook: a deep tape is drawn, its table left out; one that has ended is not drawn", () => {
  const tape = new Tape();
  let y = tape.watch(ones([2]));
  for (let i = 0; i < 300; i++) y = square(y);
  assertEquals(shown(tape)["text/plain"], String(tape));
  assertStringIncludes(shown(tape)["image/svg+xml"], "and 220 more");
  tape.dispose();
  assertEquals(shown(tape), { "text/plain": "Tape (ended)" });
});

Deno.test("notebook: a history is curves, for each metric a picture, and a table", () => {
  const scores = { loss: 0.5, metrics: { accuracy: 0.75 }, examples: 8 };
  const report = { epoch: 1, ...scores, validation: scores, steps: 1, seconds: 1 };
  const html = shown(new TrainingHistory([report]))["text/html"];
  assertEquals(html.match(/<svg /g)?.length, 2);
  for (const text of [">training<", ">validation<", ">epoch<", ">accuracy<", "<table "]) {
    assertStringIncludes(html, text);
  }
});

const CELL = `
import { ones, square, sum, Tape, tensor } from "@tapegrad/tapegrad";
import { Dense, Sequential } from "@tapegrad/tapegrad/nn";
import { TrainingHistory } from "@tapegrad/tapegrad/train";
import "@tapegrad/tapegrad/plot";
const tape = new Tape({ profile: true });
const w = tape.watch(ones([2]));
const total = sum(square(w));
`;

Deno.test(ifPossible({
  name: "notebook: Deno's own kernel shows tensors, tapes, profiles, models and histories",
  needs: { read: true, write: true, run: true, net: ["127.0.0.1"] },
  async fn() {
    await using kernel = await DenoKernel.start(new URL("../../", import.meta.url));
    const outputs = await kernel.run(CELL);
    assertEquals(outputs.filter(({ output_type: type }) => type === "error"), []);
    const typesOf = async (source: string) => {
      const [output] = await kernel.run(source);
      assert(output.output_type === "execute_result", `${source}: ${JSON.stringify(output)}`);
      return Object.keys(output.data).sort();
    };
    assertEquals(await typesOf("tensor([[1, 2]])"), ["text/html", "text/plain"]);
    assertEquals(await typesOf("tape"), ["image/svg+xml", "text/plain"]);
    assertEquals(await typesOf("tape.profiler"), ["image/svg+xml", "text/plain"]);
    assertEquals(await typesOf("Sequential([Dense({ units: 2 })])"), ["text/html", "text/plain"]);
    assertEquals(await typesOf("new TrainingHistory()"), ["text/html", "text/plain"]);
  },
}));
