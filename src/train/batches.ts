/**
 * What a training takes its examples from: the shape of a batch and of a source of batches.
 *
 * @module
 */
import type { Tensor } from "../core/tensor.ts";

/** Examples that take one step together. */
export interface Batch {
  /** The inputs, `[N, ...]`. */
  readonly x: Tensor;
  /** What the model should make of them: labels `[N]`, or targets `[N, ...]`. */
  readonly y: Tensor;
}

/** Which batches are asked for. */
export interface BatchesOptions {
  /** Which pass over the data, from 1: a source that shuffles or augments does so anew in each. */
  readonly epoch: number;
  /** Where random numbers start; with the epoch it decides all of them. 0 by default. */
  readonly seed?: number;
}

/**
 * Gives examples in batches, as often as it is asked to.
 *
 * The same options give the same batches, so that a training can be repeated and resumed. A
 * training adopts each batch for its step, and frees it then; a source may free a batch that
 * nobody has adopted as soon as the next one is asked for.
 */
export interface BatchSource {
  /** Number of examples in an epoch; undefined where nobody knows. */
  readonly size?: number;
  /**
   * The batches of one pass over the data.
   *
   * @param options `epoch` (from 1) and `seed`.
   * @returns batches, one after the other; the last may be smaller.
   */
  batches(options: BatchesOptions): Iterable<Batch> | AsyncIterable<Batch>;
}
