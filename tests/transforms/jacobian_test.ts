// jacobian and hessian: structures, shapes, against products, memory, errors.

import { assertEquals } from "@std/assert";
import {
  add,
  Arena,
  cast,
  checkGrad,
  exp,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  matmul,
  mul,
  referenceBackend,
  reshape,
  ShapeError,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = referenceBackend();
const vector = (...values: number[]) => tensor(values, { dtype: "float64", backend });

Deno.test("jacobian: results in nested structures, shapes of both one after the other", () => {
  const f = (p: { w: Tensor; list: [Tensor] }, x: Tensor) => ({
    y: matmul(x, p.w),
    parts: [sum(p.w), mul(p.list[0], 2)] as const,
  });
  const w = tensor([[1, 2], [3, 4], [5, 6]], { dtype: "float64", backend });
  const x = tensor([[1, 10, 100]], { dtype: "float64", backend });
  const j = jacobian(f)({ w, list: [vector(7)] }, x);
  assertEquals(j.y.w.shape, [1, 2, 3, 2]);
  assertEquals(j.y.w.toArray(), [[[[1, 0], [10, 0], [100, 0]], [[0, 1], [0, 10], [0, 100]]]]);
  assertEquals(j.y.list[0].toArray(), [[[0], [0]]]);
  assertEquals(j.parts[0].w.toArray(), [[1, 1], [1, 1], [1, 1]]);
  assertEquals(j.parts[1].list[0].toArray(), [[2]]);
});

Deno.test("jacobian: its columns are those of jvp", () => {
  const f = (x: Tensor) => mul(exp(x), sum(tanh(x)));
  const x = vector(0.5, -1, 0.25);
  const j = jacobian(f)(x).toArray() as number[][];
  for (const at of [0, 1, 2]) {
    const column = jvp(f, x, vector(...[0, 1, 2].map((i) => Number(i === at))))[1].toArray();
    assertEquals((column as number[]).map(round), j.map((row) => round(row[at])));
  }
});

Deno.test("jacobian: of scalars, of no elements, of what depends on nothing", () => {
  assertEquals(jacobian(square)(tensor(3, { backend })).item(), 6);
  assertEquals(jacobian((x: Tensor) => mul(x, 2))(tensor([], { backend })).shape, [0, 0]);
  const f = (x: Tensor) => reshape(x, [0, 3, 2]);
  assertEquals(jacobian(f)(tensor([], { shape: [0, 6], backend })).shape, [0, 3, 2, 0, 6]);
  assertEquals(jacobian((_: Tensor) => vector(1, 2))(vector(3)).toArray(), [[0], [0]]);
  assertEquals(jacobian((x: Tensor) => x)(vector(3, 4)).toArray(), [[1, 0], [0, 1]]);
});

Deno.test("jacobian: a NaN parameter makes its column NaN, and no other", () => {
  assertEquals(jacobian(square)(vector(NaN, 1)).toArray(), [[NaN, 0], [NaN, 2]]);
});

Deno.test("jacobian: has a gradient", () => {
  checkGrad((x) => jacobian((x: Tensor) => mul(x, sum(exp(x))))(x), vector(0.5, -1), { order: 2 });
});

/** Computes `100 (b - a²)² + (1 - a)²`. */
function rosenbrock({ a, b }: { a: Tensor; b: Tensor }): Tensor {
  return add(mul(square(sub(b, square(a))), 100), square(sub(1, a)));
}

Deno.test("hessian: of Rosenbrock's function, by parameter and parameter", () => {
  const h = hessian(rosenbrock)({ a: vector(-1), b: vector(2) });
  assertEquals(h.a.a.toArray(), [[1200 - 800 + 2]]); // 1200 a² - 400 b + 2
  assertEquals([h.a.b.toArray(), h.b.a.toArray()], [[[400]], [[400]]]); // -400 a
  assertEquals(h.b.b.toArray(), [[200]]);
});

Deno.test("hessian: is symmetric; times a vector it is hvp, and the Jacobian of the gradient", () => {
  const f = (x: Tensor, scale: number) => mul(sum(mul(tanh(x), exp(x))), scale);
  const [x, v] = [vector(0.5, -1, 0.25), [1, 2, -1]];
  const h = hessian(f)(x, 3).toArray() as number[][];
  h.forEach((row, i) => row.forEach((value, j) => assertEquals(round(value), round(h[j][i]))));
  const product = h.map((row) => round(row.reduce((sum, value, j) => sum + value * v[j], 0)));
  const hv = hvp(f, x, vector(...v), 3).toArray() as number[];
  assertEquals(hv.map(round), product);
  assertEquals(jacobian(grad(f))(x, 3).toArray(), h);
});

Deno.test("jacobian: only results are left in memory; an arena around owns them", () => {
  const x = vector(1, 2, 3);
  const before = backend.liveBytes;
  const j = jacobian(square)(x);
  assertEquals(backend.liveBytes - before, 9 * 8);
  j.dispose();
  hessian((x: Tensor) => sum(square(x)))(x).dispose();
  assertEquals(backend.liveBytes, before);
  {
    using arena = new Arena();
    jacobian(square)(arena.follow(x));
    hessian((x: Tensor) => sum(exp(x)))(x);
  }
  assertEquals(backend.liveBytes, before);
});

Deno.test("jacobian: errors", () => {
  const x = vector(1, 2);
  assertExactError(
    () => jacobian((x: Tensor) => [x, cast(x, "int32")])(x),
    ShapeError,
    "Cannot compute jacobian: results must be float32 or float64: [1] is int32 [2]",
  );
  assertExactError(
    () => hessian(square)(x),
    ShapeError,
    "Cannot compute gradient: the function must return a scalar: its result is [2]; reduce it " +
      "with sum(y) or mean(y), or take jacobian(f) or vjp(f, x)",
  );
});

function round(value: number): string {
  return (value + 0).toPrecision(12);
}
