/**
 * Stochastic gradient descent.
 *
 * @module
 */
import { checkNumber, type DecayOptions, makeOptimizer, type Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link sgd}. */
export interface SgdOptions extends DecayOptions {
  /** Size of a step. */
  readonly learningRate: number | Schedule;
  /** Share of the velocity that is kept from step to step; 0 (none) by default. */
  readonly momentum?: number;
  /** Look ahead along the velocity; needs momentum. False by default. */
  readonly nesterov?: boolean;
}

const KNOWN = "learningRate weightDecay# decays momentum# nesterov?";

/**
 * Makes an optimizer of stochastic gradient descent, with momentum or Nesterov's momentum.
 *
 * - **Formula**: `v = momentum v + dw`, `w -= learningRate v`; with nesterov
 *   `w -= learningRate (dw + momentum v)`. Weight decay adds `weightDecay w` to dw first.
 * - **Source**: `torch.optim.SGD` without dampening.
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
 * @param options `learningRate` (a number or a schedule), `momentum` (0 by default), `nesterov`
 * (false by default); `weightDecay` (0 by default), `decays`.
 * @returns an optimizer with a velocity per parameter.
 * @throws {RangeError} if an option is out of range, or nesterov comes without momentum.
 */
export function sgd(options: SgdOptions): Optimizer {
  options = checkOptions("make sgd", options, KNOWN);
  const { momentum = 0, nesterov = false } = options;
  checkNumber("sgd", "momentum", momentum, 0);
  if (nesterov && momentum === 0) {
    throw new RangeError("Cannot make sgd: nesterov needs a momentum above 0: got 0");
  }
  return makeOptimizer({
    ...options,
    name: "sgd",
    moments: momentum === 0 ? [] : ["velocity"],
    update: ({ learningRate, weightDecay }) => (
      { kind: "sgd", learningRate, momentum, nesterov, weightDecay }
    ),
  });
}
