// The smooth functions of single floats: one description of each, of which the tests of gradients,
// accuracy, refusals and ONNX files are made. Rounding, signs and activations have tables of their own.

import * as ops from "../../ops/mod.ts";
import { erf, sigmoid } from "../../src/backends/reference/functions.ts";
import type { Tensor } from "../../src/core/tensor.ts";

/** An interval of numbers. */
export type Interval = readonly [from: number, to: number];

/** A smooth function. */
export interface FloatFunction {
  readonly of: (x: Tensor) => Tensor;
  /** The same of one number, in float64. */
  readonly exact: (x: number) => number;
  /** Numbers at which it is tame: no pole, no end of its domain is near. */
  readonly tame: Interval;
  /** Largest error of the WASM kernel in units of the last place; what the kernel's docs say. */
  readonly ulp: number;
  /** Numbers around which rounding has its worst cases. */
  readonly dense: Interval;
  /** Values known by hand, to the sign of zeros: ends of the domain, poles, infinities. */
  readonly edges: readonly (readonly [x: number, y: number])[];
}

/** Smooth functions by the names of their ops. */
export const floatFunctions = {
  exp: {
    of: ops.exp,
    exact: Math.exp,
    tame: [-3, 3],
    ulp: 1.5,
    dense: [-105, 90],
    edges: [[-Infinity, 0], [0, 1], [Infinity, Infinity]],
  },
  expm1: {
    of: ops.expm1,
    exact: Math.expm1,
    tame: [-3, 3],
    ulp: 2.5,
    dense: [-20, 90],
    edges: [[-Infinity, -1], [-0, -0], [0, 0], [Infinity, Infinity]],
  },
  log: {
    of: ops.log,
    exact: Math.log,
    tame: [0.25, 4],
    ulp: 1,
    dense: [0.25, 4],
    edges: [[-1, NaN], [-0, -Infinity], [0, -Infinity], [1, 0], [Infinity, Infinity]],
  },
  log1p: {
    of: ops.log1p,
    exact: Math.log1p,
    tame: [-0.75, 3],
    ulp: 2.5,
    dense: [-1, 4],
    edges: [[-2, NaN], [-1, -Infinity], [-0, -0], [0, 0], [Infinity, Infinity]],
  },
  sqrt: {
    of: ops.sqrt,
    exact: Math.sqrt,
    tame: [0.25, 4],
    ulp: 0.5,
    dense: [0, 4],
    edges: [[-1, NaN], [-0, -0], [0, 0], [2.25, 1.5], [Infinity, Infinity]],
  },
  rsqrt: {
    of: ops.rsqrt,
    exact: (x) => 1 / Math.sqrt(x),
    tame: [0.25, 4],
    ulp: 1.5,
    dense: [0, 4],
    edges: [[-1, NaN], [-0, -Infinity], [0, Infinity], [2 ** -126, 2 ** 63], [Infinity, 0]],
  },
  reciprocal: {
    of: ops.reciprocal,
    exact: (x) => 1 / x,
    tame: [0.25, 4],
    ulp: 0.5,
    dense: [-4, 4],
    edges: [[-Infinity, -0], [-0, -Infinity], [0, Infinity], [-8, -0.125], [Infinity, 0]],
  },
  sin: {
    of: ops.sin,
    exact: Math.sin,
    tame: [-6, 6],
    ulp: 1.6,
    dense: [-100, 100],
    edges: [[-Infinity, NaN], [-0, -0], [0, 0], [Infinity, NaN]],
  },
  cos: {
    of: ops.cos,
    exact: Math.cos,
    tame: [-6, 6],
    ulp: 1.6,
    dense: [-100, 100],
    edges: [[-Infinity, NaN], [0, 1], [Infinity, NaN]],
  },
  tan: {
    of: ops.tan,
    exact: Math.tan,
    tame: [-1, 1],
    ulp: 3.5,
    dense: [-100, 100],
    edges: [[-Infinity, NaN], [-0, -0], [0, 0], [Infinity, NaN]],
  },
  asin: {
    of: ops.asin,
    exact: Math.asin,
    tame: [-0.75, 0.75],
    ulp: 2.5,
    dense: [-1, 1],
    edges: [[-1.5, NaN], [-1, -Math.PI / 2], [-0, -0], [0, 0], [1, Math.PI / 2], [Infinity, NaN]],
  },
  acos: {
    of: ops.acos,
    exact: Math.acos,
    tame: [-0.75, 0.75],
    ulp: 2,
    dense: [-1, 1],
    edges: [[-1.5, NaN], [-1, Math.PI], [0, Math.PI / 2], [1, 0], [Infinity, NaN]],
  },
  atan: {
    of: ops.atan,
    exact: Math.atan,
    tame: [-4, 4],
    ulp: 2.5,
    dense: [-5, 5],
    edges: [[-Infinity, -Math.PI / 2], [-0, -0], [0, 0], [1, Math.PI / 4], [Infinity, Math.PI / 2]],
  },
  sinh: {
    of: ops.sinh,
    exact: Math.sinh,
    tame: [-3, 3],
    ulp: 2.5,
    dense: [-90, 90],
    edges: [[-Infinity, -Infinity], [-0, -0], [0, 0], [Infinity, Infinity]],
  },
  cosh: {
    of: ops.cosh,
    exact: Math.cosh,
    tame: [-3, 3],
    ulp: 2,
    dense: [-90, 90],
    edges: [[-Infinity, Infinity], [0, 1], [Infinity, Infinity]],
  },
  tanh: {
    of: ops.tanh,
    exact: Math.tanh,
    tame: [-3, 3],
    ulp: 1.5,
    dense: [-10, 10],
    edges: [[-Infinity, -1], [-0, -0], [0, 0], [Infinity, 1]],
  },
  asinh: {
    of: ops.asinh,
    exact: Math.asinh,
    tame: [-4, 4],
    ulp: 1,
    dense: [-10, 10],
    edges: [[-Infinity, -Infinity], [-0, -0], [0, 0], [Infinity, Infinity]],
  },
  acosh: {
    of: ops.acosh,
    exact: Math.acosh,
    tame: [1.25, 4],
    ulp: 1,
    dense: [1, 10],
    edges: [[-1, NaN], [0.5, NaN], [1, 0], [Infinity, Infinity]],
  },
  atanh: {
    of: ops.atanh,
    exact: Math.atanh,
    tame: [-0.75, 0.75],
    ulp: 1,
    dense: [-1, 1],
    edges: [[-2, NaN], [-1, -Infinity], [-0, -0], [0, 0], [1, Infinity], [Infinity, NaN]],
  },
  erf: {
    of: ops.erf,
    exact: erf,
    tame: [-3, 3],
    ulp: 1.5,
    dense: [-5, 5],
    edges: [[-Infinity, -1], [-0, -0], [0, 0], [Infinity, 1]],
  },
  sigmoid: {
    of: ops.sigmoid,
    exact: sigmoid,
    tame: [-4, 4],
    ulp: 2.5,
    dense: [-105, 20],
    edges: [[-Infinity, 0], [0, 0.5], [Infinity, 1]],
  },
} as const satisfies Readonly<Record<string, FloatFunction>>;

/** The name of an op with such a function. */
export type FloatFunctionName = keyof typeof floatFunctions;

/** Makes something of each function. */
export function ofFloatFunctions<Made>(
  make: (description: FloatFunction) => Made,
): Record<FloatFunctionName, Made> {
  const made = Object.entries(floatFunctions).map(([name, description]) => [
    name,
    make(description),
  ]);
  return Object.fromEntries(made) as Record<FloatFunctionName, Made>;
}
