// Sums of products of real data on any backend: within (K + 4) 2^-24 op(|x|, |w|) of float64, K
// being the number of products in a sum. The bound holds for any order of summation, and it does
// not grow with the values: an error beyond it is a fault, not a rounding.

import { apply, avgPool, conv2d, dense, matmul, mean, sum, type Tensor } from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import { conv2dGeometry, type Conv2dWindow } from "../../../src/core/geometry/mod.ts";
import { binaryOracle, matmulOracle, reduceOracle, total } from "../oracles/arrays.ts";
import { assertWithin, ROUNDING } from "../compare.ts";
import type { Check } from "./check.ts";
import type { Values } from "../grids.ts";
import { magnitudes, normalValues } from "../random_values.ts";
import { upload } from "../samples.ts";
import {
  conv2dGradWOracle,
  conv2dGradXOracle,
  conv2dOracle,
  convShape,
  product,
  windowsOf,
} from "../oracles/windows.ts";

/** Runs an op in float32 and its definition in float64 on the same normal numbers. */
function compare(
  what: string,
  backend: Backend,
  shapes: readonly (readonly number[])[],
  terms: number,
  op: (...inputs: Tensor[]) => Tensor,
  oracle: (...inputs: Values[]) => Values,
): void {
  const values = shapes.map((shape, i) => normalValues(shape, 10 + i));
  const actual = op(...values.map((v) => upload(v, backend, "float32"))).dataSync();
  const scale = oracle(...values.map(magnitudes)).data;
  const bound = (i: number) => (terms + 4) * ROUNDING * scale[i];
  assertWithin(actual, oracle(...values).data, bound, what);
}

const CONVOLUTIONS: readonly { x: number[]; w: number[]; options: Conv2dWindow }[] = [
  { x: [2, 9, 11, 13], w: [3, 3, 13, 17], options: { padding: "same" } },
  { x: [1, 12, 10, 4], w: [5, 4, 4, 8], options: { stride: [2, 1], padding: "full" } },
  { x: [3, 7, 8, 33], w: [1, 1, 33, 5], options: {} },
  { x: [2, 8, 8, 6], w: [3, 3, 2, 9], options: { groups: 3, dilation: 2, padding: 2 } },
];

function checkConvolutions(backend: Backend): void {
  for (const { x, w, options } of CONVOLUTIONS) {
    const y = convShape(x, w, options);
    const g = conv2dGeometry(x, w, undefined, options);
    const what = `x [${x}], w [${w}], ${JSON.stringify(options)}`;
    compare(
      `conv2d of ${what}`,
      backend,
      [x, w, [w[3]]],
      w[0] * w[1] * w[2] + 1,
      (x, w, bias) => conv2d(x, w, { ...options, bias }),
      (x, w, bias) => conv2dOracle(x, w, options, bias),
    );
    compare(
      `conv2dGradX of ${what}`,
      backend,
      [y, w],
      w[0] * w[1] * w[3],
      (dy, w) => apply(ops.conv2dGradX, { dy, w }, g),
      (dy, w) => conv2dGradXOracle(dy, w, x, options),
    );
    compare(
      `conv2dGradW of ${what}`,
      backend,
      [y, x],
      y[0] * y[1] * y[2],
      (dy, x) => apply(ops.conv2dGradW, { dy, x }, g),
      (dy, x) => conv2dGradWOracle(dy, x, w, options),
    );
  }
}

function checkProducts(backend: Backend): void {
  for (const [rows, inner, columns] of [[1, 257, 1], [33, 64, 17], [5, 300, 9]]) {
    compare(
      `matmul of [${rows}, ${inner}, ${columns}]`,
      backend,
      [[rows, inner], [inner, columns]],
      inner,
      (a, b) => matmul(a, b),
      matmulOracle,
    );
    compare(
      `dense of [${rows}, ${inner}, ${columns}]`,
      backend,
      [[rows, inner], [inner, columns], [columns]],
      inner + 1,
      (x, w, bias) => dense(x, w, { bias }),
      (x, w, bias) => binaryOracle((a, b) => a + b, matmulOracle(x, w), bias),
    );
  }
}

function checkSums(backend: Backend): void {
  for (const axis of [[0], [1], [2], [0, 1], [0, 1, 2]]) {
    const shape = [13, 17, 33];
    const count = product(axis.map((i) => shape[i]));
    const sums = (x: Values) => reduceOracle(total, x, axis);
    const means = (x: Values) => reduceOracle((group) => total(group) / count, x, axis);
    compare(`sum along ${axis}`, backend, [shape], count, (x) => sum(x, { axis }), sums);
    compare(`mean along ${axis}`, backend, [shape], count, (x) => mean(x, { axis }), means);
  }
  const [shape, options] = [[2, 9, 10, 5], { size: 3, stride: 2 }];
  compare(
    "avgPool",
    backend,
    [shape],
    9,
    (x) => avgPool(x, options),
    ({ data }) => {
      const windows = windowsOf(shape, options);
      return {
        shape: [windows.length],
        data: windows.map((at) => total(at.map((i) => data[i])) / 9),
      };
    },
  );
}

/** Checks of sums of real data. */
export const realDataChecks = {
  "convolution of real data is within its rounding bound": checkConvolutions,
  "matrix products of real data are within their rounding bound": checkProducts,
  "sums of real data are within their rounding bound": checkSums,
} satisfies Record<string, Check>;
