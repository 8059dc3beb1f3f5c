// Faults planted in the kernels of losses: mistakes people make, each with the checks that must find
// it.

import type { Kernels, NdArray } from "../../../src/backends/kernels.ts";
import type { PairLoss } from "../../../src/core/geometry/mod.ts";
import { mapElements } from "./faulty_backend.ts";
import type { KernelFault } from "./kernel_fault.ts";

const DIFFERENCES = "gradients are those of central differences";
const REFERENCE = "outputs and gradients equal the reference's";
const PAIRS = "losses of elements are by definition";
const EDGES = "losses of elements keep to their edges";
const WEIGHTED = "weights of classes and ignored rows count by definition";

/** Changes the value of a loss. */
function losses(change: (loss: PairLoss, y: number, x: number, t: number) => number) {
  return (k: Kernels): Partial<Kernels> => ({
    pairLoss: (loss, x, target) => {
      const [xs, ts] = [k.read(x), k.read(target)];
      return mapElements(k, k.pairLoss(loss, x, target), (y, i) => change(loss, y, xs[i], ts[i]));
    },
  });
}

function withoutWeights(k: Kernels, weights: NdArray | null): NdArray | null {
  return weights && mapElements(k, k.copy(weights), () => 1);
}

/** Faults of losses. */
export const lossFaults: readonly KernelFault[] = [
  {
    fault: "huber forgets the half of the square",
    plant: losses(({ kind }, y, x, t) => kind === "huber" && Math.abs(x - t) <= 1 ? 2 * y : y),
    ops: ["huber"],
    foundBy: [DIFFERENCES, PAIRS, REFERENCE],
  },
  {
    fault: "huber takes delta for 1",
    plant: (k) => ({
      pairLoss: (loss, x, target) =>
        k.pairLoss(loss.kind === "huber" ? { ...loss, delta: 1 } : loss, x, target),
      pairLossGrad: (loss, dy, x, target) =>
        k.pairLossGrad(loss.kind === "huber" ? { ...loss, delta: 1 } : loss, dy, x, target),
    }),
    ops: ["huber"],
    foundBy: [PAIRS, REFERENCE],
  },
  {
    fault: "the gradient of the focal loss forgets that the factor moves too",
    plant: (k) => ({
      pairLossGrad: (loss, dy, x, target) =>
        k.pairLossGrad(loss.kind === "focal" ? { ...loss, gamma: 0 } : loss, dy, x, target),
    }),
    ops: ["sigmoidFocal"],
    foundBy: [DIFFERENCES, PAIRS],
  },
  {
    fault: "the positive weight goes to the negative labels",
    plant: (k) => {
      const swapped = (loss: PairLoss) =>
        loss.kind === "focal"
          ? { ...loss, positive: loss.negative, negative: loss.positive }
          : loss;
      return {
        pairLoss: (loss, x, target) => k.pairLoss(swapped(loss), x, target),
        pairLossGrad: (loss, dy, x, target) => k.pairLossGrad(swapped(loss), dy, x, target),
      };
    },
    ops: ["sigmoidCE"],
    foundBy: [PAIRS, EDGES, REFERENCE],
  },
  {
    fault: "the log of a sum with 1 loses what is small",
    plant: losses(({ kind }, y) => kind === "focal" ? Math.log(Math.fround(1 + Math.expm1(y))) : y),
    ops: [],
    foundBy: ["small losses keep their digits"],
  },
  {
    fault: "a probability of 0 costs NaN",
    plant: losses(({ kind }, y, x, t) => kind === "divergence" && t === 0 ? t * (t - x) : y),
    ops: [],
    foundBy: [EDGES],
  },
  {
    fault: "the gradient of the absolute error at its kink is 1",
    plant: (k) => ({
      pairLossGrad: (loss, dy, x, target) => {
        const [seeds, xs, ts] = [dy, x, target].map((t) => k.read(t));
        return mapElements(
          k,
          k.pairLossGrad(loss, dy, x, target),
          (dx, i) => loss.kind === "absolute" && xs[i] === ts[i] ? seeds[i] : dx,
        );
      },
    }),
    ops: [],
    foundBy: [EDGES, PAIRS],
  },
  {
    fault: "softmaxCE ignores the weights of classes",
    plant: (k) => ({
      softmaxCE: (logits, labels, weights, g) =>
        k.softmaxCE(logits, labels, withoutWeights(k, weights), g),
      softmaxCEGrad: (dy, logits, labels, weights, g) =>
        k.softmaxCEGrad(dy, logits, labels, withoutWeights(k, weights), g),
    }),
    ops: ["softmaxCE"],
    foundBy: [WEIGHTED, REFERENCE],
  },
  {
    fault: "the weighted mean of softmaxCE divides by the number of rows",
    plant: (k) => ({
      softmaxCE: (logits, labels, weights, g) => {
        const y = k.softmaxCE(logits, labels, weights, { ...g, divided: false });
        return g.divided ? mapElements(k, y, (loss) => loss / g.rows) : y;
      },
    }),
    ops: ["softmaxCE"],
    foundBy: [WEIGHTED, DIFFERENCES],
  },
  {
    fault: "rows that are ignored have a gradient",
    plant: (k) => ({
      softmaxCEGrad: (dy, logits, labels, weights, g) => {
        const { ignoreIndex: _, ...rest } = g;
        return k.softmaxCEGrad(dy, logits, labels, weights, rest);
      },
    }),
    ops: ["softmaxCE"],
    foundBy: [WEIGHTED, DIFFERENCES],
  },
];
