// Gradients of functions: structures, extra arguments, constants, errors.

import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  add,
  cast,
  exp,
  grad,
  mul,
  ShapeError,
  square,
  stopGradient,
  sum,
  Tape,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const scalar = (value: number) => tensor(value, { dtype: "float64" });

Deno.test("grad: of a function of a tensor", () => {
  assertEquals(grad((x: Tensor) => sum(square(x)))(tensor([1, 2])).toArray(), [2, 4]);
  assertEquals(grad(square)(scalar(3)).item(), 6);
  assertEquals(grad(exp)(tensor([[0]])).toArray(), [[1]]);
});

Deno.test("grad: of a function of nested objects and lists, in the same structure", () => {
  const f = ({ layers }: { layers: [Tensor, { w: Tensor }]; scale: Tensor | null }) =>
    sum(mul(layers[0], layers[1].w));
  const dp = grad(f)({ layers: [tensor([1, 2]), { w: tensor([3, 4]) }], scale: null });
  assertEquals([dp.layers[0].toArray(), dp.layers[1].w.toArray()], [[3, 4], [1, 2]]);
  assertEquals(dp.scale, null);
  assertEquals(Object.keys(dp), ["layers", "scale"]);
});

Deno.test("grad: other arguments are constants, of any kind", () => {
  const f = (x: Tensor, factor: Tensor, options: { power: number; on: boolean[] }) => {
    let y = mul(x, factor);
    for (let i = 1; i < options.power; i++) y = mul(y, x);
    return sum(y);
  };
  const options = { power: 3, on: [true] };
  assertEquals(grad(f)(tensor([1, 2]), tensor(10), options).toArray(), [30, 120]);
});

Deno.test("grad: value and gradients at once, in the same structure", () => {
  const f = ({ w, bias }: { w: Tensor; bias: Tensor }, x: Tensor) => sum(add(mul(w, x), bias));
  const params = { w: tensor([1, 2]), bias: tensor(3) };
  const [value, grads] = valueAndGrad(f)(params, tensor([4, 5]));
  assertEquals(value.toArray(), 20);
  assertEquals([grads.w.toArray(), grads.bias.toArray()], [[4, 5], 2]);
  assertEquals([params.w.toArray(), params.bias.toArray()], [[1, 2], 3]);
});

Deno.test("grad: the parameters are left as they were, known to no tape", () => {
  const x = tensor([1, 2]);
  using tape = new Tape();
  grad((x: Tensor) => sum(square(x)))(x);
  square(x);
  assertEquals(tape.entries, []);
  assertEquals(x.toArray(), [1, 2]);
});

Deno.test("grad: a function may return its argument", () => {
  const [value, dx] = valueAndGrad((x: Tensor) => x)(tensor(5));
  assertEquals([value.item(), dx.item()], [5, 1]);
  const [, { a, b }] = valueAndGrad((p: { a: Tensor; b: Tensor }) => p.a)({
    a: tensor([[5]]),
    b: zeros([2]),
  });
  assertEquals([a.toArray(), b.toArray()], [[[1]], [0, 0]]);
});

Deno.test("grad: a value that is the argument has memory that no step changes", () => {
  const x = tensor(5);
  const [value] = valueAndGrad((x: Tensor) => x)(x);
  x.dispose();
  assertEquals(value.item(), 5);
});

Deno.test("grad: of a constant it is zero", () => {
  const outside = tensor(7);
  for (const f of [() => outside, () => tensor(7), (x: Tensor) => stopGradient(sum(x))]) {
    const [value, dx] = valueAndGrad(f)(tensor([3, 4]));
    assertEquals(value.item(), 7);
    assertEquals(dx.toArray(), [0, 0]);
  }
  assertEquals(outside.item(), 7);
});

Deno.test("grad: of what is not used it is zero", () => {
  const g = grad(({ a }: { a: Tensor; b: Tensor }) => sum(a))({ a: zeros([2]), b: zeros([1, 3]) });
  assertEquals([g.a.toArray(), g.b.toArray()], [[1, 1], [[0, 0, 0]]]);
});

Deno.test("grad: the same tensor for two arguments is two variables", () => {
  const x = tensor(3);
  const f = ({ a, b }: { a: Tensor; b: Tensor }) => mul(square(a), b);
  const g = grad(f)({ a: x, b: x });
  assertEquals([g.a.item(), g.b.item()], [18, 9]);
});

Deno.test("grad: a parameter read from outside the arguments is a constant", () => {
  const w = tensor(3);
  assertEquals(grad((x: Tensor) => mul(x, w))(w).item(), 3, "not 6");
});

Deno.test("grad: stopGradient is a constant, to any order", () => {
  const f = (x: Tensor) => mul(square(x), stopGradient(square(x)));
  const x = scalar(3);
  assertEquals(f(x).item(), 81);
  assertEquals(grad(f)(x).item(), 54, "2 x · c");
  assertEquals(grad(grad(f))(x).item(), 18, "2 c");
  assertEquals(grad(grad(grad(f)))(x).item(), 0);
  const gone = (x: Tensor) => mul(x, stopGradient(grad(square)(x)));
  assertEquals(grad(gone)(x).item(), 6);
});

Deno.test("grad: stopGradient shares memory and passes on values", () => {
  const x = tensor([NaN, 1]);
  const y = stopGradient(x);
  assertStrictEquals(y.dataSync()[0], NaN);
  assertEquals([y.shape, y.dtype], [[2], "float32"]);
  x.dispose();
  assertEquals(y.dataSync()[1], 1);
});

Deno.test("grad: the result must be a scalar", () => {
  const message =
    "Cannot compute gradient: the function must return a scalar: its result is [2]; " +
    "reduce it with sum(y) or mean(y), or take jacobian(f) or vjp(f, x)";
  assertExactError(() => grad(square)(tensor([1, 2])), ShapeError, message);
  assertExactError(() => grad(() => zeros([2]))(tensor([1, 2])), ShapeError, message);
});

Deno.test("grad: a result of integers is an error, not a gradient of zeros", () => {
  const message = "Cannot compute gradient: y must be float32 or float64: y is int32 []; " +
    "no gradient flows through integers";
  const f = (x: Tensor) => sum(cast(x, "int32"));
  assertExactError(() => grad(f)(tensor([1, 2])), ShapeError, message);
  assertExactError(() => valueAndGrad(f)(tensor([1, 2])), ShapeError, message);
  assertExactError(
    () => grad(() => sum(tensor([1], { dtype: "int32" })))(tensor(1)),
    ShapeError,
    message,
  );
});

Deno.test("grad: the result must be a tensor, at once", () => {
  const rule = "Cannot compute gradient: the function must return a tensor: got";
  const wrong: [result: unknown, got: string][] = [
    [Promise.resolve(), "a promise; it must not be async"],
    [3, "number"],
    [undefined, "undefined"],
    [[tensor(1)], "object"],
  ];
  for (const [result, got] of wrong) {
    const f = (() => result) as unknown as (x: Tensor) => Tensor;
    assertExactError(() => grad(f)(tensor(1)), TypeError, `${rule} ${got}`);
  }
  const f = (async (x: Tensor) => await square(x)) as unknown as (x: Tensor) => Tensor;
  assertExactError(
    () => valueAndGrad(f)(tensor(1)),
    TypeError,
    `${rule} a promise; it must not be async`,
  );
});

Deno.test("grad: the first argument must hold float tensors", () => {
  assertExactError(
    () => grad((x: Tensor) => x)(tensor([1], { dtype: "int32" })),
    ShapeError,
    "Cannot watch: only float32 and float64 tensors have gradients: the tensor is int32 [1]",
  );
  assertExactError(
    () => grad(({ x }: { x: Tensor; n: number }) => x)({ x: tensor(1), n: 3 }),
    TypeError,
    "Cannot compute gradient: it takes tensors in nested objects and arrays: n is the number 3",
  );
});

Deno.test("grad: an error of the function comes through", () => {
  const f = (): Tensor => {
    throw new RangeError("of my own");
  };
  assertExactError(() => grad(f)(tensor(1)), RangeError, "of my own");
});

Deno.test("grad: types follow the function's", () => {
  const f = (p: { w: Tensor }, x: Tensor, n: number) => sum(mul(mul(p.w, x), n));
  const g: (p: { w: Tensor }, x: Tensor, n: number) => { w: Tensor } = grad(f);
  const [value, grads]: [Tensor, { w: Tensor }] = valueAndGrad(f)(
    { w: tensor(2) },
    tensor(3),
    4,
  );
  assertEquals([value.item(), grads.w.item()], [24, 12]);
  assertEquals(g({ w: tensor(2) }, tensor(3), 4).w.item(), 12);
  const wrong = [
    // @ts-expect-error: x and n are missing
    () => grad(f)({ w: tensor(2) }),
    // @ts-expect-error: n is a number
    () => grad(f)({ w: tensor(2) }, tensor(3), "4"),
    // @ts-expect-error: a function of numbers has no gradient
    () => grad((x: number) => x),
  ];
  assertEquals(wrong.length, 3);
});
