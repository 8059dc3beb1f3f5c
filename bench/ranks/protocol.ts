/**
 * Protocol of the bench of ranks: the job that they are handed, and the lines that rank 0 answers.
 *
 * @module
 */
import type { Model } from "../models/inputs.ts";

/** Measurements that every rank makes. */
export interface RankJob {
  readonly models: readonly Model[];
  /** Lengths of the arrays of allReduce, float32. */
  readonly elements: readonly number[];
  /** Rounds of each measurement, and its repetitions in a round. */
  readonly rounds: number;
  readonly repetitions: number;
}

/** Milliseconds of all repetitions, a list a round. */
export type Rounds = readonly (readonly number[])[];

/** Times of a sum over all ranks. */
export interface ReduceResult {
  readonly kind: "allReduce";
  readonly ranks: number;
  readonly elements: number;
  readonly times: Rounds;
}

/** Times of a training step. */
export interface StepResult {
  readonly kind: "step";
  readonly ranks: number;
  readonly model: Model;
  /** The whole batch on rank 0, while the others wait. */
  readonly whole: Rounds;
  /** A part of the batch on every rank, without exchange: the slowest rank. */
  readonly parts: Rounds;
  /** The same with exchange: a step of the training. */
  readonly training: Rounds;
  /** Of it the exchange alone. */
  readonly exchange: Rounds;
}

export type Result = ReduceResult | StepResult;
