// Steps of the optimizers on any backend, against PyTorch's formulas in float64.

import { assertEquals } from "@std/assert";
import {
  adagrad,
  adam,
  adamw,
  assign,
  lion,
  movingAverage,
  type Optimizer,
  rmsprop,
  sgd,
  tensor,
} from "../../../mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import { assertWithin, ROUNDING } from "../compare.ts";
import type { Check } from "./check.ts";
import type { Values } from "../grids.ts";
import { normalValues, ODD_SIZES } from "../random_values.ts";

/** One weight with what an optimizer remembers of it, and a step of it. */
type Rule = (state: { w: number; a: number; b: number }, dw: number, step: number) => void;

const STEPS = 3;

const decays = { weightDecay: 0.5 };

const OPTIMIZERS: readonly (readonly [name: string, make: () => Optimizer, rule: Rule])[] = [
  ["sgd", () => sgd({ learningRate: 0.1 }), (state, dw) => {
    state.w -= 0.1 * dw;
  }],
  ["sgd with momentum", () => sgd({ learningRate: 0.1, momentum: 0.9 }), (state, dw) => {
    state.a = 0.9 * state.a + dw;
    state.w -= 0.1 * state.a;
  }],
  [
    "sgd with Nesterov's momentum",
    () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    (state, dw) => {
      state.a = 0.9 * state.a + dw;
      state.w -= 0.1 * (dw + 0.9 * state.a);
    },
  ],
  [
    "adam",
    () => adam({ learningRate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 0.01 }),
    (state, dw, step) => {
      state.a = 0.8 * state.a + 0.2 * dw;
      state.b = 0.9 * state.b + 0.1 * dw * dw;
      const [mean, square] = [state.a / (1 - 0.8 ** step), state.b / (1 - 0.9 ** step)];
      state.w -= 0.1 * mean / (Math.sqrt(square) + 0.01);
    },
  ],
  ["rmsprop", () => rmsprop({ learningRate: 0.1, rho: 0.9, epsilon: 0.01 }), (state, dw) => {
    state.a = 0.9 * state.a + 0.1 * dw * dw;
    state.w -= 0.1 * dw / (Math.sqrt(state.a) + 0.01);
  }],
  ["sgd with weight decay", () => sgd({ learningRate: 0.1, ...decays }), (state, dw) => {
    state.w -= 0.1 * (dw + 0.5 * state.w);
  }],
  [
    "adam with weight decay",
    () => adam({ learningRate: 0.1, beta1: 0, beta2: 0, epsilon: 0.25, ...decays }),
    (state, dw) => {
      const gradient = dw + 0.5 * state.w;
      state.w -= 0.1 * gradient / (Math.abs(gradient) + 0.25);
    },
  ],
  [
    "adamw",
    () => adamw({ learningRate: 0.1, beta1: 0, beta2: 0, epsilon: 0.25, ...decays }),
    (state, dw) => {
      state.w = 0.95 * state.w - 0.1 * dw / (Math.abs(dw) + 0.25);
    },
  ],
  [
    "rmsprop of Keras with momentum",
    () => rmsprop({ learningRate: 0.1, rule: "keras", epsilon: 0.25, momentum: 0.5, ...decays }),
    (state, dw) => {
      const gradient = dw + 0.5 * state.w;
      state.a = 0.9 * state.a + 0.1 * gradient * gradient;
      state.b = 0.5 * state.b + 0.1 * gradient / Math.sqrt(state.a + 0.25);
      state.w -= state.b;
    },
  ],
  [
    "centered rmsprop",
    () => rmsprop({ learningRate: 0.1, rho: 0.5, epsilon: 0.5, centered: true }),
    (state, dw) => {
      state.a = 0.5 * state.a + 0.5 * dw * dw;
      state.b = 0.5 * state.b + 0.5 * dw;
      state.w -= 0.1 * dw / (Math.sqrt(state.a - state.b * state.b) + 0.5);
    },
  ],
  [
    "adagrad",
    () => adagrad({ learningRate: 0.1, initialSum: 0.25, epsilon: 0.01, ...decays }),
    (state, dw, step) => {
      const gradient = dw + 0.5 * state.w;
      state.a += gradient * gradient + (step === 1 ? 0.25 : 0);
      state.w -= 0.1 * gradient / (Math.sqrt(state.a) + 0.01);
    },
  ],
  ["lion", () => lion({ learningRate: 0.1, beta1: 0.5, beta2: 0.75, ...decays }), (state, dw) => {
    state.w = 0.95 * state.w - 0.1 * Math.sign(0.5 * state.a + 0.5 * dw);
    state.a = 0.75 * state.a + 0.25 * dw;
  }],
];

function afterSteps(start: Values, gradients: readonly Values[], rule: Rule): number[] {
  return Array.from(start.data, (w, i) => {
    const state = { w, a: 0, b: 0 };
    gradients.forEach(({ data }, step) => rule(state, data[i], step + 1));
    return state.w;
  });
}

function checkSteps(backend: Backend): void {
  for (const [name, make, rule] of OPTIMIZERS) {
    for (const n of ODD_SIZES) {
      const start = normalValues([n], 1);
      const gradients = Array.from({ length: STEPS }, (_, step) => normalValues([n], 2 + step));
      const optimizer = make();
      const params = { w: tensor(Array.from(start.data), { backend }) };
      for (const { data } of gradients) {
        optimizer.step(params, { w: tensor(Array.from(data), { backend }) });
      }
      const expected = afterSteps(start, gradients, rule);
      // A step has about ten roundings, of numbers up to 4.
      const bound = () => 4 * 10 * STEPS * ROUNDING;
      assertWithin(params.w.dataSync(), expected, bound, `${name} on ${n} weights`);
    }
  }
}

/**
 * Checks that undecided weights stay, NaN shows, an infinite weight does no harm where none decays.
 */
function checkEdges(backend: Backend): void {
  const make = (values: number[]) => tensor(values, { backend });
  const w = make([1, 1, 1, 1, 1]);
  lion({ learningRate: 0.5 }).step(w, make([0, NaN, -3, 1e-30, -0]));
  assertEquals(w.toArray(), [1, NaN, 1.5, 0.5, 1]);
  for (const make1 of [sgd, adam, adamw, rmsprop, adagrad, lion]) {
    const infinite = make([Infinity, 1]);
    make1({ learningRate: 0.5, weightDecay: 0 }).step(infinite, make([1, NaN]));
    assertEquals(infinite.toArray(), [Infinity, NaN], make1.name);
  }
}

/** Steps after which means of equal gradients have settled, and what rounding leaves decides. */
const SETTLING = 60;
/** Weights, of which rounding brings about a third below 0. */
const SETTLED = 257;

/**
 * Checks that a variance of gradients that never change, which rounding brings below 0, is taken
 * for 0: its root is no number else.
 */
function checkSettledVariance(backend: Backend): void {
  const { data } = normalValues([SETTLED], 3);
  const w = tensor(Array.from(data), { backend });
  const dw = tensor(Array.from(data, (v) => v / 3), { backend });
  const optimizer = rmsprop({ learningRate: 1e-3, rho: 0.5, centered: true });
  for (let step = 0; step < SETTLING; step++) optimizer.step(w, dw);
  assertEquals([...w.dataSync()].filter((v) => !Number.isFinite(v)), []);
}

function checkAverages(backend: Backend): void {
  for (const n of ODD_SIZES) {
    const [first, second] = [1, 2].map((seed) => Array.from(normalValues([n], seed).data));
    const params = { w: tensor(first, { backend }) };
    using average = movingAverage(params, { decay: 0.75 });
    assign(params, { w: tensor(second, { backend }) });
    average.update();
    const expected = first.map((v, i) => 0.75 * v + 0.25 * second[i]);
    assertWithin(average.params.w.dataSync(), expected, () => 16 * ROUNDING, `mean of ${n}`);
  }
}

/** Checks of the optimizers' kernels. */
export const optimizerChecks = {
  "moving averages are the weighted mean": checkAverages,
  "optimizers keep NaN, infinities and what is undecided": checkEdges,
  "centered rmsprop knows no variance below 0": checkSettledVariance,
  "optimizers step by their formulas": checkSteps,
} satisfies Record<string, Check>;
