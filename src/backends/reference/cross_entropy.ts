/**
 * Reference loops over rows: the cross entropy of softmax, and its gradient.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { SoftmaxCEGeometry } from "../../core/geometry/mod.ts";
import { logSumExp } from "./softmax.ts";

/** Targets that rows of logits are compared with. */
export interface Targets {
  /** Class indices or distributions. */
  readonly labels: TypedArray;
  /** A weight for each class, or null for ones. */
  readonly weights: TypedArray | null;
}

/** Computes the weighted share of the target that class j of a row has. */
function shareOf({ labels, weights }: Targets, row: number, j: number, g: SoftmaxCEGeometry) {
  const share = g.indices ? Number(labels[row] === j) : labels[row * g.columns + j];
  const smoothed = share * (1 - g.labelSmoothing) + g.labelSmoothing / g.columns;
  return weights === null ? smoothed : weights[j] * smoothed;
}

function isIgnored({ labels }: Targets, row: number, g: SoftmaxCEGeometry): boolean {
  return g.ignoreIndex !== undefined && labels[row] === g.ignoreIndex;
}

/** Computes the divisor of the losses of rows: 1, or the sum of the weights of the labels. */
export function divisorOf(targets: Targets, g: SoftmaxCEGeometry): number {
  if (!g.divided) return 1;
  let sum = 0;
  for (let row = 0; row < g.rows; row++) {
    if (!isIgnored(targets, row, g)) sum += targets.weights?.[targets.labels[row]] ?? 1;
  }
  return sum;
}

/** Computes `y[row] = -sum_j share_j log softmax(logits)_j`; a class with no share adds nothing. */
export function softmaxCE(
  logits: TypedArray,
  targets: Targets,
  y: TypedArray,
  g: SoftmaxCEGeometry,
): void {
  const divisor = divisorOf(targets, g);
  for (let row = 0; row < g.rows; row++) {
    y[row] = isIgnored(targets, row, g) ? 0 / divisor : lossOf(logits, targets, row, g) / divisor;
  }
}

function lossOf(
  logits: TypedArray,
  targets: Targets,
  row: number,
  g: SoftmaxCEGeometry,
): number {
  const start = row * g.columns;
  const [max, rest] = logSumExp(logits, start, g.columns);
  if (Number.isNaN(max)) return NaN;
  let loss = 0;
  for (let j = 0; j < g.columns; j++) {
    const share = shareOf(targets, row, j, g);
    if (share !== 0) loss += share * (max - logits[start + j] + rest);
  }
  return loss;
}

/** Computes `dlogits = dy (softmax(logits) sum_j share_j - share)` by rows. */
export function softmaxCEGrad(
  dy: TypedArray,
  logits: TypedArray,
  targets: Targets,
  dlogits: TypedArray,
  g: SoftmaxCEGeometry,
): void {
  const divisor = divisorOf(targets, g);
  for (let row = 0; row < g.rows; row++) {
    if (isIgnored(targets, row, g)) continue; // dlogits comes as zeros
    const start = row * g.columns;
    const [max, rest] = logSumExp(logits, start, g.columns);
    let mass = 0;
    for (let j = 0; j < g.columns; j++) mass += shareOf(targets, row, j, g);
    for (let j = 0; j < g.columns; j++) {
      const probability = Math.exp(logits[start + j] - max - rest);
      dlogits[start + j] = dy[row] / divisor *
        (probability * mass - shareOf(targets, row, j, g));
    }
  }
}
