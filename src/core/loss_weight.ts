/**
 * Weights of mean losses: what a mean was divided by, for means over several batches.
 *
 * @module
 */
import { withElements } from "./reading.ts";
import type { Tensor } from "./tensor.ts";

/** The labels of a mean loss, and what counts of them. */
interface CountedLabels {
  readonly labels: Tensor;
  readonly classWeights?: Tensor;
  readonly ignoreIndex?: number;
}

const known = new WeakMap<Tensor, CountedLabels>();

/** Notes that a loss is a mean over labels by their weights, some of them ignored. */
export function noteLossWeight(loss: Tensor, counted: CountedLabels): void {
  known.set(loss, counted);
}

/**
 * Computes the sum of weights by which a mean loss was divided: how much it counts in a mean over
 * batches, 0 where every label is ignored. A promise where the backend takes time to answer;
 * undefined for a mean over all examples.
 */
export function lossWeight(loss: Tensor): number | Promise<number> | undefined {
  const counted = known.get(loss);
  if (counted === undefined) return undefined;
  const { labels, classWeights, ignoreIndex } = counted;
  return withElements(labels, (data) => {
    if (classWeights === undefined) return sumOver(data, ignoreIndex, () => 1);
    return withElements(classWeights, (weights) => sumOver(data, ignoreIndex, (c) => weights[c]));
  }) as number | Promise<number>;
}

function sumOver(
  labels: ArrayLike<number>,
  ignoreIndex: number | undefined,
  weightOf: (label: number) => number,
): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== ignoreIndex) sum += weightOf(labels[i]);
  }
  return sum;
}
