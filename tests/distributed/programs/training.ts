// Trainings of small models, as each rank of a group runs them.

import { clipByGlobalNorm, softmaxCE, type Tensor, tensor } from "@tapegrad/tapegrad";
import {
  checkEqual,
  type GradientExchangeOptions,
  type Group,
} from "@tapegrad/tapegrad/distributed";
import { accuracy, type Callback, confusionMatrix, fit } from "@tapegrad/tapegrad/train";
import { leavesOf } from "../../../src/core/structure.ts";
import { hashOf } from "../../../src/distributed/broadcast_tensors.ts";
import {
  batchesOf,
  makeExamples,
  type ModelName,
  modelNamed,
  optimizerFor,
  paramsOf,
} from "./models.ts";

/** Settings of a training. */
export interface Settings extends GradientExchangeOptions {
  readonly model: ModelName;
  readonly examples: number;
  readonly batch: number;
  readonly epochs: number;
  readonly syncBatchNorm?: boolean;
  readonly clip?: boolean;
  /** Examples as plain arrays in place of a dataset. */
  readonly arrays?: boolean;
}

/** Outcome of a training. */
export interface Trained {
  /** Losses of the steps. */
  readonly losses: number[];
  /** Hashes of the parameters. */
  readonly hashes: number[][];
  /** Reports without the times. */
  readonly reports: unknown[];
}

/** Trains a model; every rank checks after every step that parameters are equal on all. */
export async function train(group: Group | undefined, settings: Settings): Promise<Trained> {
  const { model: name, examples, batch, epochs, clip, arrays, ...others } = settings;
  const { bucketBytes = 4096, wire, syncBatchNorm } = others;
  const model = modelNamed(name);
  const params = paramsOf(model, group?.rank ?? 0); // those of rank 0 are for all
  const losses: number[] = [];
  const watch: Callback = {
    async step({ loss }) {
      losses.push(loss);
      if (group !== undefined) await checkEqual(group, params);
    },
  };
  const validation = makeExamples(23, 9);
  const labels = tensor(validation.y);
  const training = fit(model, arrays ? arraysOf(examples) : batchesOf(examples, batch), {
    params,
    loss: softmaxCE,
    optimizer: optimizerFor(name),
    epochs,
    batchSize: batch,
    seed: 5,
    metrics: { accuracy: accuracy(), confusion: confusionMatrix() },
    validation: { x: validation.x, y: labels },
    callbacks: [watch],
    gradients: clip ? (grads) => clipByGlobalNorm(grads, 0.5)[0] : undefined,
    group,
    groupOptions: { bucketBytes, wire, syncBatchNorm },
  });
  const reports: unknown[] = [];
  for await (const { seconds: _seconds, ...report } of training) reports.push(report);
  const hashes = leavesOf("hash", params)
    .map(({ tensor }: { tensor: Tensor }) => hashOf(tensor.dataSync()));
  return { losses, hashes, reports };
}

function arraysOf(count: number) {
  const { x, y } = makeExamples(count, 1);
  return { x, y: tensor(y) };
}
