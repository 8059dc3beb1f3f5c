/**
 * The kinds of functions that one kernel applies. The place in its list is a kind's number in the
 * kernels of the WASM backend, whose build reads these lists.
 *
 * @module
 */

/**
 * Functions of one element that have no kernel for their gradient. `neg`, `square`, `abs` and `sign`
 * take every dtype, the others floats.
 */
export const MAP_KINDS = [
  "neg",
  "abs",
  /** -1, 0 or 1; zeros keep their sign. */
  "sign",
  "floor",
  "ceil",
  /** Rounding to the nearest integer, halves to the even one. */
  "round",
  "exp",
  /** `exp(x) - 1`, exact near 0. */
  "expm1",
  "log",
  /** `log(1 + x)`, exact near 0. */
  "log1p",
  "sqrt",
  /** `1 / sqrt(x)`. */
  "rsqrt",
  /** `1 / x`. */
  "reciprocal",
  "square",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "acosh",
  "atanh",
  /** Computes `2 / sqrt(pi)` times the integral of `exp(-t²)` from 0 to x. */
  "erf",
  /** `1 / (1 + exp(-x))`, without overflow. */
  "sigmoid",
] as const;

/** A function of {@link MAP_KINDS}. */
export type MapKind = typeof MAP_KINDS[number];

/**
 * Functions of one element whose gradient is a kernel too. All have their limits at infinities; `f'`
 * is their derivative, at kinks the number that is stated. {@link ActivationParameters} names the
 * numbers that belong to some.
 */
export const ACTIVATION_KINDS = [
  /** `max(x, 0)`; `f'(0) = 0`. */
  "relu",
  /** `min(max(x, 0), 6)`; `f' = 0` at both kinks. */
  "relu6",
  /** `x > 0 ? x : slope x`; `f'(0) = slope`. */
  "leakyRelu",
  /** `min(max(x, low), high)`; `f' = 1` at both bounds. */
  "clip",
  /** `x > 0 ? above x : below (exp(x) - 1)`; `f'(0) = below`. */
  "elu",
  /** `min(max(x / 6 + 1 / 2, 0), 1)`; `f' = 0` at both kinks. */
  "hardSigmoid",
  /** `x hardSigmoid(x)`; `f'(-3) = 0`, `f'(3) = 1`. */
  "hardSwish",
  /** Computes `log(1 + exp(x))`, without overflow. */
  "softplus",
  /** `-log(1 + exp(-x))`, without overflow. */
  "logSigmoid",
  /** `x sigmoid(x)`. */
  "silu",
  /** `x tanh(softplus(x))`. */
  "mish",
  /** `x (1 + erf(x / sqrt(2))) / 2`. */
  "gelu",
  /** `x sigmoid(2 u)`, `u = sqrt(2 / pi) (x + 0.044715 x³)`. */
  "geluTanh",
] as const;

/** A function of {@link ACTIVATION_KINDS}. */
export type ActivationKind = typeof ACTIVATION_KINDS[number];

/** Numbers that belong to a function of one element, by their names. */
export interface ParametersByKind {
  /** Slope below 0. */
  readonly leakyRelu: { readonly slope: number };
  /** Bounds. */
  readonly clip: { readonly low: number; readonly high: number };
  /** Factors above and below 0. */
  readonly elu: { readonly above: number; readonly below: number };
}

/** The parameters of a function of one element; none for most. */
export type ActivationParameters<Kind extends ActivationKind = ActivationKind> = Kind extends
  keyof ParametersByKind ? ParametersByKind[Kind] : Readonly<Record<never, number>>;

/** A name of a parameter. */
export type ParameterName = {
  [Kind in keyof ParametersByKind]: keyof ParametersByKind[Kind];
}[keyof ParametersByKind];

/** Functions of one element. */
export type UnaryKind = MapKind | ActivationKind;

/** Functions of two elements. Integer results wrap around, as NumPy's do. */
export const BINARY_KINDS = [
  "add",
  "sub",
  "mul",
  "div",
  /** The smaller one. */
  "minimum",
  /** The larger one. */
  "maximum",
  /** `a` to the power of `b`, as C's `pow`, but NaN wherever one of them is. */
  "pow",
  /** `a - b floor(a / b)`, of b's sign; of integers 0 where b is 0. */
  "mod",
  /** `a - b trunc(a / b)`, of a's sign; of integers 0 where b is 0. */
  "fmod",
] as const;

/** A function of {@link BINARY_KINDS}. */
export type BinaryKind = typeof BINARY_KINDS[number];

/** Questions about two elements; all but `notEqual` are false where one is NaN. */
export const COMPARE_KINDS = [
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
] as const;

/** A question of {@link COMPARE_KINDS}. */
export type CompareKind = typeof COMPARE_KINDS[number];

/** Reductions of the elements along axes to one; integers keep their dtype but uint8 sums. */
export const REDUCE_KINDS = ["sum", "mean", "max", "min", "prod"] as const;

/** A reduction of {@link REDUCE_KINDS}. */
export type ReduceKind = typeof REDUCE_KINDS[number];

/** Losses of a prediction and its target, as kernels tell them apart. */
export const PAIR_LOSS_KINDS = [
  "squared",
  "absolute",
  "huber",
  /** Focal with `gamma = 0`. */
  "sigmoidCE",
  "focal",
  "divergence",
  /** Divergence from the logarithms of targets. */
  "logDivergence",
] as const;

/** A loss of {@link PAIR_LOSS_KINDS}. */
export type PairLossKind = typeof PAIR_LOSS_KINDS[number];
