// Faults planted in the steps of optimizers.

import type { Kernels, StepArrays, StepRule } from "../../../src/backends/kernels.ts";
import type { KernelFault } from "./kernel_fault.ts";

const STEPS = "optimizers step by their formulas";
const EDGES = "optimizers keep NaN, infinities and what is undecided";

/** Kernels that change the steps of one kind of optimizer. */
function stepping<Kind extends StepRule["kind"]>(
  kind: Kind,
  change: (
    rule: Extract<StepRule, { kind: Kind }>,
    arrays: StepArrays,
    k: Kernels,
  ) => { rule?: StepRule; arrays?: StepArrays },
): KernelFault["plant"] {
  return (k) => ({
    stepInPlace(rule, arrays) {
      const changed = rule.kind === kind
        ? change(rule as Extract<StepRule, { kind: Kind }>, arrays, k)
        : {};
      k.stepInPlace(changed.rule ?? rule, changed.arrays ?? arrays);
    },
  });
}

/** Faults of optimizers. */
export const optimizerFaults: readonly KernelFault[] = [
  {
    fault: "adam does not correct the bias of its moments",
    plant: stepping("adam", (rule) => ({ rule: { ...rule, step: 1000 } })),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "adamw puts the decay into the gradient",
    plant: stepping("adam", (rule) => {
      const weightDecay = rule.weightDecay + (1 - rule.shrink) / rule.learningRate;
      return { rule: { ...rule, shrink: 1, weightDecay } };
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "sgd forgets the decay of weights",
    plant: stepping("sgd", (rule) => ({ rule: { ...rule, weightDecay: 0 } })),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "Keras's rmsprop adds epsilon to the root",
    plant: stepping("rmsprop", (rule) => {
      const epsilonOutside = rule.epsilonInside + rule.epsilonOutside;
      return { rule: { ...rule, epsilonInside: 0, epsilonOutside } };
    }),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "centered rmsprop is not centered",
    plant: stepping("rmsprop", (_rule, { meanGradient: _, ...arrays }) => ({ arrays })),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "centered rmsprop takes the root of what rounding left below 0",
    plant: stepping("rmsprop", ({ rho }, arrays, k) => {
      if (arrays.meanGradient === undefined) return {};
      const { shape, dtype } = arrays.w;
      const [squares, means] = [k.read(arrays.meanSquare!), k.read(arrays.meanGradient)];
      const data = k.read(arrays.dw).map((v, i) => {
        const square = rho * squares[i] + (1 - rho) * v * v;
        const mean = rho * means[i] + (1 - rho) * v;
        return square - mean * mean < 0 ? NaN : v;
      });
      return { arrays: { ...arrays, dw: k.create({ shape, dtype, data }) } };
    }),
    ops: [],
    foundBy: ["centered rmsprop knows no variance below 0"],
  },
  {
    fault: "adagrad begins with a sum of 0",
    plant: stepping("adagrad", (_rule, arrays, k) => (
      { arrays: { ...arrays, squares: k.fill(arrays.w.shape, arrays.w.dtype, 0) } }
    )),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "lion steps along what it remembers, not along what it mixes",
    plant: stepping("lion", (rule) => ({ rule: { ...rule, beta1: rule.beta2 } })),
    ops: [],
    foundBy: [STEPS],
  },
  {
    fault: "lion takes a step where it is undecided, and one for NaN",
    plant: stepping("lion", (_rule, arrays, k) => {
      const { shape, dtype } = arrays.w;
      const data = k.read(arrays.dw).map((v) => v > 0 ? 1 : -1);
      return { arrays: { ...arrays, dw: k.create({ shape, dtype, data }) } };
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
