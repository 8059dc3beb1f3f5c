// Softmax, the cross entropy and the optimizers of the WASM backend against the reference: within some
// roundings, in both builds, with the same bits on one thread and on three.

import {
  adam,
  apply,
  logSoftmax,
  type Optimizer,
  rmsprop,
  sgd,
  softmax,
  softmaxCE,
  type Tensor,
} from "@tapegrad/tapegrad";
import { ops } from "@tapegrad/tapegrad/backend";
import type { TypedArray } from "../../../src/core/dtype.ts";
import { ROUNDING } from "../../support/compare.ts";
import type { Values } from "../../support/grids.ts";
import { gridValues, labelValues, normalValues, ODD_SIZES } from "../../support/random_values.ts";
import type { Constant } from "../../support/samples.ts";
import { type Computation, test } from "../../support/side_by_side.ts";

/** Rows long and short, and enough of them for several chunks. */
const ROWS = [...ODD_SIZES.map((columns) => [5, columns]), [64, 6], [64, 10], [2001, 9], [3, 7001]];

/** Draws normal numbers three times as large: some rows have a clear winner. */
function logitsOf(shape: readonly number[]): Values {
  return { shape, data: Array.from(normalValues(shape, 1).data, (v) => Math.fround(3 * v)) };
}

/**
 * Bounds the error of rows, of any length: the difference of logits is rounded, and so are exp and
 * the sum of a row, which is added in parts. Seen: 1.9 roundings.
 */
function rowBound(i: number, expected: TypedArray): number {
  return 8 * ROUNDING * (1 + Math.abs(expected[i]));
}

/** Bounds the error of losses, and of gradients with labels whose shares do not sum to 1. Seen: 26. */
function lossBound(i: number, expected: TypedArray): number {
  return 64 * ROUNDING * (1 + Math.abs(expected[i]));
}

test("softmax and its logarithm", function* () {
  for (const shape of ROWS) {
    const [inputs, bound] = [[logitsOf(shape)], rowBound];
    yield { what: `softmax of [${shape}]`, inputs, run: (x) => softmax(x), bound };
    yield { what: `logSoftmax of [${shape}]`, inputs, run: (x) => logSoftmax(x), bound };
  }
});

/** Makes class indices of both integer dtypes, and distributions. */
function labelsOf([rows, columns]: readonly number[]): Constant[] {
  const indices = labelValues([rows], 2, Math.min(columns, 256));
  const shares = gridValues([rows, columns], 3);
  const distribution = Array.from(shares.data, (v) => Math.abs(v) / columns);
  return [
    { ...indices, dtype: "int32" },
    { ...indices, dtype: "uint8" },
    { shape: shares.shape, data: distribution.map(Math.fround) },
  ];
}

function* crossEntropies(
  logits: Values,
  labels: Constant,
  labelSmoothing: number,
): Generator<Computation> {
  const [rows, columns] = logits.shape;
  const indices = labels.dtype !== undefined;
  const g = { rows, columns, indices, labelSmoothing };
  const what = `of [${logits.shape}], ${labels.dtype ?? "distributions"}, ${labelSmoothing}`;
  yield {
    what: `softmaxCE ${what}`,
    inputs: [logits, labels],
    run: (logits, labels) => softmaxCE(logits, labels, { labelSmoothing, reduction: "none" }),
    bound: lossBound,
  };
  yield {
    what: `softmaxCEGrad ${what}`,
    inputs: [gridValues([rows], 4), logits, labels],
    run: (dy, logits, labels) => apply(ops.softmaxCEGrad, { dy, logits, labels }, g),
    bound: lossBound,
  };
}

test("the cross entropy and its gradient", function* () {
  for (const shape of ROWS) {
    for (const labels of labelsOf(shape)) {
      for (const smoothing of [0, 0.25]) yield* crossEntropies(logitsOf(shape), labels, smoothing);
    }
  }
});

test("rows with NaN and infinities", function* () {
  for (const columns of [1, 3, 4, 5, 9]) {
    const rows = [NaN, Infinity, -Infinity].flatMap((value) =>
      [[0], [columns - 1], Array.from({ length: columns }, (_, j) => j)].map((places) =>
        Array.from({ length: columns }, (_, j) => places.includes(j) ? value : j)
      )
    );
    const logits = { shape: [rows.length, columns], data: rows.flat() };
    const bound = rowBound;
    yield { what: `softmax of ${columns}`, inputs: [logits], run: (x) => softmax(x), bound };
    yield { what: `logSoftmax of ${columns}`, inputs: [logits], run: (x) => logSoftmax(x), bound };
    const labels = labelValues([rows.length], 1, columns);
    for (const smoothing of [0, 0.25]) {
      yield* crossEntropies(logits, { ...labels, dtype: "int32" }, smoothing);
    }
    yield* crossEntropies(logits, { shape: logits.shape, data: rows.flat().map(() => 0) }, 0);
  }
});

const OPTIMIZERS: Record<string, () => Optimizer> = {
  "sgd": () => sgd({ learningRate: 0.1 }),
  "sgd with momentum": () => sgd({ learningRate: 0.1, momentum: 0.9 }),
  "sgd with Nesterov's momentum": () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  "adam": () => adam({ learningRate: 0.1 }),
  "rmsprop": () => rmsprop({ learningRate: 0.1 }),
};

test("steps of the optimizers", function* () {
  for (const [name, make] of Object.entries(OPTIMIZERS)) {
    for (const n of [...ODD_SIZES, 40_001]) {
      yield {
        what: `${name} on ${n} weights`,
        inputs: [1, 2, 3].map((seed) => normalValues([n], seed)),
        run: (w, first, second) => steps(make(), w, [first, second]),
        // Ten roundings a step, of numbers up to 4.
        bound: () => 2 * 10 * 4 * ROUNDING,
      };
    }
  }
});

/** Computes the weights after some steps; what the optimizer remembers is freed. */
function steps(made: Optimizer, w: Tensor, gradients: readonly Tensor[]): Tensor {
  using optimizer = made;
  for (const dw of gradients) optimizer.step({ w }, { w: dw });
  return w;
}
