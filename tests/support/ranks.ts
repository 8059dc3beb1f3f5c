// Ranks of one job as workers of this process: each runs the same function of a module on its group.

import { workerSeats, type WorkerSeatsOptions } from "../../src/distributed/worker_seats.ts";

/** Outcome of a rank: a value, or the message of an error. */
export type Outcome<T> = { readonly value: T } | { readonly error: string };

/** Options of {@link runRanks}. */
export interface RunOptions extends WorkerSeatsOptions {
  /** Argument of the function, the same for all ranks. */
  readonly argument?: unknown;
}

const WORKER = new URL("./rank_worker.ts", import.meta.url);

/** Permission that workers of local modules need. */
export const NEEDS = { read: true } as const;

/** Runs a function on ranks of their own; gives all outcomes, by rank. */
export async function outcomesOf<T>(
  size: number,
  module: URL,
  name: string,
  { argument, ...options }: RunOptions = {},
): Promise<Outcome<T>[]> {
  const workers = workerSeats(size, { timeout: 60, ...options }).map((seat) => {
    const worker = new Worker(WORKER, { type: "module" });
    const outcome = new Promise<Outcome<T>>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve({ error: event.message });
      };
    });
    worker.postMessage({ seat, module: module.href, name, argument });
    return { worker, outcome };
  });
  try {
    return await Promise.all(workers.map(({ outcome }) => outcome));
  } finally {
    for (const { worker } of workers) worker.terminate();
  }
}

/** Runs a function on ranks of their own; gives its values, by rank, and throws the first error. */
export async function runRanks<T>(
  size: number,
  module: URL,
  name: string,
  options?: RunOptions,
): Promise<T[]> {
  const outcomes = await outcomesOf<T>(size, module, name, options);
  return outcomes.map((outcome, rank) => {
    if ("value" in outcome) return outcome.value;
    throw new Error(`rank ${rank} of ${size}: ${outcome.error}`);
  });
}
