// Learning rates that change: PyTorch's numbers, edges, composition, and that optimizers ask for them.

import { assert, assertEquals } from "@std/assert";
import {
  adam,
  adamw,
  cosineDecay,
  exponentialDecay,
  joinSchedules,
  oneCycle,
  type Schedule,
  sgd,
  stepDecay,
  tensor,
  warmUp,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";
import { schedules } from "../golden/optim/goldens.ts";

const MAKE: Readonly<Record<string, (options: Record<string, number>) => Schedule>> = {
  stepDecay: (options) => stepDecay(options as unknown as Parameters<typeof stepDecay>[0]),
  exponentialDecay: (options) =>
    exponentialDecay(options as unknown as Parameters<typeof exponentialDecay>[0]),
  cosineDecay: (options) => cosineDecay(options as unknown as Parameters<typeof cosineDecay>[0]),
  oneCycle: (options) => oneCycle(options as unknown as Parameters<typeof oneCycle>[0]),
  warmUp: ({ steps, from }) => warmUp(1, { steps, from }),
};

for (const { schedule: name, options, rates } of schedules) {
  Deno.test(`schedules: golden ${name} ${JSON.stringify(options)}`, () => {
    const schedule = MAKE[name](options);
    rates.forEach((rate, step) => {
      assert(Math.abs(schedule(step) - rate) <= 1e-12, `${step}: ${schedule(step)}, not ${rate}`);
    });
  });
}

Deno.test("schedules: what they reach, they keep", () => {
  assertEquals(cosineDecay({ start: 1, steps: 10, end: 0.5 })(1000), 0.5);
  const last = oneCycle({ max: 1, steps: 10 });
  assertEquals([last(9), last(1000)], [4e-6, 4e-6]);
  assertEquals(warmUp(0.5, { steps: 2 })(1000), 0.5);
});

Deno.test("schedules: a cycle may rise in no step, or in all", () => {
  assertEquals(oneCycle({ max: 1, steps: 10, rising: 0 })(0) > 0.9, true);
  assertEquals(oneCycle({ max: 1, steps: 10, rising: 1 })(9), 1);
  for (const steps of [1, 2, 3]) {
    const schedule = oneCycle({ max: 1, steps });
    for (let step = 0; step < 5; step++) assert(schedule(step) >= 0 && schedule(step) <= 1);
  }
});

Deno.test("schedules: they compose", () => {
  const schedule = warmUp(
    joinSchedules([{ rate: 1, steps: 2 }, { rate: exponentialDecay({ start: 1, factor: 0.5 }) }]),
    { steps: 2, from: 0.5 },
  );
  assertEquals([0, 1, 2, 3, 4, 5, 6].map(schedule), [0.5, 0.75, 1, 1, 1, 0.5, 0.25]);
});

Deno.test("schedules: an optimizer asks for the rate of each step, from 0", () => {
  const asked: number[] = [];
  const w = tensor(0);
  const optimizer = sgd({
    learningRate: (step) => {
      asked.push(step);
      return 2 ** -step;
    },
  });
  for (let i = 0; i < 3; i++) optimizer.step({ w }, { w: tensor(1) });
  assertEquals([asked, w.item()], [[0, 1, 2], -1.75]);
});

Deno.test("schedules: decoupled decay follows the rate", () => {
  const w = tensor(1, { dtype: "float64" });
  const learningRate = stepDecay({ start: 0.5, every: 1, factor: 0.5 });
  const optimizer = adamw({ learningRate, weightDecay: 1 });
  for (let i = 0; i < 2; i++) optimizer.step(w, tensor(0, { dtype: "float64" }));
  assertEquals(w.item(), 0.5 * 0.75);
});

Deno.test("schedules: a schedule that gives no rate is refused before anything changes", () => {
  const w = tensor(1);
  const optimizer = adam({ learningRate: (step) => step === 0 ? 0.1 : NaN });
  optimizer.step(w, tensor(1));
  const before = w.item();
  assertExactError(
    () => optimizer.step(w, tensor(1)),
    RangeError,
    "Cannot step optimizer: a schedule must give a number of at least 0: got NaN for step 1",
  );
  assertEquals(w.item(), before);
});

Deno.test("schedules: options out of range are refused", () => {
  const refused: [make: () => Schedule, text: string][] = [
    [
      () => stepDecay({ start: -1, every: 1 }),
      "stepDecay: start must be a number of at least 0: got -1",
    ],
    [() => stepDecay({ start: 1, every: 0 }), "stepDecay: every must be a number above 0: got 0"],
    [
      () => exponentialDecay({ start: 1, factor: NaN }),
      "exponentialDecay: factor must be a number of at least 0: got NaN",
    ],
    [
      () => cosineDecay({ start: 1, steps: -5 }),
      "cosineDecay: steps must be a number above 0: got -5",
    ],
    [
      () => oneCycle({ max: 1, steps: 5, rising: 2 }),
      "oneCycle: rising must be from 0 to 1: got 2",
    ],
    [
      () => oneCycle({ max: Infinity, steps: 5 }),
      "oneCycle: max must be a number of at least 0: got Infinity",
    ],
    [() => warmUp(1, { steps: 0 }), "warmUp: steps must be a number above 0: got 0"],
    [() => joinSchedules([]), "joinSchedules: parts must hold at least one: got none"],
    [
      () => joinSchedules([{ rate: 1 }, { rate: 2 }]),
      "joinSchedules: steps of part 0 must be a number above 0: got NaN",
    ],
  ];
  for (const [make, text] of refused) assertExactError(make, RangeError, `Cannot make ${text}`);
});
