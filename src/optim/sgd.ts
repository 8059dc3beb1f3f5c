/**
 * Stochastic gradient descent.
 *
 * @module
 */
import { checkNumber, makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Size of a step. */
  readonly learningRate: number;
  /** Share of the velocity that is kept from step to step; 0 (none) by default. */
  readonly momentum?: number;
  /** Look ahead along the velocity; needs momentum. False by default. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum or Nesterov's momentum.
 *
 * Formula: `v = momentum v + dw`, `w -= learningRate v`; with nesterov
 * `w -= learningRate (dw + momentum v)`. Source: `torch.optim.SGD` without dampening.
 *
 * @example
 * ```ts
 * import { sgd, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { w: tensor([1, 2]) };
 * sgd({ learningRate: 0.5 }).step(params, { w: tensor([2, 2]) });
 * assertEquals(params.w.toArray(), [0, 1]);
 * ```
 *
 * @param options `learningRate`, `momentum` (0 by default), `nesterov` (false by default).
 * @returns an optimizer with a velocity per parameter.
 * @throws {RangeError} if an option is out of range, or nesterov comes without momentum.
 */
export function sgd({ learningRate, momentum = 0, nesterov = false }: SgdOptions): Optimizer {
  checkNumber("sgd", "learningRate", learningRate, 0);
  checkNumber("sgd", "momentum", momentum, 0);
  if (nesterov && momentum === 0) {
    throw new RangeError("Cannot make sgd: nesterov needs a momentum above 0: got 0");
  }
  const update = { learningRate, momentum, nesterov };
  return makeOptimizer(momentum === 0 ? 0 : 1, (k, w, dw, [velocity]) => {
    k.sgdInPlace(w, dw, velocity ?? null, update);
  });
}
