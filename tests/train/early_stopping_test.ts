// Early stopping: when it ends a training, with which parameters, and what memory it takes.

import { assertEquals, assertRejects } from "@std/assert";
import {
  mean,
  mul,
  Random,
  sgd,
  softmaxCE,
  square,
  sub,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import { Dense } from "@tapegrad/tapegrad/nn";
import { type Callback, earlyStopping, fit } from "@tapegrad/tapegrad/train";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

Deno.test("earlyStopping: ends after epochs without a better value, with the best parameters", async () => {
  const w = tensor([0]);
  const model = { apply: (params: { w: Tensor }, x: Tensor) => mul(x, params.w) };
  const targets = [5, 4, 3, 3.5, 2.9, 3.5, 3.6, 3.7, 1];
  const seen: number[] = [];
  const values = (at: number) => targets[at - 1];
  const callbacks: Callback<{ w: Tensor }>[] = [
    earlyStopping({ patience: 3, minDelta: 0.05, monitor: ({ epoch }) => values(epoch) }),
    { epoch: (_report, { params }) => void seen.push(params.w.item()) },
  ];
  const data = { x: tensor([[1]]), y: tensor([[100]]) };
  const reports = await Array.fromAsync(fit(model, data, {
    params: { w },
    loss: (y, target) => mean(square(sub(y, target))),
    optimizer: sgd({ learningRate: 0.001 }),
    epochs: 9,
    callbacks,
  }));
  assertEquals(reports.length, 8);
  assertEquals(w.item(), seen[4]);
});

Deno.test("earlyStopping: NaN is never better, high values may be good, memory is given back", async () => {
  const backend = countingBackend();
  const model = Dense({ units: 2 });
  const params = model.init(new Random(0), [1], { backend });
  const data = {
    x: tensor([[1], [2]], { backend }),
    y: tensor([0, 1], { dtype: "int32", backend }),
  };
  const before = backend.liveBytes;
  const run = async (monitor: (epoch: number) => number, mode: "min" | "max") => {
    const optimizer = sgd({ learningRate: 0.1 });
    const callbacks = [
      earlyStopping({ patience: 2, mode, monitor: ({ epoch }) => monitor(epoch) }),
    ];
    const settings = { params, optimizer, callbacks, epochs: 6, loss: softmaxCE };
    return (await Array.fromAsync(fit(model, data, settings))).length;
  };
  assertEquals(await run(() => NaN, "min"), 2);
  assertEquals(await run((epoch) => epoch, "max"), 6);
  assertEquals(await run((epoch) => epoch, "min"), 3);
  assertEquals(backend.liveBytes, before);
  for (
    const [wrong, text] of [
      [{ patience: 0 }, "patience must be an integer of at least 1: got 0"],
      [{ minDelta: -1 }, "minDelta must be a number of at least 0: got -1"],
    ] as const
  ) {
    assertExactError(() => earlyStopping(wrong), RangeError, `Cannot make earlyStopping: ${text}`);
  }
});

Deno.test("earlyStopping: a monitor that gives no number is an error that says so", async () => {
  const model = Dense({ units: 2 });
  const settings = {
    params: model.init(new Random(0), [1]),
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 2,
    callbacks: [earlyStopping({ monitor: ({ metrics }) => metrics.accuracy })],
  };
  const data = { x: tensor([[1], [2]]), y: tensor([0, 1], { dtype: "int32" }) };
  await assertRejects(
    async () => await fit(model, data, settings),
    TypeError,
    "Cannot stop early: monitor must give a number: got undefined after epoch 1",
  );
});
