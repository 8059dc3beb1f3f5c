/**
 * Reference convolution (cross-correlation) and its two gradients, as direct loops.
 *
 * All three visit the same meetings of output pixels, input pixels and filter taps, in runs:
 * stretches where input channels and filter rows lie next to each other in memory. Sums are kept
 * in float64 and rounded once.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";

/**
 * Called with a run: element `xAt + r` of the input and, from `wAt + r O` on, a row of the
 * filters contribute to the output channels from `yAt` on, for r from 0 to `length - 1`.
 */
type VisitRun = (yAt: number, xAt: number, wAt: number, length: number) => void;

/** Visits the runs of image n that do not fall on padding, output pixel by output pixel. */
function forEachRun(n: number, g: Conv2dGeometry, visit: VisitRun): void {
  const perGroup = g.wShape[2];
  if (perGroup === 0) return; // filters of nothing may be of any size
  // Neighbouring taps of undilated, ungrouped filters meet neighbouring pixels: one long run.
  const isDense = g.dilationWidth === 1 && g.groups === 1;
  for (let oy = 0; oy < g.outHeight; oy++) {
    for (let ox = 0; ox < g.outWidth; ox++) {
      const yAt = ((n * g.outHeight + oy) * g.outWidth + ox) * g.outChannels;
      const left = ox * g.strideWidth - g.padLeft;
      const [first, end] = tapsInside(left, g.dilationWidth, g.windowWidth, g.width);
      for (let ky = 0; ky < g.windowHeight; ky++) {
        const iy = oy * g.strideHeight - g.padTop + ky * g.dilationHeight;
        if (iy < 0 || iy >= g.height || first >= end) continue;
        const row = (n * g.height + iy) * g.width + left;
        const wAt = (ky * g.windowWidth + first) * perGroup * g.outChannels;
        if (isDense) {
          visit(yAt, (row + first) * g.channels, wAt, (end - first) * perGroup);
        } else {
          visitTaps(yAt, row, wAt, first, end, g, visit);
        }
      }
    }
  }
}

/** Visits a run per tap and group, where taps or channels are not neighbours. */
function visitTaps(
  yAt: number,
  row: number,
  wAt: number,
  first: number,
  end: number,
  g: Conv2dGeometry,
  visit: VisitRun,
): void {
  const perGroup = g.wShape[2];
  const outPerGroup = g.outChannels / g.groups;
  for (let kx = first; kx < end; kx++) {
    const xAt = (row + kx * g.dilationWidth) * g.channels;
    const tapAt = wAt + (kx - first) * perGroup * g.outChannels;
    for (let group = 0; group < g.groups; group++) {
      const yGroup = yAt + group * outPerGroup;
      visit(yGroup, xAt + group * perGroup, tapAt + group * outPerGroup, perGroup);
    }
  }
}

/** Finds the taps of a filter row that fall inside the image, from `first` to before `end`. */
function tapsInside(
  left: number,
  dilation: number,
  taps: number,
  width: number,
): [first: number, end: number] {
  const first = left < 0 ? Math.ceil(-left / dilation) : 0;
  return [first, Math.min(taps, Math.ceil((width - left) / dilation))];
}

/** Computes `y = conv(x, w) + bias`. */
export function conv2d(
  x: TypedArray,
  w: TypedArray,
  bias: TypedArray | null,
  y: TypedArray,
  g: Conv2dGeometry,
): void {
  const { outChannels } = g;
  const outPerGroup = outChannels / g.groups;
  const image = g.outHeight * g.outWidth * outChannels;
  const sums = new Float64Array(image);
  for (let n = 0; n < g.batch; n++) {
    const start = n * image;
    sums.fill(0);
    forEachRun(n, g, (yAt, xAt, wAt, length) => {
      for (let r = 0; r < length; r++) {
        addScaled(sums, yAt - start, x[xAt + r], w, wAt + r * outChannels, outPerGroup);
      }
    });
    for (let i = 0; i < image; i++) {
      y[start + i] = bias === null ? sums[i] : sums[i] + bias[i % outChannels];
    }
  }
}

/** Computes `dx`: every dy goes back through the taps that made its y. */
export function conv2dGradX(
  dy: TypedArray,
  w: TypedArray,
  dx: TypedArray,
  g: Conv2dGeometry,
): void {
  const outPerGroup = g.outChannels / g.groups;
  const image = g.height * g.width * g.channels;
  const sums = new Float64Array(image);
  for (let n = 0; n < g.batch; n++) {
    const start = n * image;
    sums.fill(0);
    forEachRun(n, g, (yAt, xAt, wAt, length) => {
      for (let r = 0; r < length; r++) {
        sums[xAt - start + r] += dot(dy, yAt, w, wAt + r * g.outChannels, outPerGroup);
      }
    });
    dx.set(sums, start);
  }
}

/** Computes `dw`: every tap collects x times dy over all pixels it met. */
export function conv2dGradW(
  dy: TypedArray,
  x: TypedArray,
  dw: TypedArray,
  g: Conv2dGeometry,
): void {
  const outPerGroup = g.outChannels / g.groups;
  const sums = new Float64Array(dw.length);
  for (let n = 0; n < g.batch; n++) {
    forEachRun(n, g, (yAt, xAt, wAt, length) => {
      for (let r = 0; r < length; r++) {
        addScaled(sums, wAt + r * g.outChannels, x[xAt + r], dy, yAt, outPerGroup);
      }
    });
  }
  dw.set(sums);
}

/** Computes `sums += factor v`, over `length` elements from the given offsets. */
function addScaled(
  sums: Float64Array,
  to: number,
  factor: number,
  v: TypedArray,
  from: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) sums[to + i] += factor * v[from + i];
}

/** Computes the inner product of `length` elements from the given offsets. */
function dot(a: TypedArray, aAt: number, b: TypedArray, bAt: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aAt + i] * b[bAt + i];
  return sum;
}
