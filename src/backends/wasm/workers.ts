/**
 * Workers that help the main thread: inline source, so that no file and no permission is needed.
 *
 * In Deno and Node they are `node:worker_threads` that do not keep the process alive; in browsers
 * they are Web Workers from a blob. All they do is instantiate the kernels on the shared memory
 * and wait in there for jobs. A worker that does not start costs speed and nothing else.
 *
 * @module
 */

import { DONE, FAULT } from "./layout.ts";

/** What a worker is given. */
export interface WorkerInput {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number, from 1; the main thread is 0. */
  readonly thread: number;
}

/**
 * The life of a worker, as source. A chunk in which a kernel traps counts as done, so that nobody
 * waits for it; the main thread finds the fault, and the worker goes on.
 */
const LIFE = `
const { work } = new WebAssembly.Instance(input.module, { env: { memory: input.memory } }).exports;
const ints = new Int32Array(input.memory.buffer);
for (let lives = true; lives;) {
  try {
    work(input.thread);
    lives = false;
  } catch {
    Atomics.store(ints, ${FAULT / 4}, 1);
    Atomics.add(ints, ${DONE / 4}, 1);
  }
}
`;

/** Asks the process for the module: Deno 2.3 runs such a source without `require`. */
const NODE_SOURCE = `
const { workerData: input } = process.getBuiltinModule("node:worker_threads");${LIFE}`;

const WEB_SOURCE = `onmessage = ({ data: input }) => {${LIFE}close();};`;

interface NodeWorker {
  unref(): void;
  on(event: string, listener: () => void): void;
}

interface NodeWorkers {
  Worker: new (source: string, options: NodeWorkerOptions) => NodeWorker;
}

interface NodeWorkerOptions {
  eval: true;
  workerData: WorkerInput;
  env: Record<string, string>;
}

interface BuiltinModules {
  getBuiltinModule?(name: string): unknown;
}

/** Starts a worker; false where that is not possible. */
export function startWorker(input: WorkerInput): boolean {
  try {
    const modules = (globalThis as { process?: BuiltinModules }).process;
    const node = modules?.getBuiltinModule?.("node:worker_threads") as NodeWorkers | undefined;
    if (node === undefined) startWebWorker(input);
    else startNodeWorker(node, input);
    return true;
  } catch {
    // Not allowed, no memory that can be posted, no threads at all: one thread does the work.
    return false;
  }
}

function startNodeWorker({ Worker }: NodeWorkers, workerData: WorkerInput): void {
  // Without an environment of its own a worker copies ours, for which Deno asks the user.
  const worker = new Worker(NODE_SOURCE, { eval: true, workerData, env: {} });
  worker.on("error", () => {}); // it costs speed; without a listener it would end the process
  worker.unref();
}

function startWebWorker(input: WorkerInput): void {
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== true) {
    throw new TypeError("shared memory cannot be posted from a page that is not isolated");
  }
  const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage(input);
  URL.revokeObjectURL(url);
}
