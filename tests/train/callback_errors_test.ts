// Callbacks that throw at the end of a training: all others end too, and the first error stays.

import { Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
import { Dense } from "@tapegrad/tapegrad/nn";
import { type Callback, fit } from "@tapegrad/tapegrad/train";
import { assert, assertEquals } from "@std/assert";

type Failed = Error & { readonly suppressed?: Failed };

/** Begins a training of three epochs with these callbacks, whose ends are noted. */
function train(callbacks: readonly Callback[], signal?: AbortSignal) {
  const ended: number[] = [];
  const model = Dense({ units: 2 });
  const noted = callbacks.map((callback, i): Callback => ({
    ...callback,
    async end(training) {
      ended.push(i);
      await callback.end?.(training);
    },
  }));
  const training = fit(model, { x: tensor([[1], [2], [3]]), y: tensor(new Int32Array(3)) }, {
    params: model.init(new Random(0), [1]),
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 3,
    batchSize: 2,
    callbacks: noted,
    signal,
  });
  return { training, ended };
}

const throwing = (error: unknown): Callback => ({
  end() {
    throw error;
  },
});

/** Runs a training to its error. */
async function errorOf(training: AsyncIterable<unknown>): Promise<Failed> {
  try {
    for await (const _report of training);
  } catch (error) {
    return error as Failed;
  }
  throw new Error("The training did not fail");
}

Deno.test("fit: the end of a callback that throws keeps no other from ending", async () => {
  const [first, second] = [new Error("first"), new Error("second")];
  const { training, ended } = train([{}, throwing(first), {}, throwing(second), {}]);
  const error = await errorOf(training);
  assertEquals(ended, [0, 1, 2, 3, 4]);
  assert(error === first && error.suppressed === second && second.cause === undefined);
});

Deno.test("fit: the error of the training stays, those of ends are what it suppressed", async () => {
  const own = new Error("own", { cause: "mine" });
  const [first, second] = [new RangeError("first"), new TypeError("second")];
  const failing: Callback = {
    epoch() {
      throw own;
    },
  };
  const { training, ended } = train([throwing(first), failing, throwing(second)]);
  const error = await errorOf(training);
  assertEquals(ended, [0, 1, 2]);
  assert(error === own && error.cause === "mine");
  assert(error.suppressed === first && error.suppressed.suppressed === second);
});

Deno.test("fit: an abort throws the reason of its signal, whatever ends throw", async () => {
  const controller = new AbortController();
  const [stop, late] = [{ epoch: () => controller.abort() }, new Error("late")];
  const { training, ended } = train([stop, throwing(late), {}], controller.signal);
  const error = await errorOf(training);
  assertEquals(ended, [0, 1, 2]);
  assert(error === controller.signal.reason && error.suppressed === late);
});

Deno.test("fit: of a loop that is left, the error of an end is thrown", async () => {
  const late = new Error("late");
  const { training, ended } = train([throwing(late), {}]);
  let caught: unknown;
  try {
    for await (const _report of training) break;
  } catch (error) {
    caught = error;
  }
  assert(caught === late);
  assertEquals(ended, [0, 1]);
});

Deno.test("fit: errors that cannot hold another are thrown as they are", async () => {
  const frozen = Object.freeze(new Error("frozen"));
  for (const own of ["text", undefined, frozen]) {
    const { training, ended } = train([throwing(own), throwing(new Error("late"))]);
    assert(await errorOf(training) === own);
    assertEquals(ended, [0, 1]);
  }
  const same = new Error("same");
  const error = await errorOf(train([throwing(same), throwing(same)]).training);
  assert(error === same && error.suppressed === undefined);
});
