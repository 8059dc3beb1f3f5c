// Training does not hide mistakes: no batch is an error, an awaited training trains, ignored labels
// weigh nothing, timers and signals are heard in validation, too.

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  add,
  matmul,
  mul,
  Random,
  referenceBackend,
  sgd,
  softmaxCE,
  type Tensor,
  tensor,
  wasmBackend,
} from "@tapegrad/tapegrad";
import { Dense } from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  type BatchSource,
  collect,
  evaluate,
  fit,
  predict,
  TrainingHistory,
} from "@tapegrad/tapegrad/train";
import { weighLoss } from "../../src/core/loss_weight.ts";
import { assertExactRejection } from "../support/exact_error.ts";
import { slowBackend } from "../support/slow_backend.ts";

const MODEL = Dense({ units: 3 });
const SIZE = 14;

/** Two numbers and a class of three, or what `labelOf` says, for each example. */
function examples(labelOf = (i: number) => i % 3) {
  const random = new Random(2);
  const x = Float32Array.from({ length: 2 * SIZE }, () => random.integer(9) / 4 - 1);
  return {
    x: { shape: [SIZE, 2], dtype: "float32", data: x } as const,
    y: {
      shape: [SIZE],
      dtype: "int32",
      data: Int32Array.from({ length: SIZE }, (_, i) => labelOf(i)),
    } as const,
  };
}

function options(learningRate = 0.1) {
  const params = MODEL.init(new Random(0), [2]);
  return { params, loss: softmaxCE, optimizer: sgd({ learningRate }), epochs: 2, batchSize: 4 };
}

const NONE: BatchSource = { batches: () => [] };

Deno.test("fit: data or validation without an example is an error that says so", async () => {
  const text = (name: string, epoch = 1) =>
    `Cannot train: ${name} must have at least one batch of at least one example: there was none ` +
    `in epoch ${epoch}`;
  const empty = {
    x: { shape: [0, 2], dtype: "float32", data: new Float32Array() } as const,
    y: { shape: [0], dtype: "int32", data: new Int32Array() } as const,
  };
  for (const data of [NONE, empty]) {
    const run = () => collect(fit(MODEL, data, options()));
    await assertExactRejection(run, RangeError, text("data"));
    const validation = data;
    const validated = () => collect(fit(MODEL, examples(), { ...options(), validation }));
    await assertExactRejection(validated, RangeError, text("validation"));
  }
  const once = [{ x: tensor([[1, 2]]), y: tensor([0], { dtype: "int32" }) }][Symbol.iterator]();
  const spent: BatchSource = { batches: () => once };
  await assertExactRejection(
    () => collect(fit(MODEL, spent, options())),
    RangeError,
    text("data", 2),
  );
  assertEquals((await collect(fit(MODEL, NONE, { ...options(), epochs: 0 }))).length, 0);
});

Deno.test("await fit: trains to the end and gives the history, once", async () => {
  const [looped, awaited] = [options(), options()];
  const reports = await Array.fromAsync(fit(MODEL, examples(), looped));
  const run = fit(MODEL, examples(), awaited);
  const history = await run;
  assert(history instanceof TrainingHistory);
  assertEquals([...history].map(({ loss }) => loss), reports.map(({ loss }) => loss));
  assertEquals(awaited.params.w.toArray(), looped.params.w.toArray());
  assertStrictEquals(await run, history);
  assertEquals(awaited.params.w.toArray(), looped.params.w.toArray());
  const [both] = await Promise.all([fit(MODEL, examples(), options())]);
  assertEquals(both.length, 2);
});

Deno.test("await fit: after a part of a loop the rest runs; errors and aborts reject", async () => {
  const run = fit(MODEL, examples(), options());
  const first = await run.next();
  assertEquals([first.done, (await run).length], [false, 2]);
  const failing = fit(MODEL, NONE, options());
  for (let i = 0; i < 2; i++) {
    await assertRejects(async () => await failing, RangeError, "at least one batch");
  }
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    async () => await fit(MODEL, examples(), { ...options(), signal }),
    Error,
    "enough",
  );
});

const IGNORING = (y: Tensor, target: Tensor) => softmaxCE(y, target, { ignoreIndex: -1 });

Deno.test("fit and evaluate: the loss weighs labels that count, whatever the batch", async () => {
  const weights = tensor([1, 2, 0.5]);
  const weighted = (y: Tensor, target: Tensor) =>
    softmaxCE(y, target, { ignoreIndex: -1, classWeights: weights });
  // Made of others, as with a penalty; and twice of the same labels.
  const composed = (y: Tensor, target: Tensor) =>
    add(mul(IGNORING(y, target), 2), mul(IGNORING(mul(y, 2), target), 0.5));
  const data = examples((i) => i < 5 || i % 4 === 0 ? -1 : i % 3);
  for (const loss of [IGNORING, weighted, composed]) {
    const { params } = options();
    const whole = loss(
      MODEL.apply(params, tensor(data.x.data, { shape: data.x.shape })),
      tensor(data.y.data),
    ).item();
    for (const batchSize of [1, 3, 4, 5, SIZE]) {
      const scores = await evaluate(MODEL, data, { params, loss, batchSize });
      assertAlmostEquals(scores.loss, whole, 1e-6, `${batchSize}`);
      assertEquals(scores.examples, SIZE);
      // At a rate of 0 training is evaluation; batches of 1 to 5 are wholly ignored at first.
      const still = { ...options(0), loss, batchSize, shuffle: false, epochs: 1 };
      const [report] = await Array.fromAsync(fit(MODEL, data, still));
      assertAlmostEquals(report.loss, whole, 1e-6, `${batchSize}`);
    }
  }
});

Deno.test("evaluate: a loss of means that differ is weighed by examples", async () => {
  const { params } = options();
  const data = examples((i) => i < 3 ? -1 : i % 3);
  const loss = (y: Tensor, target: Tensor) =>
    add(
      IGNORING(y, target),
      softmaxCE(y, target, { ignoreIndex: -1, classWeights: tensor([1, 2, 3]) }),
    );
  const values: number[] = [];
  const spy = (y: Tensor, target: Tensor) => {
    const value = loss(y, target);
    values.push(value.item());
    return value;
  };
  const scores = await evaluate(MODEL, data, { params, loss: spy, batchSize: 4 });
  const mean = (4 * (values[0] + values[1] + values[2]) + 2 * values[3]) / SIZE;
  assertAlmostEquals(scores.loss, mean, 1e-6);
});

Deno.test("the weight of a loss is not that of one computed inside it", () => {
  const y = tensor([[1, 2], [3, 4], [5, 6]]);
  const labels = (...values: number[]) => tensor(values, { dtype: "int32" });
  const { weight } = weighLoss(() => {
    assertEquals(weighLoss(() => IGNORING(y, labels(0, -1, -1))).weight, 1);
    return IGNORING(y, labels(0, 1, -1));
  });
  assertEquals(weight, 2);
});

Deno.test("fit: a batch whose labels are all ignored takes no step and ends nothing", async () => {
  const make = [referenceBackend, () => wasmBackend({ threads: 1 }), slowBackend];
  for (const backend of make.map((f) => f())) {
    const params = { w: tensor([[1, 2, 0], [3, 4, 0]], { backend }) };
    const model = { apply: ({ w }: typeof params, x: Tensor) => matmul(x, w) };
    const data: BatchSource = {
      *batches() {
        for (const labels of [[-1, -1], [0, -1], [-1, -1]]) {
          yield {
            x: tensor([[1, 2], [3, 4]], { backend }),
            y: tensor(labels, { dtype: "int32", backend }),
          };
        }
      },
    };
    const [losses, weights]: [number[], number[][]] = [[], []];
    const step = async ({ loss }: { loss: number }) => {
      losses.push(loss);
      weights.push([...await params.w.data()]);
    };
    const [report] = await Array.fromAsync(fit(model, data, {
      params,
      loss: IGNORING,
      optimizer: sgd({ learningRate: 0.5 }),
      epochs: 1,
      metrics: { accuracy: accuracy({ ignoreIndex: -1 }) },
      callbacks: [{ step }],
    }));
    assertEquals([losses[0], losses[2]], [NaN, NaN]);
    assertEquals(weights[0], [1, 2, 0, 3, 4, 0]);
    assert(weights[1][0] > 1);
    assertEquals(weights[2], weights[1]);
    assertAlmostEquals(report.loss, losses[1], 1e-6);
    assertEquals([report.examples, report.steps, report.metrics.accuracy], [6, 3, 0]);
  }
});

/** A source without end; every batch takes a moment. */
const ENDLESS: BatchSource = {
  *batches() {
    const { x, y } = examples();
    while (true) {
      const from = performance.now();
      while (performance.now() - from < 2);
      yield { x: tensor(x.data, { shape: x.shape }), y: tensor(y.data) };
    }
  },
};

Deno.test("evaluate, predict and validation: timers run, and a signal ends them", async () => {
  const { params, loss } = options();
  const runs = {
    evaluate: (signal: AbortSignal) => evaluate(MODEL, ENDLESS, { params, loss, signal }),
    predict: (signal: AbortSignal) => predict(MODEL, ENDLESS, { params, signal }),
    validation: (signal: AbortSignal) =>
      collect(fit(MODEL, examples(), { ...options(), validation: ENDLESS, signal })),
  };
  for (const [name, run] of Object.entries(runs)) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error(name)), 60);
    await assertRejects(() => run(controller.signal), Error, name);
    clearTimeout(timer);
    let batches = 0;
    const signal = AbortSignal.abort(new Error(name));
    const counting: BatchSource = {
      *batches(pass) {
        batches++;
        yield* ENDLESS.batches(pass) as Iterable<{ x: Tensor; y: Tensor }>;
      },
    };
    await assertRejects(() => evaluate(MODEL, counting, { params, loss, signal }), Error, name);
    await assertRejects(() => predict(MODEL, counting, { params, signal }), Error, name);
    assertEquals(batches, 0);
  }
});
