// Calls of kernels of softmax and of normalisation, just above a chunk.

import type { NormGeometry } from "../../../src/core/geometry/mod.ts";
import { type Arrays, type ManyChunks, SMOOTH } from "./case.ts";

/** Just above a chunk of exponentials, of a length that is no multiple of vectors. */
const ROWS = 509;
const CLASSES = 33;

/** Softmax, its logarithm, and the cross entropy with labels of every kind. */
export function* softmaxes(): Generator<ManyChunks> {
  const g = { rows: ROWS, columns: CLASSES };
  const shape = [ROWS, CLASSES];
  yield { what: "softmax", run: (k, a) => k.softmax(a.grid(shape), g), bound: SMOOTH };
  yield { what: "logSoftmax", run: (k, a) => k.logSoftmax(a.grid(shape), g), bound: SMOOTH };
  for (const dtype of ["int32", "uint8", "float32"] as const) {
    for (const weighted of [false, true]) {
      const indices = dtype !== "float32";
      const labels = (a: Arrays) => indices ? a.integers([ROWS], CLASSES, dtype) : a.shares(shape);
      const weights = (a: Arrays) => weighted ? a.shares([CLASSES], 3) : null;
      const all = { ...g, indices, divided: true, labelSmoothing: 0.25 };
      const settings = indices && weighted ? { ...all, ignoreIndex: 2 } : all;
      const what = `${dtype} labels${weighted ? ", weighted" : ""}`;
      yield {
        what: `softmaxCE of ${what}`,
        run: (k, a) => k.softmaxCE(a.grid(shape), labels(a), weights(a), settings),
        bound: SMOOTH,
      };
      yield {
        what: `softmaxCEGrad of ${what}`,
        run: (k, a) =>
          k.softmaxCEGrad(a.grid([ROWS], 2), a.grid(shape), labels(a), weights(a), settings),
        bound: SMOOTH,
      };
    }
  }
}

/** Batch, positions, groups, size: columns in parts and in blocks, rows narrow, wide and grouped. */
const FORMS: readonly (readonly [number, number, number, number])[] = [
  [1, 1103, 64, 1],
  [1, 303, 301, 1],
  [3, 37, 6, 1],
  [2, 2501, 2, 4],
  [1103, 1, 1, 71],
  [1709, 1, 1, 39],
  [307, 1, 4, 61],
];

/** Moments of groups, what they make even, and the gradients. */
export function* norms(): Generator<ManyChunks> {
  for (const form of FORMS) {
    const [batch, positions, groups, size] = form;
    const g: NormGeometry = { batch, positions, groups, size, epsilon: 0.125 };
    const channels = [groups * size], shape = [batch * positions, ...channels];
    // They need not be those of x: kernels are handed them.
    const moments = (a: Arrays) => a.shares([2, batch, groups], 5);
    yield {
      what: `moments of [${form}]`,
      run: (k, a) => k.moments(a.normal(shape), g),
      bound: SMOOTH,
    };
    for (const whole of [false, true]) {
      const [scale, bias] = [3, 4].map((seed) => (a: Arrays) =>
        whole ? a.grid(channels, seed) : null
      );
      const what = `of [${form}]${whole ? ", scaled" : ""}`;
      yield {
        what: `normalize ${what}`,
        run: (k, a) => k.normalize(a.normal(shape), moments(a), scale(a), bias(a), g),
        bound: SMOOTH,
      };
      yield {
        what: `normalizeGrad ${what}`,
        run: (k, a) =>
          k.normalizeGrad(a.normal(shape, 2), a.normal(shape), moments(a), scale(a), g),
        bound: SMOOTH,
      };
    }
    yield {
      what: `normalizeSums of [${form}]`,
      run: (k, a) => k.normalizeSums(a.normal(shape, 2), a.normal(shape), moments(a), g),
      bound: SMOOTH,
      cancels: true,
    };
  }
}
