// Faults planted in the steps of optimizers.

import type { KernelFault } from "./kernel_fault.ts";

const STEPS = "optimizers step by their formulas";
const EDGES = "optimizers keep NaN, infinities and what is undecided";

/** Faults of optimizers. */
export const optimizerFaults: readonly KernelFault[] = [
  {
    fault: "adam does not correct the bias of its moments",
    plant: (k) => ({
      adamInPlace: (w, dw, m, v, update) => k.adamInPlace(w, dw, m, v, { ...update, step: 1000 }),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "adamw puts the decay into the gradient",
    plant: (k) => ({
      adamInPlace: (w, dw, m, v, update) =>
        k.adamInPlace(w, dw, m, v, {
          ...update,
          shrink: 1,
          weightDecay: update.weightDecay + (1 - update.shrink) / update.learningRate,
        }),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "sgd forgets the decay of weights",
    plant: (k) => ({
      sgdInPlace: (w, dw, v, update) => k.sgdInPlace(w, dw, v, { ...update, weightDecay: 0 }),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "Keras's rmsprop adds epsilon to the root",
    plant: (k) => ({
      rmspropInPlace: (w, dw, s, v, m, update) =>
        k.rmspropInPlace(w, dw, s, v, m, {
          ...update,
          epsilonInside: 0,
          epsilonOutside: update.epsilonInside + update.epsilonOutside,
        }),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "centered rmsprop is not centered",
    plant: (k) => ({
      rmspropInPlace: (w, dw, s, v, _m, update) => k.rmspropInPlace(w, dw, s, v, null, update),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "adagrad begins with a sum of 0",
    plant: (k) => ({
      adagradInPlace: (w, dw, _squares, update) =>
        k.adagradInPlace(w, dw, k.fill(w.shape, w.dtype, 0), update),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "lion steps along what it remembers, not along what it mixes",
    plant: (k) => ({
      lionInPlace: (w, dw, m, update) =>
        k.lionInPlace(w, dw, m, { ...update, beta1: update.beta2 }),
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "lion takes a step where it is undecided, and one for NaN",
    plant: (k) => ({
      lionInPlace(w, dw, m, update) {
        const data = k.read(dw).map((v) => v > 0 ? 1 : -1);
        k.lionInPlace(w, k.create({ shape: w.shape, dtype: w.dtype, data }), m, update);
      },
    }),
    ops: [],
    foundBy: [EDGES],
  },
  {
    fault: "a moving average takes the new share of the old",
    plant: (k) => ({
      blendInPlace: (target, x, keep, take) => k.blendInPlace(target, x, take, keep),
    }),
    ops: [],
    foundBy: ["moving averages are the weighted mean"],
  },
];
