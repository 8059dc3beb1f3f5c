// Trainings with checkpoints, sharded optimizers and decisions, as each rank of a group runs them.

import {
  adam,
  assign,
  clipByGlobalNorm,
  sgd,
  softmaxCE,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import type { ApplyOptions } from "@tapegrad/tapegrad/nn";
import { type Group, shardedOptimizer, singleGroup } from "@tapegrad/tapegrad/distributed";
import {
  type Callback,
  checkpoints,
  earlyStopping,
  fit,
  NonFiniteLossError,
  resume,
} from "@tapegrad/tapegrad/train";
import { leavesOf } from "../../../src/core/structure.ts";
import { currentBackend } from "../../../src/core/backend.ts";
import { hashOf } from "../../../src/distributed/broadcast_tensors.ts";
import { batchesOf, makeExamples, modelNamed, paramsOf } from "./models.ts";

/** Settings of a training that may go on from a file. */
export interface Resuming {
  readonly path?: string;
  readonly epochs: number;
  readonly isSharded: boolean;
  readonly clip?: boolean;
}

/** Trains up to an epoch; gives losses of all epochs, the sums of parameters, bytes of the state. */
export async function trainTo(
  group: Group | undefined,
  { path, epochs, isSharded, clip }: Resuming,
) {
  const alone = singleGroup();
  const model = modelNamed("deep");
  const params = paramsOf(model, 0);
  const backend = currentBackend();
  const inner = adam({
    learningRate: 3e-3,
    weightDecay: 0.01,
    decays: (path) => path.endsWith("w"),
  });
  using optimizer = isSharded ? shardedOptimizer(inner, group ?? alone) : inner;
  const resumed = path === undefined ? {} : await resume(path, { params, optimizer, group });
  const before = backend.liveBytes;
  const callbacks = path === undefined ? [] : [checkpoints({ path })];
  const history = await fit(model, batchesOf(35, 16), {
    params,
    loss: softmaxCE,
    optimizer,
    epochs,
    callbacks,
    gradients: clip ? (grads) => clipByGlobalNorm(grads, 0.05)[0] : undefined,
    group,
    ...resumed,
  });
  const losses = [...(resumed as { history?: { loss: number }[] }).history ?? [], ...history]
    .map(({ loss }) => loss);
  const values = leavesOf("sum", params).map(({ tensor }) => [...tensor.dataSync()]);
  const hashes = leavesOf("hash", params).map(({ tensor }) => hashOf(tensor.dataSync()));
  const stateBytes = path === undefined ? backend.liveBytes - before : 0;
  return { losses, values, hashes, stateBytes };
}

/** Trains with decisions of one rank alone; gives what each came to. */
export async function decide(group: Group, how: "abort" | "callback" | "early" | "NaN") {
  const model = modelNamed("S");
  const params = paramsOf(model, 0);
  const controller = new AbortController();
  const seen: string[] = [];
  const shown: Callback = { firstRankOnly: true, epoch: ({ epoch }) => void seen.push(`${epoch}`) };
  const deciding: Callback = {
    step({ epoch, step }) {
      if (how === "abort" && group.rank === 1 && epoch === 2 && step === 2) controller.abort();
    },
    epoch: ({ epoch }) =>
      how === "callback" && group.rank === 1 && epoch === 3 ? "stop" : undefined,
  };
  const data = makeExamples(35, 1);
  if (how === "NaN") data.x.data[data.x.data.length - 1] = NaN;
  const validation = makeExamples(11, 2);
  const training = fit(model, { x: data.x, y: tensor(data.y) }, {
    params,
    loss: softmaxCE,
    optimizer: sgd({ learningRate: how === "early" ? 0 : 0.01 }),
    epochs: 6,
    batchSize: 16,
    shuffle: false,
    validation: { x: validation.x, y: tensor(validation.y) },
    callbacks: [shown, deciding, earlyStopping({ patience: how === "early" ? 2 : 9 })],
    signal: controller.signal,
    group,
  });
  try {
    const { length } = await training;
    return { epochs: length, seen };
  } catch (error) {
    const { name, message } = error as Error;
    const place = error instanceof NonFiniteLossError ? [error.epoch, error.step, error.op] : [];
    return { name, message: place.length > 0 ? "" : message, place, seen };
  }
}

/** Trains for an epoch; gives a random number that the model was handed in each step. */
export async function streams(group: Group): Promise<number[]> {
  const model = modelNamed("S");
  const params = paramsOf(model, 0);
  const seen: number[] = [];
  const noting = {
    apply(p: unknown, x: Tensor, options?: ApplyOptions) {
      if (options?.random !== undefined) seen.push(options.random.uniform());
      return model.apply(p, x, options);
    },
  };
  const optimizer = sgd({ learningRate: 0.01 });
  await fit(noting, batchesOf(35, 16), { params, loss: softmaxCE, optimizer, epochs: 1, group });
  return seen;
}

/** Trains while rank 1 changes a parameter of its own in the second epoch; gives what is said. */
export async function drift(group: Group, checkEvery: number): Promise<string> {
  const model = modelNamed("S");
  const params = paramsOf(model, 0);
  const bias = leavesOf("find bias", params).find(({ path }) => path.endsWith("bias"))!.tensor;
  const seen: number[] = [];
  const drifting: Callback = {
    step({ epoch, step }) {
      if (group.rank === 1 && epoch === 2 && step === 1) assign([bias], [tensor([1, 2, 3, 4, 5])]);
    },
    epoch: ({ epoch }) => void seen.push(epoch),
  };
  const training = fit(model, batchesOf(35, 16), {
    params,
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 0.01 }),
    epochs: 6,
    callbacks: [drifting],
    group,
    groupOptions: { checkEvery },
  });
  return await Promise.resolve(training).then(
    () => "nothing",
    ({ message }) => `${seen}: ${message}`,
  );
}
