/**
 * Adagrad.
 *
 * @module
 */
import { checkNumber, type DecayOptions, makeOptimizer, type Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends DecayOptions {
  /** Size of a step. */
  readonly learningRate: number | Schedule;
  /** The sum of squares at first; 0 by default. */
  readonly initialSum?: number;
  /** Summand of the root of the sum; 1e-10 by default. */
  readonly epsilon?: number;
}

const KNOWN = "learningRate weightDecay# decays initialSum# epsilon#";

/**
 * Makes an Adagrad optimizer: steps scaled by the root of the sum of all squared gradients so far;
 * good for weights that seldom have a gradient, such as those of an embedding.
 *
 * - **Formula**: `s += dw²`, `w -= learningRate dw / (sqrt(s) + epsilon)`. Weight decay adds
 *   `weightDecay w` to dw first.
 * - **Source**: J. Duchi, E. Hazan, Y. Singer: "Adaptive subgradient methods for online learning
 *   and stochastic optimization", JMLR 2011; `torch.optim.Adagrad`.
 *
 * @example
 * ```ts
 * import { adagrad, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const w = tensor(1);
 * const optimizer = adagrad({ learningRate: 0.1 });
 * optimizer.step(w, tensor(3)); // 3 / sqrt(9)
 * optimizer.step(w, tensor(4)); // 4 / sqrt(25)
 * assertAlmostEquals(w.item(), 1 - 0.1 - 0.08, 1e-6);
 * ```
 *
 * @param options `learningRate` (a number or a schedule), `initialSum`, `epsilon`; `weightDecay`
 * (0 by default), `decays`.
 * @returns an optimizer with a sum of squares per parameter.
 * @throws {RangeError} if an option is out of range.
 */
export function adagrad(options: AdagradOptions): Optimizer {
  options = checkOptions("make adagrad", options, KNOWN);
  const { initialSum = 0, epsilon = 1e-10 } = options;
  checkNumber("adagrad", "initialSum", initialSum, 0);
  checkNumber("adagrad", "epsilon", epsilon, 0);
  return makeOptimizer({
    ...options,
    name: "adagrad",
    moments: ["squares"],
    firstMoment: initialSum,
    update: ({ learningRate, weightDecay }) => (
      { kind: "adagrad", learningRate, epsilon, weightDecay }
    ),
  });
}
