/**
 * Functions of one float by their kinds, with the slopes of activations, as WGSL.
 *
 * @module
 */
import type { ActivationKind, BinaryKind, CompareKind, MapKind } from "../../kernels.ts";
import type { WgslFunctions } from "./library.ts";

/** Expressions of x. */
export const MAPS: Readonly<Record<MapKind, string>> = {
  neg: "-x",
  abs: "abs(x)",
  sign: "signOf(x)",
  floor: "floorOf(x)",
  ceil: "ceilOf(x)",
  round: "roundOf(x)",
  exp: "expOf(x)",
  expm1: "expm1Of(x)",
  log: "logOf(x)",
  log1p: "log1pOf(x)",
  sqrt: "rootOf(x)",
  rsqrt: "1.0 / rootOf(x)",
  reciprocal: "1.0 / x",
  square: "x * x",
  sin: "sinOf(x)",
  cos: "cosOf(x)",
  tan: "tanOf(x)",
  asin: "asinOf(x)",
  acos: "acosOf(x)",
  atan: "atanOf(x)",
  sinh: "sinhOf(x)",
  cosh: "coshOf(x)",
  tanh: "tanhOf(x)",
  asinh: "asinhOf(x)",
  acosh: "acoshOf(x)",
  atanh: "atanhOf(x)",
  erf: "erfOf(x)",
  sigmoid: "sigmoidOf(x)",
};

/** An activation as expressions of x, and of a and b, its parameters by order of their names. */
interface Activation {
  readonly value: string;
  readonly slope: string;
}

/** Names of parameters: a is the first, b the second. */
export const PARAMETERS: Readonly<Partial<Record<ActivationKind, readonly string[]>>> = {
  leakyRelu: ["slope"],
  clip: ["low", "high"],
  elu: ["above", "below"],
};

/** Expressions of activations. Where x may be infinite, products with 0 are avoided. */
export const ACTIVATIONS: Readonly<Record<ActivationKind, Activation>> = {
  relu: { value: "relu(x)", slope: "select(0.0, 1.0, x > 0.0)" },
  relu6: {
    value: "smaller(larger(x, 0.0), 6.0)",
    slope: "select(0.0, 1.0, x > 0.0 && x < 6.0)",
  },
  leakyRelu: { value: "select(a * x, x, x > 0.0)", slope: "select(a, 1.0, x > 0.0)" },
  clip: { value: "smaller(larger(x, a), b)", slope: "select(0.0, 1.0, x >= a && x <= b)" },
  elu: {
    value: "elu(x, a, b)",
    slope: "eluSlope(x, a, b)",
  },
  hardSigmoid: {
    value: "hardSigmoid(x)",
    slope: "select(0.0, 0.16666667, x > -3.0 && x < 3.0)",
  },
  hardSwish: {
    value: "above(x) * hardSigmoid(x)",
    slope: "select(select(1.0, x / 3.0 + 0.5, x < 3.0), 0.0, x <= -3.0)",
  },
  softplus: { value: "softplusOf(x)", slope: "sigmoidOf(x)" },
  logSigmoid: { value: "-softplusOf(-x)", slope: "sigmoidOf(-x)" },
  silu: {
    value: "above(x) * sigmoidOf(x)",
    slope: "sigmoidOf(x) * (1.0 + within(x) * sigmoidOf(-x))",
  },
  mish: {
    value: "above(x) * mishGate(x)",
    slope: "mishGate(x) + within(x) * sigmoidOf(x) * (1.0 - mishGate(x) * mishGate(x))",
  },
  gelu: {
    value: "above(x) * normalShare(x)",
    slope: "normalShare(x) + within(x) * gaussian(within(x) * 0.707106781) * 0.39894228",
  },
  geluTanh: {
    value: "above(x) * sigmoidOf(gateOf(x))",
    slope: "geluTanhSlope(within(x))",
  },
};

/** Functions that the expressions above call. */
export const ACTIVATION_FUNCTIONS: WgslFunctions = {
  elu: `fn elu(x: f32, a: f32, b: f32) -> f32 {
  if (x > 0.0) { return a * x; }
  return b * expm1Of(x);
}`,
  eluSlope: `fn eluSlope(x: f32, a: f32, b: f32) -> f32 {
  if (x > 0.0) { return a; }
  return b * expOf(x);
}`,
  hardSigmoid: `fn hardSigmoid(x: f32) -> f32 {
  return smaller(larger(x / 6.0 + 0.5, 0.0), 1.0);
}`,
  above: "fn above(x: f32) -> f32 { return larger(x, -3.4028234e38); }",
  within: "fn within(x: f32) -> f32 { return larger(smaller(x, 1000.0), -1000.0); }",
  mishGate: `fn mishGate(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let e = expOf(-abs(x));
  let ahead = select(e * (e + 2.0), 1.0 + 2.0 * e, x > 0.0);
  return ahead / (ahead + 2.0 * select(1.0, e * e, x > 0.0));
}`,
  normalShare: "fn normalShare(x: f32) -> f32 { return 0.5 * erfcOf(-x * 0.707106781); }",
  gateOf: "fn gateOf(x: f32) -> f32 { return 1.59576912 * (x + 0.044715 * x * x * x); }",
  geluTanhSlope: `fn geluTanhSlope(x: f32) -> f32 {
  let gate = sigmoidOf(gateOf(x));
  let rate = 1.59576912 * (1.0 + 0.134145 * x * x);
  return gate + x * gate * sigmoidOf(-gateOf(x)) * rate;
}`,
};

/** Expressions of a and b. */
export const BINARIES: Readonly<Record<BinaryKind, string>> = {
  add: "a + b",
  sub: "a - b",
  mul: "a * b",
  div: "a / b",
  minimum: "smaller(a, b)",
  maximum: "larger(a, b)",
  pow: "powOf(a, b)",
  mod: "floorRemainder(a, b)",
  fmod: "remainderOf(a, b)",
};

/** Expressions of integers a and b; those of bytes are cut off when they are stored. */
export const INTEGER_BINARIES: Readonly<Partial<Record<BinaryKind, string>>> = {
  add: "a + b",
  sub: "a - b",
  mul: "a * b",
  minimum: "min(a, b)",
  maximum: "max(a, b)",
  mod: "integerMod(a, b)",
  fmod: "integerRemainder(a, b)",
};

/** Functions that the expressions of integers call. */
export const INTEGER_FUNCTIONS: WgslFunctions = {
  integerRemainder: `fn integerRemainder(a: i32, b: i32) -> i32 {
  if (b == 0 || b == -1) { return 0; }
  return a % b;
}`,
  integerMod: `fn integerMod(a: i32, b: i32) -> i32 {
  let rest = integerRemainder(a, b);
  return select(rest, rest + b, rest != 0 && (rest < 0) != (b < 0));
}`,
};

/** Expressions of integers x. */
export const INTEGER_MAPS: Readonly<Partial<Record<MapKind, string>>> = {
  neg: "-x",
  abs: "abs(x)",
  sign: "sign(x)",
  square: "x * x",
};

/** Questions about a and b, which are no NaN. */
export const COMPARISONS: Readonly<Record<CompareKind, string>> = {
  equal: "a == b",
  notEqual: "a != b",
  less: "a < b",
  lessEqual: "a <= b",
  greater: "a > b",
  greaterEqual: "a >= b",
};
