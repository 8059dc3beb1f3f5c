// Ops on arrays written from their definitions, index by index. Slow, plain, float64.

import type { Shape } from "../../../src/core/shape.ts";
import type { Values } from "../grids.ts";
import { indicesOf, offset, product } from "./windows.ts";

/** Computes every element of an array from its index. */
export function fromIndex(shape: Shape, element: (index: readonly number[]) => number): Values {
  return { shape, data: Float64Array.from(indicesOf(shape), element) };
}

/** Returns the element at an index; an index along a dimension of size 1 is taken for 0. */
export function elementAt({ shape, data }: Values, index: readonly number[]): number {
  const lead = index.length - shape.length;
  return data[offset(shape.map((n, d) => n === 1 ? 0 : index[lead + d]), shape)];
}

/** Finds the shape that two shapes broadcast to. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, d) => {
    const [m, n] = [a, b].map((shape) => shape[d - rank + shape.length] ?? 1);
    return m === 1 ? n : m;
  });
}

/** Computes `f(a, b)`, each repeated where the other is larger. */
export function binaryOracle(f: (a: number, b: number) => number, a: Values, b: Values): Values {
  return fromIndex(
    broadcastShape(a.shape, b.shape),
    (index) => f(elementAt(a, index), elementAt(b, index)),
  );
}

/** Sets elements to 0 where they are negative. */
export function reluOracle({ shape, data }: Values): Values {
  return { shape, data: Array.from(data, (v) => Math.max(v, 0)) };
}

/** Collects the elements of x that become one under a reduction, by the result's kept shape. */
export function groupsOf(x: Values, axes: readonly number[]): { shape: Shape; groups: number[][] } {
  const shape = x.shape.map((n, d) => axes.includes(d) ? 1 : n);
  const groups = Array.from({ length: product(shape) }, (): number[] => []);
  let at = 0;
  for (const index of indicesOf(x.shape)) {
    groups[offset(index.map((i, d) => axes.includes(d) ? 0 : i), shape)].push(x.data[at++]);
  }
  return { shape, groups };
}

/** Reduces elements along axes by a function of them all; reduced dimensions are dropped. */
export function reduceOracle(
  f: (group: readonly number[]) => number,
  x: Values,
  axes: readonly number[],
): Values {
  const { groups } = groupsOf(x, axes);
  return { shape: x.shape.filter((_, d) => !axes.includes(d)), data: groups.map(f) };
}

/** Computes the sum of numbers. */
export function total(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum;
}

/** Computes the sum of the products of two equally long lists. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Finds the largest magnitude. */
export function largest(numbers: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < numbers.length; i++) max = Math.max(max, Math.abs(numbers[i]));
  return max;
}

/** Computes `a b`, of matrices. */
export function matmulOracle(a: Values, b: Values): Values {
  const inner = Array.from({ length: a.shape[1] }, (_, k) => k);
  return fromIndex(
    [a.shape[0], b.shape[1]],
    ([i, j]) => total(inner.map((k) => elementAt(a, [i, k]) * elementAt(b, [k, j]))),
  );
}

/** Puts dimensions into another order. */
export function transposeOracle(x: Values, axes: readonly number[]): Values {
  return fromIndex(axes.map((axis) => x.shape[axis]), (index) => {
    const from = new Array<number>(axes.length);
    axes.forEach((axis, d) => from[axis] = index[d]);
    return elementAt(x, from);
  });
}

/** Adds elements around, or removes them. */
export function padOracle(x: Values, amounts: readonly (readonly number[])[], value = 0): Values {
  const shape = x.shape.map((n, d) => amounts[d][0] + n + amounts[d][1]);
  return fromIndex(shape, (index) => {
    const from = index.map((i, d) => i - amounts[d][0]);
    const inside = from.every((i, d) => i >= 0 && i < x.shape[d]);
    return inside ? x.data[offset(from, x.shape)] : value;
  });
}

/** Lists the rows of an array, along its last axis. */
export function rowsOf({ shape, data }: Values): number[][] {
  const columns = shape[shape.length - 1];
  const rows = product(shape.slice(0, -1));
  return Array.from(
    { length: rows },
    (_, i) => Array.from({ length: columns }, (_, j) => data[i * columns + j]),
  );
}

/** Computes the probabilities of a row of small logits. */
export function softmaxRow(row: readonly number[]): number[] {
  const sum = total(row.map(Math.exp));
  return row.map((x) => Math.exp(x) / sum);
}

/** Computes the target of each row: a one at its label or its distribution, smoothed. */
export function targetsOf(
  labels: Values,
  classes: number,
  labelSmoothing: number,
): number[][] {
  const given = labels.shape.length === 2
    ? rowsOf(labels)
    : Array.from(labels.data, (label) => Array.from({ length: classes }, (_, j) => +(j === label)));
  return given.map((row) => row.map((t) => t * (1 - labelSmoothing) + labelSmoothing / classes));
}

/** Computes the cross entropy of each row of small logits: `-sum t log softmax`. */
export function softmaxCEOracle(logits: Values, labels: Values, labelSmoothing = 0): Values {
  const targets = targetsOf(labels, logits.shape[1], labelSmoothing);
  const data = rowsOf(logits).map((row, i) =>
    -total(softmaxRow(row).map((p, j) => targets[i][j] * Math.log(p)))
  );
  return { shape: [data.length], data };
}

/** Computes the gradient of the cross entropy: `dy (softmax sum(t) - t)` by rows. */
export function softmaxCEGradOracle(
  dy: Values,
  logits: Values,
  labels: Values,
  labelSmoothing = 0,
): Values {
  const targets = targetsOf(labels, logits.shape[1], labelSmoothing);
  const data = rowsOf(logits).flatMap((row, i) =>
    softmaxRow(row).map((p, j) => dy.data[i] * (p * total(targets[i]) - targets[i][j]))
  );
  return { shape: logits.shape, data };
}
