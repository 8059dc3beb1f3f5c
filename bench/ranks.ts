// Times of ranks: what an allReduce takes by its size, and a step of training by the number of ranks.
// Rank 0 writes a line of JSON for each: the fastest of all repetitions, and the median, in milliseconds.
//
//     deno run --allow-ffi bench/ranks.ts
//     mpirun -n 2 deno run --allow-ffi bench/ranks.ts

import { softmaxCE, Tape, wasmBackend } from "@tapegrad/tapegrad";
import { averageGradients, type Group, mpi } from "@tapegrad/tapegrad/distributed";
import type { HostArray } from "./models/arrays.ts";
import { makeInputs, type Model } from "./models/inputs.ts";
import { makeTraining } from "./models/tapegrad.ts";

/** Elements of the arrays, float32: a few, the gradients of the models, those of larger ones. */
const LENGTHS = [16, 1_000, 10_000, 93_000, 1_000_000, 10_000_000];

/** Repetitions, and those at the beginning that are not counted. */
const REPETITIONS = 60;
const WARM_UP = 10;

/** Writes the fastest and the median of some repetitions. */
function report(group: Group, what: object, run: () => void): void {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + REPETITIONS; i++) {
    const start = performance.now();
    run();
    if (i >= WARM_UP) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  if (group.rank > 0) return;
  const [fastest, median] = [times[0], times[times.length >> 1]];
  console.log(JSON.stringify({ ranks: group.size, ...what, fastest, median }));
}

/** Takes the part of a batch that is this rank's. */
function partOf({ rank, size }: Group, { shape, data }: HostArray): HostArray {
  const [count, ...rest] = shape;
  const row = data.length / count;
  const [from, to] = [rank, rank + 1].map((i) => Math.floor(i * count / size));
  return { shape: [to - from, ...rest], data: data.slice(from * row, to * row) };
}

/** Times steps of a model whose batch the ranks share. */
function timeSteps(group: Group, model: Model): void {
  const backend = wasmBackend({ threads: 1 });
  const { x, labels, ...weights } = makeInputs(model);
  const own = { ...weights, x: partOf(group, x), labels: partOf(group, labels) };
  const training = makeTraining(model, own, backend);
  const average = averageGradients(group);
  report(group, { model }, () => {
    using tape = new Tape();
    tape.watch(training.params);
    const y = training.forward(training.params, training.x);
    const grads = tape.gradient(softmaxCE(y, training.labels), training.params);
    average(grads, training.x.shape[0]); // this backend answers at once
    training.optimizer.step(training.params, grads);
  });
}

function main(): void {
  using group = mpi();
  for (const length of LENGTHS) {
    const x = new Float32Array(length);
    report(group, { allReduce: length }, () => group.allReduce(x, "sum"));
  }
  for (const model of ["S", "M"] as const) timeSteps(group, model);
}

main();
