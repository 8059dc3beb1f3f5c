// Calls of kernels that look at images through windows, in several chunks of every way.

import {
  adjointResampling,
  columnsGeometry,
  conv2dGeometry,
  type Conv2dWindow,
  depthwiseConv2dGeometry,
  pool2dGeometry,
  type Pool2dWindow,
  upsampleGeometry,
} from "../../../src/core/geometry/mod.ts";
import type { Shape } from "../../../src/core/shape.ts";
import { type ManyChunks, SMOOTH } from "./case.ts";

/** Images, filters and windows: bands in place and padded, groups, Winograd's tiles, scattering. */
const CONVOLUTIONS: readonly (readonly [Shape, Shape, Conv2dWindow])[] = [
  [[2, 30, 31, 9], [5, 5, 9, 13], {}],
  [[2, 30, 31, 9], [5, 5, 9, 13], { padding: "same" }],
  [[17, 6, 7, 8], [3, 4, 4, 10], { groups: 2, stride: [1, 2], padding: 1 }],
  [[2, 17, 19, 16], [3, 3, 16, 17], { padding: "same" }],
  [[2, 40, 41, 20], [3, 3, 20, 33], { padding: "same" }],
  [[9, 20, 21, 9], [5, 5, 9, 13], { stride: 2 }],
];

/** Convolution and its gradients, on each of the ways. */
export function* convolutions(): Generator<ManyChunks> {
  const large = conv2dGeometry([2, 17, 19, 16], [3, 3, 16, 17], undefined, { padding: "same" });
  yield {
    what: "conv2d with a large weight",
    run: (k, a) => k.conv2d(a.grid(large.xShape), a.withLarge(large.wShape, 2), null, large),
    bound: SMOOTH,
    cancels: true,
  };
  for (const [x, w, options] of CONVOLUTIONS) {
    const g = conv2dGeometry(x, w, undefined, options);
    yield* convolution(g, `[${x}] with [${w}], ${JSON.stringify(options)}`);
  }
  for (
    const [x, w, stride] of [[[9, 20, 21, 17], [3, 3, 17, 1], 1], [
      [5, 40, 41, 9],
      [5, 5, 9, 2],
      2,
    ]] as const
  ) {
    const g = depthwiseConv2dGeometry(x, w, undefined, { padding: "same", stride });
    yield* convolution(g, `[${x}] with [${w}], depthwise`);
  }
}

function* convolution(g: ReturnType<typeof conv2dGeometry>, of: string): Generator<ManyChunks> {
  yield {
    what: `conv2d of ${of}`,
    run: (k, a) => k.conv2d(a.grid(g.xShape), a.grid(g.wShape, 2), null, g),
  };
  yield {
    what: `conv2d of ${of}, biased and activated`,
    run: (k, a) =>
      k.conv2d(a.grid(g.xShape), a.grid(g.wShape, 2), a.grid([g.outChannels], 3), g, "relu"),
  };
  yield {
    what: `conv2dGradX of ${of}`,
    run: (k, a) => k.conv2dGradX(a.grid(g.yShape), a.grid(g.wShape, 2), g),
  };
  yield {
    what: `conv2dGradW of ${of}`,
    run: (k, a) => k.conv2dGradW(a.grid(g.yShape, 2), a.grid(g.xShape), g),
  };
}

const POOLS: readonly (readonly [Shape, Pool2dWindow])[] = [
  [[2, 64, 65, 9], { size: 8 }],
  [[5, 27, 26, 33], { size: 3, stride: 2, padding: "same" }],
];

/** Pools and their gradients, with units of rows and of images. */
export function* pools(): Generator<ManyChunks> {
  for (const [x, options] of POOLS) {
    for (const countPadding of [false, true]) {
      const g = pool2dGeometry("test", x, options, countPadding);
      const what = `of [${x}]${countPadding ? ", padding counted" : ""}`;
      yield { what: `avgPool ${what}`, run: (k, a) => k.avgPool(a.grid(x), g), bound: SMOOTH };
      yield {
        what: `avgPoolGrad ${what}`,
        run: (k, a) => k.avgPoolGrad(a.grid(g.yShape), g),
        bound: SMOOTH,
      };
      if (countPadding) continue;
      yield { what: `maxPool ${what}`, run: (k, a) => k.maxPool(a.grid(x), g) };
      yield {
        what: `maxPoolGrad ${what}`,
        run: (k, a) => k.maxPoolGrad(a.grid(g.yShape, 2), a.grid(x), g),
      };
      yield {
        what: `maxPoolGather ${what}`,
        run: (k, a) => k.maxPoolGather(a.grid(x, 2), a.grid(x), g),
      };
    }
  }
}

/** Windows as rows and back, in both orders of channels; and resampling. */
export function* images(): Generator<ManyChunks> {
  for (const layout of ["NHWC", "NCHW"] as const) {
    const shape = layout === "NHWC" ? [9, 19, 23, 5] : [9, 5, 19, 23];
    const g = columnsGeometry("test", shape, { size: 3, padding: 1, layout });
    yield { what: `im2col, ${layout}`, run: (k, a) => k.im2col(a.grid(shape), g) };
    yield { what: `col2im, ${layout}`, run: (k, a) => k.col2im(a.grid(g.columnsShape), g) };
  }
  // Windows of one float and of two, which are copied one by one.
  for (const shape of [[7, 131, 67, 1], [5, 97, 83, 2]]) {
    const g = columnsGeometry("test", shape, { size: 1, padding: [[2, 0], [1, 3]] });
    yield { what: `im2col of ${shape.at(-1)} floats`, run: (k, a) => k.im2col(a.grid(shape), g) };
  }
  const g = upsampleGeometry([3, 31, 33, 17], { factor: 2, mode: "bilinear" });
  yield { what: "resample", run: (k, a) => k.resample(a.grid(g.xShape), g), bound: SMOOTH };
  const adjoint = adjointResampling(g);
  yield {
    what: "resample's adjoint",
    run: (k, a) => k.resample(a.grid(adjoint.xShape), adjoint),
    bound: SMOOTH,
  };
}
