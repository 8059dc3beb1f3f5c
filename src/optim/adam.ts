/**
 * Adam.
 *
 * @module
 */
import { checkNumber, makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** Size of a step; about how much a weight changes while gradients keep their sign. */
  readonly learningRate: number;
  /** Share of the mean gradient that is kept from step to step; 0.9 by default. */
  readonly beta1?: number;
  /** Share of the mean squared gradient that is kept; 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the mean square; 1e-8 by default. */
  readonly epsilon?: number;
}

/**
 * Adam: steps scaled by running means of the gradient and of its square, corrected for their
 * start at zero.
 *
 * Formula: `m = beta1 m + (1 - beta1) dw`, `v = beta2 v + (1 - beta2) dw²`,
 * `w -= learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)`. Source: D. P.
 * Kingma, J. Ba: "Adam: a method for stochastic optimization", ICLR 2015; `torch.optim.Adam`.
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
 * @param options `learningRate`, `beta1`, `beta2`, `epsilon`.
 * @returns an optimizer with two moments per parameter.
 * @throws {RangeError} if an option is out of range.
 */
export function adam(
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
): Optimizer {
  checkNumber("adam", "learningRate", learningRate, 0);
  checkNumber("adam", "beta1", beta1, 0, 1);
  checkNumber("adam", "beta2", beta2, 0, 1);
  checkNumber("adam", "epsilon", epsilon, 0);
  return makeOptimizer(2, (k, w, dw, [m, v], step) => {
    k.adamInPlace(w, dw, m, v, { learningRate, beta1, beta2, epsilon, step });
  });
}
