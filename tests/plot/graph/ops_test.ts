// Every op, as its gradient tests apply it, can be drawn with its gradients.

import { referenceBackend, Tape, tensor } from "@tapegrad/tapegrad";
import { graph } from "@tapegrad/tapegrad/plot";
import { assert } from "@std/assert";
import type { OpName } from "../../../ops/table.ts";
import { cases } from "../../support/cases/mod.ts";
import { forSamples } from "../../support/checks.ts";
import { assertLegible } from "../../support/legible.ts";
import { uploadAll } from "../../support/samples.ts";

Deno.test("graph: every op can be drawn, profiled, with its gradients", () => {
  const backend = referenceBackend();
  for (const name of Object.keys(cases) as OpName[]) {
    forSamples(name, { runs: 2 }, ({ variables, constants, call }) => {
      using tape = new Tape({ profile: true });
      const watched = tape.watch(uploadAll(variables, backend, "float64"));
      const followed = tape.follow(uploadAll(constants, backend, "float64"));
      const y = call({ ...followed, ...watched });
      if (tape.slotOf(y) < 0) return; // no gradient flows to it
      const ones = new Float64Array(y.size).fill(1);
      tape.gradient(y, watched, { seed: tensor(ones, { shape: y.shape, backend }) });
      const picture = graph(tape, { backward: true });
      assertLegible(picture);
      // isNaN is an op, which rules of others apply; any other NaN is a number that is none.
      assert(!/undefined|(?<!\bis)NaN|\[object/.test(picture.svg()), picture.svg());
    });
  }
});
