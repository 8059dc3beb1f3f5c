/**
 * Reference loops over pairs of a prediction and its target: losses of single elements.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { PairLoss } from "../../core/geometry/mod.ts";

/** A loss of a prediction x and a target t, and its derivative by x. */
interface PairFunctions {
  value(x: number, t: number): number;
  slope(x: number, t: number): number;
}

const SQUARED: PairFunctions = {
  value: (x, t) => (x - t) ** 2,
  slope: (x, t) => 2 * (x - t),
};

const ABSOLUTE: PairFunctions = {
  value: (x, t) => Math.abs(x - t),
  slope: (x, t) => Math.sign(x - t),
};

function huber(delta: number): PairFunctions {
  return {
    value(x, t) {
      const d = Math.abs(x - t);
      return d <= delta ? d * d / 2 : delta * (d - delta / 2);
    },
    slope: (x, t) => Math.min(Math.max(x - t, -delta), delta),
  };
}

function focal({ positive, negative, gamma }: PairLoss & { kind: "focal" }): PairFunctions {
  // exp(-gamma softplus(x)) is (1 - sigmoid(x))^gamma, from a logarithm that does not underflow.
  const modulation = (x: number) => gamma === 0 ? 1 : Math.exp(-gamma * softplus(x));
  const value = (share: number, x: number) =>
    share === 0 ? 0 : share * modulation(x) * softplus(-x);
  const slope = (share: number, x: number) => {
    const [right, wrong] = [sigmoid(x), sigmoid(-x)];
    const turning = gamma === 0 || right === 0 ? 0 : gamma * right * softplus(-x);
    return share === 0 ? 0 : -share * modulation(x) * (turning + wrong);
  };
  return {
    value: (x, t) => Number.isNaN(x) ? NaN : value(positive * t, x) + value(negative * (1 - t), -x),
    slope: (x, t) => Number.isNaN(x) ? NaN : slope(positive * t, x) - slope(negative * (1 - t), -x),
  };
}

function divergence(logTarget: boolean): PairFunctions {
  const shareOf = (t: number) => logTarget ? Math.exp(t) : t;
  return {
    value(x, t) {
      const share = shareOf(t);
      if (share === 0 && !Number.isNaN(x)) return 0;
      return share * ((logTarget ? t : Math.log(t)) - x);
    },
    slope: (_x, t) => -shareOf(t),
  };
}

/** Computes `log(1 + exp(x))`, without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : e) / (1 + e);
}

function functionsOf(loss: PairLoss): PairFunctions {
  switch (loss.kind) {
    case "squared":
      return SQUARED;
    case "absolute":
      return ABSOLUTE;
    case "huber":
      return huber(loss.delta);
    case "focal":
      return focal(loss);
    case "divergence":
      return divergence(loss.logTarget);
  }
}

/** Computes `y = loss(x, target)`. */
export function pairLoss(
  loss: PairLoss,
  x: TypedArray,
  target: TypedArray,
  y: TypedArray,
): void {
  const { value } = functionsOf(loss);
  for (let i = 0; i < y.length; i++) y[i] = value(x[i], target[i]);
}

/** Computes `dx = dy d loss(x, target) / dx`. */
export function pairLossGrad(
  loss: PairLoss,
  dy: TypedArray,
  x: TypedArray,
  target: TypedArray,
  dx: TypedArray,
): void {
  const { slope } = functionsOf(loss);
  for (let i = 0; i < dx.length; i++) dx[i] = dy[i] * slope(x[i], target[i]);
}
