/**
 * Reference pooling: maximum and average of windows, their gradients and the adjoints of these.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { Pool2dGeometry } from "../../core/geometry/mod.ts";

/** Called with the offset of an output element and the pixels its window really covers. */
type VisitWindow = (to: number, channel: number, window: Span) => void;

/** The part of a window inside the image: rows [top, bottom) and columns [left, right) of image n. */
interface Span {
  n: number;
  top: number;
  bottom: number;
  left: number;
  right: number;
}

function forEachWindow(g: Pool2dGeometry, visit: VisitWindow): void {
  let to = 0;
  for (let n = 0; n < g.batch; n++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      const y0 = oy * g.strideHeight - g.padTop;
      for (let ox = 0; ox < g.outWidth; ox++) {
        const x0 = ox * g.strideWidth - g.padLeft;
        const span = {
          n,
          top: Math.max(y0, 0),
          bottom: Math.min(y0 + g.windowHeight, g.height),
          left: Math.max(x0, 0),
          right: Math.min(x0 + g.windowWidth, g.width),
        };
        for (let channel = 0; channel < g.channels; channel++) visit(to++, channel, span);
      }
    }
  }
}

/**
 * Finds the offset of the first maximum of a window in row-major order; the first NaN is above all.
 */
function firstMaximum(x: TypedArray, channel: number, span: Span, g: Pool2dGeometry): number {
  let best = -1;
  for (let iy = span.top; iy < span.bottom; iy++) {
    let at = ((span.n * g.height + iy) * g.width + span.left) * g.channels + channel;
    for (let ix = span.left; ix < span.right; ix++, at += g.channels) {
      const value = x[at];
      if (value !== value) return at;
      if (best < 0 || value > x[best]) best = at;
    }
  }
  return best;
}

/** Computes the maximum of each window. */
export function maxPool(x: TypedArray, y: TypedArray, g: Pool2dGeometry): void {
  maxPoolGather(x, x, y, g);
}

/** Adds `dy` to `dx` at the first maximum of each window; `dx` comes as zeros. */
export function maxPoolGrad(
  dy: TypedArray,
  x: TypedArray,
  dx: TypedArray,
  g: Pool2dGeometry,
): void {
  forEachWindow(g, (to, channel, span) => {
    dx[firstMaximum(x, channel, span, g)] += dy[to];
  });
}

/** Takes the values at the first maximum of each window of x. */
export function maxPoolGather(
  values: TypedArray,
  x: TypedArray,
  y: TypedArray,
  g: Pool2dGeometry,
): void {
  forEachWindow(g, (to, channel, span) => {
    y[to] = values[firstMaximum(x, channel, span, g)];
  });
}

/** Computes the mean of each window. */
export function avgPool(x: TypedArray, y: TypedArray, g: Pool2dGeometry): void {
  forEachWindow(g, (to, channel, span) => {
    let sum = 0;
    forEachPixel(channel, span, g, (at) => {
      sum += x[at];
    });
    y[to] = sum / divisor(span, g);
  });
}

/** Spreads each dy evenly over its window; `dx` comes as zeros. */
export function avgPoolGrad(dy: TypedArray, dx: TypedArray, g: Pool2dGeometry): void {
  forEachWindow(g, (to, channel, span) => {
    const share = dy[to] / divisor(span, g);
    forEachPixel(channel, span, g, (at) => {
      dx[at] += share;
    });
  });
}

function divisor(span: Span, g: Pool2dGeometry): number {
  if (g.countPadding) return g.windowHeight * g.windowWidth;
  return (span.bottom - span.top) * (span.right - span.left);
}

function forEachPixel(
  channel: number,
  span: Span,
  g: Pool2dGeometry,
  visit: (at: number) => void,
): void {
  for (let iy = span.top; iy < span.bottom; iy++) {
    let at = ((span.n * g.height + iy) * g.width + span.left) * g.channels + channel;
    for (let ix = span.left; ix < span.right; ix++, at += g.channels) visit(at);
  }
}
