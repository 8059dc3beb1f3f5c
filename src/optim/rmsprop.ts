/**
 * RMSprop.
 *
 * @module
 */
import { checkNumber, makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions {
  /** Size of a step. */
  readonly learningRate: number;
  /** Share of the mean squared gradient that is kept from step to step; 0.99 by default. */
  readonly rho?: number;
  /** Added to the root of the mean square; 1e-8 by default. */
  readonly epsilon?: number;
}

/**
 * RMSprop: steps scaled by the root of a running mean of the squared gradient.
 *
 * Formula: `s = rho s + (1 - rho) dw²`, `w -= learningRate dw / (sqrt(s) + epsilon)`. Source:
 * T. Tieleman, G. Hinton: lecture 6.5 of "Neural networks for machine learning", 2012;
 * `torch.optim.RMSprop`, which has epsilon outside the root (and calls rho alpha).
 *
 * @example
 * ```ts
 * import { rmsprop, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const w = tensor(1);
 * rmsprop({ learningRate: 0.01 }).step(w, tensor(5));
 * assertAlmostEquals(w.item(), 0.9, 1e-6);
 * ```
 *
 * @param options `learningRate`, `rho`, `epsilon`.
 * @returns an optimizer with a mean square per parameter.
 * @throws {RangeError} if an option is out of range.
 */
export function rmsprop({ learningRate, rho = 0.99, epsilon = 1e-8 }: RmspropOptions): Optimizer {
  checkNumber("rmsprop", "learningRate", learningRate, 0);
  checkNumber("rmsprop", "rho", rho, 0, 1);
  checkNumber("rmsprop", "epsilon", epsilon, 0);
  return makeOptimizer(1, (k, w, dw, [meanSquare]) => {
    k.rmspropInPlace(w, dw, meanSquare, { learningRate, rho, epsilon });
  });
}
