// Faults planted in the kernels of windows as rows and of resampling, and in convolution by groups
// of one channel, each with the checks that must find it.

import type { SparseMatrix } from "../../../src/core/geometry/mod.ts";
import { mapElements } from "./faulty_backend.ts";
import type { KernelFault } from "./kernel_fault.ts";

const DIFFERENCES = "gradients are those of central differences";
const REFERENCE = "outputs and gradients equal the reference's";
const ROWS = "windows as rows, and images of rows, are by definition";
const TEACHING = "a convolution is a product of windows as rows";
const UPSAMPLE = "upsampling of odd shapes is by definition";
const ADAPTIVE = "adaptive averages of odd shapes are by definition";
const DEPTHWISE = "depthwise convolution of odd shapes is by definition";
const ADJOINT = "windows as rows and resampling are adjoint to their gradients";
const TRANSPOSED = "transposed convolution is adjoint to convolution";

/** Gives the elements of each row the same weight. */
function even(m: SparseMatrix): SparseMatrix {
  const counts = Array.from(m.starts.slice(1), (end, i) => end - m.starts[i]);
  const weights = counts.flatMap((count) => Array<number>(count).fill(1 / count));
  return { ...m, weights: Float64Array.from(weights) };
}

/** Keeps the first element of each row alone. */
function firstOnly(m: SparseMatrix): SparseMatrix {
  return { ...m, weights: m.weights.map((weight, at) => m.starts.includes(at) ? weight : 0) };
}

/** Faults of windows as rows, of resampling and of depthwise convolution. */
export const imageFaults: readonly KernelFault[] = [
  {
    fault: "im2col ignores the stride, and so does col2im",
    plant: (k) => ({
      im2col: (x, g) => k.im2col(x, { ...g, strideHeight: 1, strideWidth: 1 }),
      col2im: (columns, g) => k.col2im(columns, { ...g, strideHeight: 1, strideWidth: 1 }),
    }),
    ops: ["im2col"],
    foundBy: [ROWS, TEACHING, REFERENCE],
  },
  {
    fault: "im2col swaps the dilations of rows and columns",
    plant: (k) => ({
      im2col: (x, g) => {
        const { dilationHeight, dilationWidth } = g;
        return k.im2col(x, {
          ...g,
          dilationHeight: dilationWidth,
          dilationWidth: dilationHeight,
        });
      },
    }),
    ops: ["im2col"],
    foundBy: [DIFFERENCES, ROWS, TEACHING],
  },
  {
    fault: "im2col pads one row too little",
    plant: (k) => ({ im2col: (x, g) => k.im2col(x, { ...g, padTop: Math.max(g.padTop - 1, 0) }) }),
    ops: ["col2im"],
    foundBy: [DIFFERENCES, ROWS, TEACHING],
  },
  {
    fault: "im2col has columns in the order of the other layout",
    plant: (k) => ({
      im2col: (x, g) => {
        const y = k.im2col(x, g);
        const [taps, channels] = [g.windowHeight * g.windowWidth, g.channels];
        const all = k.read(y);
        return mapElements(k, y, (_, i) => {
          const at = i % (taps * channels);
          const from = g.layout === "NHWC"
            ? (at % taps) * channels + Math.floor(at / taps)
            : (at % channels) * taps + Math.floor(at / channels);
          return all[i - at + from];
        });
      },
    }),
    ops: ["im2col", "col2im"],
    foundBy: [DIFFERENCES, ROWS, TEACHING, ADJOINT],
  },
  {
    fault: "col2im writes where windows overlap instead of adding",
    plant: (k) => ({
      col2im: (columns, g) => {
        const ones = k.col2im(k.fill(columns.shape, columns.dtype, 1), g);
        const counts = k.read(ones);
        k.free(ones);
        return mapElements(k, k.col2im(columns, g), (y, i) => y / Math.max(counts[i], 1));
      },
    }),
    ops: ["im2col"],
    foundBy: [DIFFERENCES, ROWS, ADJOINT],
  },
  {
    fault: "resample takes the first pixel alone of those that make a column",
    plant: (k) => ({
      resample: (x, g) => k.resample(x, { ...g, horizontal: firstOnly(g.horizontal) }),
    }),
    ops: ["resample"],
    foundBy: [REFERENCE, UPSAMPLE, ADAPTIVE],
  },
  {
    fault: "resample weighs pixels evenly, which is no adjoint",
    plant: (k) => ({
      resample: (x, g) => k.resample(x, { ...g, vertical: even(g.vertical) }),
    }),
    ops: ["resample"],
    foundBy: [DIFFERENCES, UPSAMPLE, ADJOINT],
  },
  {
    fault: "depthwise filters of one channel are taken for those of the next",
    plant: (k) => ({
      conv2d: (x, w, bias, g) => {
        if (g.groups === 1 || g.wShape[2] !== 1) return k.conv2d(x, w, bias, g);
        const [all, per] = [k.read(w), g.outChannels / g.groups];
        const turned = mapElements(k, k.copy(w), (_, i) => {
          const channel = i % g.outChannels;
          return all[i - channel + (channel + per) % g.outChannels];
        });
        return k.conv2d(x, turned, bias, g);
      },
    }),
    ops: ["conv2d"],
    foundBy: [DIFFERENCES, DEPTHWISE],
  },
  {
    fault: "conv2dGradX leaves out what only a part of a stride reaches",
    plant: (k) => ({
      conv2dGradX: (dy, w, g) =>
        mapElements(k, k.conv2dGradX(dy, w, g), (y, i) => {
          const row = Math.floor(i / g.channels / g.width) % g.height;
          const reached = (g.outHeight - 1) * g.strideHeight + g.windowHeight - g.padTop;
          return g.strideHeight > 1 && row === reached - 1 ? 0 : y;
        }),
    }),
    ops: [],
    foundBy: [TRANSPOSED],
  },
];
