// Types of training: what must compile, and, marked, what must not. `deno check` is the test; nothing
// of `compile` runs.

import { assertEquals } from "@std/assert";
import { adam, Random, relu, softmaxCE, type Tensor, tensor } from "@tapegrad/tapegrad";
import {
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  Embedding,
  Flatten,
  GroupNorm,
  LayerNorm,
  MaxPool,
  Residual,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  confusionMatrix,
  earlyStopping,
  type EpochReport,
  evaluate,
  f1,
  fit,
  loadCheckpoint,
  type Metric,
  r2Score,
  saveCheckpoint,
  type SavedState,
  type TrainingHistory,
} from "@tapegrad/tapegrad/train";

/** Compiles where both types are the same, and only there. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true
  : false;

function same<A, B>(_is: Same<A, B>): void {}

const random = new Random(0);
const model = Sequential({
  conv: Conv2d({ filters: 2, size: 3 }),
  relu,
  dense: Dense({ units: 2 }),
});
const data = { x: tensor([[1]]), y: tensor([0], { dtype: "int32" }) };

/** The parameters of every layer can be saved, in any structure. */
export async function compileCheckpoints() {
  const params = {
    norm: BatchNorm().init(random, [3]),
    conv: Conv2d({ filters: 2, size: 3 }).init(random, [9, 9, 3]),
    transposed: Conv2dTranspose({ filters: 2, size: 3 }).init(random, [9, 9, 3]),
    dense: Dense({ units: 2 }).init(random, [3]),
    depthwise: DepthwiseConv2d({ size: 3 }).init(random, [9, 9, 3]),
    dropout: Dropout().init(random, [3]),
    embedding: Embedding({ vocabulary: 3, dimensions: 2 }).init(random, [3]),
    flatten: Flatten().init(random, [3]),
    group: GroupNorm({ groups: 1 }).init(random, [3]),
    layer: LayerNorm().init(random, [3]),
    pool: MaxPool({ size: 2 }).init(random, [9, 9, 3]),
    residual: Residual(Dense({ units: 3 })).init(random, [3]),
    named: model.init(random, [9, 9, 3]),
    listed: Sequential([Dense({ units: 2 }), relu]).init(random, [3]),
  };
  const optimizer = adam({ learningRate: 0.1 });
  for (const one of Object.values(params)) await saveCheckpoint("x", one);
  await saveCheckpoint("x", {
    params,
    optimizer: optimizer.state(),
    step: 7,
    best: [0.5, "a", null],
  });
  const anything: SavedState = { step: 1 };
  await saveCheckpoint("x", anything);
  // @ts-expect-error a date is no state
  await saveCheckpoint("x", { when: new Date() });
  // @ts-expect-error nor is a function,
  await saveCheckpoint("x", { params, f: () => 1 });
  // @ts-expect-error a map,
  await saveCheckpoint("x", { deep: [{ m: new Map<string, number>() }] });
  // @ts-expect-error or a bigint
  await saveCheckpoint("x", { step: 1n });

  interface Saved {
    readonly params: typeof params.named;
    readonly step: number;
  }
  const { params: loaded, step } = await loadCheckpoint<Saved>("x");
  same<typeof loaded.conv.w, Tensor>(true);
  same<typeof step, number>(true);
  const plain = await loadCheckpoint("x");
  same<typeof plain, SavedState>(true);
  // @ts-expect-error without a type nothing is known of it
  plain.params;
}

/** A monitor reads metrics as numbers, with and without annotations. */
export function compileMonitors() {
  const callbacks = [
    earlyStopping({ monitor: (r) => r.validation!.metrics.accuracy }),
    earlyStopping({ monitor: ({ metrics }) => -metrics.loss, mode: "max" }),
    earlyStopping({ monitor: (r: EpochReport) => r.loss }),
    earlyStopping({ monitor: (r: EpochReport<{ accuracy: Metric }>) => r.metrics.accuracy }),
    earlyStopping(),
  ];
  // @ts-expect-error a monitor must give a number
  earlyStopping({ monitor: (r) => String(r.loss) });
  // @ts-expect-error without metrics there is nothing to read
  earlyStopping({ monitor: (r) => r.validation.metrics.accuracy });
  const params = model.init(random, [9, 9, 3]);
  const metrics = {
    accuracy: accuracy(),
    f1: f1({ of: 1 }),
    matrix: confusionMatrix(),
    r2: r2Score(),
  };
  return { params, metrics, callbacks, loss: softmaxCE, optimizer: adam({ learningRate: 0.1 }) };
}

/** Values of metrics have types of their own; trainings are loops and promises. */
export async function compileTrainings() {
  const options = { ...compileMonitors(), epochs: 1 };
  for await (const { metrics, validation } of fit(model, data, options)) {
    same<typeof metrics.accuracy, number>(true);
    same<typeof metrics.matrix, number[][]>(true);
    same<NonNullable<typeof validation>["metrics"]["f1"], number>(true);
    // @ts-expect-error there is no such metric
    metrics.recall;
  }
  const history = await fit(model, data, options);
  same<typeof history, TrainingHistory<typeof options.metrics>>(true);
  fit(model, data, {
    ...options,
    callbacks: [earlyStopping({ monitor: (r) => r.validation!.metrics.accuracy })],
  });
  const { metrics } = await evaluate(model, data, {
    ...options,
    signal: new AbortController().signal,
  });
  same<typeof metrics.matrix, number[][]>(true);
  // @ts-expect-error the number of epochs is missing
  fit(model, data, compileMonitors());
  // @ts-expect-error a loss is a function
  fit(model, data, { ...options, loss: "softmaxCE" });
  // @ts-expect-error an optimizer is made by a function
  fit(model, data, { ...options, optimizer: "adam" });
  // @ts-expect-error the params are those of another model
  fit(model, data, { ...options, params: { w: tensor(1) } });
  // @ts-expect-error predictions want labels
  accuracy([1, 2]).toFixed();
}

Deno.test("types of training: this file compiles", () => {
  assertEquals(
    [compileCheckpoints, compileMonitors, compileTrainings].map((f) => typeof f),
    ["function", "function", "function"],
  );
});
