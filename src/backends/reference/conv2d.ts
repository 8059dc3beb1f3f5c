/**
 * Reference convolution (cross-correlation) and its two gradients, as direct loops.
 *
 * All three visit the same taps: output pixel (n, oy, ox) meets input pixel (n, iy, ix) through
 * filter row ky and column kx. Sums are kept in float64 and rounded once.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Conv2dGeometry } from "../../core/geometry/mod.ts";

/** Called with the offsets of the first channel of an output pixel, an input pixel, a filter tap. */
type VisitTap = (yPixel: number, xPixel: number, tap: number) => void;

/** Visits the taps of one image that do not fall on padding, output pixel by output pixel. */
function forEachTap(n: number, g: Conv2dGeometry, visit: VisitTap): void {
  const tapSize = g.wShape[2] * g.outChannels;
  for (let oy = 0; oy < g.outHeight; oy++) {
    for (let ox = 0; ox < g.outWidth; ox++) {
      const yPixel = ((n * g.outHeight + oy) * g.outWidth + ox) * g.outChannels;
      for (let ky = 0; ky < g.windowHeight; ky++) {
        const iy = oy * g.strideHeight - g.padTop + ky * g.dilationHeight;
        if (iy < 0 || iy >= g.height) continue;
        for (let kx = 0; kx < g.windowWidth; kx++) {
          const ix = ox * g.strideWidth - g.padLeft + kx * g.dilationWidth;
          if (ix < 0 || ix >= g.width) continue;
          const xPixel = ((n * g.height + iy) * g.width + ix) * g.channels;
          visit(yPixel, xPixel, (ky * g.windowWidth + kx) * tapSize);
        }
      }
    }
  }
}

/** `y = conv(x, w) + bias`. */
export function conv2d(
  x: TypedArray,
  w: TypedArray,
  bias: TypedArray | null,
  y: TypedArray,
  g: Conv2dGeometry,
): void {
  const { outChannels, groups } = g;
  const perGroup = g.wShape[2];
  const outPerGroup = outChannels / groups;
  const image = g.outHeight * g.outWidth * outChannels;
  const sums = new Float64Array(image);
  for (let n = 0; n < g.batch; n++) {
    const start = n * image;
    sums.fill(0);
    forEachTap(n, g, (yPixel, xPixel, tap) => {
      for (let group = 0; group < groups; group++) {
        const to = yPixel - start + group * outPerGroup;
        for (let c = 0; c < perGroup; c++) {
          const value = x[xPixel + group * perGroup + c];
          const from = tap + c * outChannels + group * outPerGroup;
          for (let o = 0; o < outPerGroup; o++) sums[to + o] += value * w[from + o];
        }
      }
    });
    for (let i = 0; i < image; i++) {
      y[start + i] = bias === null ? sums[i] : sums[i] + bias[i % outChannels];
    }
  }
}

/** `dx`: every dy goes back through the taps that made its y. */
export function conv2dGradX(
  dy: TypedArray,
  w: TypedArray,
  dx: TypedArray,
  g: Conv2dGeometry,
): void {
  const { outChannels, groups } = g;
  const perGroup = g.wShape[2];
  const outPerGroup = outChannels / groups;
  const image = g.height * g.width * g.channels;
  const sums = new Float64Array(image);
  for (let n = 0; n < g.batch; n++) {
    const start = n * image;
    sums.fill(0);
    forEachTap(n, g, (yPixel, xPixel, tap) => {
      for (let group = 0; group < groups; group++) {
        const at = yPixel + group * outPerGroup;
        for (let c = 0; c < perGroup; c++) {
          const from = tap + c * outChannels + group * outPerGroup;
          let sum = 0;
          for (let o = 0; o < outPerGroup; o++) sum += dy[at + o] * w[from + o];
          sums[xPixel - start + group * perGroup + c] += sum;
        }
      }
    });
    dx.set(sums, start);
  }
}

/** `dw`: every tap collects x times dy over all pixels it met. */
export function conv2dGradW(
  dy: TypedArray,
  x: TypedArray,
  dw: TypedArray,
  g: Conv2dGeometry,
): void {
  const { outChannels, groups } = g;
  const perGroup = g.wShape[2];
  const outPerGroup = outChannels / groups;
  const sums = new Float64Array(dw.length);
  for (let n = 0; n < g.batch; n++) {
    forEachTap(n, g, (yPixel, xPixel, tap) => {
      for (let group = 0; group < groups; group++) {
        const at = yPixel + group * outPerGroup;
        for (let c = 0; c < perGroup; c++) {
          const value = x[xPixel + group * perGroup + c];
          const to = tap + c * outChannels + group * outPerGroup;
          for (let o = 0; o < outPerGroup; o++) sums[to + o] += value * dy[at + o];
        }
      }
    });
  }
  dw.set(sums);
}
