// Evaluation and prediction: of any number of examples, in batches of any size, in the memory of one.

import { assert, assertEquals } from "@std/assert";
import { assertRejects } from "@std/assert";
import { mean, mul, Random, ShapeError, softmaxCE, type Tensor, tensor } from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import { Dense } from "@tapegrad/tapegrad/nn";
import { accuracy, evaluate, predict } from "@tapegrad/tapegrad/train";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactRejection } from "../support/exact_error.ts";
import { normalValues } from "../support/random_values.ts";

const model = Dense({ units: 3 });

function examples(count: number) {
  const x = Float32Array.from(normalValues([count, 4], 1).data);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  return {
    x: { shape: [count, 4], dtype: "float32", data: x } as const,
    y: { shape: [count], dtype: "int32", data: labels } as const,
  };
}

Deno.test("predict: any number of examples, whatever the batch", async () => {
  const params = model.init(new Random(0), [4]);
  for (const count of [0, 1, 5, 12, 13]) {
    const { x } = examples(count);
    const whole = model.apply(params, tensor(x.data, { shape: x.shape }));
    for (const batchSize of [1, 4, 128]) {
      const y = await predict(model, x, { params, batchSize });
      assertEquals(y.shape, [count, 3]);
      y.dataSync().forEach((v, i) => assert(Math.abs(v - whole.dataSync()[i]) < 1e-5));
    }
  }
});

Deno.test("predict: tensors, arrays and sources give the same", async () => {
  const params = model.init(new Random(0), [4]);
  const { x, y } = examples(10);
  const expected = (await predict(model, x, { params, batchSize: 4 })).toArray();
  const asTensor = tensor(x.data, { shape: x.shape });
  assertEquals((await predict(model, asTensor, { params, batchSize: 4 })).toArray(), expected);
  const source = arrayDataset({ x, y }).batch(4);
  assertEquals((await predict(model, source, { params })).toArray(), expected);
});

Deno.test("predict and evaluate: memory is that of one batch, and is given back", async () => {
  const backend = countingBackend();
  const params = model.init(new Random(0), [4], { backend });
  const before = backend.liveBytes;
  let most = 0;
  const watched = {
    apply(p: typeof params, x: Tensor) {
      const y = model.apply(p, x);
      most = Math.max(most, backend.liveBytes - before);
      return y;
    },
  };
  const data = examples(200);
  using y = await predict(watched, data.x, { params, batchSize: 10 });
  assertEquals(backend.liveBytes - before, y.bytes);
  assertEquals(most, 10 * (4 + 3) * 4);
  most = 0;
  await evaluate(watched, data, { params, loss: softmaxCE, batchSize: 10 });
  assertEquals(backend.liveBytes - before, y.bytes);
  assertEquals(most - y.bytes, 10 * (4 + 1 + 3) * 4);
});

Deno.test("evaluate: the mean over examples, not over batches", async () => {
  const params = model.init(new Random(0), [4]);
  const data = examples(13);
  const options = { params, loss: softmaxCE, metrics: { accuracy: accuracy() } };
  const whole = await evaluate(model, data, options);
  const parts = await evaluate(model, data, { ...options, batchSize: 5 });
  assert(Math.abs(whole.loss - parts.loss) < 1e-6);
  assertEquals(whole.metrics.accuracy, parts.metrics.accuracy);
  assertEquals([whole.examples, parts.examples], [13, 13]);
  const none = await evaluate(model, examples(0), options);
  assertEquals([none.loss, none.metrics.accuracy, none.examples], [NaN, NaN, 0]);
});

Deno.test("evaluate: the model is applied as after training", async () => {
  const seen: unknown[] = [];
  const spy = {
    apply(_params: null, x: Tensor, options?: { train?: boolean }) {
      seen.push(options?.train ?? false);
      return x;
    },
  };
  const loss = (y: Tensor) => mean(y);
  await evaluate(spy, { x: tensor([[1], [2]]), y: tensor([[1], [2]]) }, { params: null, loss });
  await predict(spy, tensor([[1]]), { params: null });
  assertEquals(seen, [false, false]);
});

Deno.test("predict and evaluate: what does not fit is refused", async () => {
  const params = model.init(new Random(0), [4]);
  const { x, y } = examples(3);
  await assertExactRejection(
    () => predict(model, tensor(1), { params }),
    ShapeError,
    "Cannot predict: x must be examples [N, ...]: x is []",
  );
  await assertExactRejection(
    () => predict(model, x, { params, batchSize: 0 }),
    RangeError,
    "Cannot predict: batchSize must be an integer of at least 1: got 0",
  );
  await assertExactRejection(
    () => predict({ apply: (_params, batch) => mean(mul(batch, 2)) }, x, { params }),
    ShapeError,
    "Cannot predict: the model must make [N, ...] of N examples, always of one shape: it made [] " +
      "of 3",
  );
  await assertRejects(
    () => evaluate(model, { x, y: examples(2).y }, { params, loss: softmaxCE }),
    ShapeError,
    "Cannot evaluate: x and y must have as many examples: x is [3, 4], y is [2]",
  );
  assertEquals(y.shape, [3]);
});
