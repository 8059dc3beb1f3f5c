/**
 * Activation functions of single numbers, with their derivatives.
 *
 * @module
 */
import type { ActivationKind, ActivationParameters } from "../kernels.ts";
import { erfc, gaussian, sigmoid, softplus } from "./functions.ts";

/** A function and its derivative. */
interface Activation {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** Beyond this far from 0 derivatives are at their limits; products of infinities and zeros are NaN. */
const FAR = 1000;

const within = (x: number) => Math.max(-FAR, Math.min(FAR, x));
/** Replaces infinities by x whose product with 0 is 0. NaN stays. */
const finite = (x: number) => Math.max(x, -Number.MAX_VALUE);

const GELU_RATE = 2 * Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;

/** Computes the gate's argument: the gate of geluTanh is its sigmoid. */
const gateOf = (x: number) => GELU_RATE * (x + GELU_CUBE * x * x * x);

/** Computes `tanh(softplus(x))` in powers of exp(-|x|), which neither overflow nor cancel. */
function mishGate(x: number): number {
  const e = Math.exp(-Math.abs(x));
  const ahead = x > 0 ? 1 + 2 * e : e * (e + 2);
  return ahead / (ahead + 2 * (x > 0 ? e * e : 1));
}

const normal = (x: number) => erfc(-x * Math.SQRT1_2) / 2;
const density = (x: number) => gaussian(x * Math.SQRT1_2) / Math.sqrt(2 * Math.PI);

/** Makers of each function from its parameters. */
type Makers = {
  readonly [Kind in ActivationKind]: (parameters: ActivationParameters<Kind>) => Activation;
};

const ACTIVATIONS: Makers = {
  relu: () => ({ value: (x) => x > 0 || Number.isNaN(x) ? x : 0, slope: (x) => x > 0 ? 1 : 0 }),
  relu6: () => ({
    value: (x) => Math.min(Math.max(x, 0), 6),
    slope: (x) => x > 0 && x < 6 ? 1 : 0,
  }),
  leakyRelu: ({ slope }) => ({
    value: (x) => x > 0 ? x : slope * x,
    slope: (x) => x > 0 ? 1 : slope,
  }),
  clip: ({ low, high }) => ({
    value: (x) => Math.min(Math.max(x, low), high),
    slope: (x) => x >= low && x <= high ? 1 : 0,
  }),
  elu: ({ above, below }) => ({
    value: (x) => x > 0 ? above * x : below * Math.expm1(x),
    slope: (x) => x > 0 ? above : below * Math.exp(x),
  }),
  hardSigmoid: () => ({
    value: hardSigmoid,
    slope: (x) => x > -3 && x < 3 ? 1 / 6 : 0,
  }),
  hardSwish: () => ({
    value: (x) => finite(x) * hardSigmoid(x),
    slope: (x) => x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1,
  }),
  softplus: () => ({ value: softplus, slope: sigmoid }),
  logSigmoid: () => ({ value: (x) => -softplus(-x), slope: (x) => sigmoid(-x) }),
  silu: () => ({
    value: (x) => finite(x) * sigmoid(x),
    slope: (x) => sigmoid(x) * (1 + within(x) * sigmoid(-x)),
  }),
  mish: () => ({
    value: (x) => finite(x) * mishGate(x),
    slope: (x) => {
      const gate = mishGate(x);
      return gate + within(x) * sigmoid(x) * (1 - gate * gate);
    },
  }),
  gelu: () => ({
    value: (x) => finite(x) * normal(x),
    slope: (x) => normal(x) + within(x) * density(within(x)),
  }),
  geluTanh: () => ({
    value: (x) => finite(x) * sigmoid(gateOf(x)),
    slope: (x) => {
      const gate = sigmoid(gateOf(within(x)));
      const rate = GELU_RATE * (1 + 3 * GELU_CUBE * within(x) ** 2);
      return gate + within(x) * gate * sigmoid(-gateOf(within(x))) * rate;
    },
  }),
};

function hardSigmoid(x: number): number {
  return Math.min(Math.max(x / 6 + 0.5, 0), 1);
}

/** Finds a function and its derivative, with its parameters. */
export function activation(kind: ActivationKind, parameters: ActivationParameters): Activation {
  const make = ACTIVATIONS[kind] as (parameters: ActivationParameters) => Activation;
  return make(parameters);
}
