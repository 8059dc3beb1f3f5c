/**
 * A rank of the bench of ranks: measures what the job in its argument names; rank 0 writes results.
 *
 * What is compared takes turns in every round, so that what slows the machine slows all of it.
 *
 * @module
 */
import { softmaxCE, Tape, wasmBackend } from "@tapegrad/tapegrad";
import { averageGradients, type Group, mpi } from "@tapegrad/tapegrad/distributed";
import type { HostArray } from "../models/arrays.ts";
import { makeInputs, type Model } from "../models/inputs.ts";
import { makeTraining, type Training } from "../models/tapegrad.ts";
import type { RankJob, Result, Rounds } from "./protocol.ts";

/** Times that are measured in turns, by name. */
class Turns<Name extends string> {
  readonly #rounds: Record<Name, number[][]>;

  constructor(names: readonly Name[]) {
    this.#rounds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
      Name,
      number[][]
    >;
  }

  /** Begins a round of a measurement. */
  begin(name: Name): void {
    this.#rounds[name].push([]);
  }

  add(name: Name, milliseconds: number): void {
    this.#rounds[name].at(-1)!.push(milliseconds);
  }

  /** Times of all rounds but the first, in which code is compiled. */
  of(name: Name): number[][] {
    return this.#rounds[name].slice(1);
  }
}

function write(group: Group, result: Result): void {
  if (group.rank === 0) console.log(JSON.stringify(result));
}

/** Takes, for each repetition, the time of the slowest rank. */
function slowest(group: Group, rounds: Rounds): Rounds {
  return rounds.map((times) => {
    const all = Float64Array.from(times);
    group.allReduce(all, "max");
    return [...all];
  });
}

function timeReduce(group: Group, elements: number, { rounds, repetitions }: RankJob): void {
  const x = new Float32Array(elements);
  const turns = new Turns(["allReduce"]);
  for (let round = 0; round <= rounds; round++) {
    turns.begin("allReduce");
    group.barrier();
    for (let i = 0; i < repetitions; i++) {
      const start = performance.now();
      group.allReduce(x, "sum");
      turns.add("allReduce", performance.now() - start);
    }
  }
  const times = turns.of("allReduce");
  write(group, { kind: "allReduce", ranks: group.size, elements, times });
}

/** Takes the part of a batch that is this rank's. */
function partOf({ rank, size }: Group, { shape, data }: HostArray): HostArray {
  const [count, ...rest] = shape;
  const row = data.length / count;
  const [from, to] = [rank, rank + 1].map((i) => Math.floor(i * count / size));
  return { shape: [to - from, ...rest], data: data.slice(from * row, to * row) };
}

/** Does a step, and hands the gradients to a function before they are applied. */
function step({ params, x, labels, forward, optimizer }: Training, exchange: (g: object) => void) {
  using tape = new Tape();
  tape.watch(params);
  const grads = tape.gradient(softmaxCE(forward(params, x), labels), params);
  exchange(grads);
  optimizer.step(params, grads);
}

function timeSteps(group: Group, model: Model, { rounds, repetitions }: RankJob): void {
  const backend = wasmBackend({ threads: 1 });
  const inputs = makeInputs(model);
  const [x, labels] = [inputs.x, inputs.labels].map((all) => partOf(group, all));
  const whole = makeTraining(model, inputs, backend);
  const part = makeTraining(model, { ...inputs, x, labels }, backend);
  const average = averageGradients(group);
  const turns = new Turns(["whole", "parts", "training", "exchange"]);
  const nothing = () => {};
  const exchange = (grads: object) => {
    const start = performance.now();
    average(grads, part.x.shape[0]); // this backend answers at once
    turns.add("exchange", performance.now() - start);
  };
  const repeat = (name: "whole" | "parts" | "training", run: () => void) => {
    turns.begin(name);
    group.barrier();
    if (name === "whole" && group.rank > 0) return;
    for (let i = 0; i < repetitions; i++) {
      const start = performance.now();
      run();
      turns.add(name, performance.now() - start);
    }
  };
  for (let round = 0; round <= rounds; round++) {
    turns.begin("exchange");
    repeat("whole", () => step(whole, nothing));
    repeat("parts", () => step(part, nothing));
    repeat("training", () => step(part, exchange));
  }
  write(group, {
    kind: "step",
    ranks: group.size,
    model,
    whole: turns.of("whole"),
    parts: slowest(group, turns.of("parts")),
    training: slowest(group, turns.of("training")),
    exchange: turns.of("exchange"),
  });
}

function main(job: RankJob): void {
  using group = mpi();
  for (const elements of job.elements) timeReduce(group, elements, job);
  for (const model of job.models) timeSteps(group, model, job);
}

main(JSON.parse(Deno.args[0]));
