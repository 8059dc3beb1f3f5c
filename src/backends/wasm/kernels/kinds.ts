// Written by `deno task generate`. Do not edit.

export const enum MapKind {
  neg,
  abs,
  sign,
  floor,
  ceil,
  round,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  rsqrt,
  reciprocal,
  square,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  erf,
  sigmoid,
}

export const enum ActivationKind {
  relu,
  relu6,
  leakyRelu,
  clip,
  elu,
  hardSigmoid,
  hardSwish,
  softplus,
  logSigmoid,
  silu,
  mish,
  gelu,
  geluTanh,
}

export const enum BinaryKind {
  add,
  sub,
  mul,
  div,
  minimum,
  maximum,
  pow,
  mod,
  fmod,
}

export const enum CompareKind {
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
}

export const enum ReduceKind {
  sum,
  mean,
  max,
  min,
  prod,
}

export const enum PairLossKind {
  squared,
  absolute,
  huber,
  sigmoidCE,
  focal,
  divergence,
  logDivergence,
}
