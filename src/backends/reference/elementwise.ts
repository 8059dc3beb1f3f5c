/**
 * Reference loops over elements: unary and binary functions, conversion, broadcasting.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import type { BroadcastGeometry } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { BinaryKind, UnaryKind } from "../kernels.ts";

const UNARY: Record<UnaryKind, (x: number) => number> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x) => x * x,
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => x > 0 || Number.isNaN(x) ? x : 0,
};

const BINARY: Record<BinaryKind, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  reluGrad: (dy, x) => x > 0 ? dy : Number.isNaN(x) ? NaN : 0,
};

/** exp of a negative number only, so that it cannot overflow. */
function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** `y = f(x)`. */
export function unary(kind: UnaryKind, x: TypedArray, y: TypedArray): void {
  const f = UNARY[kind];
  for (let i = 0; i < y.length; i++) y[i] = f(x[i]);
}

/** `y = f(a, b)`, broadcast. */
export function binary(
  kind: BinaryKind,
  a: TypedArray,
  b: TypedArray,
  y: TypedArray,
  g: BroadcastGeometry,
): void {
  // A float64 product of two int32 can lose its low bits; Math.imul keeps them.
  const f = kind === "mul" && y instanceof Int32Array ? Math.imul : BINARY[kind];
  if (a.length === y.length && b.length === y.length) {
    for (let i = 0; i < y.length; i++) y[i] = f(a[i], b[i]);
    return;
  }
  forEachPair(g, (i, offsetA, offsetB) => {
    y[i] = f(a[offsetA], b[offsetB]);
  });
}

/** `y = x`, repeated along dimensions of size 1. */
export function broadcastTo(x: TypedArray, y: TypedArray, g: BroadcastGeometry): void {
  forEachPair(g, (i, offset) => {
    y[i] = x[offset];
  });
}

/** `target += x`. */
export function addInPlace(target: TypedArray, x: TypedArray): void {
  for (let i = 0; i < target.length; i++) target[i] += x[i];
}

/** Visits the result in row-major order with the offsets of both inputs. */
function forEachPair(
  { shape, aStrides, bStrides }: BroadcastGeometry,
  visit: (i: number, offsetA: number, offsetB: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  let offsetA = 0;
  let offsetB = 0;
  for (let i = 0; i < size; i++) {
    visit(i, offsetA, offsetB);
    for (let d = shape.length - 1; d >= 0; d--) {
      offsetA += aStrides[d];
      offsetB += bStrides[d];
      if (++index[d] < shape[d]) break;
      index[d] = 0;
      offsetA -= aStrides[d] * shape[d];
      offsetB -= bStrides[d] * shape[d];
    }
  }
}
