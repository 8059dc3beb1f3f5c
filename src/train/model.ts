/**
 * The part of a model that training needs.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { leavesOf } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ApplyOptions, Trainable } from "../nn/mod.ts";

/**
 * Anything with a function of parameters and a batch: a layer of `./nn`, or your own
 * `{ apply: (params, x) => … }`.
 *
 * @typeParam P the parameters: tensors in nested objects and arrays.
 */
export interface Model<P> {
  /**
   * Applies the model to a batch.
   *
   * @param params the parameters.
   * @param x examples, `[N, ...]`.
   * @param options `train`, `random`, `updates`, `scope`.
   * @returns results, `[N, ...]`.
   */
  apply(params: P, x: Tensor, options?: ApplyOptions): Tensor;
  /**
   * The parameters that gradients change; all of them where the model does not say.
   *
   * @param params the parameters.
   * @returns the same structure, with null for the others.
   */
  trainable?(params: P): Trainable<P>;
}

/** Compares what a model makes of a batch with what it should make of it; a scalar. */
export type Loss = (y: Tensor, target: Tensor) => Tensor;

/** Finds the backend of the parameters; undefined for a model without. */
export function backendOf(params: unknown): Backend | undefined {
  return leavesOf("train", params)[0]?.tensor.backend;
}
