// Steps that a slow backend is given before the loss of the first is known: the numbers are those of
// a training that waits, callbacks are told in order, and whatever ends it leaves things as if it had
// waited.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  adam,
  type Backend,
  Random,
  referenceBackend,
  relu,
  sgd,
  softmaxCE,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import { BatchNorm, Dense, Sequential } from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  type Batch,
  type Callback,
  fit,
  type Metrics,
  NonFiniteLossError,
} from "@tapegrad/tapegrad/train";
import { tensorsIn } from "../../src/core/structure.ts";
import { assertExactRejection } from "../support/exact_error.ts";
import { type SlowBackend, slowBackend } from "../support/slow_backend.ts";

const MODEL = Sequential({
  dense1: Dense({ units: 5, activation: relu }),
  norm: BatchNorm(),
  dense2: Dense({ units: 3 }),
});

const [STEPS, EXAMPLES, FEATURES] = [6, 4, 7];

/** Batches of noise; of one step something may be different. */
function source(backend: Backend, strange?: { step: number; make(): Batch }) {
  return {
    *batches({ epoch }: { epoch: number }): Iterable<Batch> {
      const random = new Random(3).split(epoch);
      for (let step = 1; step <= STEPS; step++) {
        if (step === strange?.step) {
          yield strange.make();
          continue;
        }
        const size = step === STEPS ? EXAMPLES - 1 : EXAMPLES;
        yield batch(backend, size, () => random.uniform() - 0.5);
      }
    },
  };
}

function batch(backend: Backend, size: number, value: () => number): Batch {
  const x = Float32Array.from({ length: size * FEATURES }, value);
  const y = Int32Array.from({ length: size }, (_, i) => i % 3);
  return {
    x: tensor(x, { shape: [size, FEATURES], backend }),
    y: tensor(y, { backend }),
  };
}

interface Case {
  readonly stepsAhead?: number;
  readonly epochs?: number;
  readonly strange?: { step: number; make(): Batch };
  readonly callback?: Callback;
  readonly signal?: AbortSignal;
  readonly isMeasured?: boolean;
}

/** Everything that a training leaves behind, whatever ends it. */
async function train(backend: Backend & Partial<SlowBackend>, options: Case = {}) {
  const { epochs = 2, stepsAhead, strange, callback = {}, signal, isMeasured = true } = options;
  const before = backend.liveBytes;
  const params = MODEL.init(new Random(1), [FEATURES], { backend });
  const optimizer = adam({ learningRate: 0.05 });
  const told: number[][] = [];
  const metrics: Metrics = isMeasured ? { accuracy: accuracy() } : {};
  let error: unknown;
  const training = fit(MODEL, source(backend, strange), {
    params,
    loss: softmaxCE,
    optimizer,
    epochs,
    stepsAhead,
    metrics,
    signal,
    callbacks: [callback, {
      step({ epoch, step, examples, loss, soFar }) {
        const { loss: mean, metrics } = soFar();
        told.push([epoch, step, examples, loss, mean, ...Object.values(metrics) as number[]]);
      },
    }],
  });
  const reports: unknown[] = [];
  try {
    for await (const { seconds: _, ...report } of training) reports.push(report);
  } catch (thrown) {
    error = thrown;
  }
  const read = async (t: Tensor) => [...await t.data()];
  const values = await Promise.all(tensorsIn(params).map(read));
  const { steps, params: moments } = optimizer.state();
  const counts = Object.values(moments as Record<string, { steps: number }>).map((p) => p.steps);
  const kept = await Promise.all(tensorsIn(moments).map(read));
  optimizer.dispose();
  for (const t of tensorsIn(params)) t.dispose();
  const left = backend.liveBytes - before;
  await backend.quiet?.();
  return { told, reports, values, steps, counts, kept, error, left };
}

Deno.test("steps ahead: the numbers of waiting for each, told in order", async () => {
  const expected = await train(referenceBackend());
  assertEquals(expected.told.map(([epoch, step]) => [epoch, step]).slice(4, 8), [
    [1, 5],
    [1, 6],
    [2, 1],
    [2, 2],
  ]);
  for (const stepsAhead of [0, 1, 2, 5]) {
    assertEquals(await train(slowBackend(), { stepsAhead }), expected, String(stepsAhead));
  }
});

Deno.test("steps ahead: as many wait for their loss as may, two unless told", async () => {
  for (const [stepsAhead, most] of [[0, 1], [1, 2], [undefined, 3], [4, 5]] as const) {
    const backend = slowBackend();
    let counts: number[] = [];
    const callback = { end: () => void (counts = [backend.mostWaiting, backend.reads]) };
    await train(backend, { stepsAhead, isMeasured: false, callback });
    assertEquals(counts, [most, 2 * STEPS], String(stepsAhead)); // the loss of each is read once
  }
});

Deno.test("steps ahead: what is held is a batch for each, and nothing at the end", async () => {
  const stepsAhead = 3;
  const [waiting, ahead] = await Promise.all([0, stepsAhead].map(async (stepsAhead) => {
    const backend = slowBackend();
    let most = 0;
    const step = () => void (most = Math.max(most, backend.liveBytes));
    assertEquals((await train(backend, { stepsAhead, epochs: 3, callback: { step } })).left, 0);
    return most;
  }));
  // Inputs, labels, logits, the loss, and moments of the normalization before the step; the step
  // that callbacks are told of is held, too.
  const held = 4 * (EXAMPLES * FEATURES + EXAMPLES + EXAMPLES * 3 + 1 + 2 * 5);
  assertEquals(ahead - waiting, (stepsAhead + 1) * held);
});

for (const step of [1, 3, STEPS]) {
  Deno.test(`steps ahead: a loss that is not finite in step ${step} changes nothing`, async () => {
    const [waiting, ahead] = await Promise.all([0, 2].map((stepsAhead) => {
      const backend = slowBackend();
      const make = () => batch(backend, EXAMPLES, () => NaN);
      return train(backend, { stepsAhead, epochs: 1, strange: { step, make } });
    }));
    const { error } = ahead;
    assert(error instanceof NonFiniteLossError, String(error));
    assertEquals([error.epoch, error.step, error.inputs], [1, step, ["x"]]);
    assertEquals(error.message, (waiting.error as Error).message);
    assertEquals({ ...ahead, error: null }, { ...waiting, error: null });
    assertEquals([ahead.told.length, ahead.steps, ahead.left], [step - 1, step - 1, 0]);
  });
}

Deno.test("steps ahead: the steps before one that fails are told first", async () => {
  const fails = [
    () => {
      throw new RangeError("no more");
    },
    () => ({ x: tensor([[1, 2]]), y: tensor([0], { dtype: "int32" }) }),
  ] as const;
  for (const make of fails) {
    const { told, steps, error, left } = await train(slowBackend(), {
      stepsAhead: 2,
      strange: { step: 4, make },
    });
    assert(error instanceof Error && !(error instanceof NonFiniteLossError), String(error));
    assertEquals([told.map(([, step]) => step), steps, left], [[1, 2, 3], 3, 0]);
  }
});

Deno.test("steps ahead: a step that was not finite goes before a later one that fails", async () => {
  const backend = slowBackend();
  let made = 0;
  const data = {
    *batches(): Iterable<Batch> {
      yield batch(backend, 2, () => ++made / 9);
      yield batch(backend, 3, () => Infinity);
      throw new RangeError("no more");
    },
  };
  const params = MODEL.init(new Random(1), [FEATURES], { backend });
  const options = { params, loss: softmaxCE, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
  const error = await assertRejects(async () => await fit(MODEL, data, options));
  assert(error instanceof NonFiniteLossError, String(error));
  assertEquals(error.step, 2);
  await backend.quiet();
});

Deno.test("steps ahead: an abort and an error of a callback end it; all is freed", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const abort = ({ step }: { step: number }) => {
    if (step === 2) controller.abort(reason);
  };
  const throwing = ({ step }: { step: number }) => {
    if (step === 2) throw reason;
  };
  for (const callback of [{ step: abort }, { step: throwing }]) {
    const options = { stepsAhead: 2, callback, signal: controller.signal };
    const { told, error, left, steps } = await train(slowBackend(), options);
    assertEquals([error, told.length <= 2, left], [reason, true, 0]);
    assert(Number(steps) <= 4, String(steps));
  }
});

Deno.test("steps ahead: an optimizer of one's own is waited for", async () => {
  const backend = slowBackend();
  const params = MODEL.init(new Random(1), [FEATURES], { backend });
  const optimizer = { ...sgd({ learningRate: 0.1 }) };
  await fit(MODEL, source(backend), { params, loss: softmaxCE, optimizer, epochs: 1 });
  assertEquals([backend.mostWaiting, backend.reads], [1, STEPS]);
});

Deno.test("steps ahead: their number is checked", async () => {
  const options = { epochs: 1, stepsAhead: 17 };
  await assertExactRejection(
    async () => {
      const { error } = await train(slowBackend(), options);
      throw error;
    },
    RangeError,
    "Cannot train: stepsAhead must be an integer from 0 to 16: got 17",
  );
});
