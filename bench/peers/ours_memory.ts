/**
 * Most memory that a training step takes, against the memory it cannot do without.
 *
 * Prints one line of JSON. Its argument is a job, as for peers.
 *
 * @module
 */
import { type Backend, type Tape, wasmBackend } from "@tapegrad/tapegrad";
import type { Kernels } from "@tapegrad/tapegrad/backend";
import { readArrays } from "../models/arrays.ts";
import type { Model } from "../models/inputs.ts";
import type { MemoryUse } from "../models/memory_use.ts";
import { makeTraining, type Training, trainStep } from "../models/tapegrad.ts";
import type { Job } from "./protocol.ts";

const STEPS = 5;
/** Moments that each optimizer keeps for a parameter. */
const MOMENTS: Record<Model, number> = { S: 2, M: 1 };

/** Collects all memories that are made from now on. */
function watchMemories(): readonly WebAssembly.Memory[] {
  const made: WebAssembly.Memory[] = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      made.push(this);
    }
  };
  return made;
}

/** Wraps a backend so that it notes how much is live after each call of a kernel. */
function watched(backend: Backend, note: (bytes: number) => void): Backend {
  const kernels = new Proxy(backend.kernels, {
    get(table, name: keyof Kernels) {
      const kernel = table[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        const result = kernel.apply(table, args);
        note(backend.liveBytes);
        return result;
      };
    },
  });
  return {
    name: backend.name,
    kernels,
    get liveBytes() {
      return backend.liveBytes;
    },
    read: (x) => backend.read(x),
    readSync: (x) => backend.kernels.read(x),
    [Symbol.dispose]: () => backend[Symbol.dispose](),
  };
}

/**
 * Counts the bytes of the batch and of every output of an operation; a reshape shares its input's
 * memory.
 */
function activationBytes(tape: Tape, { x, labels }: Training): number {
  const outputs = tape.entries.filter(({ op }) => op.name !== "reshape").map(({ output }) =>
    output
  );
  return outputs.reduce((sum, slot) => sum + tape.slots[slot].bytes, x.bytes + labels.bytes);
}

async function measure(job: Job & { readonly model: Model }): Promise<MemoryUse> {
  const memories = watchMemories();
  let peak = 0;
  const plain = wasmBackend({ threads: job.threads });
  const backend = watched(plain, (bytes) => peak = Math.max(peak, bytes));
  const training = makeTraining(job.model, await readArrays(job.inputs), backend);
  let activations = 0;
  const liveAfter: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    trainStep(training, (tape, moment) => {
      if (moment === "forward") activations = activationBytes(tape, training);
    });
    liveAfter.push(plain.liveBytes);
  }
  const parameters = Object.values(training.params).reduce((sum, w) => sum + w.bytes, 0);
  return {
    activations,
    parameters,
    gradients: parameters,
    moments: MOMENTS[job.model] * parameters,
    peak,
    isConstant: liveAfter.slice(1).every((bytes) => bytes === liveAfter[1]),
    reserved: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
  };
}

console.log(JSON.stringify(await measure(JSON.parse(Deno.args.at(-1)!))));
