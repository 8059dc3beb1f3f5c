// Faults planted in the kernels of convolution and pooling: mistakes people make, each with the
// checks that must find it.

import type { Kernels, NdArray } from "../../../src/backends/kernels.ts";
import type { Conv2dGeometry, Pool2dGeometry } from "../../../src/core/geometry/mod.ts";
import { mapElements, type Plant, written } from "./faulty_backend.ts";
import type { KernelFault } from "./kernel_fault.ts";

const DIFFERENCES = "gradients are those of central differences";
const REFERENCE = "outputs and gradients equal the reference's";
const CONV = "convolution of odd shapes is by definition";
const REAL_CONV = "convolution of real data is within its rounding bound";
const ADJOINT = "convolution and its gradients are adjoint on big shapes";
const INFINITE = "infinities are not multiplied by the zeros of padding";
const MAX_POOL = "maximum pools pay the first of tied maxima";
const AVG_POOL = "average pools of odd shapes are by definition";

/** Gives all three kernels of convolution another geometry: a fault that is consistent. */
function allConvs(change: (g: Conv2dGeometry) => Partial<Conv2dGeometry>): Plant {
  return (k) => ({
    conv2d: (x, w, bias, g) => k.conv2d(x, w, bias, { ...g, ...change(g) }),
    conv2dGradX: (dy, w, g) => k.conv2dGradX(dy, w, { ...g, ...change(g) }),
    conv2dGradW: (dy, x, g) => k.conv2dGradW(dy, x, { ...g, ...change(g) }),
  });
}

/** Gives all kernels of pooling another geometry. */
function allPools(change: (g: Pool2dGeometry) => Partial<Pool2dGeometry>): Plant {
  return (k) => ({
    maxPool: (x, g) => k.maxPool(x, { ...g, ...change(g) }),
    maxPoolGrad: (dy, x, g) => k.maxPoolGrad(dy, x, { ...g, ...change(g) }),
    maxPoolGather: (values, x, g) => k.maxPoolGather(values, x, { ...g, ...change(g) }),
    avgPool: (x, g) => k.avgPool(x, { ...g, ...change(g) }),
    avgPoolGrad: (dy, g) => k.avgPoolGrad(dy, { ...g, ...change(g) }),
  });
}

const stride1 = { strideHeight: 1, strideWidth: 1 };
const padTopOff = ({ padTop }: { padTop: number }) => ({ padTop: padTop + 1 });
const padLeftOff = ({ padLeft }: { padLeft: number }) => ({ padLeft: Math.max(padLeft - 1, 0) });
const dilationsSwapped = ({ dilationHeight, dilationWidth }: Conv2dGeometry) => ({
  dilationHeight: dilationWidth,
  dilationWidth: dilationHeight,
});

/** Finds the pixel at the top left corner of each window, or of the image where it sticks out. */
function cornerOf(i: number, { outHeight, outWidth, channels, ...g }: Pool2dGeometry): number {
  const channel = i % channels;
  const column = Math.floor(i / channels) % outWidth;
  const row = Math.floor(i / channels / outWidth) % outHeight;
  const n = Math.floor(i / channels / outWidth / outHeight);
  const y = Math.max(row * g.strideHeight - g.padTop, 0);
  const x = Math.max(column * g.strideWidth - g.padLeft, 0);
  return ((n * g.height + y) * g.width + x) * channels + channel;
}

/** Pays dy to every maximum of each window: to each tie in full. */
function payEveryTie(k: Kernels, dy: NdArray, x: NdArray, g: Pool2dGeometry): NdArray {
  return written(k, g.xShape, dy, (dx) => {
    const [seed, values, maxima] = [k.read(dy), k.read(x), k.read(k.maxPool(x, g))];
    for (let i = 0; i < seed.length; i++) {
      forWindow(i, g, (at) => {
        if (values[at] === maxima[i]) dx[at] += seed[i];
      });
    }
  });
}

function forWindow(i: number, g: Pool2dGeometry, visit: (at: number) => void): void {
  const column = Math.floor(i / g.channels) % g.outWidth;
  const row = Math.floor(i / g.channels / g.outWidth) % g.outHeight;
  const n = Math.floor(i / g.channels / g.outWidth / g.outHeight);
  for (let u = 0; u < g.windowHeight; u++) {
    for (let v = 0; v < g.windowWidth; v++) {
      const y = row * g.strideHeight - g.padTop + u;
      const x = column * g.strideWidth - g.padLeft + v;
      if (y < 0 || y >= g.height || x < 0 || x >= g.width) continue;
      visit(((n * g.height + y) * g.width + x) * g.channels + i % g.channels);
    }
  }
}

/**
 * Computes the pool's gradient of the source exercise: dy is read at the corner of the window in x.
 */
function readAtCorner(k: Kernels, dy: NdArray, x: NdArray, g: Pool2dGeometry): NdArray {
  return k.maxPoolGrad(
    written(k, dy.shape, dy, (y) => {
      const seed = k.read(dy);
      for (let i = 0; i < y.length; i++) {
        const row = Math.floor(i / g.channels / g.outWidth) % g.outHeight;
        const column = Math.floor(i / g.channels) % g.outWidth;
        const shift = (row * (g.strideHeight - 1) * g.outWidth + column * (g.strideWidth - 1)) *
          g.channels;
        y[i] = seed[i + shift] ?? 0;
      }
    }),
    x,
    g,
  );
}

/** Faults of convolution. */
export const convFaults: readonly KernelFault[] = [
  {
    fault: "conv2d ignores the stride, and so do its gradients",
    plant: allConvs(() => stride1),
    ops: ["conv2d"],
    foundBy: [CONV, REFERENCE, REAL_CONV],
  },
  {
    fault: "conv2dGradX ignores the stride",
    plant: (k) => ({ conv2dGradX: (dy, w, g) => k.conv2dGradX(dy, w, { ...g, ...stride1 }) }),
    ops: ["conv2d", "conv2dGradW"],
    foundBy: [DIFFERENCES, REFERENCE, CONV, ADJOINT],
  },
  {
    fault: "conv2d pads one row too much, and so do its gradients",
    plant: allConvs(padTopOff),
    ops: ["conv2d"],
    foundBy: [CONV, REFERENCE],
  },
  {
    fault: "conv2dGradW pads one column too little",
    plant: (k) => ({ conv2dGradW: (dy, x, g) => k.conv2dGradW(dy, x, { ...g, ...padLeftOff(g) }) }),
    ops: ["conv2d", "conv2dGradX"],
    foundBy: [DIFFERENCES, REFERENCE, CONV],
  },
  {
    fault: "conv2d swaps the dilations of rows and columns, and so do its gradients",
    plant: allConvs(dilationsSwapped),
    ops: ["conv2d"],
    foundBy: [CONV, REFERENCE],
  },
  {
    fault: "conv2dGradX swaps the dilations of rows and columns",
    plant: (k) => ({
      conv2dGradX: (dy, w, g) => k.conv2dGradX(dy, w, { ...g, ...dilationsSwapped(g) }),
    }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES],
  },
  {
    fault: "conv2d ignores groups: every filter sees the first group",
    plant: (k) => ({
      conv2d: (x, w, bias, g) => {
        const per = g.wShape[2];
        const first = mapElements(k, k.copy(x), (_, i) => {
          const channel = i % g.channels;
          return k.read(x)[i - channel + channel % per];
        });
        return k.conv2d(first, w, bias, g);
      },
    }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES, CONV],
  },
  {
    fault: "conv2dGradX has the wrong sign",
    plant: (k) => ({ conv2dGradX: (dy, w, g) => k.unary("neg", k.conv2dGradX(dy, w, g)) }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES, CONV, ADJOINT],
  },
  {
    fault: "conv2dGradW multiplies the padding above the first window",
    plant: (k) => ({
      conv2dGradW: (dy, x, g) => {
        const seed = k.read(dy);
        return mapElements(k, k.conv2dGradW(dy, x, g), (sum, i) => {
          const isFirstTap = i < g.wShape[2] * g.outChannels;
          return isFirstTap && g.padTop > 0 ? sum + 0 * seed[i % g.outChannels] : sum;
        });
      },
    }),
    ops: [],
    foundBy: [INFINITE],
  },
  {
    fault: "conv2dGradW takes dy for x and x for dy",
    plant: (k) => ({ conv2dGradW: (dy, x, g) => k.conv2dGradW(x, dy, g) }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES, CONV],
  },
  {
    fault: "conv2d turns the filter round, as signal processing does",
    plant: (k) => ({
      conv2d: (x, w, bias, g) => {
        const tap = g.wShape[2] * g.outChannels;
        const taps = g.windowHeight * g.windowWidth;
        const values = k.read(w);
        const turned = mapElements(k, k.copy(w), (_, i) => {
          return values[(taps - 1 - Math.floor(i / tap)) * tap + i % tap];
        });
        return k.conv2d(x, turned, bias, g);
      },
    }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES, CONV],
  },
  {
    fault: "conv2d forgets the bias",
    plant: (k) => ({ conv2d: (x, w, _bias, g) => k.conv2d(x, w, null, g) }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES, CONV, "empty arrays have empty results, empty sums are 0"],
  },
  {
    fault: "conv2d forgets relu",
    plant: (k) => ({ conv2d: (x, w, bias, g) => k.conv2d(x, w, bias, g) }),
    ops: ["conv2dRelu"],
    foundBy: [DIFFERENCES, CONV],
  },
  {
    fault: "conv2d leaves out terms where dy is 0, whatever x is",
    plant: (k) => ({
      conv2dGradW: (dy, x, g) =>
        k.conv2dGradW(dy, mapElements(k, k.copy(x), (v) => Number.isFinite(v) ? v : 0), g),
    }),
    ops: [],
    foundBy: ["the gradient of filters for a dy of zeros with exceptions"],
  },
  {
    fault: "conv2d sums in too few digits",
    plant: (k) => ({
      conv2d: (x, w, bias, g) =>
        mapElements(k, k.conv2d(x, w, bias, g), (y) => Number(y.toPrecision(5))),
    }),
    ops: ["conv2d"],
    foundBy: [REAL_CONV],
  },
  {
    fault: "conv2d adds what is left of a vector to the channel beside it, times 0",
    plant: (k) => ({
      conv2d: (x, w, bias, g) => {
        const y = k.conv2d(x, w, bias, g);
        const all = k.read(y);
        return mapElements(k, y, (value, i) => value + 0 * (all[i + 1] ?? 0));
      },
    }),
    ops: ["conv2d"],
    foundBy: ["NaN stays in its row, channel, filter and image"],
  },
  {
    fault: "conv2d loses the last column of odd results",
    plant: (k) => ({
      conv2d: (x, w, bias, g) =>
        mapElements(k, k.conv2d(x, w, bias, g), (y, i) => {
          const column = Math.floor(i / g.outChannels) % g.outWidth;
          return g.outWidth > 5 && g.outWidth % 2 === 1 && column === g.outWidth - 1 ? 0 : y;
        }),
    }),
    ops: [],
    foundBy: [CONV, REAL_CONV],
  },
];

/** Faults of pooling. */
export const poolFaults: readonly KernelFault[] = [
  {
    fault: "maxPoolGrad pays every tied maximum in full",
    plant: (k) => ({ maxPoolGrad: (dy, x, g) => payEveryTie(k, dy, x, g) }),
    ops: [],
    foundBy: [MAX_POOL],
  },
  {
    fault: "maxPoolGrad reads dy at the corner of the window",
    plant: (k) => ({ maxPoolGrad: (dy, x, g) => readAtCorner(k, dy, x, g) }),
    ops: ["maxPool", "maxPoolGather"],
    foundBy: [DIFFERENCES, MAX_POOL],
  },
  {
    fault: "maxPoolGather takes the corner of the window: only the second order sees it",
    plant: (k) => ({
      maxPoolGather: (values, x, g) =>
        written(k, g.yShape, x, (y) => {
          const from = k.read(values);
          for (let i = 0; i < y.length; i++) y[i] = from[cornerOf(i, g)];
        }),
    }),
    ops: ["maxPool"],
    foundBy: [DIFFERENCES, REFERENCE, MAX_POOL],
  },
  {
    fault: "maxPool lets padding win",
    plant: (k) => ({
      maxPool: (x, g) => {
        const counted = { ...g, countPadding: true };
        const full = k.read(k.avgPool(k.fill(x.shape, x.dtype, 1), counted));
        return mapElements(k, k.maxPool(x, g), (y, i) => full[i] < 1 ? Math.max(y, 0) : y);
      },
    }),
    ops: ["maxPool"],
    foundBy: [DIFFERENCES, REFERENCE],
  },
  {
    fault: "pools ignore the stride, all of them alike",
    plant: allPools(() => stride1),
    ops: ["maxPool", "avgPool"],
    foundBy: [MAX_POOL, AVG_POOL, REFERENCE],
  },
  {
    fault: "pools pad one column too little, all of them alike",
    plant: allPools(padLeftOff),
    ops: ["maxPool", "avgPool"],
    foundBy: [MAX_POOL, AVG_POOL, REFERENCE],
  },
  {
    fault: "avgPool takes countPadding for its opposite, and so does its gradient",
    plant: (k) => ({
      avgPool: (x, g) => k.avgPool(x, { ...g, countPadding: !g.countPadding }),
      avgPoolGrad: (dy, g) => k.avgPoolGrad(dy, { ...g, countPadding: !g.countPadding }),
    }),
    ops: ["avgPool"],
    foundBy: [AVG_POOL, REFERENCE],
  },
  {
    fault: "avgPoolGrad always counts padding",
    plant: (k) => ({ avgPoolGrad: (dy, g) => k.avgPoolGrad(dy, { ...g, countPadding: true }) }),
    ops: ["avgPool"],
    foundBy: [DIFFERENCES, AVG_POOL],
  },
  {
    fault: "avgPool is the sum of a window",
    plant: (k) => ({
      avgPool: (x, g) => {
        const area = g.windowHeight * g.windowWidth;
        return mapElements(k, k.avgPool(x, { ...g, countPadding: true }), (y) => y * area);
      },
    }),
    ops: ["avgPool"],
    foundBy: [DIFFERENCES, AVG_POOL, "sums of real data are within their rounding bound"],
  },
  {
    fault: "maxPool takes NaN for less than anything",
    plant: (k) => ({
      maxPool: (x, g) => k.maxPool(mapElements(k, k.copy(x), (v) => Number.isNaN(v) ? -1e9 : v), g),
    }),
    ops: ["maxPool"],
    foundBy: ["NaN reaches what depends on it"],
  },
];
