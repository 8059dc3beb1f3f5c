// sum, mean, max, broadcastTo: values by hand, against their definitions, ties and edges.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  broadcastTo,
  grad,
  max,
  mean,
  mul,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import { sumTo } from "../../ops/shape/broadcast_to.ts";
import { reduceOracle, total } from "../support/oracles/arrays.ts";
import { assertSame, assertTensor } from "../support/compare.ts";
import { quarters, reductions, repetitions } from "../support/grids.ts";

const table = () => tensor([[1, 5, 3], [4, 2, 6]]);

Deno.test("reduce: values by hand", () => {
  assertEquals(sum(table()).item(), 21);
  assertEquals(sum(table(), { axis: 0 }).toArray(), [5, 7, 9]);
  assertEquals(sum(table(), { axis: -1, keepDims: true }).toArray(), [[9], [12]]);
  assertEquals(mean(table(), { axis: 1 }).toArray(), [3, 4]);
  assertEquals(mean(table(), { keepDims: true }).toArray(), [[3.5]]);
  assertEquals(max(table()).item(), 6);
  assertEquals(max(table(), { axis: 0 }).toArray(), [4, 5, 6]);
  assertEquals(max(table(), { axis: [1, 0] }).item(), 6);
});

Deno.test("reduce: no axis at all leaves everything as it is", () => {
  for (const op of [sum, mean, max]) {
    assertEquals(op(table(), { axis: [] }).toArray(), table().toArray(), op.name);
    assertEquals(op(tensor(3)).item(), 3, op.name);
  }
});

Deno.test("reduce: sums are those of the definition", () => {
  const samples = reductions(true)
    .chain(({ shape, options }) => fc.tuple(quarters(shape), fc.constant(options)));
  fc.assert(fc.property(samples, ([x, options]) => {
    const rank = x.shape.length;
    const axes = [options.axis ?? x.shape.map((_, i) => i)].flat().map((i) => (i + rank) % rank);
    const expected = reduceOracle(total, x, axes);
    const kept = x.shape.map((n, i) => axes.includes(i) ? 1 : n);
    const y = sum(tensor(Array.from(x.data), { shape: x.shape }), options);
    assertTensor(y, options.keepDims ? { ...expected, shape: kept } : expected, "sum");
  }));
});

Deno.test("reduce: every element gets its share of the gradient", () => {
  const weights = tensor([1, 2, 3]);
  const weighted = (op: typeof sum) => (x: Tensor) => sum(mul(op(x, { axis: 0 }), weights));
  assertEquals(grad(weighted(sum))(table()).toArray(), [[1, 2, 3], [1, 2, 3]]);
  assertEquals(grad(weighted(mean))(table()).toArray(), [[0.5, 1, 1.5], [0.5, 1, 1.5]]);
  assertEquals(grad(weighted(max))(table()).toArray(), [[0, 2, 0], [1, 0, 3]]);
});

Deno.test("reduce: the first of tied maxima takes the gradient", () => {
  const tied = tensor([[2, 7, 7], [7, 1, 7]]);
  assertEquals(grad((x: Tensor) => max(x))(tied).toArray(), [[0, 1, 0], [0, 0, 0]]);
  const rows = grad((x: Tensor) => sum(max(x, { axis: 1 })))(tied);
  assertEquals(rows.toArray(), [[0, 1, 0], [1, 0, 0]]);
  const columns = grad((x: Tensor) => sum(max(x, { axis: 0 })))(tied);
  assertEquals(columns.toArray(), [[0, 1, 1], [1, 0, 0]]);
});

Deno.test("reduce: NaN is above all, and the first one takes the gradient", () => {
  const x = tensor([[1, NaN, NaN], [3, 9, 4]]);
  assertEquals(max(x, { axis: 1 }).toArray(), [NaN, 9]);
  assertEquals(grad((x: Tensor) => max(x))(x).toArray(), [[0, 1, 0], [0, 0, 0]]);
  assertEquals(sum(x, { axis: 1 }).toArray(), [NaN, 16]);
  assertEquals(mean(x, { axis: 0 }).toArray(), [2, NaN, NaN]);
});

Deno.test("reduce: -Infinity can be a maximum", () => {
  assertEquals(max(tensor([-Infinity, -Infinity])).item(), -Infinity);
  assertEquals(grad((x: Tensor) => max(x))(tensor([-Infinity, -Infinity])).toArray(), [1, 0]);
});

Deno.test("reduce: the sum of nothing is 0, its mean is NaN", () => {
  assertEquals(sum(zeros([0, 2]), { axis: 0 }).toArray(), [0, 0]);
  assertEquals(mean(zeros([0, 2]), { axis: 0 }).toArray(), [NaN, NaN]);
  assertEquals(sum(zeros([2, 0])).item(), 0);
  assertEquals(grad((x: Tensor) => sum(x))(zeros([0, 2])).shape, [0, 2]);
});

Deno.test("reduce: long sums of float32 are exact where their terms are", () => {
  const n = 1 << 20;
  assertEquals(sum(tensor(new Float32Array(n).fill(0.25))).item(), n / 4);
  assertEquals(mean(tensor(new Float32Array(n).fill(0.25))).item(), 0.25);
});

Deno.test("reduce: broadcastTo repeats, sumTo is its adjoint", () => {
  assertEquals(broadcastTo(tensor([[1], [2]]), [2, 3]).toArray(), [[1, 1, 1], [2, 2, 2]]);
  assertEquals(sumTo(table(), [3]).toArray(), [5, 7, 9]);
  assertEquals(sumTo(table(), [2, 1]).toArray(), [[9], [12]]);
  assertEquals(sumTo(table(), []).item(), 21);
  const samples = repetitions
    .chain(({ from, to }) => fc.tuple(quarters(from), quarters(to)));
  fc.assert(fc.property(samples, ([small, large]) => {
    const [x, y] = [small, large].map(({ shape, data }) => tensor(Array.from(data), { shape }));
    const left = sum(mul(broadcastTo(x, large.shape), y));
    const right = sum(mul(x, sumTo(y, small.shape)));
    assertSame([left.item()], [right.item()], "<broadcastTo(x), y> = <x, sumTo(y)>");
  }));
});

Deno.test("reduce: broadcastTo the same shape is nothing to do", () => {
  const x = table();
  assertEquals(broadcastTo(x, [2, 3]) === x, true);
  using tape = new Tape();
  broadcastTo(tape.watch(x), [2, 3]);
  assertEquals(tape.entries.length, 0);
});
