// Training on a graphics device, in this thread: the losses are those of float64, and a step costs
// what it may: programs, lists of commands, buffers, reads.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { softmaxCE, Tape } from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { makeInputs, type Model } from "../../../bench/models/inputs.ts";
import { makeTraining, type Training } from "../../../bench/models/tapegrad.ts";
import { losses } from "../../golden/training/goldens.ts";
import { webgpuTest } from "../../support/webgpu.ts";

/** Does one step; waits for nothing but the loss. */
async function step({ params, x, labels, optimizer, forward }: Training): Promise<number> {
  using tape = new Tape();
  tape.watch(params);
  const loss = softmaxCE(forward(params, x), labels);
  optimizer.step(params, tape.gradient(loss, params));
  return (await loss.data())[0];
}

/** Most programs of a step. */
const MOST_DISPATCHES: Readonly<Record<Model, number>> = { S: 30, M: 45 };

/** Steps of each model: roundings grow, and after some more M parts from float64 on any backend. */
const STEPS = 15;

/** Steps after which nothing is new: programs are compiled, and the heap has its size. */
const WARM_UP = 3;

for (const model of ["S", "M"] as const) {
  Deno.test(webgpuTest(
    `webgpu trains ${model}: ${STEPS} losses of float64, at most ${
      MOST_DISPATCHES[model]
    } programs a step`,
    async () => {
      using backend = await webgpuBackend();
      const training = makeTraining(model, makeInputs(model), backend);
      for (let i = 0; i < WARM_UP; i++) assertClose(await step(training), losses[model][i]);
      const [before, live] = [backend.commands, backend.liveBytes];
      const steps = STEPS - WARM_UP;
      for (let i = 0; i < steps; i++) {
        assertClose(await step(training), losses[model][WARM_UP + i]);
      }
      const after = backend.commands;
      const cost = (name: keyof typeof after) => (after[name] - before[name]) / steps;
      assert(cost("dispatches") <= MOST_DISPATCHES[model], `${cost("dispatches")} programs`);
      const costs = (["submits", "reads", "buffers", "uploads", "programs"] as const).map(cost);
      assertEquals(costs, [1, 1, 0, 0, 0]);
      assertEquals(backend.liveBytes, live);
      assertEquals([...backend.fallbacks!.calls], []);
    },
  ));
}

function assertClose(actual: number, expected: number): void {
  assertAlmostEquals(actual, expected, 1e-4 * Math.abs(expected));
}
