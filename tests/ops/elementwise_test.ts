// Elementwise ops: values by hand, broadcasting against its definition, kinks and edges.

import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  div,
  exp,
  grad,
  log,
  mul,
  neg,
  relu,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  valueAndGrad,
} from "../../mod.ts";
import { binaryOracle, elementAt } from "../support/oracles/arrays.ts";
import { assertTensor } from "../support/compare.ts";
import { broadcastPairs, quarters, type Values } from "../support/grids.ts";
import { indicesOf, offset, product } from "../support/oracles/windows.ts";

const float64 = (values: number[] | number) => tensor(values, { dtype: "float64" });

/** Computes the derivative of a function of one element at a point. */
function derivativeAt(op: (x: Tensor) => Tensor, x: number): number {
  return grad((x: Tensor) => sum(op(x)))(float64([x])).dataSync()[0];
}

Deno.test("elementwise: values by hand", () => {
  const x = tensor([-2, 0, 0.5, 3]);
  assertEquals(neg(x).toArray(), [2, 0, -0.5, -3]);
  assertEquals(square(x).toArray(), [4, 0, 0.25, 9]);
  assertEquals(relu(x).toArray(), [0, 0, 0.5, 3]);
  assertEquals(sqrt(tensor([0, 0.25, 9])).toArray(), [0, 0.5, 3]);
  assertEquals(exp(float64([0, 1])).toArray(), [1, Math.E]);
  assertEquals(log(float64([1, Math.E])).toArray(), [0, 1]);
  assertEquals(tanh(float64([0])).toArray(), [0]);
  assertEquals(sigmoid(float64([0])).toArray(), [0.5]);
  assertAlmostEquals(sigmoid(float64(Math.log(3))).item(), 0.75, 1e-15);
  assertAlmostEquals(tanh(float64(Math.log(2))).item(), 0.6, 1e-15);
});

Deno.test("elementwise: numbers are operands on either side, of the tensor's dtype", () => {
  const x = tensor([1, 2]);
  assertEquals(add(1, x).toArray(), [2, 3]);
  assertEquals(sub(1, x).toArray(), [0, -1]);
  assertEquals(mul(x, 3).toArray(), [3, 6]);
  assertEquals(div(1, x).toArray(), [1, 0.5]);
  assertEquals(add(1, 2).item(), 3);
  assertEquals(mul(tensor([1], { dtype: "int32" }), 2).dtype, "int32");
  assertEquals(mul(float64([1]), 0.1).toArray(), [0.1]);
});

Deno.test("elementwise: broadcasting is NumPy's", () => {
  const operands = broadcastPairs.chain(({ a, b }) => fc.tuple(quarters(a), quarters(b)));
  fc.assert(fc.property(operands, ([a, b]) => {
    const [x, y] = [a, b].map(({ shape, data }) => tensor(Array.from(data), { shape }));
    assertTensor(add(x, y), binaryOracle((m, n) => m + n, a, b), "add");
    assertTensor(sub(x, y), binaryOracle((m, n) => m - n, a, b), "sub");
    assertTensor(mul(x, y), binaryOracle((m, n) => m * n, a, b), "mul");
  }));
});

Deno.test("elementwise: what was broadcast collects the gradients of all its places", () => {
  const operands = broadcastPairs.chain(({ a, b }) => fc.tuple(quarters(a), quarters(b)));
  fc.assert(fc.property(operands, ([a, b]) => {
    const [x, y] = [a, b].map(({ shape, data }) => tensor(Array.from(data), { shape }));
    const product = grad((p: { x: Tensor; y: Tensor }) => sum(mul(p.x, p.y)))({ x, y });
    assertTensor(product.x, collected(a, b), "the gradient of a");
    assertTensor(product.y, collected(b, a), "the gradient of b");
  }));
});

/** Sums for each element of a the elements of b that it was multiplied by. */
function collected(a: Values, b: Values): Values {
  const y = binaryOracle(() => 0, a, b).shape;
  const data = new Float64Array(product(a.shape));
  for (const index of indicesOf(y)) {
    const own = a.shape.map((n, d) => n === 1 ? 0 : index[y.length - a.shape.length + d]);
    data[offset(own, a.shape)] += elementAt(b, index);
  }
  return { shape: a.shape, data };
}

Deno.test("elementwise: a row, a column and a scalar, by hand", () => {
  const table = tensor([[1, 2, 3], [4, 5, 6]]);
  assertEquals(add(table, tensor([10, 20, 30])).toArray(), [[11, 22, 33], [14, 25, 36]]);
  assertEquals(mul(table, tensor([[1], [-1]])).toArray(), [[1, 2, 3], [-4, -5, -6]]);
  assertEquals(sub(tensor([[1], [2]]), tensor([1, 2])).toArray(), [[0, -1], [1, 0]]);
  const total = (p: { table: Tensor; row: Tensor }) => sum(mul(p.table, p.row));
  const grads = grad(total)({ table, row: tensor([1, 2, 3]) });
  assertEquals(grads.row.toArray(), [5, 7, 9]);
  assertEquals(grads.table.toArray(), [[1, 2, 3], [1, 2, 3]]);
});

Deno.test("elementwise: derivatives by hand", () => {
  assertEquals(derivativeAt(neg, 3), -1);
  assertEquals(derivativeAt(square, 3), 6);
  assertEquals(derivativeAt(exp, 0), 1);
  assertEquals(derivativeAt(log, 4), 0.25);
  assertEquals(derivativeAt(sqrt, 4), 0.25);
  assertEquals(derivativeAt(tanh, 0), 1);
  assertEquals(derivativeAt(sigmoid, 0), 0.25);
  assertEquals(derivativeAt((x) => div(1, x), 2), -0.25);
  assertEquals(derivativeAt((x) => mul(x, x), 5), 10);
});

Deno.test("elementwise: third derivatives by hand", () => {
  const cube = (x: Tensor) => mul(x, mul(x, x));
  assertEquals(grad(grad(grad(cube)))(float64(7)).item(), 6);
  assertAlmostEquals(grad(grad(grad(exp)))(float64(1)).item(), Math.E, 1e-12);
  assertAlmostEquals(grad(grad(grad(tanh)))(float64(0)).item(), -2, 1e-12);
  assertEquals(grad(grad(grad(log)))(float64(2)).item(), 0.25);
});

Deno.test("elementwise: the gradient of relu at 0 is 0, at -0 too", () => {
  const [y, dx] = valueAndGrad((x: Tensor) => sum(relu(x)))(tensor([-1, -0, 0, 1e-30, 2]));
  assertEquals(y.item(), 2);
  assertEquals(dx.toArray(), [0, 0, 0, 1, 1]);
  assertStrictEquals(relu(tensor([-0])).dataSync()[0], 0);
});

Deno.test("elementwise: NaN goes through relu and its gradient", () => {
  const dx = grad((x: Tensor) => sum(relu(x)))(tensor([NaN, 1, -1]));
  assertEquals(relu(tensor([NaN, -1])).toArray(), [NaN, 0]);
  assertEquals(dx.toArray(), [NaN, 1, 0]);
});

Deno.test("elementwise: nothing overflows on the way to a finite gradient", () => {
  assertEquals(derivativeAt(sigmoid, 1e4), 0);
  assertEquals(derivativeAt(sigmoid, -1e4), 0);
  assertEquals(derivativeAt(tanh, 1e4), 0);
  assertEquals(derivativeAt(tanh, -1e4), 0);
});

Deno.test("elementwise: at the end of their domains derivatives are infinite", () => {
  assertEquals(derivativeAt(sqrt, 0), Infinity);
  assertEquals(derivativeAt(log, 0), Infinity);
  assertEquals(derivativeAt(sqrt, -1), NaN);
});

Deno.test("elementwise: results are never of another dtype or shape", () => {
  const shape = [2, 0, 3];
  for (const op of [neg, exp, log, sqrt, square, tanh, sigmoid, relu]) {
    const y = op(tensor([], { shape, dtype: "float64" }));
    assertEquals([y.shape, y.dtype], [shape, "float64"], op.name);
  }
});
