// The kernels of depthwise convolution, of windows as rows and of resampling of the WASM backend
// against the reference, in both builds, with the same bits on one thread and on three.

import {
  adaptiveAvgPool,
  apply,
  col2im,
  depthwiseConv2d,
  im2col,
  type Tensor,
  upsample,
  type Upsampling,
} from "@tapegrad/tapegrad";
import { ops } from "@tapegrad/tapegrad/backend";
import {
  adaptiveAvgPoolGeometry,
  adjointResampling,
  columnsGeometry,
  type ColumnsWindow,
  conv2dGeometry,
  type Conv2dWindow,
  depthwiseConv2dGeometry,
  type ResampleGeometry,
  upsampleGeometry,
} from "../../../src/core/geometry/mod.ts";
import type { TypedArray } from "../../../src/core/dtype.ts";
import { ROUNDING } from "../../support/compare.ts";
import { shapeIn } from "../../support/oracles/images.ts";
import { gridValues, ODD_SIZES } from "../../support/random_values.ts";
import { type Computation, test } from "../../support/side_by_side.ts";

/** Yields a depthwise convolution and both of its gradients. */
function* depthwise(
  x: readonly number[],
  [kh, kw, multiplier]: readonly number[],
  options: Conv2dWindow,
): Generator<Computation> {
  const w = [kh, kw, x[3], multiplier];
  const g = depthwiseConv2dGeometry(x, w, undefined, options);
  const what = `of [${x}], [${w}], ${JSON.stringify(options)}`;
  const [vx, vw, dy, bias] = [x, w, g.yShape, [g.outChannels]].map(gridValues);
  const filters = gridValues(g.wShape, 1);
  yield {
    what: `depthwiseConv2d ${what}`,
    inputs: [vx, vw, bias],
    run: (x, w, bias) => depthwiseConv2d(x, w, { ...options, bias }),
  };
  yield {
    what: `its gradient of x ${what}`,
    inputs: [dy, filters],
    run: (dy, w) => apply(ops.conv2dGradX, { dy, w }, g),
  };
  yield {
    what: `its gradient of w ${what}`,
    inputs: [dy, vx],
    run: (dy, x) => apply(ops.conv2dGradW, { dy, x }, g),
  };
}

test("depthwise convolution of any number of channels", function* () {
  for (const channels of ODD_SIZES.filter((n) => n > 1)) {
    yield* depthwise([2, 7, 9, channels], [3, 3, 1], { padding: "same" });
    yield* depthwise([2, 8, 9, channels], [3, 4, 1], { padding: "same", stride: [2, 3] });
    yield* depthwise([1, 9, 8, channels], [2, 5, 2], { padding: 3, dilation: [3, 2] });
  }
});

test("depthwise convolution of widths from 1 to 20", function* () {
  for (let width = 1; width <= 20; width++) {
    yield* depthwise([1, 5, width, 6], [3, 3, 1], { padding: "full" });
    yield* depthwise([2, 4, width, 3], [1, 1, 3], { stride: [1, 4] });
    yield* depthwise([1, 3, width, 5], [2, 7, 1], { padding: [[0, 2], [6, 3]], stride: 2 });
  }
});

test("depthwise convolution of many images, in several chunks", function* () {
  yield* depthwise([9, 20, 21, 17], [3, 3, 1], { padding: "same" });
  yield* depthwise([3, 40, 41, 9], [5, 5, 2], { padding: "same", stride: 2 });
});

/** Yields the gradient of a convolution with respect to x. */
function* gradX(
  x: readonly number[],
  w: readonly number[],
  options: Conv2dWindow,
): Generator<Computation> {
  const g = conv2dGeometry(x, w, undefined, options);
  yield {
    what: `conv2dGradX of [${x}], [${w}], ${JSON.stringify(options)}`,
    inputs: [gridValues(g.yShape, 1), gridValues(w, 2)],
    run: (dy, w) => apply(ops.conv2dGradX, { dy, w }, g),
  };
}

test("what few windows send back, some of it into padding", function* () {
  const padding = [[2, 3], [1, 4]] as const;
  for (let width = 3; width <= 9; width++) {
    yield* gradX([2, 5, width, 3], [3, 3, 3, 8], { padding, stride: 2 });
    yield* gradX([2, 5, width, 6], [3, 3, 3, 16], { padding, stride: 2, groups: 2 });
    yield* gradX([3, 6, width, 2], [2, 3, 2, 9], { padding, stride: [2, 3], dilation: 2 });
    yield* gradX([2, 7, width, 4], [3, 2, 2, 20], {
      padding,
      stride: 3,
      dilation: [1, 3],
      groups: 2,
    });
  }
});

/** Yields windows as rows, and back, in both layouts. */
function* columns(shape: readonly number[], window: ColumnsWindow): Generator<Computation> {
  for (const layout of ["NHWC", "NCHW"] as const) {
    const [x, options] = [shapeIn(layout, shape), { ...window, layout }];
    const g = columnsGeometry("test", x, options);
    const what = `of [${x}], ${JSON.stringify(options)}`;
    yield { what: `im2col ${what}`, inputs: [gridValues(x, 1)], run: (x) => im2col(x, options) };
    yield {
      what: `col2im ${what}`,
      inputs: [gridValues(g.columnsShape, 2)],
      run: (rows) => col2im(rows, x, options),
    };
  }
}

test("windows as rows of any number of channels", function* () {
  for (const channels of ODD_SIZES) {
    yield* columns([2, 6, 7, channels], { size: 3, padding: "same" });
    yield* columns([1, 8, 9, channels], {
      size: [2, 5],
      stride: [1, 2],
      padding: [[0, 1], [3, 6]],
    });
    yield* columns([2, 9, 8, channels], { size: [3, 2], dilation: [2, 3], stride: 2 });
  }
});

test("windows as rows of widths from 1 to 20", function* () {
  for (let width = 1; width <= 20; width++) {
    for (let size = 1; size <= 7; size++) {
      yield* columns([1, 3, width, 3], { size: [2, size], padding: 3, stride: [1, 2] });
    }
  }
});

test("windows as rows of many images, in several chunks", function* () {
  yield* columns([9, 19, 23, 5], { size: 3, padding: 1 });
  yield* columns([3, 41, 39, 3], { size: 5, stride: 2, padding: "same" });
});

/** Yields a resampling and its gradient. */
function* resampling(
  what: string,
  g: ResampleGeometry,
  run: (x: Tensor) => Tensor,
): Generator<Computation> {
  const weights = [...g.vertical.weights, ...g.horizontal.weights];
  const exact = weights.every((weight) => Number.isInteger(weight * 64));
  // Weights and products are rounded. Seen: 7 roundings.
  const bound = (i: number, expected: TypedArray) =>
    exact ? 0 : 16 * ROUNDING * (1 + Math.abs(expected[i]));
  yield { what, inputs: [gridValues(g.xShape, 1)], run, bound };
  yield {
    what: `the gradient of ${what}`,
    inputs: [gridValues(g.yShape, 2)],
    run: (dy) => apply(ops.resample, { x: dy }, adjointResampling(g)),
    bound,
  };
}

function* upsampled(x: readonly number[], options: Upsampling): Generator<Computation> {
  const g = upsampleGeometry(x, options);
  const what = `upsample of [${x}], ${JSON.stringify(options)}`;
  yield* resampling(what, g, (x) => upsample(x, options));
}

const BILINEAR = { mode: "bilinear" } as const;

test("resampling of any number of channels", function* () {
  for (const channels of ODD_SIZES) {
    const shape = [2, 5, 6, channels];
    yield* upsampled(shape, { factor: 2 });
    yield* upsampled(shape, { factor: [3, 2], ...BILINEAR });
    yield* upsampled(shape, { size: [9, 7], ...BILINEAR, alignCorners: true });
    const size = [3, 4] as const;
    const g = adaptiveAvgPoolGeometry(shape, size);
    yield* resampling(`averages of [${shape}]`, g, (x) => adaptiveAvgPool(x, { size }));
  }
});

test("resampling of widths from 1 to 20", function* () {
  for (let width = 1; width <= 20; width++) {
    yield* upsampled([1, 3, width, 5], { size: [1 + width % 5, 13] });
    yield* upsampled([1, 2, width, 3], { size: [5, 1 + (width * 7) % 23], ...BILINEAR });
  }
});

test("resampling of many images, in several chunks", function* () {
  yield* upsampled([3, 31, 33, 17], { factor: 2 });
  yield* upsampled([3, 31, 33, 17], { factor: 2, ...BILINEAR });
});
