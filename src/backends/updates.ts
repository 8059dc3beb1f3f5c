/**
 * Rules of optimizers: which one, with the numbers of a step; and the arrays that it changes.
 *
 * @module
 */

/** Step of an optimizer. */
export type StepRule = SgdUpdate | AdamUpdate | RmspropUpdate | AdagradUpdate | LionUpdate;

/** Step of stochastic gradient descent, in PyTorch's formulas. */
export interface SgdUpdate {
  /** Name of the rule. */
  readonly kind: "sgd";
  /** Size of a step. */
  readonly learningRate: number;
  /** 0 for none: there is no `velocity` then. */
  readonly momentum: number;
  /** True to look ahead along the velocity. */
  readonly nesterov: boolean;
  /** `weightDecay w` is added to the gradient; 0 for none. */
  readonly weightDecay: number;
}

/** Step of Adam or AdamW, in PyTorch's formulas. */
export interface AdamUpdate {
  /** Name of the rule. */
  readonly kind: "adam";
  /** Size of a step. */
  readonly learningRate: number;
  /** Share of the mean gradient that is kept. */
  readonly beta1: number;
  /** Share of the mean squared gradient that is kept. */
  readonly beta2: number;
  /** Summand of the root of the mean square. */
  readonly epsilon: number;
  /** The number of this step, from 1; for the bias corrections. */
  readonly step: number;
  /** `weightDecay w` is added to the gradient; 0 for none. */
  readonly weightDecay: number;
  /** Factor of the weights before the step: `1 - learningRate weightDecay` in AdamW; 1 for none. */
  readonly shrink: number;
}

/**
 * Step of RMSprop: `v = momentum v + inner dw / (sqrt(s + epsilonInside) + epsilonOutside)`, `w -=
 * outer v`, s being the mean square, or with mean gradients the variance.
 */
export interface RmspropUpdate {
  /** Name of the rule. */
  readonly kind: "rmsprop";
  /** Share of the means that is kept. */
  readonly rho: number;
  /** Multiplies what goes into the velocity; the learning rate in Keras. */
  readonly inner: number;
  /** Multiplies the velocity; the learning rate in PyTorch. */
  readonly outer: number;
  /** Summand of the mean square before the root is taken, as in Keras. */
  readonly epsilonInside: number;
  /** Summand of the root, as in PyTorch. */
  readonly epsilonOutside: number;
  /** 0 for none: there is no `velocity` then. */
  readonly momentum: number;
  /** `weightDecay w` is added to the gradient; 0 for none. */
  readonly weightDecay: number;
}

/** Step of Adagrad: `s += dw²`, `w -= learningRate dw / (sqrt(s) + epsilon)`. */
export interface AdagradUpdate {
  /** Name of the rule. */
  readonly kind: "adagrad";
  /** Size of a step. */
  readonly learningRate: number;
  /** Summand of the root of the sum. */
  readonly epsilon: number;
  /** `weightDecay w` is added to the gradient; 0 for none. */
  readonly weightDecay: number;
}

/**
 * Step of Lion: `w = shrink w - learningRate sign(beta1 m + (1 - beta1) dw)`; the sign of NaN
 * is NaN.
 */
export interface LionUpdate {
  /** Name of the rule. */
  readonly kind: "lion";
  /** Size of a step; how much every weight changes. */
  readonly learningRate: number;
  /** Share of the mean gradient in the direction of the step. */
  readonly beta1: number;
  /** Share of the mean gradient that is kept: `m = beta2 m + (1 - beta2) dw`. */
  readonly beta2: number;
  /** Factor of the weights before the step; 1 for none. */
  readonly shrink: number;
}
