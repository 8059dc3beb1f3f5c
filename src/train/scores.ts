/**
 * Loss and metrics over many batches.
 *
 * @module
 */
import { bringToHost, isSlow } from "../core/reading.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkMeasurement } from "./check_arguments.ts";

/** Measures how good results are, over as many batches as there are; see `Metric`. */
export interface Measurement<V> {
  /**
   * Takes in a batch.
   *
   * @param y what the model has made of it.
   * @param target what it should have made of it.
   * @returns nothing; a promise where the measurement waits for a backend of its own accord. Both
   * tensors can be read at once on every backend.
   */
  add(y: Tensor, target: Tensor): void | Promise<void>;
  /**
   * Computes the value over all batches so far.
   *
   * @returns a number, mostly.
   */
  value(): V;
}

/** Begins a measurement; an epoch or an evaluation has one of its own. */
export type Metric<V = number> = () => Measurement<V>;

/** Metrics by the names that their values have in reports. */
export type Metrics = Readonly<Record<string, Metric<unknown>>>;

/** The values of metrics, by their names. */
export type MetricValues<M extends Metrics> = {
  readonly [K in keyof M]: M[K] extends Metric<infer V> ? V : never;
};

/** Loss and metrics of a model on some examples. */
export interface Scores<M extends Metrics = Metrics> {
  /**
   * Mean loss of an example; of `softmaxCE` with `ignoreIndex` or `classWeights` the mean over all
   * labels that count, by their weights, however batches were cut.
   */
  readonly loss: number;
  /** The values of the metrics. */
  readonly metrics: MetricValues<M>;
  /** Number of examples. */
  readonly examples: number;
}

/** Mean loss of a batch. */
export interface BatchLoss {
  readonly loss: number;
  /** Divisor of the mean. */
  readonly weight: number;
  readonly examples: number;
}

/** Loss and metrics that grow with every batch. */
export class RunningScores<M extends Metrics> {
  readonly #measurements: readonly (readonly [string, Measurement<unknown>])[];
  #lossSum = 0;
  #weight = 0;
  #examples = 0;

  /** Begins all measurements. */
  constructor(metrics: M) {
    this.#measurements = Object.entries(metrics).map(([name, start]) => {
      const measurement = start();
      checkMeasurement(name, measurement);
      return [name, measurement];
    });
  }

  /** True if there are metrics, which need results and targets. */
  get isMeasured(): boolean {
    return this.#measurements.length > 0;
  }

  /** Takes in the loss of a batch, its weight, and how many examples there were. */
  addLoss({ loss, weight, examples }: BatchLoss): void {
    this.#examples += examples;
    this.#weight += weight;
    // The mean of nothing is NaN, and counts nothing.
    if (weight !== 0) this.#lossSum += loss * weight;
  }

  /**
   * Takes in the results of a batch; a promise where something has to be waited for: the results on
   * a backend that takes time to answer, or a measurement.
   */
  addResults(y: Tensor, target: Tensor): void | Promise<void> {
    if ([y, target].some(isSlow)) {
      return this.#addRead(y, target);
    }
    const waits = this.#addAll(y, target);
    if (waits.length > 0) return Promise.all(waits).then(() => {});
  }

  /** Reads both tensors before the measurements do. */
  async #addRead(y: Tensor, target: Tensor): Promise<void> {
    await Promise.all([bringToHost(y), bringToHost(target)]);
    await Promise.all(this.#addAll(y, target));
  }

  #addAll(y: Tensor, target: Tensor): Promise<void>[] {
    const waits: Promise<void>[] = [];
    for (const [, measurement] of this.#measurements) {
      const wait = measurement.add(y, target);
      if (wait !== undefined) waits.push(wait);
    }
    return waits;
  }

  /** Number of examples so far. */
  get examples(): number {
    return this.#examples;
  }

  /** The scores so far. */
  get scores(): Scores<M> {
    const values = this.#measurements.map(([name, measurement]) => [name, measurement.value()]);
    return {
      loss: this.#lossSum / this.#weight,
      metrics: Object.fromEntries(values) as MetricValues<M>,
      examples: this.#examples,
    };
  }
}
