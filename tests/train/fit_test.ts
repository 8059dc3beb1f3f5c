// Training: what a step does, that it repeats bit for bit, how it ends, and what memory it takes.

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  adam,
  type Backend,
  mul,
  Random,
  relu,
  sgd,
  ShapeError,
  softmaxCE,
  sub,
  Tape,
  type Tensor,
  tensor,
  useBackend,
  wasmBackend,
} from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  frozen,
  type Layer,
  MaxPool,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  type BatchSource,
  type Callback,
  confusionMatrix,
  fit,
  type FitOptions,
} from "@tapegrad/tapegrad/train";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

/** Points in the plane, by the side of a circle on which they are. */
function circle(count: number, backend?: Backend) {
  const random = new Random(3);
  const x = Float32Array.from({ length: 2 * count }, () => random.uniform(-1, 1));
  const y = Int32Array.from(
    { length: count },
    (_, i) => Number(Math.hypot(x[2 * i], x[2 * i + 1]) < 0.7),
  );
  return {
    x: tensor(x, { shape: [count, 2], backend }),
    y: tensor(y, { shape: [count], backend }),
  };
}

const NETWORK = Sequential({
  hidden: Dense({ units: 16, activation: relu }),
  head: Dense({ units: 2 }),
});

type Params = ReturnType<typeof NETWORK.init>;

/** Makes options that a test need not care about. */
function options(more: Partial<FitOptions<Params, Record<never, never>>> = {}) {
  return {
    params: NETWORK.init(new Random(0), [2]),
    loss: softmaxCE,
    optimizer: adam({ learningRate: 0.02 }),
    epochs: 2,
    batchSize: 16,
    ...more,
  };
}

const numbers = (params: Params) =>
  [params.hidden.w, params.hidden.bias!, params.head.w, params.head.bias!].map((t) => t.toArray());

Deno.test("fit: learns, and reports every epoch", async () => {
  const [data, validation] = [circle(200), circle(50)];
  const metrics = { accuracy: accuracy(), confusionMatrix: confusionMatrix() };
  const reports = await Array.fromAsync(
    fit(NETWORK, data, { ...options(), epochs: 30, metrics, validation }),
  );
  assertEquals(reports.map(({ epoch }) => epoch), Array.from({ length: 30 }, (_, i) => i + 1));
  const [first, last] = [reports[0], reports.at(-1)!];
  assert(last.loss < 0.5 * first.loss, `${first.loss} -> ${last.loss}`);
  const share: number = last.metrics.accuracy;
  const matrix: number[][] = last.metrics.confusionMatrix;
  assert(share > 0.9, `${share}`);
  assertEquals(share, (matrix[0][0] + matrix[1][1]) / 200);
  assert(last.validation!.metrics.accuracy > 0.85);
  assertEquals([last.steps, last.examples, last.validation!.examples], [13, 200, 50]);
  assert(last.seconds > 0);
});

Deno.test("fit: a step is forward, gradient and a step of the optimizer", async () => {
  const data = circle(8);
  const [fitted, stepped] = [options({ epochs: 5, batchSize: 8, shuffle: false }), options()];
  await Array.fromAsync(fit(NETWORK, data, fitted));
  for (let i = 0; i < 5; i++) {
    using tape = new Tape();
    tape.watch(stepped.params);
    const loss = softmaxCE(NETWORK.apply(stepped.params, data.x), data.y);
    stepped.optimizer.step(stepped.params, tape.gradient(loss, stepped.params));
  }
  assertEquals(numbers(fitted.params), numbers(stepped.params));
});

Deno.test("fit: the same seed gives the same numbers, another one others", async () => {
  const train = async (seed: number) => {
    const settings = options({ seed });
    const reports = await Array.fromAsync(fit(NETWORK, circle(50), settings));
    return [reports.map(({ loss }) => loss), numbers(settings.params)];
  };
  assertEquals(await train(7), await train(7));
  assertNotEquals(await train(7), await train(8));
});

Deno.test("fit: the same numbers on any number of threads", async () => {
  const model = Sequential([
    Conv2d({ filters: 8, size: 3, padding: "same", activation: relu }),
    BatchNorm(),
    MaxPool({ size: 2 }),
    Flatten(),
    Dropout({ rate: 0.25 }),
    Dense({ units: 3 }),
  ]);
  const before = tensor(0).backend;
  const train = async (threads: number) => {
    using backend = useBackend(wasmBackend({ threads }));
    const random = new Random(1);
    const pixels = Float32Array.from({ length: 40 * 192 }, () => random.uniform());
    const labels = Int32Array.from({ length: 40 }, () => random.integer(3));
    const params = model.init(new Random(0), [8, 8, 3]);
    await Array.fromAsync(fit(model, {
      x: { shape: [40, 8, 8, 3], dtype: "float32", data: pixels },
      y: { shape: [40], dtype: "int32", data: labels },
    }, { params, loss: softmaxCE, optimizer: adam({ learningRate: 0.01 }), epochs: 3 }));
    assertEquals(backend.threads, threads);
    return [params[0].w.toArray(), params[1].variance.toArray(), params[5].w.toArray()];
  };
  try {
    const alone = await train(1);
    for (const threads of [2, 3]) assertEquals(await train(threads), alone);
  } finally {
    useBackend(before);
  }
});

Deno.test("fit: going on after some epochs equals never having stopped", async () => {
  const data = circle(50);
  const whole = options({ epochs: 4, seed: 5 });
  const reports = await Array.fromAsync(fit(NETWORK, data, whole));
  const parts = options({ epochs: 2, seed: 5 });
  await Array.fromAsync(fit(NETWORK, data, parts));
  const optimizer = adam({ learningRate: 0.02 });
  optimizer.load(parts.optimizer.state());
  const rest = await Array.fromAsync(
    fit(NETWORK, data, { ...parts, optimizer, epochs: 4, startEpoch: 2 }),
  );
  assertEquals(rest.map(({ epoch, loss }) => [epoch, loss]), [
    [3, reports[2].loss],
    [4, reports[3].loss],
  ]);
  assertEquals(numbers(parts.params), numbers(whole.params));
});

Deno.test("fit: memory is flat over ten epochs", async () => {
  const backend = countingBackend();
  const data = circle(60, backend);
  const params = NETWORK.init(new Random(0), [2], { backend });
  const sizes: number[] = [];
  const metrics = { accuracy: accuracy() };
  const settings = { ...options(), params, epochs: 10, validation: data, metrics };
  for await (const _epoch of fit(NETWORK, data, settings)) sizes.push(backend.liveBytes);
  assertEquals(sizes, sizes.map(() => sizes[0]));
  settings.optimizer[Symbol.dispose]();
  const ofParams = 4 * (2 * 16 + 16 + 16 * 2 + 2);
  assertEquals(backend.liveBytes, ofParams + data.x.bytes + data.y.bytes);
});

Deno.test("fit: memory is flat over ten epochs of a dataset, augmented and read ahead", async () => {
  const backend = countingBackend();
  const images = Uint8Array.from({ length: 20 * 4 * 4 }, (_, i) => i * 7 % 256);
  const x = { shape: [20, 4, 4, 1], dtype: "uint8", data: images } as const;
  const data = arrayDataset({ x, y: Int32Array.from({ length: 20 }, (_, i) => i % 2) })
    .shuffle().augment({ shift: 1, rotate: 10 }).normalize().batch(8, { backend }).prefetch();
  const model = Sequential({ flatten: Flatten(), norm: BatchNorm(), head: Dense({ units: 2 }) });
  const params = model.init(new Random(0), [4, 4, 1], { backend });
  const sizes: number[] = [];
  const optimizer = adam({ learningRate: 0.02 });
  const training = fit(model, data, { params, loss: softmaxCE, optimizer, epochs: 10 });
  const before = backend.liveBytes;
  for await (const _epoch of training) sizes.push(backend.liveBytes);
  assertEquals(sizes, sizes.map(() => sizes[0]));
  optimizer[Symbol.dispose]();
  assertEquals(backend.liveBytes, before);
});

Deno.test("fit: batches of a source are its own; they are freed after their step", async () => {
  const backend = countingBackend();
  const asked: unknown[] = [];
  const source: BatchSource = {
    size: 4,
    async *batches(pass) {
      asked.push(pass);
      for (let i = 0; i < 2; i++) {
        yield {
          x: tensor([[i, 1], [1, i]], { backend }),
          y: tensor([0, 1], { dtype: "int32", backend }),
        };
      }
    },
  };
  const params = NETWORK.init(new Random(0), [2], { backend });
  const settings = { ...options(), params, optimizer: sgd({ learningRate: 0.1 }), seed: 9 };
  const before = backend.liveBytes;
  const reports = await Array.fromAsync(fit(NETWORK, source, settings));
  assertEquals(asked, [{ epoch: 1, seed: 9 }, { epoch: 2, seed: 9 }]);
  assertEquals(reports.map(({ steps, examples }) => [steps, examples]), [[2, 4], [2, 4]]);
  assertEquals(backend.liveBytes, before);
});

Deno.test("fit: what is frozen stays, statistics are what layers collected", async () => {
  const base = frozen(Dense({ units: 2 }));
  // Counts its applications in a parameter that no gradient changes.
  const counter: Layer<{ scale: Tensor; count: Tensor }> = {
    type: "Counter",
    init: () => ({ scale: tensor([1]), count: tensor([0]) }),
    outputShape: (shape) => shape,
    apply({ scale, count }, x, { train = false, updates } = {}) {
      if (train) updates?.set(count, mul(sub(count, -1), 1));
      return mul(x, scale);
    },
    trainable: ({ scale }) => ({ scale, count: null }),
  };
  const model = Sequential({ base, counter, head: Dense({ units: 2 }) });
  const params = model.init(new Random(0), [2]);
  const kept = params.base.w.toArray();
  const settings = { params, loss: softmaxCE, optimizer: adam({ learningRate: 0.1 }), epochs: 3 };
  await Array.fromAsync(
    fit(model, circle(40), { ...settings, batchSize: 10, validation: circle(20) }),
  );
  assertEquals(params.base.w.toArray(), kept);
  assertEquals(params.counter.count.toArray(), [12]);
  assert(params.counter.scale.dataSync()[0] !== 1);
});

Deno.test("fit: gradients can be changed before the step", async () => {
  const settings = options({ gradients: (grads) => grads, epochs: 1 });
  const seen: unknown[] = [];
  const still = {
    ...settings,
    optimizer: sgd({ learningRate: 1 }),
    gradients: <G>(grads: G): G => {
      seen.push(grads);
      for (const w of [(grads as Params).hidden.w, (grads as Params).head.w]) {
        sgd({ learningRate: 1 }).step(w, w.clone()); // w - w: zeros
      }
      return grads;
    },
  };
  const before = settings.params.hidden.w.toArray();
  await Array.fromAsync(fit(NETWORK, circle(16), still));
  assertEquals([seen.length, settings.params.hidden.w.toArray()], [1, before]);
});

Deno.test("fit: dropout and other random layers get numbers of their own every step", async () => {
  const drawn: number[] = [];
  const noisy: Layer<null> = {
    type: "Noisy",
    init: () => null,
    outputShape: (shape) => shape,
    apply(_params, x, { train, random } = {}) {
      if (train) drawn.push(random!.uniform());
      return x;
    },
  };
  const model = Sequential({ noisy, head: Dense({ units: 2 }) });
  const train = () =>
    Array.fromAsync(fit(model, circle(20), {
      params: model.init(new Random(0), [2]),
      loss: softmaxCE,
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 2,
      batchSize: 10,
    }));
  await train();
  assertEquals(new Set(drawn).size, 4);
  await train();
  assertEquals(drawn.slice(4), drawn.slice(0, 4));
});

Deno.test("fit: leaving the loop ends the training, and tells callbacks", async () => {
  const told: string[] = [];
  const callbacks: Callback[] = [{
    start: () => void told.push("start"),
    step: ({ epoch, step, examples }) => void told.push(`${epoch}.${step}: ${examples}`),
    epoch: ({ epoch }, { history }) => void told.push(`epoch ${epoch} of ${history.length}`),
    end: () => void told.push("end"),
  }];
  for await (const { epoch } of fit(NETWORK, circle(20), options({ epochs: 99, callbacks }))) {
    if (epoch === 2) break;
  }
  assertEquals(told, [
    "start",
    "1.1: 16",
    "1.2: 4",
    "epoch 1 of 1",
    "2.1: 16",
    "2.2: 4",
    "epoch 2 of 2",
    "end",
  ]);
});

Deno.test("fit: a signal ends it after a step, with its reason; parameters are whole", async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const callbacks: Callback[] = [{
    step({ step }) {
      told.push(`step ${step}`);
      if (step === 3) controller.abort(new Error("enough"));
    },
    end: () => void told.push("end"),
  }];
  const settings = options({ signal: controller.signal, callbacks });
  const training = Array.fromAsync(fit(NETWORK, circle(200), settings));
  await assertRejects(() => training, Error, "enough");
  assertEquals(told, ["step 1", "step 2", "step 3", "end"]);
  const { signal: _, ...rest } = settings;
  assertEquals((await Array.fromAsync(fit(NETWORK, circle(20), rest))).length, 2);
  const again = Array.fromAsync(fit(NETWORK, circle(20), settings));
  await assertRejects(() => again, Error, "enough");
});

Deno.test("fit: waits for the promise of a step, and does not count the time", async () => {
  const told: string[] = [];
  const wait = new Promise((resolve) => setTimeout(resolve, 60)).then(() =>
    void told.push("waited")
  );
  const step: Callback["step"] = ({ step }) => {
    told.push(`step ${step}`);
    return step === 1 ? wait : undefined;
  };
  const settings = options({ callbacks: [{ step }], epochs: 1 });
  const from = performance.now();
  const [{ seconds }] = await Array.fromAsync(fit(NETWORK, circle(40), settings));
  assertEquals(told.slice(0, 3), ["step 1", "waited", "step 2"]);
  assert(seconds * 1000 <= performance.now() - from - 50);
});

Deno.test("fit: a signal ends the wait of a step, before it and while it lasts", async () => {
  for (const before of [true, false]) {
    const controller = new AbortController();
    const abort = () => controller.abort(new Error("enough"));
    const step = () => {
      before ? abort() : queueMicrotask(abort);
      return new Promise<void>(() => {});
    };
    const settings = options({ signal: controller.signal, callbacks: [{ step }] });
    const training = Array.fromAsync(fit(NETWORK, circle(20), settings));
    await assertRejects(() => training, Error, "enough");
  }
});

Deno.test("fit: timers run while it trains", async () => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 100);
  const settings = options({ signal: controller.signal, epochs: 1_000_000 });
  const training = Array.fromAsync(fit(NETWORK, circle(50), settings));
  await assertRejects(() => training, DOMException, "aborted");
  clearTimeout(timer);
});

Deno.test("fit: options that do not fit are refused before anything runs", () => {
  const refuses = (
    more: object,
    text: string,
    error: new () => Error = RangeError,
    data: unknown = circle(4),
  ) =>
    assertExactError(
      () => fit(NETWORK, data as ReturnType<typeof circle>, { ...options(), ...more }),
      error,
      `Cannot train: ${text}`,
    );
  refuses({ epochs: -1 }, "epochs must be an integer of at least 0: got -1");
  refuses({ epochs: 1.5 }, "epochs must be an integer of at least 0: got 1.5");
  refuses({ startEpoch: NaN }, "startEpoch must be an integer of at least 0: got NaN");
  refuses({ seed: 0.5 }, "seed must be an integer: got 0.5");
  refuses({ batchSize: 0 }, "batchSize must be an integer of at least 1: got 0");
  refuses(
    {},
    "x and y must have as many examples: x is [4, 2], y is [3]",
    ShapeError,
    { x: circle(4).x, y: circle(3).y },
  );
});
