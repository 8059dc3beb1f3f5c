// Losses of single elements and weighted cross entropies on any backend, against their definitions.

import { apply, softmaxCE, tensor } from "../../../mod.ts";
import { ops, type PairLoss } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import type { FloatDType } from "../../../src/core/dtype.ts";
import { rowsOf, softmaxRow, total } from "../oracles/arrays.ts";
import { assertSame, assertWithin, ROUNDING } from "../compare.ts";
import { type Check, inBothPrecisions } from "./check.ts";
import { gridValues, labelValues, ODD_SIZES } from "../random_values.ts";
import { upload } from "../samples.ts";

/** A loss and its definition, for small numbers. */
interface Definition {
  readonly loss: PairLoss;
  readonly value: (x: number, t: number) => number;
  readonly slope: (x: number, t: number) => number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function focal(positive: number, negative: number, gamma: number): Definition {
  const f = (p: number) => -((1 - p) ** gamma) * Math.log(p);
  const df = (p: number) => {
    const wrong = 1 - p;
    return (gamma * wrong ** (gamma - 1) * Math.log(p) - wrong ** gamma / p) * p * wrong;
  };
  return {
    loss: { kind: "focal", positive, negative, gamma },
    value: (x, t) => positive * t * f(sigmoid(x)) + negative * (1 - t) * f(sigmoid(-x)),
    slope: (x, t) => positive * t * df(sigmoid(x)) - negative * (1 - t) * df(sigmoid(-x)),
  };
}

const DEFINITIONS: readonly Definition[] = [
  {
    loss: { kind: "squared" },
    value: (x, t) => (x - t) * (x - t),
    slope: (x, t) => 2 * (x - t),
  },
  {
    loss: { kind: "absolute" },
    value: (x, t) => x > t ? x - t : t - x,
    slope: (x, t) => x > t ? 1 : x < t ? -1 : 0,
  },
  {
    loss: { kind: "huber", delta: 1.25 },
    value: (x, t) => {
      const d = Math.abs(x - t);
      return d > 1.25 ? 1.25 * d - 1.25 * 1.25 / 2 : d * d / 2;
    },
    slope: (x, t) => x - t > 1.25 ? 1.25 : x - t < -1.25 ? -1.25 : x - t,
  },
  focal(1, 1, 0),
  focal(2.5, 1, 0),
  focal(0.25, 0.75, 2),
  focal(1, 1, 0.5),
  {
    loss: { kind: "divergence", logTarget: false },
    value: (x, t) => t > 0 ? t * Math.log(t) - t * x : 0,
    slope: (_x, t) => -t,
  },
  {
    loss: { kind: "divergence", logTarget: true },
    value: (x, t) => Math.exp(t) * t - Math.exp(t) * x,
    slope: (_x, t) => -Math.exp(t),
  },
];

function checkDefinitions(backend: Backend, dtype: FloatDType): void {
  for (const size of ODD_SIZES) {
    const [x, positions, dy] = [1, 2, 3].map((seed) => gridValues([size], seed));
    // Quarters from 0 to 1: labels, probabilities, and targets that x sometimes equals.
    const target = { shape: [size], data: Array.from(positions.data, (v) => Math.abs(v) % 1.25) };
    for (const { loss, value, slope } of DEFINITIONS) {
      const what = `${JSON.stringify(loss)} of ${size}, ${dtype}`;
      const inputs = { x: upload(x, backend, dtype), target: upload(target, backend, dtype) };
      const seed = upload(dy, backend, dtype);
      const pairs = Array.from(x.data, (v, i) => [v, target.data[i]] as const);
      const bound = (i: number) => 32 * ROUNDING * (1 + Math.abs(x.data[i])) * 3;
      const y = apply(ops.mse, inputs, loss as never).dataSync();
      assertWithin(y, pairs.map(([x, t]) => value(x, t)), bound, what);
      const dx = apply(ops.mseGrad, { dy: seed, ...inputs }, loss as never).dataSync();
      const slopes = pairs.map(([x, t], i) => dy.data[i] * slope(x, t));
      assertWithin(dx, slopes, bound, `the gradient of ${what}`);
    }
  }
}

/** Large logits and impossible targets: [loss, x, target, value, slope]. */
const EDGES: readonly (readonly [PairLoss, number, number, number, number])[] = [
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, 1e4, 1, 0, 0],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, 1e4, 0, 1e4, 1],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, -1e4, 1, 1e4, -1],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, -1e4, 0, 0, 0],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, Infinity, 1, 0, 0],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, -Infinity, 0, 0, 0],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, -Infinity, 1, Infinity, -1],
  [{ kind: "focal", positive: 1, negative: 1, gamma: 0 }, NaN, 1, NaN, NaN],
  [{ kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 }, 1e4, 1, 0, 0],
  [{ kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 }, -1e4, 1, 2500, -0.25],
  [{ kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 }, 1e4, 0, 7500, 0.75],
  [{ kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 }, Infinity, 1, 0, 0],
  [{ kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 }, -Infinity, 1, Infinity, -0.25],
  [{ kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 }, NaN, 0, NaN, NaN],
  [{ kind: "divergence", logTarget: false }, -Infinity, 0, 0, 0],
  [{ kind: "divergence", logTarget: false }, -Infinity, 1, Infinity, -1],
  [{ kind: "divergence", logTarget: false }, NaN, 0, NaN, 0],
  [{ kind: "divergence", logTarget: true }, -1e4, -Infinity, 0, 0],
  [{ kind: "divergence", logTarget: true }, -Infinity, -1e4, 0, 0],
  [{ kind: "huber", delta: 1 }, 1e4, 0, 9999.5, 1],
  [{ kind: "huber", delta: 1 }, Infinity, 0, Infinity, 1],
  [{ kind: "huber", delta: 1 }, NaN, 0, NaN, NaN],
  [{ kind: "absolute" }, 3, 3, 0, 0],
  [{ kind: "absolute" }, NaN, 3, NaN, NaN],
  [{ kind: "squared" }, NaN, 3, NaN, NaN],
];

function checkEdges(backend: Backend, dtype: FloatDType): void {
  for (const [loss, x, t, value, slope] of EDGES) {
    const one = (v: number) => tensor([v], { dtype, backend });
    const inputs = { x: one(x), target: one(t) };
    const what = `${JSON.stringify(loss)} of ${x} against ${t}, ${dtype}`;
    assertSame(apply(ops.mse, inputs, loss as never).dataSync(), [value], what);
    const dx = apply(ops.mseGrad, { dy: one(1), ...inputs }, loss as never);
    assertSame(dx.dataSync(), [slope], `the slope of ${what}`);
  }
}

/**
 * Checks that a loss near 0 keeps its digits: exp(-x) for a large x, not the log of a rounded 1.
 */
function checkSmallLosses(backend: Backend, dtype: FloatDType): void {
  const xs = [5, 10, 20, 40, 80];
  const inputs = {
    x: tensor(xs, { dtype, backend }),
    target: tensor(xs.map(() => 1), { dtype, backend }),
  };
  const plain: PairLoss = { kind: "focal", positive: 1, negative: 1, gamma: 0 };
  const y = apply(ops.mse, inputs, plain as never).dataSync();
  const expected = xs.map((x) => Math.log1p(Math.exp(-x)));
  assertWithin(y, expected, (i) => 8 * ROUNDING * expected[i], `small losses, ${dtype}`);
}

function checkWeighted(backend: Backend, dtype: FloatDType): void {
  for (const classes of ODD_SIZES) {
    const logits = gridValues([6, classes], 1);
    const labels = labelValues([6], 2, classes);
    const weights = Array.from(gridValues([classes], 3).data, (v) => Math.abs(v) + 0.25);
    const ignoreIndex = labels.data[2];
    const p = rowsOf(logits).map(softmaxRow);
    const labelSmoothing = 0.25;
    const rows = p.map((row, i) => {
      if (labels.data[i] === ignoreIndex) return row.map(() => 0);
      const share = (j: number) =>
        weights[j] * (Number(j === labels.data[i]) * 0.75 + 0.25 / classes);
      return row.map((_, j) => share(j));
    });
    const counted = Array.from(labels.data).filter((label) => label !== ignoreIndex);
    const divisor = total(counted.map((label) => weights[label]));
    const losses = rows.map((shares, i) => -total(shares.map((t, j) => t * Math.log(p[i][j]))));
    const classWeights = tensor(weights, { dtype, backend });
    const x = upload(logits, backend, dtype);
    const given = upload({ ...labels, dtype: "int32" }, backend, dtype);
    const options = { classWeights, ignoreIndex, labelSmoothing };
    const what = `of ${classes} weighted classes, ${dtype}`;
    const bound = () => 128 * ROUNDING;
    const none = softmaxCE(x, given, { ...options, reduction: "none" }).dataSync();
    assertWithin(none, losses, bound, `softmaxCE ${what}`);
    const mean = softmaxCE(x, given, options).dataSync();
    assertWithin(mean, [total(losses) / divisor], bound, `the mean of softmaxCE ${what}`);
    const g = { rows: 6, columns: classes, indices: true, labelSmoothing, ignoreIndex };
    const dy = tensor([1, 2, 3, -1, -2, -3], { dtype, backend });
    const inputs = { dy, logits: x, labels: given, classWeights };
    const dx = apply(ops.softmaxCEGrad, inputs, g).dataSync();
    const expected = rows.flatMap((shares, i) =>
      shares.map((t, j) => [1, 2, 3, -1, -2, -3][i] * (p[i][j] * total(shares) - t))
    );
    assertWithin(dx, expected, bound, `softmaxCEGrad ${what}`);
  }
}

/** Checks of losses. */
export const lossChecks = {
  "losses of elements are by definition": inBothPrecisions(checkDefinitions),
  "losses of elements keep to their edges": inBothPrecisions(checkEdges),
  "small losses keep their digits": inBothPrecisions(checkSmallLosses),
  "weights of classes and ignored rows count by definition": inBothPrecisions(checkWeighted),
} satisfies Record<string, Check>;
