/**
 * Callbacks, which may watch a training, and end it.
 *
 * @module
 */
import type { Group } from "../distributed/group.ts";
import type { Metrics, Scores } from "./scores.ts";

/** A training under way, as callbacks see it. */
export interface Training<P = unknown, M extends Metrics = Metrics> {
  /** The parameters, as they are now. */
  readonly params: P;
  /** Optimizer that steps them; its `state()` is what a checkpoint needs next to the parameters. */
  readonly optimizer: { state(): unknown };
  /** Number of epochs of the whole training. */
  readonly epochs: number;
  /** Examples in an epoch; undefined where the data does not say. */
  readonly size: number | undefined;
  /** Seed of random numbers. */
  readonly seed: number;
  /** The epochs that are finished, those before a training was resumed too. */
  readonly history: readonly EpochReport<M>[];
  /** Ranks that train together; undefined where there is no group. */
  readonly group?: Group | undefined;
}

/** Report of one step. */
export interface StepReport<M extends Metrics = Metrics> {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Number of the step in its epoch, from 1. */
  readonly step: number;
  /** Examples in the batch. */
  readonly examples: number;
  /** Mean loss of the batch; NaN for one whose labels are all ignored, which takes no step. */
  readonly loss: number;
  /** Computes loss and metrics of the epoch so far. */
  soFar(): Scores<M>;
}

/** Report of an epoch. */
export interface EpochReport<M extends Metrics = Metrics> {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Mean loss of the examples, each at the time of its step. */
  readonly loss: number;
  /** Metrics of the examples, each at the time of its step. */
  readonly metrics: Scores<M>["metrics"];
  /** Scores on the validation data after the epoch; undefined where there is none. */
  readonly validation: Scores<M> | undefined;
  /** Number of steps. */
  readonly steps: number;
  /** Number of examples. */
  readonly examples: number;
  /** Seconds of the training of this epoch; validation and what callbacks wait for not counted. */
  readonly seconds: number;
}

/** Watches a training; every part of it may be absent. */
export interface Callback<P = unknown, M extends Metrics = Metrics> {
  /**
   * Runs on rank 0 of a group alone: for what is shown or written once. False by default: every rank
   * runs it, with the same reports, and one that says `"stop"` stops all.
   */
  readonly firstRankOnly?: boolean;
  /** Runs before the first step. */
  start?(training: Training<P, M>): void | Promise<void>;
  /**
   * Runs after every step, in their order; on a backend that takes time to answer it may have begun
   * some more: `stepsAhead` of `fit`.
   *
   * @returns nothing, for speed; or a promise for the training to wait for, such as the end of a
   * pause. An abort ends the wait.
   */
  step?(report: StepReport<M>, training: Training<P, M>): void | Promise<void>;
  /**
   * Runs after every epoch.
   *
   * @returns `"stop"` to end the training after this epoch.
   */
  epoch?(
    report: EpochReport<M>,
    training: Training<P, M>,
  ): void | "stop" | Promise<void | "stop">;
  /**
   * Runs after the training, whatever has ended it: an error, an abort or a `break` too; and whatever
   * the `end` of other callbacks throws. The first error is that of the training, each later one is
   * the `suppressed` of the one before.
   */
  end?(training: Training<P, M>): void | Promise<void>;
}
