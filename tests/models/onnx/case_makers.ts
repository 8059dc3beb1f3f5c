// Makers of cases of exported functions.

import {
  abs,
  add,
  avgPool,
  cast,
  dense,
  flatten,
  maxPool,
  mul,
  Random,
  randomNormal,
  round,
  type Tensor,
  tensor,
} from "../../../mod.ts";

/** A function and what it is given, for a batch of any size. */
export interface ExportCase {
  f: (inputs: Inputs) => Tensor;
  inputs: (batch: number) => Inputs;
}

type Inputs = Readonly<Record<string, Tensor>>;

/** Draws normal numbers; `seed` tells inputs of one case apart. */
export function normal(shape: readonly number[], seed = 0): Tensor {
  return randomNormal(new Random(seed), shape);
}

/** Makes weights: the same ones for a shape every time. */
export const w = (...shape: number[]) =>
  normal(shape, 100 + shape.reduce((sum, n) => 7 * sum + n, 0));

/** Makes cases of functions of an input `x`, `[batch, ...rest]`. */
export const of = (
  rest: readonly number[],
  ...functions: ((x: Tensor) => Tensor)[]
): ExportCase[] =>
  functions.map((f) => ({
    f: ({ x }) => f(x),
    inputs: (batch) => ({ x: normal([batch, ...rest]) }),
  }));

/** Makes cases of functions of positive numbers. */
export const positive = (...functions: ((x: Tensor) => Tensor)[]): ExportCase[] =>
  of([3, 4], ...functions.map((f) => (x: Tensor) => f(add(abs(x), 0.1))));

/** Makes cases of functions of two inputs. */
export const pair = (
  a: readonly number[],
  b: readonly number[],
  ...functions: ((a: Tensor, b: Tensor) => Tensor)[]
): ExportCase[] =>
  functions.map((f) => ({
    f: ({ a, b }) => f(a, b),
    inputs: (batch) => ({ a: normal([batch, ...a], 1), b: normal([batch, ...b], 2) }),
  }));

/**
 * Makes cases of an elementwise function: of rows, of images with channels first, of flattened
 * images.
 */
export const unary = (f: (x: Tensor) => Tensor): ExportCase[] => [
  ...of([5], f),
  ...of([4, 4, 2], (x) => f(maxPool(x, { size: 2 })), (x) => {
    return dense(f(flatten(maxPool(x, { size: 2 }))), weights.flat);
  }),
];

/**
 * Makes cases of a function of two operands: repeated, with numbers, and on images with channels
 * first.
 */
export const binary = (f: (a: Tensor, b: Tensor | number) => Tensor): ExportCase[] => [
  ...pair([3], [1], f),
  ...of([3], (x) => f(x, 0.5), (x) => f(x, weights.row)),
  ...of(
    [4, 4, 2],
    (x) => f(maxPool(x, { size: 2 }), weights.channels),
    (x) => f(maxPool(x, { size: 2 }), avgPool(x, { size: 2 })),
    (x) => f(x, avgPool(x, { size: 4 })),
    (x) => {
      const pooled = flatten(maxPool(x, { size: 2 }));
      return dense(f(pooled, flatten(avgPool(x, { size: 2 }))), weights.flat);
    },
    (x) => f(flatten(maxPool(x, { size: 2 })), weights.rowOfFlat),
  ),
];

/** Weights of cases. */
export const weights = {
  row: w(3),
  channels: w(2),
  flat: w(8, 3),
  rowOfFlat: w(8),
  filters: w(3, 3, 2, 4),
  grouped: w(3, 2, 1, 4),
  bias: w(4),
  dense: w(6, 4),
  table: w(5, 3),
};

/** Makes cases of a question: of whole numbers, some of which are equal. */
export const question = (f: (a: Tensor, b: Tensor | number) => Tensor): ExportCase[] => [
  ...binary(f).slice(0, 5).map(({ f, inputs }): ExportCase => ({
    f: (x) => f(Object.fromEntries(Object.entries(x).map(([k, v]) => [k, round(v)]))),
    inputs,
  })),
];

/** Makes cases of a remainder: of floats, and of integers of both signs. */
export const remainders = (f: (a: Tensor, b: Tensor | number) => Tensor): ExportCase[] => [
  ...binary(f),
  ...(["int32", "uint8"] as const).flatMap((dtype) =>
    of([7], (x) => {
      const whole = cast(abs(mul(x, 9)), dtype);
      return f(whole, tensor([3, 2, 5, 1, 7, 4, 9], { dtype }));
    })
  ),
  ...of([6], (x) => f(cast(mul(x, 9), "int32"), tensor([3, -2, 5, -1, 7, -4], { dtype: "int32" }))),
];

/**
 * Makes cases of a reduction: of rows and of images with channels first, which stay so where they
 * can.
 */
export function reductions(
  f: (x: Tensor, options?: { axis?: number | number[]; keepDims?: boolean }) => Tensor,
): ExportCase[] {
  return [
    ...of([3, 4], (x) => f(x, { axis: 1 }), (x) => f(x), (x) => f(x, { axis: [0, 2] })),
    ...of(
      [4, 4, 2],
      (x) => f(maxPool(x, { size: 2 }), { axis: [1, 2] }),
      (x) => f(maxPool(x, { size: 2 }), { axis: 3 }),
      (x) => f(maxPool(x, { size: 2 }), { axis: [2, 3], keepDims: true }),
      (x) => f(maxPool(x, { size: 2 }), { axis: 1 }),
    ),
  ];
}
