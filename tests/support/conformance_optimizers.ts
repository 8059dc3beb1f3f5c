// Steps of the optimizers on any backend, against PyTorch's formulas in float64.

import { adam, type Optimizer, rmsprop, sgd, tensor } from "../../mod.ts";
import type { Backend } from "../../src/backends/kernels.ts";
import { assertWithin, ROUNDING } from "./compare.ts";
import type { Check } from "./conformance_check.ts";
import type { Values } from "./grids.ts";
import { normalValues, ODD_SIZES } from "./random_values.ts";

/** One weight with what an optimizer remembers of it, and a step of it. */
type Rule = (state: { w: number; a: number; b: number }, dw: number, step: number) => void;

const STEPS = 3;

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

/** Checks of the optimizers' kernels. */
export const optimizerChecks = {
  "optimizers step by PyTorch's formulas": checkSteps,
} satisfies Record<string, Check>;
