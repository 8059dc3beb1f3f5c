// The order of things in a training: examples of arrays, epoch by epoch; callbacks, the one that says
// stop among them; what counts as better.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { mean, mul, sgd, square, sub, type Tensor, tensor } from "@tapegrad/tapegrad";
import { type Callback, earlyStopping, fit, type FitOptions } from "@tapegrad/tapegrad/train";

/** Thirteen examples that are their numbers. */
const NUMBERS = Array.from({ length: 13 }, (_, i) => i);
const DATA = {
  x: tensor(NUMBERS.map((number) => [number])),
  y: tensor(NUMBERS.map((number) => [2 * number])),
};

type Params = { w: Tensor };

/** Trains one weight, and notes the examples of each batch of each epoch. */
async function train(options: Partial<FitOptions<Params, Record<never, never>>> = {}) {
  const batches: number[][] = [];
  const model = {
    apply({ w }: Params, x: Tensor) {
      batches.push([...x.dataSync()]);
      return mul(x, w);
    },
  };
  const reports = await fit(model, DATA, {
    params: { w: tensor([0]) },
    loss(y, target) {
      const [numbers, doubles] = [batches.at(-1)!, [...target.dataSync()]];
      assertEquals(doubles, numbers.map((number) => 2 * number), "each with its own target");
      return mean(square(sub(y, target)));
    },
    optimizer: sgd({ learningRate: 1e-4 }),
    epochs: 4,
    batchSize: 5,
    ...options,
  });
  const epochs = Array.from(
    { length: batches.length / 3 },
    (_, epoch) => batches.slice(3 * epoch, 3 * epoch + 3).flat(),
  );
  return { epochs, sizes: batches.map((batch) => batch.length), reports };
}

Deno.test("fit: arrays come in another order every epoch, each example once", async () => {
  const { epochs, sizes } = await train();
  assertEquals(sizes, Array(4).fill([5, 5, 3]).flat());
  for (const order of epochs) {
    assertEquals(order.toSorted((a, b) => a - b), NUMBERS);
    assertNotEquals(order, NUMBERS);
  }
  assertEquals(new Set(epochs.map(String)).size, 4);
  assertEquals((await train()).epochs, epochs, "the same for the same seed");
  const others = (await train({ seed: 1 })).epochs;
  assert(others.every((order, epoch) => String(order) !== String(epochs[epoch])));
  assertEquals((await train({ startEpoch: 2 })).epochs, epochs.slice(2), "by its number");
});

Deno.test("fit: arrays come in their order where it must not change", async () => {
  assertEquals((await train({ shuffle: false })).epochs, Array(4).fill(NUMBERS));
});

Deno.test("fit: all callbacks hear of the epoch after which one says stop, in their order", async () => {
  const heard: string[] = [];
  const named = (name: string, last: number): Callback<Params> => ({
    start: () => void heard.push(`${name} starts`),
    epoch({ epoch }) {
      heard.push(`${name} ${epoch}`);
      return epoch >= last ? "stop" : undefined;
    },
    end: () => void heard.push(`${name} ends`),
  });
  const callbacks = [named("a", 9), named("b", 2), named("c", 3)];
  const { reports } = await train({ callbacks });
  assertEquals(reports.length, 2);
  assertEquals(heard, [
    ..."a starts, b starts, c starts".split(", "),
    ..."a 1, b 1, c 1, a 2, b 2, c 2".split(", "),
    ..."a ends, b ends, c ends".split(", "),
  ]);
});

Deno.test("earlyStopping: an equal value is not better: it waits, and the first is kept", async () => {
  for (const mode of ["min", "max"] as const) {
    const weights: number[] = [];
    const w = tensor([0]);
    const sign = mode === "max" ? -1 : 1;
    const values = [3, 2, 2, 2, 1].map((value) => sign * value);
    const { reports } = await train({
      params: { w },
      epochs: 5,
      callbacks: [
        { epoch: () => void weights.push(w.item()) },
        earlyStopping({ patience: 2, mode, monitor: ({ epoch }) => values[epoch - 1] }),
      ],
    });
    assertEquals(reports.length, 4);
    assertEquals(new Set(weights).size, 4);
    assertEquals(w.item(), weights[1]);
  }
});
