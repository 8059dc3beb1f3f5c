/**
 * Timing all kernels on backends of several thread counts, in rounds, each timing next to one of
 * what the machine can do at that moment.
 *
 * @module
 */
import type { Backend } from "@tapegrad/tapegrad";
import { largest, median, smallest } from "../support/statistics.ts";
import { timeCalls } from "../support/timing.ts";
import type { Yardsticks } from "../peak/yardsticks.ts";
import type { KernelCase } from "./kernel_case.ts";

/** Rounds and milliseconds of a measurement. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds that a kernel is timed for in a round. */
  readonly milliseconds: number;
}

/** One round of one kernel. */
export interface Round {
  /** Milliseconds a call. */
  readonly median: number;
  readonly fastest: number;
  /** Peak of the machine just before, in GFLOP/s or GB/s. */
  readonly peak: number;
  readonly bestPeak: number;
}

/** Measurements of a kernel on a number of threads. */
export interface Measured {
  readonly threads: number;
  readonly rounds: readonly Round[];
  readonly medianMs: number;
  readonly minMs: number;
  /** GFLOP/s or GB/s at the median and at the minimum. */
  readonly rate: number;
  readonly bestRate: number;
  /** The median over rounds of rate and peak of the same round. */
  readonly share: number;
  /** The best rate of all rounds as a share of the best peak of all rounds. */
  readonly bestShare: number;
}

/** A backend and its number of threads. */
export interface Contestant {
  readonly threads: number;
  readonly backend: Backend;
}

interface Prepared {
  readonly kernel: KernelCase;
  readonly threads: number;
  readonly call: () => void;
  readonly rounds: Round[];
}

const PEAK_MS = 10;
/** Kernels are compiled again once they have run for a while. */
const WARM_UP_MS = 100;

/** Measures all kernels: a list over thread counts for each. */
export async function measureAll(
  kernels: readonly KernelCase[],
  contestants: readonly Contestant[],
  yardsticks: Yardsticks,
  { rounds, milliseconds }: Effort,
  progress: (line: string) => void,
): Promise<Measured[][]> {
  progress(`preparing and warming up ${kernels.length} kernels`);
  const prepared = kernels.map((kernel) =>
    contestants.map(({ threads, backend }): Prepared => {
      const call = kernel.prepare(backend.kernels);
      timeCalls(call, { seconds: WARM_UP_MS / 1000, atLeast: 1 });
      return { kernel, threads, call, rounds: [] };
    })
  );
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    for (const one of prepared.flat()) {
      one.rounds.push(await measureOnce(one, yardsticks, milliseconds));
    }
  }
  return prepared.map((list) => list.map(summarize));
}

async function measureOnce(
  { kernel, threads, call }: Prepared,
  yardsticks: Yardsticks,
  milliseconds: number,
): Promise<Round> {
  const peak = await yardsticks.measure(kernel.limit, kernel.work, threads, PEAK_MS);
  const times = timeCalls(call, { seconds: milliseconds / 1000, atLeast: 3 });
  return {
    median: median(times),
    fastest: smallest(times),
    peak: peak.median,
    bestPeak: peak.best,
  };
}

function summarize({ kernel, threads, rounds }: Prepared): Measured {
  const rate = (ms: number) => kernel.work / ms / 1e6;
  const medianMs = median(rounds.map((round) => round.median));
  const minMs = smallest(rounds.map((round) => round.fastest));
  return {
    threads,
    rounds,
    medianMs,
    minMs,
    rate: rate(medianMs),
    bestRate: rate(minMs),
    share: median(rounds.map((round) => rate(round.median) / round.peak)),
    bestShare: rate(minMs) / largest(rounds.map((round) => round.bestPeak)),
  };
}
