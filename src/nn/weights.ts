/**
 * Options that layers with weights share: their parameters, their first values, and the activation.
 *
 * @module
 */
import { checkInitial } from "./initializers.ts";
import { type Activation, splitActivation } from "../../ops/fused_activation.ts";
import type { CreateOptions } from "../core/create.ts";
import { checkRandom } from "../random/check_random.ts";
import type { Random } from "../random/random.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkInitializer, constant, glorotUniform, type Initializer } from "./initializers.ts";

/** Weights and, unless there is none, a bias. */
export interface WeightParams {
  /** Weights. */
  readonly w: Tensor;
  /** Summand of each output; null in a layer without. */
  readonly bias: Tensor | null;
}

/** Options of the parameters of a layer with weights, and its activation. */
export interface WeightOptions {
  /** Add a bias to outputs; true by default. */
  readonly bias?: boolean;
  /**
   * Function of the outputs; none by default. `relu` and `"relu"` are part of the product of
   * `Conv2d` and `Dense`; a function around it, `(x) => relu(x)`, is a pass over memory of its own.
   */
  readonly activation?: Activation;
  /** First weights; `glorotUniform` by default, as in Keras. */
  readonly initializer?: Initializer;
  /** First biases; zeros by default. */
  readonly biasInitializer?: Initializer;
}

/** Throws unless the activation and the initializers can be used. */
export function checkWeights(
  action: string,
  { activation = "linear", initializer, biasInitializer }: WeightOptions,
): void {
  splitActivation(action, activation);
  checkInitializer(action, "initializer", initializer);
  checkInitializer(action, "biasInitializer", biasInitializer);
}

/** Draws first weights and biases, each from a stream of numbers of its own. */
export function initWeights(
  { bias = true, initializer = glorotUniform, biasInitializer = constant(0) }: WeightOptions,
  random: Random,
  shape: Shape,
  outputs: number,
  create?: CreateOptions,
): WeightParams {
  checkRandom("initialise weights", random);
  return {
    w: checkInitial("initializer", initializer(random.split("w"), shape, create), shape),
    bias: bias
      ? checkInitial("biasInitializer", biasInitializer(random.split("bias"), [outputs], create), [
        outputs,
      ])
      : null,
  };
}
