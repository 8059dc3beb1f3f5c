/**
 * Speed limits of this machine, on any number of threads: measured next to every kernel, because
 * machines change their speed while a bench runs.
 *
 * @module
 */
import { fmaModule } from "./modules.ts";
import type { Rate, Request, Task } from "./worker.ts";

/** Numbers of chains to try; at least ten hide the latency, beyond thirteen registers run out. */
const CHAINS = [10, 11, 12, 13, 14];
/** Engines compile again, for speed, what has run for a while. */
const WARM_UP_MS = 250;
const TRY_MS = 60;
const SMALLEST_BYTES = 2 ** 16;
const LARGEST_BYTES = 2 ** 28;

/** Limit of a kernel: arithmetic, or memory that is read, or read and written. */
export type Limit = "arithmetic" | "read" | "copy";

/** Threads that run yardsticks. */
export class Yardsticks implements Disposable {
  readonly #workers: readonly Worker[];
  readonly #warm = new Set<string>();
  #arithmetic: Task = { kind: "fma", accumulators: CHAINS[0], fused: isFusedSupported() };

  /** Starts the threads. */
  constructor(threads: number) {
    const source = new URL("./worker.ts", import.meta.url);
    this.#workers = Array.from({ length: threads }, () => new Worker(source, { type: "module" }));
  }

  /** The multiply-adds in use. */
  get arithmetic(): Task {
    return this.#arithmetic;
  }

  /** Finds the number of chains that is fastest here. */
  async calibrate(): Promise<void> {
    let best = 0;
    for (const accumulators of CHAINS) {
      const task: Task = { kind: "fma", accumulators, fused: isFusedSupported() };
      const rate = await this.#run(task, 1, TRY_MS);
      if (rate.best > best) [best, this.#arithmetic] = [rate.best, task];
    }
  }

  /**
   * Measures the speed of `threads` threads together.
   *
   * @param limit what is measured: GFLOP/s for arithmetic, GB/s for memory.
   * @param bytes all bytes that are gone through; makes the caches matter as they do for a kernel.
   */
  async measure(
    limit: Limit,
    bytes: number,
    threads: number,
    milliseconds: number,
  ): Promise<Rate> {
    if (limit === "arithmetic") return await this.#run(this.#arithmetic, threads, milliseconds);
    const share = Math.max(SMALLEST_BYTES, Math.min(LARGEST_BYTES, powerOfTwo(bytes)) / threads);
    const plain = await this.#run({ kind: limit, bytes: share }, threads, milliseconds);
    if (limit === "read") return plain;
    const bulk = await this.#run({ kind: "copyBulk", bytes: share }, threads, milliseconds);
    return bulk.median > plain.median ? bulk : plain;
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }

  async #run(task: Task, threads: number, milliseconds: number): Promise<Rate> {
    const key = `${threads} ${JSON.stringify(task)}`;
    const all = this.#workers.slice(0, threads);
    if (!this.#warm.has(key)) {
      this.#warm.add(key);
      await Promise.all(all.map((worker) => ask(worker, { task, milliseconds: WARM_UP_MS })));
    }
    const rates = await Promise.all(all.map((worker) => ask(worker, { task, milliseconds })));
    const total = (pick: (rate: Rate) => number) => rates.reduce((sum, r) => sum + pick(r), 0);
    return { median: total((rate) => rate.median), best: total((rate) => rate.best) };
  }
}

/** Returns true if the engine has relaxed SIMD's fused multiply-add. */
export function isFusedSupported(): boolean {
  return WebAssembly.validate(fmaModule(1, true));
}

function ask(worker: Worker, request: Request): Promise<Rate> {
  const { promise, resolve, reject } = Promise.withResolvers<Rate>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(request);
  return promise;
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}
