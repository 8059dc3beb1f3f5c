// A tiny training that is saved after every epoch. As a program it goes on until it is killed; as a
// module it is what the tests compare that with.

import { adam, type Tensor } from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { Random } from "../../src/random/random.ts";
import { useBackend } from "../../src/core/backend.ts";
import { arrayDataset, type Batches } from "../../src/data/mod.ts";
import { Dense, Sequential } from "../../src/nn/mod.ts";
import { checkpoints, type EpochReport, fit, resume } from "../../src/train/mod.ts";
import { mean, square, sub, tanh } from "../../mod.ts";

const SIZE = 12;

function examples(): Batches<{ readonly x: Tensor; readonly y: Tensor }> {
  const x = Float32Array.from({ length: 2 * SIZE }, (_, i) => Math.sin(i));
  const y = Float32Array.from({ length: SIZE }, (_, i) => Math.cos(i));
  return arrayDataset({
    x: { shape: [SIZE, 2], dtype: "float32", data: x },
    y: { shape: [SIZE, 1], dtype: "float32", data: y },
  }).shuffle().batch(5);
}

/** Result of a training. */
export interface Outcome {
  readonly params: unknown;
  readonly optimizer: unknown;
  readonly history: readonly EpochReport[];
}

/** Trains up to an epoch, from the checkpoint if there is one; without a path saves nothing. */
export async function train(epochs: number, path?: string): Promise<Outcome> {
  const model = Sequential([Dense({ units: 3, activation: tanh }), Dense({ units: 1 })]);
  const params = model.init(new Random(1), [2]);
  const optimizer = adam({ learningRate: 0.01 });
  const resumed = path === undefined
    ? { startEpoch: 0, history: [] }
    : await resume(path, { params, optimizer });
  const history: EpochReport[] = [...resumed.history];
  const training = fit(model, examples(), {
    params,
    optimizer,
    loss: (y, target) => mean(square(sub(y, target))),
    epochs,
    seed: 5,
    ...resumed,
    callbacks: path === undefined ? [] : [checkpoints({ path })],
  });
  for await (const report of training) history.push(report);
  return { params, optimizer: optimizer.state(), history };
}

if (import.meta.main) {
  useBackend(referenceBackend());
  await train(1e9, Deno.args[0]);
}
