/**
 * Timing all contenders of one workload: they all get ready, then take turns, round by round.
 *
 * @module
 */
import { relativeError, TOLERANCE } from "../models/losses.ts";
import { median, smallest } from "../support/statistics.ts";
import { PeerProcess, type Proof } from "./process.ts";
import type { Contender, Workload } from "./roster.ts";

/** Rounds and seconds of a measurement. */
export interface Effort {
  readonly rounds: number;
  /** Seconds that a contender is timed for in a round. */
  readonly seconds: number;
}

/** Result of a contender. */
export interface Result {
  readonly contender: Contender;
  /** Reason that there are no numbers. */
  readonly failure?: string;
  readonly proof?: Proof;
  /** Largest relative error of what it proved. */
  readonly error?: number;
  /** True if it did the same work. */
  readonly isSame: boolean;
  /** Milliseconds of every step, by round; a round may be empty. */
  readonly rounds: readonly (readonly number[])[];
  readonly medianMs: number;
  readonly minMs: number;
}

interface Runner {
  readonly contender: Contender;
  readonly process: PeerProcess;
  readonly proof: Proof;
  readonly rounds: (readonly number[])[];
  failure?: string;
}

const LIMIT_MS = 600_000;
/** Steps that take longer than this are timed in the first round only. */
const SLOW_MS = 2000;
/** And those that take longer than this have been timed while they proved themselves. */
const VERY_SLOW_MS = 20_000;
/** Threads of a peer whose turn is over may still spin for a moment. */
const PAUSE_MS = 30;

/** Runs all contenders; `expected` is what they must prove, `inputs` the path of what they read. */
export async function race(
  contenders: readonly Contender[],
  workload: Workload,
  inputs: string,
  expected: readonly number[],
  effort: Effort,
  progress: (line: string) => void,
): Promise<Result[]> {
  const results = new Map<Contender, Result>();
  const runners: Runner[] = [];
  try {
    for (const [i, contender] of contenders.entries()) {
      progress(`${i + 1} of ${contenders.length} gets ready: ${contender.name}`);
      const runner = await getReady(contender, workload, inputs, expected.length);
      if ("process" in runner) runners.push(runner);
      else results.set(contender, runner);
    }
    await takeTurns(runners, effort, progress);
    for (const runner of runners) results.set(runner.contender, resultOf(runner, expected));
  } finally {
    for (const { process } of runners) await process[Symbol.asyncDispose]();
  }
  return contenders.map((contender) => results.get(contender)!);
}

async function getReady(
  contender: Contender,
  { model, mode }: Workload,
  inputs: string,
  steps: number,
): Promise<Runner | Result> {
  const { command, threads, variant } = contender;
  const process = new PeerProcess(command, { model, mode, inputs, threads, steps, variant });
  try {
    const proof = await process.prove(LIMIT_MS);
    return { contender, process, proof, rounds: [] };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    return failed(contender, reasonOf(error));
  }
}

async function takeTurns(
  runners: readonly Runner[],
  { rounds, seconds }: Effort,
  progress: (line: string) => void,
): Promise<void> {
  const quick = runners.filter(({ proof }) => stepMs(proof) <= SLOW_MS);
  const slow = runners.filter(({ proof }) => {
    return stepMs(proof) > SLOW_MS && stepMs(proof) <= VERY_SLOW_MS;
  });
  progress("warming up");
  for (const runner of quick) await takeTurn({ ...runner, rounds: [] }, seconds / 2, 1);
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    for (const runner of quick) await takeTurn(runner, seconds, 3);
    if (round > 1) continue;
    for (const runner of slow) await takeTurn(runner, seconds, 1);
  }
}

async function takeTurn(runner: Runner, seconds: number, atLeast: number): Promise<void> {
  if (runner.failure !== undefined) return;
  try {
    runner.rounds.push(await runner.process.turn({ seconds, atLeast }, LIMIT_MS));
  } catch (error) {
    runner.failure = reasonOf(error);
  }
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

/** Estimates how long a step takes: the first one also compiles. */
function stepMs({ milliseconds }: Proof): number {
  return smallest(milliseconds.length > 1 ? milliseconds.slice(1) : milliseconds);
}

function resultOf(runner: Runner, expected: readonly number[]): Result {
  const { contender, proof, failure } = runner;
  if (failure !== undefined) return failed(contender, failure);
  const error = relativeError(proof.numbers, expected);
  // A very slow step is timed once; then the one that also proved something is all there is.
  const rounds = runner.rounds.length > 0 ? runner.rounds : [proof.milliseconds.slice(1)];
  return {
    contender,
    proof,
    error,
    isSame: error < TOLERANCE,
    rounds,
    medianMs: median(rounds.map(median)),
    minMs: smallest(rounds.flat()),
  };
}

function failed(contender: Contender, failure: string): Result {
  return { contender, failure, isSame: false, rounds: [], medianMs: NaN, minMs: NaN };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
