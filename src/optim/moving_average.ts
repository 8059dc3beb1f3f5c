/**
 * A running mean of weights.
 *
 * @module
 */
import { pairLeaves, type PairNames } from "../core/paired_leaves.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import { blend } from "./blend.ts";
import { checkNumber } from "./optimizer.ts";
import { checkOptions } from "../core/options.ts";

/** Options of {@link movingAverage}. */
export interface MovingAverageOptions {
  /** Share of the mean that is kept from step to step: 0.999 looks back some thousand steps. */
  readonly decay: number;
}

const KNOWN = "decay#";

/** A running mean of parameters; see {@link movingAverage}. */
export interface MovingAverage<P> extends Disposable {
  /** The means, in the structure of the parameters: to evaluate, predict and save with. */
  readonly params: P;
  /** Takes in the parameters as they are now: to be called after every step. */
  update(): void;
  /** Frees the means; so does the end of the block of a `using` declaration. */
  dispose(): void;
}

/**
 * Keeps a running mean of weights: it often does better than the weights themselves, which jump
 * about from step to step.
 *
 * - **Formula**: `mean = decay mean + (1 - decay) w`; the first mean is the weights at the time of
 *   this call.
 * - **Source**: B. Polyak, A. Juditsky: "Acceleration of stochastic approximation by averaging",
 *   1992; `ema_momentum` of Keras's optimizers.
 *
 * @example
 * ```ts
 * import { assign, movingAverage, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { w: tensor(0) };
 * const average = movingAverage(params, { decay: 0.75 });
 * assign(params, { w: tensor(4) }); // a step of an optimizer
 * average.update();
 * assertEquals(average.params.w.item(), 1);
 * ```
 *
 * @param params float tensors in nested objects and arrays.
 * @param options `decay`, from 0 up to, but without, 1.
 * @returns the means and how to update them.
 * @throws {RangeError} if decay is out of range.
 */
export function movingAverage<P>(params: P, options: MovingAverageOptions): MovingAverage<P> {
  const { decay } = checkOptions("make movingAverage", options, KNOWN);
  checkNumber("movingAverage", "decay", decay, 0, 1);
  const means = mapStructure("average", params, (tensor) => tensor.clone());
  const dispose = () => {
    for (const { tensor } of leavesOf("average", means)) tensor.dispose();
  };
  return {
    params: means,
    update() {
      for (const [{ tensor }, now] of pairLeaves("average", NAMES, means, params)) {
        blend(tensor, now, decay, 1 - decay);
      }
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}

const NAMES: PairNames = { first: "means", one: "the mean", second: "params", other: "value" };
