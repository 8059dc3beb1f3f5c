// Calls of kernels of single elements and of optimizers, just above a chunk of each.

import { broadcastGeometry, type PairLoss, whereGeometry } from "../../../src/core/geometry/mod.ts";
import type { Shape } from "../../../src/core/shape.ts";
import {
  ACTIVATION_KINDS,
  type ActivationKind,
  type ActivationParameters,
  BINARY_KINDS,
  COMPARE_KINDS,
  MAP_KINDS,
} from "../../../src/backends/kinds.ts";
import type { StepArrays } from "../../../src/backends/kernels.ts";
import type { StepRule } from "../../../src/backends/updates.ts";
import { ABOVE_CHUNK, type ManyChunks, SMOOTH } from "./case.ts";

const N: Shape = [ABOVE_CHUNK];
/** Just above a chunk of losses and of optimizers' steps, a quarter of the usual one. */
const QUARTER: Shape = [16384 + 13];

const PARAMETERS: Partial<Record<ActivationKind, ActivationParameters>> = {
  leakyRelu: { slope: 0.25 },
  clip: { low: -0.75, high: 1.25 },
  elu: { above: 1.25, below: 0.75 },
};

/** Functions of one and of two elements. */
export function* functions(): Generator<ManyChunks> {
  for (const kind of MAP_KINDS) {
    yield { what: kind, run: (k, a) => k.unary(kind, a.grid(N)), bound: SMOOTH };
  }
  for (const kind of ACTIVATION_KINDS) {
    const parameters = PARAMETERS[kind] ?? {};
    yield { what: kind, run: (k, a) => k.unary(kind, a.grid(N), parameters), bound: SMOOTH };
    yield {
      what: `${kind}'s gradient`,
      run: (k, a) => k.activationGrad(kind, a.grid(N, 2), a.grid(N), parameters),
      bound: SMOOTH,
    };
  }
  const pairs: (readonly [Shape, Shape])[] = [
    [N, N],
    [[2, ...N], [2, 1]],
    [[2, 1], [2, ...N]],
    [[9001, 9], [9]],
    [[9], [9001, 9]],
  ];
  for (const [left, right] of pairs) {
    const g = broadcastGeometry("test", left, right);
    // Where rows begin does not depend on the kind.
    for (const kind of left === right ? BINARY_KINDS : ["sub"] as const) {
      yield {
        what: `${kind} of [${left}] and [${right}]`,
        run: (k, a) => k.binary(kind, a.grid(left), a.grid(right, 2), g),
        bound: SMOOTH,
      };
    }
    for (const kind of left === right ? COMPARE_KINDS : ["less"] as const) {
      yield {
        what: `${kind} of [${left}] and [${right}]`,
        run: (k, a) => k.compare(kind, a.grid(left), a.grid(right, 2), g),
      };
    }
  }
}

/** Choices, copies and other kernels of elements. */
export function* elements(): Generator<ManyChunks> {
  for (const [left, right] of [[N, N], [[], N], [N, []]]) {
    const g = whereGeometry("test", N, left, right);
    yield {
      what: `where of [${left}] and [${right}]`,
      run: (k, a) => k.where(a.integers(N, 2, "uint8"), a.grid(left), a.grid(right, 2), g),
    };
  }
  yield { what: "fill", run: (k) => k.fill(N, "float32", 1.25) };
  yield { what: "copy", run: (k, a) => k.copy(a.grid(N)) };
  for (const dtype of ["uint8", "int32"] as const) {
    yield {
      what: `cast of ${dtype}`,
      run: (k, a) => k.cast(a.integers(N, 256, dtype), "float32"),
    };
  }
  yield {
    what: "addInPlace",
    run: (k, a) => {
      const target = a.grid(N);
      k.addInPlace(target, a.grid(N, 2));
      return target;
    },
  };
  yield {
    what: "dropout",
    run: (k, a) => k.dropout(a.grid(N), { key: [123456789, 4000000000], rate: 0.25 }),
    bound: SMOOTH,
  };
}

const LOSSES: readonly PairLoss[] = [
  { kind: "squared" },
  { kind: "absolute" },
  { kind: "huber", delta: 0.75 },
  { kind: "focal", positive: 1, negative: 1, gamma: 0 },
  { kind: "focal", positive: 0.25, negative: 0.75, gamma: 2 },
  { kind: "divergence", logTarget: false },
  { kind: "divergence", logTarget: true },
];

/** Losses of elements, and their gradients. */
export function* losses(): Generator<ManyChunks> {
  for (const loss of LOSSES) {
    const what = JSON.stringify(loss);
    yield {
      what,
      run: (k, a) => k.pairLoss(loss, a.grid(QUARTER), a.shares(QUARTER, 2)),
      bound: SMOOTH,
    };
    yield {
      what: `the gradient of ${what}`,
      run: (k, a) =>
        k.pairLossGrad(loss, a.grid(QUARTER, 3), a.grid(QUARTER), a.shares(QUARTER, 2)),
      bound: SMOOTH,
    };
  }
}

type State = Exclude<keyof StepArrays, "w" | "dw">;

const SGD = { kind: "sgd", learningRate: 0.5, momentum: 0.75, weightDecay: 0.25 } as const;
const RMSPROP = {
  kind: "rmsprop",
  rho: 0.75,
  inner: 1,
  outer: 0.5,
  epsilonInside: 0.125,
  epsilonOutside: 0.25,
  momentum: 0.5,
  weightDecay: 0.25,
} as const;

/** Rules with what each keeps. */
const STEPS: readonly (readonly [StepRule, readonly State[]])[] = [
  [{ ...SGD, nesterov: false }, ["velocity"]],
  [{ ...SGD, nesterov: true }, ["velocity"]],
  [{ ...SGD, momentum: 0, nesterov: false }, []],
  [{
    kind: "adam",
    learningRate: 0.5,
    beta1: 0.75,
    beta2: 0.875,
    epsilon: 0.125,
    step: 3,
    weightDecay: 0.25,
    shrink: 0.125,
  }, ["m", "v"]],
  [RMSPROP, ["meanSquare", "velocity"]],
  [{ ...RMSPROP, momentum: 0 }, ["meanSquare"]],
  [RMSPROP, ["meanSquare", "velocity", "meanGradient"]],
  [{ kind: "adagrad", learningRate: 0.5, epsilon: 0.125, weightDecay: 0.25 }, ["squares"]],
  [{ kind: "lion", learningRate: 0.5, beta1: 0.75, beta2: 0.875, shrink: 0.125 }, ["m"]],
];

/** Steps of optimizers; weights and all that is kept are compared. */
export function* steps(): Generator<ManyChunks> {
  for (const [rule, names] of STEPS) {
    yield {
      what: `${rule.kind} with ${names.join(", ") || "nothing kept"}`,
      run: (k, a) => {
        const kept = names.map((name, i) => [name, a.shares(QUARTER, 3 + i)] as const);
        const arrays = { w: a.grid(QUARTER), dw: a.grid(QUARTER, 2), ...Object.fromEntries(kept) };
        k.stepInPlace(rule, arrays);
        return [arrays.w, ...kept.map(([, array]) => array)];
      },
      bound: SMOOTH,
    };
  }
  yield {
    what: "blendInPlace",
    run: (k, a) => {
      const target = a.grid(QUARTER);
      k.blendInPlace(target, a.grid(QUARTER, 2), 0.75, 0.25);
      return target;
    },
  };
}
