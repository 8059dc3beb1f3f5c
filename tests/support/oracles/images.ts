// Windows as rows, and resampling, written from their definitions by other formulas than the
// library's: resampling as full matrices. Slow, plain, float64.

import type {
  ColumnsWindow,
  ImageLayout,
  Pair,
  Upsampling,
} from "../../../src/core/geometry/mod.ts";
import type { Shape } from "../../../src/core/shape.ts";
import { total, transposeOracle } from "./arrays.ts";
import type { Values } from "../grids.ts";
import { convWindow, indicesOf, offset, product } from "./windows.ts";

/** A matrix as rows. */
export type Matrix = readonly (readonly number[])[];

/** Puts channels of images last. */
export function lastOf(layout: ImageLayout, x: Values): Values {
  return layout === "NHWC" ? x : transposeOracle(x, [0, 2, 3, 1]);
}

/** Puts images with channels last into a layout. */
export function inLayoutOf(layout: ImageLayout, x: Values): Values {
  return layout === "NHWC" ? x : transposeOracle(x, [0, 3, 1, 2]);
}

/** Puts the shape of images `[N, H, W, C]` into a layout. */
export function shapeIn(layout: ImageLayout, [n, h, w, c]: Shape): number[] {
  return layout === "NHWC" ? [n, h, w, c] : [n, c, h, w];
}

/** Lists the places in images `[N, H, W, C]` of the elements of `im2col`; -1 on padding. */
export function im2colPlaces(x: Shape, options: ColumnsWindow): number[] {
  const { size, layout = "NHWC", ...window } = options;
  const [kh, kw] = typeof size === "number" ? [size, size] : size;
  const { stride, dilation, pads, out } = convWindow(x, [kh, kw, x[3], 1], window);
  const taps = layout === "NHWC" ? [kh, kw, x[3]] : [x[3], kh, kw];
  return Array.from(indicesOf([x[0], ...out]), ([n, i, j]) =>
    Array.from(indicesOf(taps), (tap) => {
      const [u, v, c] = layout === "NHWC" ? tap : [tap[1], tap[2], tap[0]];
      const row = i * stride[0] + u * dilation[0] - pads[0][0];
      const column = j * stride[1] + v * dilation[1] - pads[1][0];
      const inside = row >= 0 && row < x[1] && column >= 0 && column < x[2];
      return inside ? offset([n, row, column, c], x) : -1;
    })).flat();
}

/** Computes the matrix that upsampling multiplies one axis with. */
export function upsampleMatrix(
  from: number,
  to: number,
  { mode = "nearest", alignCorners = false }: Upsampling,
): Matrix {
  return matrix(to, from, (i, k) => {
    if (mode === "nearest") return Number(k * to <= i * from && i * from < (k + 1) * to);
    const half = (2 * i + 1) * from / (2 * to) - 1 / 2;
    const place = alignCorners ? (to > 1 ? i * (from - 1) / (to - 1) : 0) : half;
    // A hat over each pixel.
    return Math.max(0, 1 - Math.abs(Math.min(Math.max(place, 0), from - 1) - k));
  });
}

/** Computes the matrix that an adaptive average multiplies one axis with. */
export function adaptiveMatrix(from: number, to: number): Matrix {
  const inside = matrix(
    to,
    from,
    (i, k) => Number((k + 1) * to > i * from && k * to < (i + 1) * from),
  );
  return inside.map((row) => row.map((one) => one / total(row)));
}

/** Computes `y[n, i, j, c] = sum vertical[i, u] horizontal[j, v] x[n, u, v, c]`. */
export function resampleOracle(x: Values, vertical: Matrix, horizontal: Matrix): Values {
  const shape = [x.shape[0], vertical.length, horizontal.length, x.shape[3]];
  const data = Array.from(indicesOf(shape), ([n, i, j, c]) => {
    let sum = 0;
    for (const [u, v] of indicesOf([x.shape[1], x.shape[2]])) {
      const weight = vertical[i][u] * horizontal[j][v];
      if (weight !== 0) sum += weight * x.data[offset([n, u, v, c], x.shape)];
    }
    return sum;
  });
  return { shape, data };
}

/** Exchanges rows and columns. */
export function transposedMatrix(m: Matrix): Matrix {
  return m[0].map((_, k) => m.map((row) => row[k]));
}

/** Reads a size along both axes. */
export function bothOf(size: Pair): readonly [number, number] {
  return typeof size === "number" ? [size, size] : size;
}

/** Picks elements from others; 0 where there is no place. */
export function picked(data: ArrayLike<number>, places: readonly number[]): number[] {
  return places.map((at) => at < 0 ? 0 : data[at]);
}

/** Adds up elements in places. */
export function scattered(
  data: ArrayLike<number>,
  places: readonly number[],
  shape: Shape,
): Values {
  const sums = new Float64Array(product(shape));
  places.forEach((at, i) => {
    if (at >= 0) sums[at] += data[i];
  });
  return { shape, data: sums };
}

function matrix(rows: number, columns: number, f: (i: number, k: number) => number): Matrix {
  const row = (i: number) => Array.from({ length: columns }, (_, k) => f(i, k));
  return Array.from({ length: rows }, (_, i) => row(i));
}
