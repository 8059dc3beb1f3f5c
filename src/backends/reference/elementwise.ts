/**
 * Reference loops over elements: unary and binary functions, conversion, broadcasting.
 *
 * @module
 */
import type { TypedArray } from "../../core/dtype.ts";
import {
  type BroadcastGeometry,
  broadcastToGeometry,
  type WhereGeometry,
} from "../../core/geometry/mod.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type {
  ActivationKind,
  ActivationParameters,
  BinaryKind,
  CompareKind,
  FusedActivation,
  MapKind,
  UnaryKind,
} from "../kernels.ts";
import { activation } from "./activations.ts";
import { erf, power, remainder, roundToEven, sigmoid } from "./functions.ts";

const MAPS: Record<MapKind, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundToEven,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  erf,
  sigmoid,
};

const BINARY: Record<BinaryKind, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  minimum: Math.min,
  maximum: Math.max,
  pow: power,
  mod: remainder,
  fmod: (a, b) => a % b,
};

const COMPARE: Record<CompareKind, (a: number, b: number) => boolean> = {
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  less: (a, b) => a < b,
  lessEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterEqual: (a, b) => a >= b,
};

function functionOf(kind: UnaryKind, parameters: ActivationParameters): (x: number) => number {
  return kind in MAPS
    ? MAPS[kind as MapKind]
    : activation(kind as ActivationKind, parameters).value;
}

/** Computes `y = f(x)`. */
export function unary(
  kind: UnaryKind,
  x: TypedArray,
  y: TypedArray,
  parameters: ActivationParameters = {},
): void {
  const f = functionOf(kind, parameters);
  for (let i = 0; i < y.length; i++) y[i] = f(x[i]);
}

/** Computes `dx = dy f'(x)`: NaN where x is NaN, else 0 where f' is 0. */
export function activationGrad(
  kind: ActivationKind,
  dy: TypedArray,
  x: TypedArray,
  dx: TypedArray,
  parameters: ActivationParameters,
): void {
  const { slope } = activation(kind, parameters);
  for (let i = 0; i < dx.length; i++) {
    const rate = Number.isNaN(x[i]) ? NaN : slope(x[i]);
    dx[i] = rate === 0 ? 0 : dy[i] * rate;
  }
}

/** Applies an activation in place. */
export function activate(y: TypedArray, kind: FusedActivation = "linear"): void {
  if (kind === "relu") unary("relu", y, y);
}

/** Computes `y = f(a, b)`, broadcast. */
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

/** Computes `y = a ? b` as 1 or 0, broadcast. */
export function compare(
  kind: CompareKind,
  a: TypedArray,
  b: TypedArray,
  y: TypedArray,
  g: BroadcastGeometry,
): void {
  const holds = COMPARE[kind];
  forEachPair(g, (i, offsetA, offsetB) => {
    y[i] = Number(holds(a[offsetA], b[offsetB]));
  });
}

/** Computes `y = condition ? a : b`, broadcast. */
export function where(
  condition: TypedArray,
  a: TypedArray,
  b: TypedArray,
  y: TypedArray,
  { shape, shapes: [conditionShape, aShape, bShape] }: WhereGeometry,
): void {
  const along = (own: Shape) => broadcastToGeometry("apply where", own, shape);
  forEachPair(along(bShape), (i, offset) => {
    y[i] = b[offset];
  });
  const { aStrides: bStrides } = along(aShape);
  forEachPair({ ...along(conditionShape), bStrides }, (i, offset, offsetA) => {
    if (condition[offset] !== 0) y[i] = a[offsetA];
  });
}

/** Computes `y = x`, repeated along dimensions of size 1. */
export function broadcastTo(x: TypedArray, y: TypedArray, g: BroadcastGeometry): void {
  forEachPair(g, (i, offset) => {
    y[i] = x[offset];
  });
}

/** Computes `target += x`. */
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
