/**
 * A thread that runs a yardstick for some milliseconds and says how fast it went.
 *
 * @module
 */
import { median } from "../support/statistics.ts";
import {
  flopsOfTurn,
  type FmaExports,
  fmaModule,
  type MemoryExports,
  memoryModule,
  STRIDE,
} from "./modules.ts";

/** Task to run: multiply-adds in a number of chains, or going through a number of bytes. */
export type Task =
  | { readonly kind: "fma"; readonly accumulators: number; readonly fused: boolean }
  | { readonly kind: "read" | "copy" | "copyBulk"; readonly bytes: number };

/** A task with the time it gets. */
export interface Request {
  readonly task: Task;
  readonly milliseconds: number;
}

/** Rate in GFLOP/s or GB/s: the middle and the best of many short runs. */
export interface Rate {
  readonly median: number;
  readonly best: number;
}

/** A run of a task and the work in it: floating-point operations, or bytes read and written. */
interface Run {
  readonly call: () => void;
  readonly work: number;
}

const TURNS = 2000;
const runs = new Map<string, Run>();

function instantiate(bytes: Uint8Array<ArrayBuffer>): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}

function runOf(task: Task): Run {
  if (task.kind === "fma") {
    const { accumulators, fused } = task;
    const { run } = instantiate(fmaModule(accumulators, fused)) as FmaExports;
    return { call: () => void run(TURNS, 0.999, 0.001), work: TURNS * flopsOfTurn(accumulators) };
  }
  const { kind } = task;
  // Reading goes through all of its bytes; copying has half of them as its source.
  const half = Math.ceil(task.bytes / 2 / STRIDE) * STRIDE;
  const length = kind === "read" ? 2 * half : half;
  const memory = instantiate(memoryModule(half)) as MemoryExports;
  return { call: () => void memory[kind](length), work: 2 * half };
}

function measure({ task, milliseconds }: Request): Rate {
  const key = JSON.stringify(task);
  const run = runs.get(key) ?? runOf(task);
  runs.set(key, run);
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end || times.length < 3) {
    const start = performance.now();
    run.call();
    times.push(performance.now() - start);
  }
  const rate = (ms: number) => run.work / ms / 1e6;
  return { median: rate(median(times)), best: rate(Math.min(...times)) };
}

interface WorkerScope {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(rate: Rate): void;
}

const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data }) => scope.postMessage(measure(data));
