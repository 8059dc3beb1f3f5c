// Gradients of gradients: derivatives of known functions to any order, and what is a constant
// to which tape.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  add,
  Arena,
  div,
  exp,
  grad,
  log,
  matmul,
  mul,
  neg,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
  valueAndGrad,
} from "../../mod.ts";
import { scaled } from "../support/effort.ts";

type F = (x: Tensor) => Tensor;
const scalar = (value: number) => tensor(value, { dtype: "float64" });

/** Computes the n-th derivative of f at x. */
function derivative(f: F, order: number, x: number): number {
  let g = f;
  for (let i = 0; i < order; i++) g = grad(g);
  return g(scalar(x)).item();
}

/** Makes the polynomial with these coefficients, lowest first, by Horner's rule. */
function polynomial(coefficients: readonly number[]): F {
  return (x) => coefficients.reduceRight<Tensor>((y, c) => add(mul(y, x), c), mul(x, 0));
}

Deno.test("nested: derivatives of random polynomials to the fourth order are exact", () => {
  const quarters = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
  fc.assert(
    fc.property(fc.array(quarters, { minLength: 1, maxLength: 6 }), quarters, (coefficients, x) => {
      let expected = coefficients;
      for (let order = 0; order <= 4; order++) {
        const value = expected.reduceRight((y, c) => y * x + c, 0);
        assertEquals(derivative(polynomial(coefficients), order, x), value);
        expected = expected.slice(1).map((c, i) => c * (i + 1));
      }
    }),
    { numRuns: scaled(50) },
  );
});

Deno.test("nested: derivatives of smooth functions, from first to third", () => {
  const t = Math.tanh(0.5);
  const s = 1 / (1 + Math.exp(-0.5));
  const e = Math.exp(0.5);
  const known: [name: string, f: F, derivatives: number[]][] = [
    ["exp", exp, [e, e, e]],
    ["log", log, [2, -4, 16]],
    ["sqrt", sqrt, [0.5 / Math.SQRT1_2, -0.25 * 2 ** 1.5, 0.375 * 2 ** 2.5]],
    ["square", square, [1, 2, 0]],
    ["neg", neg, [-1, 0, 0]],
    ["1/x", (x) => div(1, x), [-4, 16, -96]],
    ["tanh", tanh, [1 - t * t, -2 * t * (1 - t * t), (1 - t * t) * (6 * t * t - 2)]],
    [
      "sigmoid",
      sigmoid,
      [s * (1 - s), s * (1 - s) * (1 - 2 * s), s * (1 - s) * (1 - 6 * s * (1 - s))],
    ],
    ["exp of square", (x) => exp(neg(square(x))), [-1, -1, 5].map((c) => c * Math.exp(-0.25))],
    ["x log x", (x) => mul(x, log(x)), [Math.log(0.5) + 1, 2, -4]],
  ];
  for (const [name, f, derivatives] of known) {
    derivatives.forEach((expected, i) => {
      assertAlmostEquals(derivative(f, i + 1, 0.5), expected, 1e-12 * 96, `${name} ${i + 1}`);
    });
  }
});

Deno.test("nested: an inner gradient with respect to an inner variable alone", () => {
  // d/dx [x · d/dy (x + y)] = d/dx [x] = 1: the classic that confuses perturbations.
  const f = (x: Tensor) => mul(x, grad((y: Tensor) => add(x, y))(scalar(1)));
  assertEquals(grad(f)(scalar(5)).item(), 1);
});

Deno.test("nested: the inner function is called with the outer variable itself", () => {
  // g(x) = x · d/dy (x y) at y = x, which is x · x; its derivative is 2 x.
  const f = (x: Tensor) => mul(x, grad((y: Tensor) => mul(x, y))(x));
  assertEquals(f(scalar(3)).item(), 9);
  assertEquals(grad(f)(scalar(3)).item(), 6);
  // x · d/dy (x y²) at y = x is 2 x³; its derivatives are 6 x² and 12 x.
  const h = (x: Tensor) => mul(x, grad((y: Tensor) => mul(x, square(y)))(x));
  assertEquals([h, grad(h), grad(grad(h))].map((g) => g(scalar(3)).item()), [54, 54, 36]);
});

Deno.test("nested: closures over several levels", () => {
  // d/dx d/dy d/dz (x² y³ z²) = 2x · 3y² · 2z
  const f = (x: Tensor) => (y: Tensor) => (z: Tensor) =>
    mul(mul(square(x), mul(square(y), y)), square(z));
  const at = (x: Tensor) => grad((y: Tensor) => grad(f(x)(y))(scalar(7)))(scalar(3));
  assertEquals(grad(at)(scalar(2)).item(), 4 * 27 * 14);
});

Deno.test("nested: mixed derivatives are the same in either order", () => {
  const f = (x: Tensor, y: Tensor) => mul(exp(mul(x, y)), tanh(add(x, square(y))));
  const [x0, y0] = [scalar(0.5), scalar(-0.75)];
  const xy = grad((y: Tensor) => grad((x: Tensor) => f(x, y))(x0))(y0).item();
  const yx = grad((x: Tensor) => grad((y: Tensor) => f(x, y))(y0))(x0).item();
  assertAlmostEquals(xy, yx, 1e-14);
  const h = 1e-4;
  const F = (dx: number, dy: number) => f(scalar(0.5 + dx), scalar(-0.75 + dy)).item();
  const numerical = (F(h, h) - F(h, -h) - F(-h, h) + F(-h, -h)) / (4 * h * h);
  assertAlmostEquals(xy, numerical, 1e-6);
});

Deno.test("nested: an inner gradient may use a value of its own tape and of the outer one", () => {
  // v · dv/dx with v = x³: x³ · 3x² = 3x⁵, whose derivative is 15 x⁴.
  const f = (x: Tensor) => {
    const [value, dx] = valueAndGrad((x: Tensor) => mul(x, square(x)))(x);
    return mul(value, dx);
  };
  assertEquals([f(scalar(2)).item(), grad(f)(scalar(2)).item()], [96, 240]);
});

Deno.test("nested: structures and extra arguments at both levels", () => {
  const loss = ({ w }: { w: Tensor }, x: Tensor) => sum(mul(mul(w, square(w)), x));
  // The squared norm of the gradient 3 w² x, and its gradient 2 · 3 w² x · 6 w x = 36 w³ x².
  const norm = (p: { w: Tensor }, x: Tensor) => sum(square(grad(loss)(p, x).w));
  const [value, dp] = valueAndGrad(norm)({ w: tensor([1, 2]) }, tensor([1, 0.5]));
  assertEquals([value.item(), dp.w.toArray()], [45, [36, 72]]);
});

Deno.test("nested: the gradient with respect to an extra argument of the outer function", () => {
  const loss = (w: Tensor, x: Tensor) => sum(mul(square(w), x));
  const norm = (x: Tensor, w: Tensor) => sum(square(grad(loss)(w, x)));
  // norm = sum 4 w² x², so its gradient with respect to x is 8 w² x.
  assertEquals(grad(norm)(tensor([1, 2]), tensor([3, 1])).toArray(), [72, 16]);
});

Deno.test("nested: the Hessian of a quadratic form is its symmetric part", () => {
  const a = tensor([[2, 1], [4, -3]], { dtype: "float64" });
  const f = (x: Tensor) => sum(mul(x, matmul(a, x)));
  const rows = [[1, 0], [0, 1]].map((unit) => {
    const direction = tensor(unit, { shape: [2, 1], dtype: "float64" });
    const slope = (x: Tensor) => sum(mul(grad(f)(x), direction));
    return grad(slope)(tensor([[5], [7]], { dtype: "float64" })).toArray();
  });
  assertEquals(rows, [[[4], [5]], [[5], [-6]]]);
});

Deno.test("nested: an inner gradient that is zero or constant has a gradient of zero", () => {
  const constant = (x: Tensor) => grad((_x: Tensor) => scalar(7))(x);
  const linear = (x: Tensor) => grad((x: Tensor) => mul(x, 3))(x);
  const unused = (x: Tensor) => grad((p: { a: Tensor; b: Tensor }) => p.a)({ a: x, b: x }).b;
  for (const [f, value] of [[constant, 0], [linear, 3], [unused, 0]] as const) {
    const [y, dx] = valueAndGrad(f)(scalar(2));
    assertEquals([y.item(), dx.item()], [value, 0]);
  }
});

Deno.test("nested: an arena inside both tapes changes no derivative", () => {
  // Ops whose backward reads their output, which the arena owns and both tapes save.
  for (const f of [exp, sqrt, tanh, sigmoid, (x: Tensor) => div(1, x)]) {
    using outer = new Tape();
    const x = outer.watch(scalar(0.5));
    using inner = new Tape();
    inner.watch(x);
    using arena = new Arena();
    arena.follow(x);
    const second = outer.gradient(inner.gradient(f(x), x), x);
    assertEquals(second.item(), derivative(f, 2, 0.5));
  }
});

Deno.test("nested: tapes by hand, with a seed that is watched", () => {
  using outer = new Tape();
  const { x, seed } = outer.watch({ x: tensor([1, 2]), seed: tensor([3, 4]) });
  using inner = new Tape();
  inner.watch(x);
  const dx = inner.gradient(mul(x, square(x)), x, { seed });
  assertEquals(dx.toArray(), [9, 48]);
  const g = outer.gradient(sum(dx), { x, seed });
  assertEquals([g.x.toArray(), g.seed.toArray()], [[18, 48], [3, 12]]);
});

Deno.test("nested: a gradient can be used along with what it was taken of", () => {
  // A gradient penalty: f + (f')² for f = x³.
  const f = (x: Tensor) => mul(x, square(x));
  const penalised = (x: Tensor) => add(f(x), square(grad(f)(x)));
  assertEquals(grad(penalised)(scalar(2)).item(), 12 + 2 * 12 * 12);
  const descended = (x: Tensor) => f(sub(x, mul(grad(f)(x), 0.25)));
  // x - 0.75 x² has derivative 1 - 1.5 x; at 2 the point is -1: 3 · 1 · (1 - 3) = -6.
  assertEquals(grad(descended)(scalar(2)).item(), -6);
});
