/**
 * Lion.
 *
 * @module
 */
import { checkNumber, type DecayOptions, makeOptimizer, type Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link lion}. */
export interface LionOptions extends DecayOptions {
  /** Change of every weight in a step; a third to a tenth of the rate for Adam. */
  readonly learningRate: number | Schedule;
  /** Share of the mean gradient in the direction of the step; 0.9 by default. */
  readonly beta1?: number;
  /** Share of the mean gradient that is kept from step to step; 0.99 by default. */
  readonly beta2?: number;
}

const KNOWN = "learningRate weightDecay# decays beta1# beta2#";

/**
 * Makes a Lion optimizer: every weight takes a step of the same size, along the sign of a mean
 * gradient; half of the memory of Adam.
 *
 * - **Formula**: `w = (1 - learningRate weightDecay) w - learningRate sign(beta1 m + (1 - beta1) dw)`,
 *   then `m = beta2 m + (1 - beta2) dw`.
 * - **Edge cases**: `sign(0)` is 0, `sign(NaN)` is NaN.
 * - **Source**: X. Chen et al.: "Symbolic discovery of optimization algorithms", NeurIPS 2023;
 *   `keras.optimizers.Lion`.
 *
 * @example
 * ```ts
 * import { lion, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const w = tensor([1, 1, 1]);
 * lion({ learningRate: 0.25 }).step(w, tensor([1000, -0.001, 0]));
 * assertEquals(w.toArray(), [0.75, 1.25, 1]);
 * ```
 *
 * @param options `learningRate` (a number or a schedule), `beta1`, `beta2`; `weightDecay` (0 by
 * default; apart from the gradient, as in AdamW), `decays`.
 * @returns an optimizer with a mean gradient per parameter.
 * @throws {RangeError} if an option is out of range.
 */
export function lion(options: LionOptions): Optimizer {
  options = checkOptions("make lion", options, KNOWN);
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  checkNumber("lion", "beta1", beta1, 0, 1);
  checkNumber("lion", "beta2", beta2, 0, 1);
  return makeOptimizer({
    ...options,
    name: "lion",
    moments: ["m"],
    update({ learningRate, weightDecay }) {
      const shrink = 1 - learningRate * weightDecay;
      return { kind: "lion", learningRate, beta1, beta2, shrink };
    },
  });
}
