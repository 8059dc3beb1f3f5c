// `fit` on a graphics device, with steps under way whose loss is not known yet: numbers, what a step
// costs, and that a loss that is not finite changes no bit of anything.

import { assert, assertEquals } from "@std/assert";
import {
  adagrad,
  adam,
  lion,
  type Optimizer,
  Random,
  relu,
  rmsprop,
  sgd,
  softmaxCE,
  tensor,
} from "@tapegrad/tapegrad";
import { BatchNorm, Dense, Sequential } from "@tapegrad/tapegrad/nn";
import { fit, NonFiniteLossError } from "@tapegrad/tapegrad/train";
import { type WebgpuBackend, webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { tensorsIn } from "../../../src/core/structure.ts";
import { webgpuTest } from "../../support/webgpu.ts";

const MODEL = Sequential({
  dense1: Dense({ units: 5, activation: relu }),
  norm: BatchNorm(),
  dense2: Dense({ units: 3 }),
});

const [STEPS, EXAMPLES, FEATURES] = [7, 4, 9];

/** Batches of noise; those from a step on may be something else. */
function* batches(backend: WebgpuBackend, strangeFrom = Infinity, strange = NaN) {
  const random = new Random(3);
  for (let step = 1; step <= STEPS; step++) {
    const x = Float32Array.from({ length: EXAMPLES * FEATURES }, () => random.uniform());
    if (step === strangeFrom) x[5] = strange;
    const y = Int32Array.from({ length: EXAMPLES }, (_, i) => i % 3);
    yield { x: tensor(x, { shape: [EXAMPLES, FEATURES], backend }), y: tensor(y, { backend }) };
  }
}

/** Losses and bits that a training leaves, and why it ended. */
async function train(
  backend: WebgpuBackend,
  stepsAhead: number,
  optimizer: Optimizer,
  data: () => Iterable<{ x: ReturnType<typeof tensor>; y: ReturnType<typeof tensor> }>,
) {
  const live = backend.liveBytes;
  const params = MODEL.init(new Random(1), [FEATURES], { backend });
  const losses: number[] = [];
  let error: unknown;
  const before = backend.commands;
  let after = before;
  try {
    await fit(MODEL, { batches: data }, {
      params,
      loss: softmaxCE,
      optimizer,
      epochs: 1,
      stepsAhead,
      callbacks: [{
        step: ({ loss }) => void losses.push(loss),
        epoch: () => void (after = backend.commands),
      }],
    });
  } catch (thrown) {
    error = thrown;
  }
  const kept = [...tensorsIn(params), ...tensorsIn(optimizer.state())];
  const bits = await Promise.all(kept.map(async (t) => [...await t.data()]));
  optimizer.dispose();
  for (const t of tensorsIn(params)) t.dispose();
  const cost = (["reads", "submits"] as const).map((name) => after[name] - before[name]);
  return { losses, bits, error, cost, left: backend.liveBytes - live };
}

Deno.test(webgpuTest(
  "webgpu, steps ahead: the numbers of waiting for each; one list and one reading a step",
  async () => {
    using backend = await webgpuBackend();
    const run = (stepsAhead: number) =>
      train(backend, stepsAhead, adam({ learningRate: 0.02 }), () => batches(backend));
    const waiting = await run(0);
    const { cost, ...ahead } = await run(2);
    assertEquals(ahead, { ...ahead, losses: waiting.losses, bits: waiting.bits, left: 0 });
    assertEquals([ahead.error, ahead.losses.length], [undefined, STEPS]);
    assertEquals(cost, [STEPS, STEPS]);
  },
));

const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  "sgd": () => sgd({ learningRate: 0.1 }),
  "sgd with momentum": () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  "adam with decay": () => adam({ learningRate: 0.1, weightDecay: 0.1 }),
  "rmsprop": () => rmsprop({ learningRate: 0.1, momentum: 0.5, centered: true }),
  "adagrad": () => adagrad({ learningRate: 0.1 }),
  "lion": () => lion({ learningRate: 0.1 }),
};

Deno.test(webgpuTest(
  "webgpu, steps ahead: a loss that is not finite changes no bit, with any optimizer",
  async () => {
    using backend = await webgpuBackend();
    for (const [name, make] of Object.entries(OPTIMIZERS)) {
      const data = () => batches(backend, 4, name === "sgd" ? Infinity : NaN);
      const [waiting, ahead] = [
        await train(backend, 0, make(), data),
        await train(backend, 3, make(), data),
      ];
      const { error } = ahead;
      assert(error instanceof NonFiniteLossError, `${name}: ${error}`);
      assertEquals([error.step, error.inputs, ahead.left], [4, ["x"], 0], name);
      assertEquals([ahead.losses, ahead.bits], [waiting.losses, waiting.bits], name);
    }
  },
));
