/**
 * Options that layers with weights share: their parameters, their first values, and the activation.
 *
 * @module
 */
import { relu } from "../../ops/mod.ts";
import type { FusedActivation } from "../backends/kernels.ts";
import type { CreateOptions } from "../core/create.ts";
import type { Random } from "../random/random.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { constant, glorotUniform, type Initializer } from "./initializers.ts";

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
  /** Applied to the outputs: `relu`; nothing by default. */
  readonly activation?: (x: Tensor) => Tensor;
  /** First weights; `glorotUniform` by default, as in Keras. */
  readonly initializer?: Initializer;
  /** First biases; zeros by default. */
  readonly biasInitializer?: Initializer;
}

/** Draws first weights and biases, each from a stream of numbers of its own. */
export function initWeights(
  { bias = true, initializer = glorotUniform, biasInitializer = constant(0) }: WeightOptions,
  random: Random,
  shape: Shape,
  outputs: number,
  create?: CreateOptions,
): WeightParams {
  return {
    w: initializer(random.split("w"), shape, create),
    bias: bias ? biasInitializer(random.split("bias"), [outputs], create) : null,
  };
}

/**
 * Computes outputs with their activation, by one op where that is relu: `outputs` is told which.
 */
export function activated(
  { activation }: WeightOptions,
  outputs: (activation: FusedActivation) => Tensor,
): Tensor {
  if (activation === relu) return outputs("relu");
  return activate({ activation }, outputs("linear"));
}

/** Applies the activation to outputs; returns the outputs themselves where there is none. */
export function activate({ activation }: WeightOptions, y: Tensor): Tensor {
  return activation === undefined ? y : activation(y);
}
