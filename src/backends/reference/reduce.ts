/**
 * Reference loops over reductions. Sums are kept in float64 and rounded once.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { CumsumGeometry, ReduceGeometry } from "../../core/geometry/mod.ts";
import { stridesOf } from "../../core/shape.ts";
import type { ReduceKind } from "../kernels.ts";

/** Reduces elements along axes to one. */
export function reduce(kind: ReduceKind, x: TypedArray, y: TypedArray, g: ReduceGeometry): void {
  if (kind === "max" || kind === "min") {
    const at = kind === "max" ? firstMaxima(x, y.length, g) : firstMaxima(negative(x), y.length, g);
    for (let i = 0; i < y.length; i++) y[i] = x[at[i]];
    return;
  }
  if (kind === "prod") {
    const products = new Float64Array(y.length).fill(1);
    forEachGroup(x.length, g, (i, group) => {
      products[group] *= x[i];
    });
    return y.set(products);
  }
  const sums = new Float64Array(y.length);
  forEachGroup(x.length, g, (i, group) => {
    sums[group] += x[i];
  });
  for (let i = 0; i < y.length; i++) y[i] = kind === "mean" ? sums[i] / g.count : sums[i];
}

function negative(x: TypedArray): TypedArray {
  return x.map((value) => -value);
}

/** Finds the first maximum of each group, counted within the group. */
export function argMax(x: TypedArray, y: TypedArray, g: ReduceGeometry): void {
  const at = firstMaxima(x, y.length, g);
  const seen = new Float64Array(y.length);
  forEachGroup(x.length, g, (i, group) => {
    if (at[group] === i) y[group] = seen[group];
    seen[group]++;
  });
}

/**
 * Computes running sums; from the end where they are reversed, without the own element where
 * exclusive.
 */
export function cumsum(x: TypedArray, y: TypedArray, g: CumsumGeometry): void {
  const { outer, length, inner, exclusive, reverse } = g;
  for (let group = 0; group < outer * inner; group++) {
    const start = Math.floor(group / inner) * length * inner + group % inner;
    let sum = 0;
    for (let step = 0; step < length; step++) {
      const i = start + (reverse ? length - 1 - step : step) * inner;
      const after = sum + x[i];
      y[i] = exclusive ? sum : after;
      sum = after;
    }
  }
}

/** Sets `dx = dy` at the first maximum of each group; `dx` comes as zeros. */
export function maxGrad(dy: TypedArray, x: TypedArray, dx: TypedArray, g: ReduceGeometry): void {
  const at = firstMaxima(x, dy.length, g);
  for (let i = 0; i < dy.length; i++) dx[at[i]] = dy[i];
}

/** Takes the values at the first maximum of each group. */
export function maxGather(
  values: TypedArray,
  x: TypedArray,
  y: TypedArray,
  g: ReduceGeometry,
): void {
  const at = firstMaxima(x, y.length, g);
  for (let i = 0; i < y.length; i++) y[i] = values[at[i]];
}

/** Finds the first maximum of each group, in row-major order; the first NaN is above all. */
function firstMaxima(x: TypedArray, groups: number, g: ReduceGeometry): Float64Array {
  const at = new Float64Array(groups).fill(-1);
  forEachGroup(x.length, g, (i, group) => {
    const best = at[group];
    if (best < 0 || x[i] > x[best] || (x[i] !== x[i] && x[best] === x[best])) at[group] = i;
  });
  return at;
}

/** Visits the input in row-major order with the number of the group each element is in. */
function forEachGroup(
  size: number,
  { xShape, keptShape }: ReduceGeometry,
  visit: (i: number, group: number) => void,
): void {
  const strides = stridesOf(keptShape).map((stride, d) => keptShape[d] === xShape[d] ? stride : 0);
  const index = new Array<number>(xShape.length).fill(0);
  let group = 0;
  for (let i = 0; i < size; i++) {
    visit(i, group);
    for (let d = xShape.length - 1; d >= 0; d--) {
      group += strides[d];
      if (++index[d] < xShape[d]) break;
      index[d] = 0;
      group -= strides[d] * xShape[d];
    }
  }
}
