// The history of a training: its curves, its table, how it shows itself.

import { assertEquals, assertRejects } from "@std/assert";
import { mse, Random, sgd, tensor } from "../../mod.ts";
import { constant, Dense } from "../../src/nn/mod.ts";
import { collect, type EpochReport, fit, TrainingHistory } from "../../src/train/mod.ts";

function report(epoch: number, more: Partial<EpochReport> = {}): EpochReport {
  const metrics = { accuracy: epoch / 4, confusion: [[1]] };
  const loss = 10 ** -epoch;
  const counts = { steps: 1, examples: 8, seconds: 0.125 };
  return { epoch, loss, metrics, validation: undefined, ...counts, ...more };
}

function validated(epoch: number): EpochReport {
  const metrics = { accuracy: 0.25, "<b>": 1 };
  return report(epoch, { validation: { loss: epoch, metrics, examples: 4 } });
}

function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
}

Deno.test("history: a table with a row per epoch", () => {
  const history = new TrainingHistory([report(1), validated(2), report(4)]);
  assertEquals(
    String(history).split("\n").filter((line) => !line.startsWith("─")),
    [
      "epoch      loss  accuracy  <b>  val loss  val accuracy  val <b>  seconds",
      "    1    0.1000    0.2500                                           0.13",
      "    2    0.0100    0.5000         2.0000        0.2500   1.0000     0.13",
      "    4  0.000100    1.0000                                           0.13",
    ],
  );
  assertEquals(Deno.inspect(history), String(history));
});

Deno.test("history: curves by metric, over the epochs that have a value", () => {
  const history = new TrainingHistory([report(1), validated(2), report(4)]);
  assertEquals(history.series, {
    loss: {
      training: { x: [1, 2, 4], y: [0.1, 0.01, 0.0001] },
      validation: { x: [2], y: [2], dashed: true },
    },
    accuracy: {
      training: { x: [1, 2, 4], y: [0.25, 0.5, 1] },
      validation: { x: [2], y: [0.25], dashed: true },
    },
    "<b>": {
      training: { x: [], y: [] },
      validation: { x: [2], y: [1], dashed: true },
    },
  });
  assertEquals(Object.keys(new TrainingHistory([report(1)]).series.loss), ["training"]);
});

Deno.test("history: a list of reports that grows", () => {
  const history = new TrainingHistory();
  history.add(report(1));
  history.add(report(2));
  assertEquals([history.length, [...history].map(({ epoch }) => epoch)], [2, [1, 2]]);
  assertEquals(new TrainingHistory(history).epochs, history.epochs);
});

Deno.test("history: without something that draws, a notebook has a table, escaped, and not too long", () => {
  const html = shown(new TrainingHistory([validated(1)]))["text/html"];
  assertEquals(html.includes("<b>"), false);
  assertEquals(html.includes(">val &lt;b&gt;</th>"), true);
  assertEquals(html.includes("<svg"), false);
  const long = shown(new TrainingHistory(Array.from({ length: 50 }, (_, i) => report(i + 1))));
  assertEquals(long["text/html"].match(/<tr>/g)?.length, 1 + 10 + 1 + 10);
  assertEquals(long["text/plain"].split("\n").length, 2 + 50);
  assertEquals(shown(new TrainingHistory())["text/html"], "");
});

Deno.test("history: collect runs a training, and goes on from another", async () => {
  const model = Dense({ units: 1, bias: false, initializer: constant(0) });
  const params = model.init(new Random(0), [1]);
  const data = { x: tensor([[1]]), y: tensor([[2]]) };
  const options = { params, loss: mse, optimizer: sgd({ learningRate: 0.25 }) };
  const first = await collect(fit(model, data, { ...options, epochs: 2 }));
  assertEquals(first.series.loss.training.y, [4, 1]);
  const more = { ...options, epochs: 3, startEpoch: 2, history: first.epochs };
  const second = await collect(fit(model, data, more));
  assertEquals(second.series.loss.training, { x: [3], y: [0.25] });
});

Deno.test("history: collect throws what the training throws", async () => {
  const signal = AbortSignal.abort(new RangeError("enough"));
  const model = Dense({ units: 1 });
  const params = model.init(new Random(0), [1]);
  const data = { x: tensor([[1]]), y: tensor([[2]]) };
  const options = { params, loss: mse, optimizer: sgd({ learningRate: 1 }), epochs: 1, signal };
  await assertRejects(() => collect(fit(model, data, options)), RangeError, "enough");
});
