/**
 * Losses to expect: those of the reference backend in float64.
 *
 * @module
 */
import { referenceBackend } from "@tapegrad/tapegrad";
import type { Arrays } from "./arrays.ts";
import type { Model } from "./inputs.ts";
import type { LargerModel } from "./larger.ts";
import { makeLargerStep } from "./larger_tapegrad.ts";
import { infer, makeTraining, trainStep } from "./tapegrad.ts";

/** Number of first steps whose losses are compared; the first is that of the given weights. */
export const CHECKED_STEPS = 6;

/** The same for the larger models, which the reference takes long for. */
const CHECKED_STEPS_OF_LARGER = 2;

/** The largest relative error of a loss that is still the same work. */
export const TOLERANCE = 1e-4;

/** Computes the losses of the first steps in float64. */
export function referenceLosses(model: Model, arrays: Arrays): number[] {
  using backend = referenceBackend();
  const training = makeTraining(model, arrays, backend, "float64");
  return Array.from({ length: CHECKED_STEPS }, () => trainStep(training));
}

/** Computes the losses of the first steps of a larger model in float64. */
export function largerReferenceLosses(model: LargerModel, arrays: Arrays): number[] {
  using backend = referenceBackend();
  const step = makeLargerStep(model, arrays, backend, "float64");
  return Array.from({ length: CHECKED_STEPS_OF_LARGER }, step);
}

/** Computes the probabilities of the first image, by the reference backend. */
export function referenceProbabilities(model: Model, arrays: Arrays): number[] {
  using backend = referenceBackend();
  return [...infer(makeTraining(model, arrays, backend), firstImage(arrays))];
}

/** Takes the first image of a batch. */
export function firstImage({ x }: Arrays): Float32Array<ArrayBuffer> {
  return Float32Array.from(x.data.subarray(0, x.data.length / x.shape[0]));
}

/** Finds the largest relative error of any number; NaN where there is none. */
export function relativeError(found: readonly number[], expected: readonly number[]): number {
  if (found.length === 0) return NaN;
  return Math.max(...found.map((v, i) => Math.abs(v - expected[i]) / Math.abs(expected[i])));
}
