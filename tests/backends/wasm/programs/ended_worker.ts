// Ends web workers in the middle of trainings on threads of their own, and prints how many of these
// threads are there before and a while after.

import { Engine } from "../../../../src/backends/wasm/engine.ts";
import * as abi from "../../../../src/backends/wasm/abi.ts";

/** Milliseconds without a job after which threads end here. */
const IDLE = 300;
const ROUNDS = 2;
/** Name by which a worker knows that it is one. */
const WORKER = "trains";
const THREADS = 4;
const SIZE = 100_000;

// `import.meta.main` is true in a worker, too.
if (self.name === WORKER) await work();
else await endWorkers();

/** Runs job after job, with turns of the event loop between them, at which it can be ended. */
async function work(): Promise<void> {
  const engine = new Engine({ threads: THREADS, simd: "plain", maxBytes: 2 ** 26, idle: IDLE });
  const target = engine.allocator.allocate(SIZE * 4);
  for (;;) {
    abi.addInPlace(engine, 25, { target, x: target, size: SIZE, block: SIZE / 25 });
    (self as unknown as { postMessage(message: unknown): void }).postMessage(null);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function endWorkers(): Promise<void> {
  const before = workerThreads();
  for (let round = 0; round < ROUNDS; round++) {
    const worker = new Worker(import.meta.url, { type: "module", name: WORKER });
    let jobs = 0;
    await new Promise<void>((resolve) => {
      worker.onmessage = () => {
        if (++jobs === 50) resolve();
      };
    });
    worker.terminate();
  }
  const during = workerThreads();
  for (let wait = 0; wait < 300 && workerThreads() > before; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log(JSON.stringify({ before, during, after: workerThreads() }));
}

/** Counts the threads of workers, web workers and ours, which Deno names alike. */
function workerThreads(): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    try {
      if (Deno.readTextFileSync(`/proc/self/task/${name}/comm`).startsWith("worker-")) count++;
    } catch {
      // it has ended meanwhile
    }
  }
  return count;
}
