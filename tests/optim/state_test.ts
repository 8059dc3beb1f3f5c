// State of optimizers, read and set: training goes on from it as if it had never stopped.

import { assertEquals, assertThrows } from "@std/assert";
import {
  accumulateGradients,
  adagrad,
  adam,
  adamw,
  lion,
  movingAverage,
  type Optimizer,
  type OptimizerState,
  referenceBackend,
  rmsprop,
  sgd,
  ShapeError,
  stepDecay,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

const learningRate = stepDecay({ start: 0.1, every: 2 });

const makers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ learningRate }),
  momentum: () => sgd({ learningRate, momentum: 0.5, nesterov: true, weightDecay: 0.1 }),
  adam: () => adam({ learningRate }),
  adamw: () => adamw({ learningRate }),
  rmsprop: () => rmsprop({ learningRate, momentum: 0.5, centered: true, rule: "keras" }),
  adagrad: () => adagrad({ learningRate, initialSum: 0.5 }),
  lion: () => lion({ learningRate }),
  accumulateGradients: () => accumulateGradients(adam({ learningRate }), { every: 3 }),
};

/** Copies a state as a file would keep it: tensors copied, all else through JSON. */
function saved(state: OptimizerState): OptimizerState {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [
      name,
      typeof value === "number" || typeof value === "string"
        ? JSON.parse(JSON.stringify(value))
        : "dataSync" in value
        ? (value as Tensor).clone()
        : saved(value as OptimizerState),
    ]),
  );
}

for (const [name, make] of Object.entries(makers)) {
  Deno.test(`optimizer state: ${name} goes on from it bit for bit`, () => {
    const start = () => ({ w: tensor([1, -2, 3]), layers: [{ bias: tensor(0.5) }, null] });
    const gradients = (i: number) => ({
      w: tensor([i, 1 / (i + 1), -1]),
      layers: [{ bias: tensor(Math.sin(i)) }, null],
    });
    const [whole, parts] = [start(), start()];
    const uninterrupted = make();
    for (let i = 0; i < 10; i++) uninterrupted.step(whole, gradients(i));

    let optimizer = make();
    for (let i = 0; i < 10; i++) {
      optimizer.step(parts, gradients(i));
      const state = saved(optimizer.state());
      optimizer[Symbol.dispose]();
      optimizer = make();
      optimizer.load(state);
    }
    assertEquals(parts.w.toArray(), whole.w.toArray());
    assertEquals(parts.layers[0]!.bias.item(), whole.layers[0]!.bias.item());
  });
}

Deno.test("optimizer state: steps, and per parameter its steps and moments by name", () => {
  const optimizer = rmsprop({ learningRate: 1, momentum: 0.5, centered: true });
  assertEquals(optimizer.state(), { kind: "rmsprop", steps: 0, params: {} });
  optimizer.step({ conv: { w: tensor([1, 2]) } }, { conv: { w: tensor([0, 0]) } });
  const { steps, params } = optimizer.state() as { steps: number; params: OptimizerState };
  assertEquals([steps, Object.keys(params)], [1, ["conv.w"]]);
  assertEquals(Object.keys(params["conv.w"]), [
    "steps",
    "meanSquare",
    "velocity",
    "meanGradient",
  ]);
});

Deno.test("optimizer state: that of another optimizer is refused, both are named", () => {
  const stepped = Object.values(makers).map((make) => {
    const optimizer = make();
    for (let i = 0; i < 3; i++) optimizer.step({ w: tensor([1, 2]) }, { w: tensor([1, 1]) });
    return optimizer;
  });
  let refused = 0;
  for (const from of [...stepped, ...Object.values(makers).map((make) => make())]) {
    for (const to of stepped) {
      const [given, before] = [from.state(), to.state()];
      if (given.kind === before.kind) continue;
      refused++;
      assertExactError(
        () => to.load(given),
        TypeError,
        `Cannot load state of ${before.kind}: it must be one of ${before.kind}: got that of ` +
          `${given.kind}; make the optimizer of before`,
      );
      assertEquals(to.state(), before);
    }
  }
  assertEquals(refused, 2 * (8 * 7 - 2)); // sgd is there with and without momentum
});

Deno.test("optimizer state: moments of another rule are refused, of files without a kind too", () => {
  const w = tensor([1, 2]);
  const [plain, moving, other] = [
    sgd({ learningRate }),
    sgd({ learningRate, momentum: 0.5 }),
    adam({ learningRate }),
  ];
  for (const optimizer of [plain, moving, other]) optimizer.step({ w }, { w: tensor([1, 1]) });
  const { kind: _, ...unnamed } = other.state();
  assertExactError(
    () => plain.load(unnamed),
    TypeError,
    "Cannot load state of sgd: w must have no moments: got m, v of another optimizer, or of other " +
      "options",
  );
  assertThrows(() => moving.load(unnamed), TypeError, "must have the moments velocity: got m, v");
  assertThrows(() => plain.load(moving.state()), TypeError, "no moments: got velocity");
  assertThrows(() => moving.load(plain.state()), TypeError, "velocity of w must be a tensor");
  assertThrows(
    () => plain.load({ ...plain.state(), kind: 3 }),
    TypeError,
    "it must be one of sgd: got 3",
  );
  const { kind: __, ...old } = moving.state();
  moving.load(old); // a file of before kinds were written
});

Deno.test("optimizer state: a loaded state is a copy, and the old moments are freed", () => {
  const backend = countingBackend();
  const make = (values: number[]) => tensor(values, { backend });
  const [w, dw] = [make([1, 2]), make([1, 1])];
  const optimizer = adam({ learningRate: 0.1 });
  optimizer.step(w, dw);
  const before = backend.liveBytes;
  const state = saved(optimizer.state());
  optimizer.load(state);
  assertEquals(backend.liveBytes, before + 16, "the saved copy is still there");
  for (const moment of ["m", "v"]) {
    ((state.params as OptimizerState)[""] as Record<string, Tensor>)[moment].dispose();
  }
  optimizer.step(w, dw);
  assertEquals(backend.liveBytes, before);
});

Deno.test("optimizer state: what is missing or of the wrong kind is refused, nothing changes", () => {
  const optimizer = adam({ learningRate: 0.1 });
  const w = tensor([1, 2]);
  optimizer.step({ w }, { w: tensor([1, 1]) });
  const before = saved(optimizer.state());
  const moment = tensor([0, 0]);
  const refused: [state: unknown, text: string][] = [
    [{}, "steps must be an integer of at least 0: got undefined"],
    [{ steps: -1, params: {} }, "steps must be an integer of at least 0: got -1"],
    [{ steps: 1.5, params: {} }, "steps must be an integer of at least 0: got 1.5"],
    [{ steps: 1 }, "params must be an object: got undefined"],
    [{ steps: 1, params: moment }, "params must be an object: got a tensor"],
    [{ steps: 1, params: { w: null } }, "w must be an object: got null"],
    [{ steps: 1, params: { w: {} } }, "m of w must be a tensor: got undefined"],
    [{ steps: 1, params: { w: { m: moment, v: 3, steps: 1 } } }, "v of w must be a tensor: got 3"],
    [
      { steps: 1, params: { w: { m: moment, v: moment } } },
      "steps must be an integer of at least 0: got undefined",
    ],
    [
      Object.create({ steps: 1, params: {} }),
      "steps must be an integer of at least 0: got undefined",
    ],
  ];
  for (const [state, text] of refused) {
    assertExactError(
      () => optimizer.load(state as OptimizerState),
      TypeError,
      `Cannot load state of adam: ${text}`,
    );
  }
  assertEquals(JSON.stringify(saved(optimizer.state())), JSON.stringify(before));
});

Deno.test("optimizer state: parameters must be those that were saved", () => {
  const trained = sgd({ learningRate: 1, momentum: 0.5 });
  trained.step({ w: tensor([1, 2]) }, { w: tensor([0, 0]) });
  const state = saved(trained.state());
  const loaded = () => {
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    optimizer.load(state);
    return optimizer;
  };
  const v = tensor([1, 2]);
  assertExactError(
    () => loaded().step({ v }, { v }),
    ShapeError,
    "Cannot step optimizer: params must have all parameters of the loaded state: it has w, " +
      "params has not",
  );
  const w = tensor([1, 2, 3]);
  assertExactError(
    () => loaded().step({ w }, { w: tensor([0, 0, 0]) }),
    ShapeError,
    "Cannot step optimizer: a loaded moment must have the shape, dtype and backend of its " +
      "parameter: velocity of w is float32 [2] on wasm, w is float32 [3] on wasm",
  );
  const elsewhere = tensor([1, 2], { backend: referenceBackend() });
  assertThrows(() => loaded().step({ w: elsewhere }, { w: elsewhere.clone() }), ShapeError);
  loaded().step({ w: v, more: w }, { w: tensor([0, 0]), more: tensor([0, 0, 0]) });
});

Deno.test("accumulateGradients: one step with the mean of several gradients", () => {
  const w = tensor([0, 0]);
  using optimizer = accumulateGradients(sgd({ learningRate: 1 }), { every: 4 });
  for (let i = 1; i <= 7; i++) {
    optimizer.step({ w }, { w: tensor([i, 8]) });
    assertEquals(w.toArray(), i < 4 ? [0, 0] : [-2.5, -8]);
  }
  optimizer.step({ w }, { w: tensor([8, 8]) });
  assertEquals(w.toArray(), [-9, -16]);
});

Deno.test("accumulateGradients: gradients are not changed, memory is that of one sum", () => {
  const backend = countingBackend();
  const make = (values: number[]) => tensor(values, { backend });
  const [w, dw] = [make([0, 0]), make([1, 2])];
  const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { every: 3 });
  for (let i = 0; i < 2; i++) optimizer.step(w, dw);
  assertEquals([dw.toArray(), backend.liveBytes], [[1, 2], 24]);
  optimizer.step(w, dw);
  assertEquals(backend.liveBytes, 16);
  optimizer.step(w, dw);
  optimizer.dispose();
  assertEquals(backend.liveBytes, 16);
});

Deno.test("accumulateGradients: a loaded state goes on where it was, as a copy, and leaks nothing", () => {
  const backend = countingBackend();
  const make = (values: number[]) => tensor(values, { backend });
  const accumulating = () => accumulateGradients(sgd({ learningRate: 1 }), { every: 5 });
  const [v, w, dw] = [make([0, 0]), make([0, 0]), make([5, 10])];
  const [saved, loaded] = [accumulating(), accumulating()];
  for (let i = 0; i < 3; i++) saved.step(v, dw);
  loaded.step(w, dw); // a sum of its own, in whose place the other comes
  const before = backend.liveBytes;
  for (let i = 0; i < 4; i++) loaded.load(saved.state());
  assertEquals(backend.liveBytes, before);
  assertEquals(loaded.state().collected, 3);
  saved.dispose(); // and its sums
  loaded.step(w, dw);
  assertEquals(w.toArray(), [0, 0]);
  loaded.step(w, dw);
  assertEquals(w.toArray(), [-5, -10]);
});

Deno.test("accumulateGradients: options and states that do not fit are refused", () => {
  for (const every of [0, 1.5, NaN]) {
    assertExactError(
      () => accumulateGradients(sgd({ learningRate: 1 }), { every }),
      RangeError,
      `Cannot make accumulateGradients: every must be an integer of at least 1: got ${every}`,
    );
  }
  const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { every: 2 });
  assertExactError(
    () => optimizer.load({ collected: 1, sums: { w: 1 }, optimizer: {} }),
    TypeError,
    "Cannot load state of accumulateGradients: the sum of w must be a tensor: got number",
  );
});

Deno.test("movingAverage: begins with the weights, follows them, is freed at its end", () => {
  const backend = countingBackend();
  const params = { w: tensor([0, 8], { backend }), none: null };
  {
    using average = movingAverage(params, { decay: 0.5 });
    assertEquals(average.params.w.toArray(), [0, 8]);
    const optimizer = sgd({ learningRate: 1 });
    const dw = tensor([-4, 0], { backend });
    for (const expected of [[2, 8], [5, 8]]) {
      optimizer.step(params, { w: dw, none: null });
      average.update();
      assertEquals(average.params.w.toArray(), expected);
    }
    assertEquals(params.w.toArray(), [8, 8]);
    dw.dispose();
  }
  assertEquals(backend.liveBytes, 8);
  assertExactError(
    () => movingAverage(params, { decay: 1 }),
    RangeError,
    "Cannot make movingAverage: decay must be in [0, 1): got 1",
  );
});

Deno.test("optimizers: decays says which parameters decay", () => {
  const make = [sgd, adam, adamw, rmsprop, adagrad, lion];
  for (const optimizer of make) {
    const params = { w: tensor(1), bias: tensor(1) };
    optimizer({ learningRate: 0.5, weightDecay: 0.5, decays: (path) => path === "w" })
      .step(params, { w: tensor(0), bias: tensor(0) });
    assertEquals([params.w.item() < 1, params.bias.item()], [true, 1], optimizer.name);
  }
});
