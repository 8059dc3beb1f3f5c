// Convolution and pooling on any backend, against their definitions, to the last bit.

import type { Backend } from "../../../src/backends/kernels.ts";
import { conv2dGeometry, pool2dGeometry } from "../../../src/core/geometry/mod.ts";
import type { Conv2dWindow, Pool2dWindow } from "../../../src/core/geometry/mod.ts";
import { apply, avgPool, conv2d, maxPool, type Tensor } from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import { binaryOracle, dot, largest, reluOracle, total } from "../oracles/arrays.ts";
import { assertSame, assertShape, assertTensor, assertWithin, ROUNDING } from "../compare.ts";
import { type Check, FLOATS } from "./check.ts";
import type { Values } from "../grids.ts";
import { gridValues, ODD_SIZES, sparseValues, tiedValues } from "../random_values.ts";
import { upload } from "../samples.ts";
import {
  averageCounts,
  conv2dGradWOracle,
  conv2dGradXOracle,
  conv2dOracle,
  convShape,
  firstMaxima,
  poolShape,
  product,
  windowsOf,
} from "../oracles/windows.ts";

const KERNELS = [[1, 1], [3, 3], [2, 2], [1, 5], [4, 4], [3, 1], [2, 3]] as const;

const CONV_OPTIONS: readonly Conv2dWindow[] = [
  { padding: "same" },
  { padding: "same", stride: 2 },
  { padding: "full", dilation: 2 },
  { padding: 4, stride: [2, 3] },
  { padding: [[3, 4], [5, 4]], dilation: [1, 2], stride: [3, 1] },
];

const POOL_OPTIONS: readonly Pool2dWindow[] = [
  { size: 2, padding: "same" },
  { size: 3, stride: 1, padding: "same" },
  { size: 8, padding: "same" },
  { size: 3, stride: 2, padding: "full" },
  { size: [1, 4], stride: [2, 3], padding: [[0, 0], [3, 3]] },
  { size: [4, 2], stride: [1, 1], padding: [[2, 3], [1, 0]] },
];

/** Yields sizes of odd convolutions: every width from 1 to 20, every odd number of channels. */
function* oddConvs(): Generator<{ x: number[]; w: number[]; options: Conv2dWindow }> {
  for (let width = 1; width <= 20; width++) {
    const channels = ODD_SIZES[(width * 5) % ODD_SIZES.length];
    const filters = ODD_SIZES[(width * 7 + 3) % ODD_SIZES.length];
    const options = CONV_OPTIONS[width % CONV_OPTIONS.length];
    const kernel = KERNELS[width % KERNELS.length];
    const x = [1 + width % 2, 1 + width % 5, width, channels];
    yield { x, w: [...kernel, channels, filters], options };
    yield { x, w: [...kernel, 1, channels], options: { ...options, groups: channels } };
  }
}

function checkConv(
  backend: Backend,
  xShape: readonly number[],
  wShape: readonly number[],
  options: Conv2dWindow,
  values = convValues(xShape, wShape, options),
): void {
  const [vx, vw, vBias, vDy] = values;
  const g = conv2dGeometry(xShape, wShape, undefined, options);
  const y = conv2dOracle(vx, vw, options);
  const biased = binaryOracle((sum, bias) => sum + bias, y, vBias);
  const dx = conv2dGradXOracle(vDy, vw, xShape, options);
  const dw = conv2dGradWOracle(vDy, vx, wShape, options);
  for (const dtype of FLOATS) {
    const [x, w, bias, dy] = values.map((v) => upload(v, backend, dtype));
    const what = `of x [${xShape}], w [${wShape}], ${JSON.stringify(options)}, ${dtype}`;
    assertTensor(conv2d(x, w, options), y, `conv2d ${what}`);
    assertTensor(conv2d(x, w, { ...options, bias }), biased, `conv2d with bias ${what}`);
    const active = conv2d(x, w, { ...options, bias, activation: "relu" });
    assertTensor(active, reluOracle(biased), `conv2d with relu ${what}`);
    assertTensor(apply(ops.conv2dGradX, { dy, w }, g), dx, `conv2dGradX ${what}`);
    assertTensor(apply(ops.conv2dGradW, { dy, x }, g), dw, `conv2dGradW ${what}`);
  }
}

function convValues(x: readonly number[], w: readonly number[], options: Conv2dWindow): Values[] {
  return [x, w, [w[3]], convShape(x, w, options)].map((shape, i) => gridValues(shape, 1 + i));
}

/** Infinities at both ends of x, of w and of dy: those that no window meets must not tell. */
function checkInfiniteConv(
  backend: Backend,
  xShape: readonly number[],
  wShape: readonly number[],
  options: Conv2dWindow,
): void {
  for (const place of ["x", "w", "bias", "dy"].keys()) {
    const values = convValues(xShape, wShape, options);
    const data = Array.from(values[place].data);
    values[place] = { ...values[place], data: data.with(0, -Infinity).with(-1, Infinity) };
    checkConv(backend, xShape, wShape, options, values);
  }
}

function checkMaxPool(backend: Backend, shape: readonly number[], options: Pool2dWindow): void {
  const yShape = poolShape(shape, options);
  const values = [tiedValues(shape, 1), gridValues(shape, 2), gridValues(yShape, 3)];
  const [tied, gathered, seed] = values;
  const at = firstMaxima(tied, options);
  const pick = ({ data }: Values) => ({ shape: yShape, data: at.map((i) => data[i]) });
  const dx = new Float64Array(product(shape));
  at.forEach((pixel, i) => dx[pixel] += seed.data[i]);
  const g = pool2dGeometry("test", shape, options, false);
  for (const dtype of FLOATS) {
    const [x, from, dy] = values.map((v) => upload(v, backend, dtype));
    const what = `of x [${shape}], ${JSON.stringify(options)}, ${dtype}`;
    assertTensor(maxPool(x, options), pick(tied), `maxPool ${what}`);
    const paid = apply(ops.maxPoolGrad, { dy, x }, g);
    assertTensor(paid, { shape, data: dx }, `maxPoolGrad ${what}`);
    assertSame([total(paid.dataSync())], [total(seed.data)], `mass of maxPoolGrad ${what}`);
    const taken = apply(ops.maxPoolGather, { values: from, x }, g);
    assertTensor(taken, pick(gathered), `maxPoolGather ${what}`);
  }
}

function checkAvgPool(backend: Backend, shape: readonly number[], options: Pool2dWindow): void {
  const yShape = poolShape(shape, options);
  const [values, seed] = [gridValues(shape, 1), gridValues(yShape, 2)];
  const windows = windowsOf(shape, options);
  for (const countPadding of [false, true]) {
    const counts = averageCounts(shape, { ...options, countPadding });
    const sums = windows.map((pixels) => total(pixels.map((at) => values.data[at])));
    const means = sums.map((sum, i) => sum / counts[i]);
    const dx = new Float64Array(product(shape));
    windows.forEach((pixels, i) => pixels.forEach((at) => dx[at] += seed.data[i] / counts[i]));
    const exact = counts.every((n) => Number.isInteger(Math.log2(n)));
    const g = pool2dGeometry("test", shape, options, countPadding);
    for (const dtype of FLOATS) {
      const [x, dy] = [values, seed].map((v) => upload(v, backend, dtype));
      const what = `of x [${shape}], ${JSON.stringify({ ...options, countPadding })}, ${dtype}`;
      const y = avgPool(x, { ...options, countPadding });
      assertShape(y, yShape, `avgPool ${what}`);
      assertNear(y, means, exact, `avgPool ${what}`);
      assertNear(apply(ops.avgPoolGrad, { dy }, g), dx, exact, `avgPoolGrad ${what}`);
    }
  }
}

/**
 * Fails unless numbers are equal, or within 16 roundings of the largest where they are divided by 3
 * and its like.
 */
function assertNear(y: Tensor, expected: ArrayLike<number>, exact: boolean, what: string): void {
  const bound = exact ? 0 : 16 * ROUNDING * Math.max(1, largest(expected));
  assertWithin(y.dataSync(), expected, () => bound, what);
}

/** Pools of every width from 1 to 20 and every odd number of channels. */
function* oddPools(): Generator<{ shape: number[]; options: Pool2dWindow }> {
  for (let width = 1; width <= 20; width++) {
    const channels = ODD_SIZES[(width * 5) % ODD_SIZES.length];
    const shape = [1 + width % 2, 2 + width % 7, width, channels];
    yield { shape, options: POOL_OPTIONS[width % POOL_OPTIONS.length] };
    yield { shape, options: POOL_OPTIONS[(width + 1) % POOL_OPTIONS.length] };
  }
}

/**
 * Checks gradients where dy is mostly 0: kernels may leave out terms there, but not those with
 * values that are not finite.
 */
function checkSparseConv(
  backend: Backend,
  xShape: readonly number[],
  wShape: readonly number[],
  options: Conv2dWindow,
): void {
  const x = gridValues(xShape, 1);
  const dy = sparseValues(convShape(xShape, wShape, options), 2);
  const g = conv2dGeometry(xShape, wShape, undefined, options);
  for (const odd of [undefined, NaN, Infinity]) {
    const vx = odd === undefined ? x : { ...x, data: Array.from(x.data).with(-1, odd) };
    const dw = conv2dGradWOracle(dy, vx, wShape, options);
    const [tdy, tx] = [dy, vx].map((v) => upload(v, backend, "float32"));
    const what = `with ${odd} of x [${xShape}], w [${wShape}], ${JSON.stringify(options)}`;
    assertTensor(apply(ops.conv2dGradW, { dy: tdy, x: tx }, g), dw, `sparse conv2dGradW ${what}`);
  }
}

/** Checks of convolution and pooling. */
export const windowChecks = {
  "convolution of odd shapes is by definition": (backend) => {
    for (const { x, w, options } of oddConvs()) checkConv(backend, x, w, options);
  },
  "the gradient of filters for a dy of zeros with exceptions": (backend) => {
    for (const { x, w, options } of oddConvs()) checkSparseConv(backend, x, w, options);
    checkSparseConv(backend, [2, 40, 33, 3], [4, 4, 3, 9], { padding: "same" });
    checkSparseConv(backend, [9, 40, 50, 2], [2, 3, 2, 8], {});
  },
  "infinities are not multiplied by the zeros of padding": (backend) => {
    const some = Array.from(oddConvs()).filter((_, i) => i % 3 === 0);
    for (const { x, w, options } of some) checkInfiniteConv(backend, x, w, options);
  },
  "maximum pools pay the first of tied maxima": (backend) => {
    for (const { shape, options } of oddPools()) checkMaxPool(backend, shape, options);
  },
  "average pools of odd shapes are by definition": (backend) => {
    for (const { shape, options } of oddPools()) checkAvgPool(backend, shape, options);
  },
  "convolution and its gradients are adjoint on big shapes": (backend) => {
    const [xShape, wShape] = [[2, 19, 23, 13], [3, 3, 13, 17]];
    const options: Conv2dWindow = { stride: [1, 2], padding: "same" };
    const [x, w, , dy] = convValues(xShape, wShape, options);
    const [tx, tw, tdy] = [x, w, dy].map((v) => upload(v, backend, "float32"));
    const g = conv2dGeometry(xShape, wShape, undefined, options);
    const dx = apply(ops.conv2dGradX, { dy: tdy, w: tw }, g).dataSync();
    const dw = apply(ops.conv2dGradW, { dy: tdy, x: tx }, g).dataSync();
    const expected = dot(conv2d(tx, tw, options).dataSync(), dy.data);
    assertSame([dot(x.data, dx), dot(w.data, dw)], [expected, expected], "<x, dx>, <w, dw>");
  },
} satisfies Record<string, Check>;
