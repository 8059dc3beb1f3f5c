/**
 * Steps that a backend which takes time to answer has been given, and whose numbers come later: the
 * next ones are given to it meanwhile.
 *
 * A step whose loss turns out not to be finite has changed nothing, and neither have those after it:
 * the backend looks before it steps. What the host has counted is taken back here.
 *
 * @module
 */
import { Arena } from "../core/arena.ts";
import { applyUpdates, assign, type Updates } from "../core/assign.ts";
import { bringToHost, readItem } from "../core/reading.ts";
import { type Rewind, rewindOf } from "../core/rewind.ts";
import type { Tape } from "../core/tape.ts";
import { internals, type Tensor } from "../core/tensor.ts";
import type { Optimizer } from "../optim/mod.ts";
import type { Batch } from "./batches.ts";

/** A step that is about to be given to the backend. */
export interface Departure {
  /** Loss of the batch, whose gradient has been computed. */
  readonly loss: Tensor;
  /** Tensors that whoever is told of the loss reads: results and targets. */
  readonly results: readonly Tensor[];
  /** New values of running moments. */
  readonly updates: Updates;
  /** Owns the batch, and what of the step must live until its loss is known. */
  readonly arena: Arena;
  /** The step's tape, which ends before. */
  readonly tape: Tape;
  /** Steps the optimizer. */
  readonly step: () => unknown;
  /** Takes in the loss once it is known; throws if it is not finite. */
  readonly land: (loss: number) => Promise<void>;
}

/** A step that the backend is at. */
interface Flight {
  readonly loss: Tensor;
  readonly value: Promise<number>;
  readonly results: Promise<unknown>;
  /** Running moments with their values before the step. */
  readonly before: readonly (readonly [Tensor, Tensor])[];
  readonly arena: Arena;
  readonly land: (loss: number) => Promise<void>;
}

/** The steps of a training that are under way, in their order. */
export class StepsAhead {
  readonly #most: number;
  readonly #rewind: Rewind | undefined;
  readonly #flights: Flight[] = [];

  /** At most so many are under way; none with an optimizer whose steps cannot be taken back. */
  constructor(most: number, optimizer: Optimizer) {
    this.#most = most;
    this.#rewind = rewindOf(optimizer);
  }

  /** Returns an arena for a step on this batch, if it may be left under way. */
  arenaFor({ x }: Batch): Arena | undefined {
    const { readSync, stepIfFinite } = x.backend;
    const isPossible = this.#most > 0 && this.#rewind !== undefined && readSync === undefined;
    return isPossible && stepIfFinite !== undefined ? new Arena() : undefined;
  }

  /** Returns true if the backend itself can look at this loss before it steps. */
  admits({ dtype, size, backend }: Tensor): boolean {
    return dtype === "float32" && size === 1 && backend.stepIfFinite !== undefined;
  }

  /** Number of steps under way. */
  get size(): number {
    return this.#flights.length;
  }

  /** Gives a step to the backend. */
  depart({ loss, results, updates, arena, tape, step, land }: Departure): void {
    const scalars = [...this.#flights.map((flight) => flight.loss), loss];
    loss.backend.stepIfFinite!(scalars.map((one) => internals.array(one)), step);
    const before = [...updates.keys()].map((moment) => [moment, moment.clone()] as const);
    applyUpdates(updates);
    tape.keep([loss, ...results]);
    const value = Promise.resolve(readItem(loss));
    const onHost = Promise.all(results.map(bringToHost));
    for (const promise of [value, onHost]) promise.catch(() => {}); // waited for later, or dropped
    this.#flights.push({ loss, value, results: onHost, before, arena, land });
  }

  /** Waits for the first steps, so that no more are under way than may be. */
  async landSome(): Promise<void> {
    while (this.#flights.length > this.#most) await this.#landFirst();
  }

  /** Waits for all of them. */
  async landAll(): Promise<void> {
    while (this.#flights.length > 0) await this.#landFirst();
  }

  /** Frees what is kept for steps under way; nobody is told of their losses. */
  drop(): void {
    for (const flight of this.#flights.splice(0)) release(flight);
  }

  /** Does something; where that fails, the steps before are waited for first. */
  async afterAll<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      await this.landAll();
      throw error;
    }
  }

  /** Passes batches on; where a source fails, the steps before that are waited for first. */
  async *batches(source: Iterable<Batch> | AsyncIterable<Batch>): AsyncGenerator<Batch> {
    try {
      yield* source;
    } catch (error) {
      await this.landAll();
      throw error;
    }
  }

  async #landFirst(): Promise<void> {
    const [flight] = this.#flights;
    try {
      const loss = await flight.value;
      if (!Number.isFinite(loss)) this.#takeBack();
      await flight.results;
      await flight.land(loss);
    } catch (error) {
      this.drop(); // those behind it would not have been begun
      throw error;
    }
    this.#flights.shift();
    release(flight);
  }

  /** None of the steps under way has been taken: the first one's loss is not finite. */
  #takeBack(): void {
    for (const { before } of this.#flights.toReversed()) {
      this.#rewind!();
      for (const [moment, value] of before) assign(moment, value);
    }
  }
}

function release({ arena, before }: Flight): void {
  for (const [, value] of before) value.dispose();
  arena.dispose();
}
