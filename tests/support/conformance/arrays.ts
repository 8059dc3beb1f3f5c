// Elementwise ops, reductions and rearrangements on any backend, against their definitions.

import {
  add,
  apply,
  argMax,
  broadcastTo,
  cumsum,
  div,
  max,
  mean,
  min,
  mul,
  neg,
  pad,
  prod,
  relu,
  square,
  sub,
  sum,
  transpose,
} from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import type { FloatDType } from "../../../src/core/dtype.ts";
import { reduceGeometry } from "../../../src/core/geometry/mod.ts";
import {
  binaryOracle,
  elementAt,
  fromIndex,
  padOracle,
  reduceOracle,
  total,
  transposeOracle,
} from "../oracles/arrays.ts";
import { assertSame, assertTensor, assertWithin, ROUNDING } from "../compare.ts";
import { type Check, type CheckOptions, inBothPrecisions } from "./check.ts";
import type { Values } from "../grids.ts";
import { floatFunctions } from "../float_functions.ts";
import { gridValues, ODD_SIZES, tiedValues } from "../random_values.ts";
import { upload } from "../samples.ts";
import { offset } from "../oracles/windows.ts";

/** The smallest float32 above 0. */
const SMALLEST = 2 ** -149;

/** Shapes that broadcast: alike, scalars, rows, columns, channels, in the middle, both ways. */
const BROADCASTS: readonly (readonly [number[], number[]])[] = [
  ...ODD_SIZES.map((n): [number[], number[]] => [[n], [n]]),
  ...ODD_SIZES.map((n): [number[], number[]] => [[3, n], [n]]),
  [[], []],
  [[17], []],
  [[], [2, 9]],
  [[5, 1], [5, 7]],
  [[4, 1], [1, 13]],
  [[2, 3, 5, 33], [33]],
  [[2, 1, 5], [4, 1]],
  [[1, 3, 1, 2], [2, 1, 5, 1]],
];

function checkElementwise(backend: Backend, dtype: FloatDType): void {
  const put = (values: Values) => upload(values, backend, dtype);
  for (const [shapeA, shapeB] of BROADCASTS) {
    const [a, b] = [gridValues(shapeA, 1), gridValues(shapeB, 2)];
    const what = `[${shapeA}] and [${shapeB}], ${dtype}`;
    assertTensor(add(put(a), put(b)), binaryOracle((m, n) => m + n, a, b), `add of ${what}`);
    assertTensor(sub(put(a), put(b)), binaryOracle((m, n) => m - n, a, b), `sub of ${what}`);
    assertTensor(mul(put(a), put(b)), binaryOracle((m, n) => m * n, a, b), `mul of ${what}`);
    const quotient = binaryOracle((m, n) => m / n, a, b);
    const data = dtype === "float32" ? Float32Array.from(quotient.data) : quotient.data;
    assertTensor(div(put(a), put(b)), { ...quotient, data }, `div of ${what}`);
  }
  for (const n of ODD_SIZES) {
    const x = gridValues([n], n);
    const mapped = (f: (x: number) => number) => fromIndex([n], (index) => f(elementAt(x, index)));
    assertTensor(neg(put(x)), mapped((v) => -v), `neg of ${n}, ${dtype}`);
    assertTensor(square(put(x)), mapped((v) => v * v), `square of ${n}, ${dtype}`);
    assertTensor(relu(put(x)), mapped((v) => Math.max(v, 0)), `relu of ${n}, ${dtype}`);
  }
}

/**
 * Allows eight roundings of float32, at points where rounding has its worst cases and at others of
 * many magnitudes; equal values in float64 are not asked for.
 */
function checkSmooth(backend: Backend, { smallest = SMALLEST }: CheckOptions): void {
  for (const { of, exact, dense: [from, to] } of Object.values(floatFunctions)) {
    const dense = Array.from({ length: 161 }, (_, i) => from + (to - from) * i / 160);
    const far = Array.from({ length: 161 }, (_, i) => 2 ** ((i - 80) / 8));
    const x = [...dense, ...far, ...far.map((v) => -v)].map(Math.fround);
    const expected = x.map(exact);
    const actual = of(upload({ shape: [x.length], data: x }, backend, "float32")).dataSync();
    const bound = (i: number) => Math.max(8 * ROUNDING * Math.abs(expected[i]), smallest);
    assertWithin(actual, expected.map(Math.fround), bound, of.name);
  }
}

const REDUCTIONS: readonly (readonly [number[], number[]])[] = [
  ...ODD_SIZES.map((n): [number[], number[]] => [[n], [0]]),
  ...ODD_SIZES.map((n): [number[], number[]] => [[5, n], [0]]),
  ...ODD_SIZES.map((n): [number[], number[]] => [[3, n], [1]]),
  [[2, 3, 5], []],
  [[2, 3, 5], [0, 1, 2]],
  [[2, 3, 5, 7], [0, 1, 2]],
  [[2, 3, 5, 7], [1, 3]],
  [[], []],
];

function checkReductions(backend: Backend, dtype: FloatDType): void {
  for (const [shape, axis] of REDUCTIONS) {
    const x = gridValues(shape, 1);
    const y = sum(upload(x, backend, dtype), { axis });
    assertTensor(y, reduceOracle(total, x, axis), `sum of [${shape}] along ${axis}, ${dtype}`);
    const means = reduceOracle((group) => total(group) / group.length, x, axis);
    const actual = mean(upload(x, backend, dtype), { axis }).dataSync();
    assertWithin(actual, means.data, () => 4 * ROUNDING, `mean of [${shape}] along ${axis}`);
    checkMax(backend, dtype, shape, axis);
    checkSelecting(backend, dtype, shape, axis);
  }
}

/** Checks minima, products with zeros, positions and running sums. */
function checkSelecting(
  backend: Backend,
  dtype: FloatDType,
  shape: readonly number[],
  axis: readonly number[],
): void {
  const values = tiedValues(shape, 5);
  const x = upload(values, backend, dtype);
  const what = `of [${shape}] along ${axis}, ${dtype}`;
  assertTensor(
    min(x, { axis }),
    reduceOracle((group) => Math.min(...group), values, axis),
    `min ${what}`,
  );
  const signs = { shape, data: Array.from(values.data, (v) => v - 1 || 1) };
  const product = (group: readonly number[]) => group.reduce((a, b) => a * b, 1);
  for (const factors of [signs, values]) {
    const expected = reduceOracle(product, factors, axis);
    const scaled = { ...expected, data: Array.from(expected.data, Math.fround) };
    assertTensor(prod(upload(factors, backend, dtype), { axis }), scaled, `prod ${what}`);
  }
  if (axis.length !== 1) return;
  const first = reduceOracle((group) => group.indexOf(Math.max(...group)), values, axis);
  assertTensor(argMax(x, { axis: axis[0] }), first, `argMax ${what}`);
  const y = cumsum(x, { axis: axis[0], exclusive: true });
  const summed = fromIndex(shape, (index) => {
    const before = Array.from({ length: index[axis[0]] }, (_, i) => index.with(axis[0], i));
    return total(before.map((at) => elementAt(values, at)));
  });
  assertTensor(y, summed, `cumsum ${what}`);
}

/**
 * Checks the maximum, where it is, what is scattered to there and gathered from there; with ties.
 */
function checkMax(
  backend: Backend,
  dtype: FloatDType,
  shape: readonly number[],
  axis: readonly number[],
): void {
  const [values, gathered] = [tiedValues(shape, 2), gridValues(shape, 3)];
  const positions = fromIndex(shape, (index) => offset(index, shape));
  const at = reduceOracle(
    (group) => group.find((i) => values.data[i] === Math.max(...group.map((j) => values.data[j])))!,
    positions,
    axis,
  );
  const seed = gridValues(at.shape, 4);
  const dx = new Float64Array(values.data.length);
  Array.from(at.data).forEach((i, group) => dx[i] += seed.data[group]);
  const [x, from, dy] = [values, gathered, seed].map((v) => upload(v, backend, dtype));
  const g = reduceGeometry("test", shape, { axis });
  const what = `of [${shape}] along ${axis}, ${dtype}`;
  const pick = (data: ArrayLike<number>) => Array.from(at.data, (i) => data[i]);
  assertTensor(max(x, { axis }), { shape: at.shape, data: pick(values.data) }, `max ${what}`);
  assertSame(apply(ops.maxGrad, { dy, x }, g).dataSync(), dx, `maxGrad ${what}`);
  const taken = apply(ops.maxGather, { values: from, x }, g).dataSync();
  assertSame(taken, pick(gathered.data), `maxGather ${what}`);
}

function checkRearranging(backend: Backend, dtype: FloatDType): void {
  const orders: [number[], number[]][] = [
    [[7], [0]],
    [[5, 9], [1, 0]],
    [[33, 17], [1, 0]],
    [[2, 3, 5], [2, 0, 1]],
    [[2, 5, 3, 4], [0, 3, 1, 2]],
    [[2, 5, 3, 4], [0, 2, 3, 1]],
    [[2, 5, 3, 4], [3, 2, 1, 0]],
  ];
  for (const [shape, axes] of orders) {
    const x = gridValues(shape, 1);
    const y = transpose(upload(x, backend, dtype), axes);
    assertTensor(y, transposeOracle(x, axes), `transpose of [${shape}] to ${axes}, ${dtype}`);
  }
  const amounts: [number[], [number, number][]][] = [
    [[5], [[0, 0]]],
    [[5], [[2, -3]]],
    [[3, 7], [[-1, 2], [0, -7]]],
    [[2, 3, 5, 4], [[0, 0], [2, 1], [1, 2], [0, 0]]],
    [[2, 3, 5, 4], [[-1, 0], [-1, -1], [0, -2], [0, 3]]],
  ];
  for (const [shape, by] of amounts) {
    const x = gridValues(shape, 1);
    const y = pad(upload(x, backend, dtype), by, { value: 9.5 });
    assertTensor(y, padOracle(x, by, 9.5), `pad of [${shape}] by ${JSON.stringify(by)}, ${dtype}`);
  }
  for (const [from, to] of [[[], [2, 3]], [[3, 1], [2, 3, 9]], [[33], [5, 33]]]) {
    const x = gridValues(from, 1);
    const y = broadcastTo(upload(x, backend, dtype), to);
    assertTensor(y, fromIndex(to, (i) => elementAt(x, i)), `broadcastTo of [${from}] to [${to}]`);
  }
}

/** Checks of ops on arrays. */
export const arrayChecks = {
  "elementwise ops broadcast by definition": inBothPrecisions(checkElementwise),
  "smooth functions are right to some roundings": checkSmooth,
  "reductions are by definition": inBothPrecisions(checkReductions),
  "elements move by definition": inBothPrecisions(checkRearranging),
} satisfies Record<string, Check>;
