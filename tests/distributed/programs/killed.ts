// A training that saves itself, of which one rank is killed from outside some seconds after the start or
// after its first epoch. The model is convex, so that roundings do not grow however long it runs.

import { sgd, softmaxCE } from "../../../mod.ts";
import { useBackend } from "../../../src/core/backend.ts";
import { wasmBackend } from "../../../src/backends/wasm/mod.ts";
import { type Group, mpi } from "../../../src/distributed/mod.ts";
import { Dense, Flatten, Sequential } from "../../../src/nn/mod.ts";
import { type Callback, checkpoints, fit, resume } from "../../../src/train/mod.ts";
import { Random } from "../../../src/random/random.ts";
import { batchesOf } from "./models.ts";

const EXAMPLES = 35;
const BATCH = 16;

/** Trains up to an epoch, from the checkpoint at a path if there is one; gives the losses. */
export async function trainOn(
  group: Group | undefined,
  path: string | undefined,
  epochs: number,
  more: readonly Callback[] = [],
) {
  const model = Sequential([Flatten(), Dense({ units: 5 })]);
  const params = model.init(new Random(3), [12, 12, 3]);
  const optimizer = sgd({ learningRate: 0.003, momentum: 0.5 });
  const resumed = path === undefined ? {} : await resume(path, { params, optimizer, group });
  const callbacks = path === undefined ? [] : [checkpoints({ path }), ...more];
  const options = { params, loss: softmaxCE, optimizer, epochs, callbacks, group, ...resumed };
  const history = await fit(model, batchesOf(EXAMPLES, BATCH), options);
  return [...history].map(({ loss }) => loss);
}

if (import.meta.main) {
  const [path, victim, seconds, from] = Deno.args;
  using group = mpi({ timeout: 60 });
  useBackend(wasmBackend({ threads: 1 }));
  let isDoomed = false;
  const doom = () => {
    if (isDoomed || group.rank !== Number(victim)) return;
    isDoomed = true;
    new Deno.Command("sh", { args: ["-c", `sleep ${seconds}; kill -9 ${Deno.pid}`] }).spawn();
  };
  if (from === "start") doom();
  await trainOn(group, path, 1e6, [{ epoch: doom }]);
}
