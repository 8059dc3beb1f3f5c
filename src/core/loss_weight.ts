/**
 * Weights of mean losses: what a mean was divided by, for means over several batches.
 *
 * @module
 */
import { withElements } from "./reading.ts";
import type { Tensor } from "./tensor.ts";

/** The labels of a mean, and what counts of them. */
interface CountedLabels {
  readonly labels: Tensor;
  readonly classWeights?: Tensor;
  readonly ignoreIndex?: number;
}

/** Means over labels of the loss that is computed now; null outside of `weighLoss`. */
let means: CountedLabels[] | null = null;

/** Notes that a mean over labels by their weights, some of them ignored, has been computed. */
export function noteMean(counted: CountedLabels): void {
  means?.push(counted);
}

/** A loss, and how much it counts in a mean over batches. */
export interface WeighedLoss {
  readonly loss: Tensor;
  /**
   * Sum of weights by which the mean in the loss was divided, 0 where every label is ignored. A
   * promise where the backend takes time to answer; undefined where the loss has no such mean, or
   * several that differ, and so is one over all examples.
   */
  readonly weight: number | Promise<number> | undefined;
}

/** Computes a loss, whatever it is made of, and its weight. The function must not wait. */
export function weighLoss(compute: () => Tensor): WeighedLoss {
  const outer = means;
  const own: CountedLabels[] = means = [];
  try {
    const loss = compute();
    const isOne = own.length > 0 && own.every((other) => isSame(own[0], other));
    return { loss, weight: isOne ? weightOf(own[0]) : undefined };
  } finally {
    means = outer;
  }
}

/** Returns true for means over the same labels by the same weights. */
function isSame(a: CountedLabels, b: CountedLabels): boolean {
  return a.labels === b.labels && a.classWeights === b.classWeights &&
    a.ignoreIndex === b.ignoreIndex;
}

function weightOf(counted: CountedLabels): number | Promise<number> {
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
