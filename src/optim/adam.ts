/**
 * Adam and AdamW.
 *
 * @module
 */
import type { AdamUpdate } from "../backends/kernels.ts";
import {
  checkNumber,
  type DecayOptions,
  makeOptimizer,
  type Optimizer,
  type Step,
} from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link adam} and {@link adamw}. */
export interface AdamOptions extends DecayOptions {
  /** Size of a step; about how much a weight changes while gradients keep their sign. */
  readonly learningRate: number | Schedule;
  /** Share of the mean gradient that is kept from step to step; 0.9 by default. */
  readonly beta1?: number;
  /** Share of the mean squared gradient that is kept; 0.999 by default. */
  readonly beta2?: number;
  /** Summand of the root of the mean square; 1e-8 by default. */
  readonly epsilon?: number;
}

const KNOWN = "learningRate weightDecay# decays beta1# beta2# epsilon#";

/**
 * Makes an Adam optimizer: steps scaled by running means of the gradient and of its square,
 * corrected for their start at zero.
 *
 * - **Formula**: `m = beta1 m + (1 - beta1) dw`, `v = beta2 v + (1 - beta2) dw²`,
 *   `w -= learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
 * - **Source**: D. P. Kingma, J. Ba: "Adam: a method for stochastic optimization", ICLR 2015;
 *   `torch.optim.Adam`.
 *
 * @example
 * ```ts
 * import { adam, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const w = tensor(1);
 * adam({ learningRate: 0.1 }).step(w, tensor(123));
 * assertAlmostEquals(w.item(), 0.9, 1e-6); // the first step has the size of the learning rate
 * ```
 *
 * Weight decay adds `weightDecay w` to the gradient, so that it is scaled like one; see
 * {@link adamw}.
 *
 * @param options `learningRate` (a number or a schedule), `beta1`, `beta2`, `epsilon`;
 * `weightDecay` (0 by default), `decays`.
 * @returns an optimizer with two moments per parameter.
 * @throws {RangeError} if an option is out of range.
 */
export function adam(options: AdamOptions): Optimizer {
  options = checkOptions("make adam", options, KNOWN);
  return makeAdam("adam", options, ({ weightDecay }) => ({ weightDecay, shrink: 1 }));
}

/**
 * Makes an Adam optimizer with weight decay apart from the gradient: every step takes the same
 * share of a weight away, however large its gradient is.
 *
 * - **Formula**: `w = (1 - learningRate weightDecay) w`, then a step of {@link adam}.
 * - **Source**: I. Loshchilov, F. Hutter: "Decoupled weight decay regularization", ICLR 2019;
 *   `torch.optim.AdamW`.
 *
 * @example
 * ```ts
 * import { adamw, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const w = tensor(1);
 * adamw({ learningRate: 0.1, weightDecay: 0.5 }).step(w, tensor(0));
 * assertAlmostEquals(w.item(), 0.95, 1e-6);
 * ```
 *
 * @param options `learningRate` (a number or a schedule), `beta1`, `beta2`, `epsilon`;
 * `weightDecay` (0.01 by default), `decays`.
 * @returns an optimizer with two moments per parameter.
 * @throws {RangeError} if an option is out of range.
 */
export function adamw(options: AdamOptions): Optimizer {
  options = checkOptions("make adamw", options, KNOWN);
  return makeAdam(
    "adamw",
    { ...options, weightDecay: options.weightDecay ?? 0.01 },
    ({ learningRate, weightDecay }) => ({ weightDecay: 0, shrink: 1 - learningRate * weightDecay }),
  );
}

/**
 * Makes an Adam optimizer with a way to let weights decay: through the gradient, or before the
 * step.
 */
function makeAdam(
  name: string,
  options: AdamOptions,
  decay: (step: Step) => Pick<AdamUpdate, "weightDecay" | "shrink">,
): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkNumber(name, "beta1", beta1, 0, 1);
  checkNumber(name, "beta2", beta2, 0, 1);
  checkNumber(name, "epsilon", epsilon, 0);
  return makeOptimizer({
    ...options,
    name,
    moments: ["m", "v"],
    update(now) {
      const { learningRate, step } = now;
      return { kind: "adam", learningRate, beta1, beta2, epsilon, step, ...decay(now) };
    },
  });
}
