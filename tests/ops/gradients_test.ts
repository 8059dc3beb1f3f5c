// Every gradient of every op, first and second order, against central differences.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { referenceBackend, Tape } from "../../mod.ts";
import { ops } from "../../src/backends/mod.ts";
import { cases, OP_NAMES } from "../support/cases/mod.ts";
import { checkGradients } from "../support/checks.ts";
import { uploadAll } from "../support/samples.ts";

for (const name of OP_NAMES) {
  Deno.test(`gradients: ${name}, first and second order`, () => {
    checkGradients(name, referenceBackend());
  });
}

Deno.test("gradients: the samples of each op apply that op", () => {
  const backend = referenceBackend();
  // An op that answers in integers is on no tape: it has no gradient.
  for (const name of OP_NAMES.filter((name) => !cases[name].decides)) {
    const samples = fc.sample(cases[name].samples, { numRuns: 20, seed: 1 });
    const applied = samples.map(({ variables, constants, call }) => {
      using tape = new Tape();
      const inputs = tape.watch(uploadAll(variables, backend, "float64"));
      call({ ...inputs, ...tape.follow(uploadAll(constants, backend, "float64")) });
      return tape.entries.some(({ op }) => op.name === name);
    });
    assert(applied.includes(true), `${name} is never applied`);
  }
});

Deno.test("gradients: ops are listed under their names", () => {
  assertEquals(Object.values(ops).map((op) => op.name), Object.keys(ops));
});
