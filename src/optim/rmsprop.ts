/**
 * RMSprop, as PyTorch and as Keras have it.
 *
 * @module
 */
import type { RmspropUpdate } from "../backends/kernels.ts";
import {
  checkNumber,
  type DecayOptions,
  makeOptimizer,
  type MomentName,
  type Optimizer,
} from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends DecayOptions {
  /** Size of a step. */
  readonly learningRate: number | Schedule;
  /** Share of the mean squared gradient that is kept; 0.99 by default, 0.9 with Keras's rule. */
  readonly rho?: number;
  /** Keeps from dividing by 0; 1e-8 by default, 1e-7 with Keras's rule. */
  readonly epsilon?: number;
  /** Share of the velocity that is kept from step to step; 0 (none) by default. */
  readonly momentum?: number;
  /** Divide by the deviation, not by the root of the mean square; false by default. */
  readonly centered?: boolean;
  /**
   * Framework whose rule to follow: they differ in where epsilon is added; `"pytorch"` by default.
   */
  readonly rule?: "pytorch" | "keras";
}

const KNOWN = "learningRate weightDecay# decays rho# epsilon# momentum# centered? rule";

/**
 * Makes an RMSprop optimizer: steps scaled by the root of a running mean of the squared gradient.
 *
 * - **Formula**: `s = rho s + (1 - rho) dw²`, then with the rule of PyTorch
 *   `v = momentum v + dw / (sqrt(s) + epsilon)`, `w -= learningRate v`, with that of Keras
 *   `v = momentum v + learningRate dw / sqrt(s + epsilon)`, `w -= v`. Centered, s is less the
 *   square of a running mean of dw. Weight decay adds `weightDecay w` to dw first.
 * - **Source**: T. Tieleman, G. Hinton: lecture 6.5 of "Neural networks for machine learning",
 *   2012; `torch.optim.RMSprop` (which calls rho alpha); `keras.optimizers.RMSprop`.
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
 * @param options `learningRate` (a number or a schedule), `rho`, `epsilon`, `momentum`, `centered`,
 * `rule`; `weightDecay` (0 by default), `decays`.
 * @returns an optimizer with a mean square per parameter, a velocity with momentum, a mean
 * gradient if centered.
 * @throws {RangeError} if an option is out of range.
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  options = checkOptions("make rmsprop", options, KNOWN);
  const { rule = "pytorch", momentum = 0, centered = false } = options;
  if (rule !== "pytorch" && rule !== "keras") {
    throw new RangeError(`Cannot make rmsprop: rule must be pytorch or keras: got ${rule}`);
  }
  const isKeras = rule === "keras";
  const { rho = isKeras ? 0.9 : 0.99, epsilon = isKeras ? 1e-7 : 1e-8 } = options;
  checkNumber("rmsprop", "rho", rho, 0, 1);
  checkNumber("rmsprop", "epsilon", epsilon, 0);
  checkNumber("rmsprop", "momentum", momentum, 0);
  const moments: MomentName[] = [
    "meanSquare",
    ...momentum === 0 ? [] : ["velocity" as const],
    ...centered ? ["meanGradient" as const] : [],
  ];
  const ruleOf = (rate: number): Omit<RmspropUpdate, "kind" | "rho" | "momentum" | "weightDecay"> =>
    isKeras
      ? { inner: rate, outer: 1, epsilonInside: epsilon, epsilonOutside: 0 }
      : { inner: 1, outer: rate, epsilonInside: 0, epsilonOutside: epsilon };
  return makeOptimizer({
    ...options,
    name: "rmsprop",
    moments,
    update: ({ learningRate, weightDecay }) => (
      { kind: "rmsprop", rho, momentum, weightDecay, ...ruleOf(learningRate) }
    ),
  });
}
