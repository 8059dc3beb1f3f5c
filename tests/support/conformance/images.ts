// Checks of im2col, resampling and the ops made of convolution, on any backend, against their
// definitions.

import {
  adaptiveAvgPool,
  apply,
  col2im,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  im2col,
  matmul,
  reshape,
  type Tensor,
  transpose,
  upsample,
} from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import {
  adaptiveAvgPoolGeometry,
  adjointResampling,
  type ColumnsWindow,
  type Conv2dWindow,
  depthwiseConv2dGeometry,
  type ImageLayout,
  type ResampleGeometry,
  upsampleGeometry,
  type Upsampling,
} from "../../../src/core/geometry/mod.ts";
import { dot, largest, transposeOracle } from "../oracles/arrays.ts";
import { assertSame, assertShape, assertTensor, assertWithin, ROUNDING } from "../compare.ts";
import { type Check, FLOATS } from "./check.ts";
import type { Values } from "../grids.ts";
import {
  adaptiveMatrix,
  im2colPlaces,
  inLayoutOf,
  lastOf,
  type Matrix,
  picked,
  resampleOracle,
  scattered,
  shapeIn,
  transposedMatrix,
  upsampleMatrix,
} from "../oracles/images.ts";
import { gridValues, ODD_SIZES } from "../random_values.ts";
import { upload } from "../samples.ts";
import {
  conv2dGradWOracle,
  conv2dGradXOracle,
  conv2dOracle,
  convShape,
  product,
} from "../oracles/windows.ts";

const LAYOUTS: readonly ImageLayout[] = ["NHWC", "NCHW"];

const WINDOWS: readonly ColumnsWindow[] = [
  { size: 3 },
  { size: 1, stride: 2 },
  { size: [2, 5], padding: "same", stride: [1, 2] },
  { size: [4, 3], padding: 3, dilation: [1, 2] },
  { size: [1, 7], padding: [[0, 1], [6, 4]], stride: [2, 1] },
  { size: 2, padding: "full", dilation: 3 },
];

/** Yields images of every width from 1 to 20 and every odd number of channels. */
function* oddImages(): Generator<{ width: number; shape: number[] }> {
  for (let width = 1; width <= 20; width++) {
    const channels = ODD_SIZES[(width * 5) % ODD_SIZES.length];
    yield { width, shape: [1 + width % 2, 3 + width % 3, width, channels] };
  }
}

function checkColumns(backend: Backend, shape: readonly number[], window: ColumnsWindow): void {
  for (const layout of LAYOUTS) {
    const options = { ...window, layout };
    const given = shapeIn(layout, shape);
    const x = gridValues(given, 1);
    const places = im2colPlaces(shape, options);
    const rows = picked(lastOf(layout, x).data, places);
    const columns = places.length / product(convShape(shape, [...sizeOf(window), 1, 1], window));
    const seed = gridValues([places.length / columns, columns], 2);
    const sums = inLayoutOf(layout, scattered(seed.data, places, shape));
    for (const dtype of FLOATS) {
      const what = `of x [${given}], ${JSON.stringify(options)}, ${dtype}`;
      const [images, matrix] = [x, seed].map((v) => upload(v, backend, dtype));
      const expected = { shape: seed.shape, data: rows };
      assertTensor(im2col(images, options), expected, `im2col ${what}`);
      assertTensor(col2im(matrix, given, options), sums, `col2im ${what}`);
    }
  }
}

function sizeOf({ size }: ColumnsWindow): readonly [number, number] {
  return typeof size === "number" ? [size, size] : size;
}

/** Checks the way of teaching against the direct one. */
function checkTeaching(backend: Backend, x: readonly number[], filters: number): void {
  for (const { size, ...window } of WINDOWS) {
    const [kh, kw] = sizeOf({ size });
    const w = [kh, kw, x[3], filters];
    if (Math.min(...convShape(x, w, window)) < 1) continue;
    const [vx, vw] = [gridValues(x, 1), gridValues(w, 2)];
    for (const layout of LAYOUTS) {
      const isLast = layout === "NHWC";
      const images = upload(inLayoutOf(layout, vx), backend, "float32");
      const weights = upload(isLast ? vw : transposeOracle(vw, [3, 2, 0, 1]), backend, "float32");
      const y = conv2d(images, weights, { ...window, layout });
      const rows = im2col(images, { size, ...window, layout });
      const matrix = isLast
        ? reshape(weights, [-1, filters])
        : transpose(reshape(weights, [filters, -1]));
      const [n, oh, ow] = convShape(x, w, window);
      const product = reshape(matmul(rows, matrix), [n, oh, ow, filters]);
      const taught = isLast ? product : transpose(product, [0, 3, 1, 2]);
      const what = `im2col and matmul of [${x}], [${w}], ${JSON.stringify(window)}, ${layout}`;
      assertTensor(taught, { shape: y.shape, data: y.dataSync() }, what);
    }
  }
}

/** Checks an op against matrices, and its gradient against their transposes. */
function checkResampling(
  backend: Backend,
  what: string,
  x: Values,
  g: ResampleGeometry,
  run: (x: Tensor) => Tensor,
  [vertical, horizontal]: readonly [Matrix, Matrix],
): void {
  const y = resampleOracle(x, vertical, horizontal);
  const dy = gridValues(y.shape, 2);
  const dx = resampleOracle(dy, transposedMatrix(vertical), transposedMatrix(horizontal));
  const weights = [...vertical.flat(), ...horizontal.flat()];
  const exact = weights.every((weight) => Number.isInteger(weight * 64));
  for (const dtype of FLOATS) {
    const near = (actual: Tensor, expected: Values, name: string) => {
      const bound = exact ? 0 : 16 * ROUNDING * Math.max(1, largest(expected.data));
      assertShape(actual, expected.shape, `${name} ${what}, ${dtype}`);
      assertWithin(actual.dataSync(), expected.data, () => bound, `${name} ${what}, ${dtype}`);
    };
    near(run(upload(x, backend, dtype)), y, "resampling");
    const given = { x: upload(dy, backend, dtype) };
    near(apply(ops.resample, given, adjointResampling(g)), dx, "its gradient");
  }
}

const MODES: readonly Upsampling[] = [
  { mode: "nearest" },
  { mode: "bilinear" },
  { mode: "bilinear", alignCorners: true },
];

function checkUpsample(backend: Backend, shape: readonly number[], i: number): void {
  const [, height, width] = shape;
  const sizes = [[2 * height, 2 * width], [1 + i % 7, 1 + (3 * i) % 11]] as const;
  for (const size of sizes) {
    for (const mode of MODES) {
      const options = { ...mode, size };
      const matrices = [
        upsampleMatrix(height, size[0], mode),
        upsampleMatrix(width, size[1], mode),
      ] as const;
      const what = `of [${shape}], ${JSON.stringify(options)}`;
      const g = upsampleGeometry(shape, options);
      const x = gridValues(shape, 1);
      checkResampling(backend, what, x, g, (x) => upsample(x, options), matrices);
    }
  }
}

function checkAdaptive(backend: Backend, shape: readonly number[], i: number): void {
  const [, height, width] = shape;
  for (const size of [[1, 1], [1 + i % 4, 1 + (3 * i) % 7], [height, 2]] as const) {
    const matrices = [adaptiveMatrix(height, size[0]), adaptiveMatrix(width, size[1])] as const;
    const g = adaptiveAvgPoolGeometry(shape, size);
    const what = `of [${shape}] to [${size}]`;
    const run = (x: Tensor) => adaptiveAvgPool(x, { size });
    checkResampling(backend, what, gridValues(shape, 1), g, run, matrices);
  }
}

const DEPTHWISE: readonly Conv2dWindow[] = [
  { padding: "same" },
  { stride: 2, padding: "same" },
  { stride: [3, 2], padding: [[2, 0], [1, 3]] },
  { dilation: [1, 2], padding: "full" },
  { dilation: [2, 1], stride: 2, padding: 3 },
];

function checkDepthwise(
  backend: Backend,
  x: readonly number[],
  multiplier: number,
  window: Conv2dWindow,
): void {
  const [, , , channels] = x;
  const kernel = [1 + x[2] % 3, 1 + (x[2] >> 1) % 4];
  const grouped = [...kernel, 1, channels * multiplier];
  const options = { ...window, groups: channels };
  const [vx, vw, vBias] = [x, grouped, [grouped[3]]].map((shape, i) => gridValues(shape, i));
  const vDy = gridValues(convShape(x, grouped, options), 4);
  const y = conv2dOracle(vx, vw, options, vBias);
  const [dx, dw] = [
    conv2dGradXOracle(vDy, vw, x, options),
    conv2dGradWOracle(vDy, vx, grouped, options),
  ];
  const shape = [...kernel, channels, multiplier];
  const g = depthwiseConv2dGeometry(x, shape, undefined, window);
  for (const dtype of FLOATS) {
    const [tx, tw, bias, dy] = [vx, vw, vBias, vDy].map((v) => upload(v, backend, dtype));
    const what = `of x [${x}], w [${shape}], ${JSON.stringify(window)}, ${dtype}`;
    const w = reshape(tw, shape);
    assertTensor(depthwiseConv2d(tx, w, { ...window, bias }), y, `depthwiseConv2d ${what}`);
    assertTensor(apply(ops.conv2dGradX, { dy, w: tw }, g), dx, `its gradient of x ${what}`);
    assertTensor(apply(ops.conv2dGradW, { dy, x: tx }, g), dw, `its gradient of w ${what}`);
  }
}

/** Checks that `<im2col(x), rows> = <x, col2im(rows)>`, and so for resampling. */
function checkAdjoint(backend: Backend): void {
  for (const layout of LAYOUTS) {
    const shape = shapeIn(layout, [3, 29, 31, 17]);
    const options: ColumnsWindow = { size: [3, 4], stride: [2, 1], padding: "same", layout };
    const x = gridValues(shape, 1);
    const rows = im2col(upload(x, backend, "float32"), options);
    const seed = gridValues(rows.shape, 2);
    const dx = col2im(upload(seed, backend, "float32"), shape, options);
    const products = [dot(rows.dataSync(), seed.data), dot(x.data, dx.dataSync())];
    assertSame(products, [products[0], products[0]], `<im2col(x), rows>, ${layout}`);
  }
  for (const mode of MODES.slice(0, 2)) {
    const g = upsampleGeometry([3, 27, 23, 13], { ...mode, factor: 2 });
    const [x, dy] = [gridValues(g.xShape, 1), gridValues(g.yShape, 2)];
    const y = apply(ops.resample, { x: upload(x, backend, "float32") }, g);
    const dx = apply(ops.resample, { x: upload(dy, backend, "float32") }, adjointResampling(g));
    const products = [dot(y.dataSync(), dy.data), dot(x.data, dx.dataSync())];
    assertSame(products, [products[0], products[0]], `<resample(x), dy>, ${mode.mode}`);
  }
}

/** Checks that `<conv2dTranspose(x, w), y> = <x, conv2d(y, w)>`. */
function checkTransposed(backend: Backend): void {
  for (const [kernel, stride, outputPadding] of [[3, 2, 1], [4, 2, 0], [2, 3, 2]]) {
    const options = { stride, padding: 1 };
    const [vx, vw] = [gridValues([2, 9, 13, 17], 1), gridValues([kernel, kernel, 5, 17], 2)];
    const [x, w] = [vx, vw].map((v) => upload(v, backend, "float32"));
    const larger = conv2dTranspose(x, w, { ...options, outputPadding });
    const vy = gridValues(larger.shape, 3);
    const smaller = conv2d(upload(vy, backend, "float32"), w, options);
    assertShape(smaller, vx.shape, "conv2d of conv2dTranspose");
    const products = [dot(larger.dataSync(), vy.data), dot(vx.data, smaller.dataSync())];
    assertSame(products, [products[0], products[0]], "<conv2dTranspose(x), y>");
  }
}

/** Checks of im2col, of resampling, and of the ops made of convolution. */
export const imageChecks = {
  "windows as rows, and images of rows, are by definition": (backend) => {
    for (const { width, shape } of oddImages()) {
      const window = WINDOWS[width % WINDOWS.length];
      const y = convShape(shape, [...sizeOf(window), 1, 1], window);
      if (Math.min(...y) > 0) checkColumns(backend, shape, window);
      checkColumns(backend, shape, WINDOWS[3]);
    }
  },
  "a convolution is a product of windows as rows": (backend) => {
    for (const channels of [1, 2, 3, 5, 8]) {
      checkTeaching(backend, [2, 7, 9, channels], channels + 3);
    }
  },
  "upsampling of odd shapes is by definition": (backend) => {
    for (const { width, shape } of oddImages()) checkUpsample(backend, shape, width);
  },
  "adaptive averages of odd shapes are by definition": (backend) => {
    for (const { width, shape } of oddImages()) checkAdaptive(backend, shape, width);
  },
  "depthwise convolution of odd shapes is by definition": (backend) => {
    for (const { width, shape } of oddImages()) {
      const window = DEPTHWISE[width % DEPTHWISE.length];
      checkDepthwise(backend, shape, 1, window);
      checkDepthwise(backend, shape, 2 + width % 3, { ...window, padding: "full" });
    }
  },
  "windows as rows and resampling are adjoint to their gradients": checkAdjoint,
  "transposed convolution is adjoint to convolution": checkTransposed,
} satisfies Record<string, Check>;
