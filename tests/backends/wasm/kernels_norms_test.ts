// The kernels of normalisation and dropout, next to the reference: within some roundings, in both
// builds, with the same bits on one thread and on three.

import { apply } from "../../../mod.ts";
import { type NormGeometry, ops } from "../../../src/backends/mod.ts";
import { momentsOf } from "../../../ops/norms/normalize.ts";
import type { TypedArray } from "../../../src/core/dtype.ts";
import { ROUNDING } from "../../support/compare.ts";
import { largest } from "../../support/oracles/arrays.ts";
import { gridValues, normalValues } from "../../support/random_values.ts";
import { type Computation, test } from "../../support/side_by_side.ts";

/** Batch, positions, groups, size: few and many channels, several parts, whole and broken rows. */
const FORMS: readonly (readonly [number, number, number, number])[] = [
  [1, 7, 3, 1],
  [1, 50, 1, 1],
  [1, 23, 5, 1],
  [1, 1100, 64, 1],
  [1, 9001, 3, 1],
  [1, 300, 301, 1],
  [3, 37, 6, 1],
  [2, 49, 4, 8],
  [3, 5, 2, 3],
  [2, 2500, 2, 4],
  [5, 1, 1, 1],
  [7, 1, 1, 13],
  [1100, 1, 1, 70],
  [4, 1, 1, 3001],
  [6, 1, 4, 5],
  [1, 1, 9, 1],
];

function* normalisations(form: readonly [number, number, number, number]): Generator<Computation> {
  const [batch, positions, groups, size] = form;
  const g: NormGeometry = { batch, positions, groups, size, epsilon: 1e-3 };
  const channels = groups * size;
  const shape = [batch * positions, channels];
  const [x, dy] = [normalValues(shape, 1), normalValues(shape, 2)];
  const [scale, bias] = [gridValues([channels], 3), gridValues([channels], 4)];
  const what = `of [${form}]`;
  // Small groups have large inverses of deviations. Seen: 16 roundings; 33 of the largest sum.
  const bound = (i: number, expected: TypedArray) => 64 * ROUNDING * (1 + Math.abs(expected[i]));
  yield { what: `moments ${what}`, inputs: [x], run: (x) => momentsOf(x, g), bound };
  yield {
    what: `normalize ${what}`,
    inputs: [x, scale, bias],
    run: (x, scale, bias) => apply(ops.normalize, { x, moments: momentsOf(x, g), scale, bias }, g),
    bound,
  };
  yield {
    what: `normalize alone ${what}`,
    inputs: [x],
    run: (x) => apply(ops.normalize, { x, moments: momentsOf(x, g) }, g),
    bound,
  };
  yield {
    what: `normalizeGrad ${what}`,
    inputs: [dy, x, scale],
    run: (dy, x, scale) => apply(ops.normalizeGrad, { dy, x, moments: momentsOf(x, g), scale }, g),
    bound,
  };
  yield {
    what: `normalizeGrad alone ${what}`,
    inputs: [dy, x],
    run: (dy, x) => apply(ops.normalizeGrad, { dy, x, moments: momentsOf(x, g) }, g),
    bound,
  };
  yield {
    what: `normalizeSums ${what}`,
    inputs: [dy, x],
    run: (dy, x) => apply(ops.normalizeSums, { dy, x, moments: momentsOf(x, g) }, g),
    bound: (_, expected) => 64 * ROUNDING * (1 + largest(expected)),
  };
}

test("normalisation by batch, layer and group", function* () {
  for (const form of FORMS) yield* normalisations(form);
});

test("means of 1e4 leave the digits of a small variance", function* () {
  for (const [batch, positions, channels] of [[1, 1500, 7], [1, 1500, 64], [1500, 1, 64]]) {
    const shape = [batch * positions, channels];
    const noise = normalValues(shape, 1);
    const x = { shape, data: Array.from(noise.data, (v) => Math.fround(1e4 + v / 8)) };
    const [groups, size] = positions === 1 ? [1, channels] : [channels, 1];
    const g: NormGeometry = { batch, positions, groups, size, epsilon: 1e-5 };
    yield {
      what: `normalize of a large mean, [${batch}, ${positions}, ${channels}]`,
      inputs: [x],
      run: (x) => apply(ops.normalize, { x, moments: momentsOf(x, g) }, g),
      // Means near 1e4, of parts and of all, are rounded by half of 2^-10 each, in one backend twice;
      // the deviation of 1/8 makes it 8 times that.
      bound: () => 12 * 2 ** -10 * 1.05,
    };
  }
});

test("dropout", function* () {
  for (const size of [1, 3, 4, 5, 7, 8, 9, 70001]) {
    for (const rate of [0, 0.1, 0.5, 0.999, 1]) {
      yield {
        what: `dropout of ${size} at ${rate}`,
        inputs: [normalValues([size], 1)],
        run: (x) => apply(ops.dropout, { x }, { key: [123456789, 4000000000], rate }),
        bound: (i, expected) => 4 * ROUNDING * Math.abs(expected[i]),
      };
    }
  }
});
