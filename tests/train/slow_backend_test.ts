// Training on backends that take time to answer: the sign model learns, is measured, explained and
// differentiated twice, with the numbers of the reference.

import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  adam,
  argMax,
  type Backend,
  clipByGlobalNorm,
  grad,
  hvp,
  log,
  matmul,
  mul,
  Random,
  referenceBackend,
  relu,
  sgd,
  softmaxCE,
  sum,
  type Tensor,
  tensor,
  useBackend,
} from "@tapegrad/tapegrad";
import {
  Conv2d,
  Dense,
  Flatten,
  gradCam,
  MaxPool,
  saliency,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  type BatchSource,
  confusionMatrix,
  evaluate,
  fit,
  NonFiniteLossError,
  predict,
} from "@tapegrad/tapegrad/train";
import { currentBackend } from "../../src/core/backend.ts";
import { composedKernels } from "../../src/backends/composed/mod.ts";
import { onlyPrimitives } from "../support/primitives.ts";
import { assertExactRejection } from "../support/exact_error.ts";
import { type MakeKernels, slowBackend, withoutReading } from "../support/slow_backend.ts";

/** The small model of examples/signs.ts, for smaller images. */
const MODEL = Sequential({
  conv1: Conv2d({ filters: 8, size: 4, padding: "same", bias: false, activation: relu }),
  pool1: MaxPool({ size: 8, padding: "same" }),
  conv2: Conv2d({ filters: 16, size: 2, padding: "same", bias: false, activation: relu }),
  pool2: MaxPool({ size: 4, padding: "same" }),
  flatten: Flatten(),
  dense: Dense({ units: 6 }),
});

const [COUNT, SIDE, CLASSES] = [14, 18, 6];

/** Images of noise on a ramp that tells the class. */
function images() {
  const random = new Random(7);
  const labels = Int32Array.from({ length: COUNT }, (_, i) => i % CLASSES);
  const pixels = Float32Array.from(
    { length: COUNT * SIDE * SIDE * 3 },
    (_, i) => random.uniform() / 2 + labels[Math.floor(i / (SIDE * SIDE * 3))] / 12,
  );
  const shape = [COUNT, SIDE, SIDE, 3];
  return {
    x: { shape, dtype: "float32" as const, data: pixels },
    y: { shape: [COUNT], dtype: "int32" as const, data: labels },
  };
}

/** Runs a function with new tensors on a backend. */
async function on<Result>(backend: Backend, run: () => Promise<Result>): Promise<Result> {
  const before = currentBackend();
  useBackend(backend);
  try {
    return await run();
  } finally {
    useBackend(before);
  }
}

/** Everything that a training of the model gives, as plain numbers. */
function train(backend: Backend) {
  return on(backend, async () => {
    const data = images();
    const params = MODEL.init(new Random(1), [SIDE, SIDE, 3]);
    const metrics = { accuracy: accuracy(), confusion: confusionMatrix() };
    const options = { params, loss: softmaxCE, metrics };
    const losses: number[] = [];
    const reports = await Array.fromAsync(fit(MODEL, data, {
      ...options,
      optimizer: adam({ learningRate: 0.01 }),
      epochs: 8,
      batchSize: 5,
      validation: data,
      gradients: (grads) => clipByGlobalNorm(grads, 5, { errorIfNonFinite: true })[0],
      callbacks: [{ step: ({ loss }) => void losses.push(loss) }],
    }));
    const measured = await evaluate(MODEL, data, options);
    const predicted = await (await predict(MODEL, tensor(data.x.data, { shape: data.x.shape }), {
      params,
      batchSize: 4,
    })).data();
    const x = tensor(data.x.data.subarray(0, 2 * SIDE * SIDE * 3), { shape: [2, SIDE, SIDE, 3] });
    const heat = await gradCam(MODEL, params, x, { layer: "conv2" }).data();
    const classes = tensor([3, 1], { dtype: "int32" });
    const pixels = await saliency(MODEL, params, x, { classes }).data();
    return {
      losses,
      reports: reports.map(({ loss, validation }) => [loss, validation!.loss]).flat(),
      measured: measured.loss,
      accuracies: [reports.at(-1)!.metrics.accuracy, measured.metrics.accuracy],
      confusion: measured.metrics.confusion,
      predicted: [...predicted],
      heat: [...heat],
      pixels: [...pixels],
    };
  });
}

/** The second derivative of the loss of labels with weights, one of them ignored. */
function secondDerivative(backend: Backend) {
  return on(backend, async () => {
    const w = tensor(Float64Array.from({ length: 12 }, (_, i) => (i * 5 % 7 - 3) / 4), {
      shape: [3, 4],
    });
    const x = tensor(Float64Array.from({ length: 15 }, (_, i) => (i * 3 % 11 - 5) / 4), {
      shape: [5, 3],
    });
    const labels = tensor([2, -1, 0, 3, 3], { dtype: "int32" });
    const classWeights = tensor(Float64Array.of(1, 2, 0.5, 3));
    const loss = (v: Tensor) =>
      softmaxCE(matmul(x, v), labels, {
        classWeights,
        ignoreIndex: -1,
        labelSmoothing: 0.1,
      });
    const direction = tensor(Float64Array.from({ length: 12 }, (_, i) => i % 5 - 2), {
      shape: [3, 4],
    });
    const bent = grad((v: Tensor) => sum(mul(grad(loss)(v), direction)))(w);
    return [...await bent.data(), ...await ofModel()];
  });
}

/** The second derivative of the model's loss along a direction. */
async function ofModel(): Promise<number[]> {
  const { x, y } = images();
  const [first, labels] = [
    tensor(Float64Array.from(x.data.subarray(0, 3 * SIDE * SIDE * 3)), {
      shape: [3, SIDE, SIDE, 3],
    }),
    tensor(y.data.subarray(0, 3)),
  ];
  const [params, direction] = [1, 2].map((seed) =>
    MODEL.init(new Random(seed), [SIDE, SIDE, 3], { dtype: "float64" })
  );
  const loss = (p: typeof params) => softmaxCE(MODEL.apply(p, first), labels);
  const { conv1, dense } = hvp(loss, params, direction);
  return [...await conv1.w.data(), ...await dense.w.data()];
}

/** Kernels of slow backends, and the distance that their numbers may have from the reference's. */
const BACKENDS: Readonly<Record<string, { make: MakeKernels; tolerance: number }>> = {
  "the reference's kernels": { make: withoutReading, tolerance: 0 },
  "only primitives": {
    make: (reference) => withoutReading(composedKernels(onlyPrimitives(reference))),
    tolerance: 1e-5,
  },
};

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number) {
  assertEquals(actual.length, expected.length);
  const largest = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  actual.forEach((v, i) => assertAlmostEquals(v, expected[i], tolerance * largest));
}

for (const [name, { make, tolerance }] of Object.entries(BACKENDS)) {
  Deno.test(`slow backend, ${name}: the sign model trains as on the reference`, async () => {
    const [expected, found] = [await train(referenceBackend()), await train(slowBackend(make))];
    assert(expected.reports[0] > expected.reports.at(-2)! + 0.1, String(expected.reports));
    for (const numbers of ["losses", "reports", "predicted", "heat", "pixels"] as const) {
      assertClose(found[numbers], expected[numbers], tolerance);
    }
    assertClose([found.measured], [expected.measured], tolerance);
    assertEquals(found.accuracies, expected.accuracies);
    assertEquals(found.confusion, expected.confusion);
  });

  Deno.test(`slow backend, ${name}: second derivatives are those of the reference`, async () => {
    const expected = await secondDerivative(referenceBackend());
    assertClose(await secondDerivative(slowBackend(make)), expected, tolerance && 1e-12);
  });
}

Deno.test("slow backend: a step whose labels are wrong is not taken", async () => {
  const backend = slowBackend();
  const params = { w: tensor([[1, 2], [3, 4]], { backend }) };
  const model = { apply: ({ w }: typeof params, x: Tensor) => matmul(x, w) };
  const data: BatchSource = {
    *batches() {
      // Made there, so that the host has to ask for them.
      const y = argMax(tensor([[1, 0, 0], [0, 0, 1]], { backend }), { axis: 1 });
      yield { x: tensor([[1, 2], [3, 4]], { backend }), y };
    },
  };
  const training = fit(model, data, {
    params,
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 1 }),
    epochs: 1,
  });
  await assertExactRejection(
    () => Array.fromAsync(training),
    RangeError,
    "Cannot apply softmaxCE: labels must be from 0 to 1: the label of row 1 is 2",
  );
  assertEquals([...await params.w.data()], [1, 2, 3, 4]);
});

Deno.test("slow backend: the origin of a loss that is not finite is found", async () => {
  const backend = slowBackend();
  const model = Sequential({ dense: Dense({ units: 2 }), log });
  const error = await on(backend, async () => {
    const params = model.init(new Random(0), [2]);
    const data = { x: tensor([[1, 2]]), y: tensor([0], { dtype: "int32" }) };
    const options = { params, loss: softmaxCE, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
    return await assertRejects(
      () => Array.fromAsync(fit(model, data, options)),
      NonFiniteLossError,
    );
  });
  assertEquals([error.op, error.layer, error.inputs], ["log", "log", []]);
  await backend.quiet();
});

Deno.test("fit waits for gradients that travel, and for an optimizer that does", async () => {
  const params = { w: tensor([[1, 2], [3, 4]]) };
  const model = { apply: ({ w }: typeof params, x: Tensor) => matmul(x, w) };
  const data = { x: tensor([[1, 2], [3, 4]]), y: tensor([0, 1], { dtype: "int32" }) };
  const told: string[] = [];
  const inner = sgd({ learningRate: 0.5 });
  const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), 2));
  const optimizer = {
    ...inner,
    step: (p: unknown, g: unknown) =>
      later(null).then(() => told.push("stepped")).then(() => inner.step(p, g)),
  } as unknown as typeof inner;
  const losses: number[] = [];
  await Array.fromAsync(fit(model, data, {
    params,
    loss: softmaxCE,
    optimizer,
    epochs: 2,
    gradients: async (grads) => {
      told.push("sent");
      const arrived = await later(grads);
      told.push("arrived");
      return arrived;
    },
    callbacks: [{ step: ({ loss }) => void losses.push(loss) }],
  }));
  assertEquals(told, ["sent", "arrived", "stepped", "sent", "arrived", "stepped"]);
  assert(losses[1] < losses[0]);
});
