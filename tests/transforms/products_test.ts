// vjp, jvp and hvp: structures, constants, nesting, memory, errors.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Arena,
  cast,
  checkGrad,
  exp,
  grad,
  hvp,
  jvp,
  mul,
  referenceBackend,
  ShapeError,
  square,
  stopGradient,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
  vjp,
  zeros,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = referenceBackend();
const vector = (...values: number[]) => tensor(values, { dtype: "float64", backend });
const cubes = (x: Tensor) => mul(x, mul(x, x));
const totalOfCubes = (x: Tensor) => sum(cubes(x));

interface Params {
  w: Tensor;
  layers: [Tensor, Tensor];
  none: null;
}

/** Computes two results, one of which needs all parameters, and a constant. */
function model({ w, layers: [a, b] }: Params, scale: number, c: Tensor) {
  return { y: mul(mul(w, a), b), list: [mul(w, scale), c] };
}

const params = (): Params => ({
  w: vector(1, 2),
  layers: [vector(3, 4), vector(5, 6)],
  none: null,
});

Deno.test("vjp: results and gradients in their structures; the pullback is called twice", () => {
  const [y, pullback] = vjp(model, params(), 10, vector(7));
  assertEquals([y.y.toArray(), y.list[0].toArray(), y.list[1].toArray()], [[15, 48], [10, 20], [
    7,
  ]]);
  const dy = { y: vector(1, 0), list: [vector(0, 1), vector(9)] };
  for (let time = 0; time < 2; time++) {
    const dx = pullback(dy);
    assertEquals(dx.w.toArray(), [15, 10]);
    assertEquals(dx.layers.map((t) => t.toArray()), [[5, 0], [3, 0]]);
    assertStrictEquals(dx.none, null);
  }
  pullback.dispose();
});

Deno.test("vjp: what is absent from dy counts as zeros", () => {
  const [, pullback] = vjp(model, params(), 10, vector(7));
  const only = { list: [vector(1, 1)] } as unknown as ReturnType<typeof model>;
  assertEquals(pullback(only).w.toArray(), [10, 10]);
  const nothing = {} as unknown as ReturnType<typeof model>;
  assertEquals(pullback(nothing).layers[1].toArray(), [0, 0]);
});

Deno.test("vjp: results of integers, constants and the parameters themselves", () => {
  const [y, pullback] = vjp(
    (x: Tensor) => ({ x, rounded: cast(x, "int32"), constant: vector(1) }),
    vector(1.5, -2),
  );
  assertEquals([y.x.toArray(), y.rounded.toArray()], [[1.5, -2], [1, -2]]);
  const dy = { x: vector(3, 4), constant: vector(5) } as typeof y;
  assertEquals(pullback(dy).toArray(), [3, 4]);
});

Deno.test("vjp: what becomes of y does not disturb the pullback", () => {
  const [y, pullback] = vjp(exp, vector(0));
  y.dispose();
  assertEquals(pullback(vector(2)).toArray(), [2]);
});

Deno.test("vjp: value and gradient have gradients", () => {
  checkGrad(
    (x, dy) => {
      const [y, pullback] = vjp(cubes, x);
      return mul(y, pullback(dy));
    },
    [vector(1.25, -0.5), vector(2, 0.75)],
    { order: 2 },
  );
});

Deno.test("jvp: results and derivatives in their structures", () => {
  const tangents = { w: vector(1, 0), layers: [vector(0, 1), null], none: null };
  const along = tangents as unknown as Params;
  const f = (p: Params, scale: number) => ({ ...model(p, scale, p.w), constant: vector(1) });
  const [y, dy] = jvp(f, params(), along, 10);
  assertEquals(y.y.toArray(), [15, 48]);
  assertEquals(dy.y.toArray(), [15, 12]);
  assertEquals(dy.list.map((t) => t.toArray()), [[10, 0], [1, 0]]);
  assertEquals(dy.constant.toArray(), [0]);
});

Deno.test("jvp: value and derivative have gradients, also with respect to the direction", () => {
  checkGrad(
    (x, v) => {
      const [y, dy] = jvp(cubes, x, v);
      return mul(y, dy);
    },
    [vector(1.25, -0.5), vector(2, 0.75)],
    { order: 2 },
  );
});

Deno.test("jvp: forward over forward is the second derivative along two directions", () => {
  const slope = (x: Tensor) => jvp(cubes, x, vector(1, 2))[1];
  assertEquals(jvp(slope, vector(2, 3), vector(10, 1))[1].toArray(), [120, 36]); // 6 x · v · u
});

Deno.test("jvp: a variable from outside is a constant, to jvp in jvp too", () => {
  const inner = (x: Tensor) => jvp((y: Tensor) => mul(x, y), vector(1), vector(1))[1];
  assertEquals(jvp((x) => mul(x, inner(x)), vector(3), vector(1))[1].toArray(), [6]);
  assertEquals(jvp(stopGradient, vector(3), vector(1))[1].toArray(), [0]);
});

Deno.test("hvp: the second derivatives times a vector, in the structure of the parameters", () => {
  assertEquals(hvp(totalOfCubes, vector(2, 3), vector(1, 10)).toArray(), [12, 180]);
  const f = ({ a, b }: { a: Tensor; b: Tensor }, k: number) => sum(mul(mul(square(a), b), k));
  const product = hvp(f, { a: vector(2), b: vector(3) }, { a: vector(1), b: vector(10) }, 2);
  assertEquals([product.a.toArray(), product.b.toArray()], [[2 * (6 + 40)], [8]]);
});

Deno.test("hvp: of a function that is linear, or constant, it is zero", () => {
  assertEquals(hvp((x: Tensor) => sum(x), vector(1, 2), vector(3, 4)).toArray(), [0, 0]);
  assertEquals(hvp(() => vector(1), vector(1, 2), vector(3, 4)).toArray(), [0, 0]);
});

Deno.test("hvp: agrees with differences of gradients, and has a gradient", () => {
  const f = (x: Tensor) => sum(mul(tanh(x), exp(x)));
  checkGrad((x, v) => hvp(f, x, v), [vector(0.5, -1, 0.25), vector(1, 2, -1)], { order: 2 });
  const [x, v] = [vector(0.5, -1), vector(1, 2)];
  const forward = jvp(grad(f), x, v)[1].dataSync();
  hvp(f, x, v).dataSync().forEach((value, i) => {
    assertEquals(value.toPrecision(12), forward[i].toPrecision(12));
  });
});

/** Counts the bytes that a call leaves behind, its results excepted. */
function bytesLeft(run: () => Tensor[]): number {
  const before = backend.liveBytes;
  const results = run();
  const values = results.map((t) => t.toArray());
  const left = backend.liveBytes - before - results.reduce((n, { bytes }) => n + bytes, 0);
  assertEquals(results.map((t) => t.toArray()), values, "results outlive the call");
  for (const t of results) t.dispose();
  return left;
}

Deno.test("transforms: only results are left in memory", () => {
  const [x, v] = [vector(1, 2, 3), vector(1, 0, -1)];
  assertEquals(bytesLeft(() => jvp(cubes, x, v)), 0);
  assertEquals(bytesLeft(() => [hvp(totalOfCubes, x, v)]), 0);
  assertEquals(
    bytesLeft(() => {
      const [y, pullback] = vjp(cubes, x);
      const results = [y, pullback(v), pullback(v)];
      pullback.dispose();
      pullback.dispose();
      return results;
    }),
    0,
  );
});

Deno.test("transforms: a failed call leaves nothing in memory", () => {
  const x = vector(1, 2, 3);
  const before = backend.liveBytes;
  const failing = (x: Tensor): Tensor => {
    cubes(x);
    throw new RangeError("of my own");
  };
  for (const run of [() => vjp(failing, x), () => jvp(failing, x, x), () => hvp(failing, x, x)]) {
    assertExactError(run, RangeError, "of my own");
    assertEquals(backend.liveBytes, before);
  }
});

Deno.test("transforms: an arena around owns results, and what a pullback holds", () => {
  const [x, v] = [vector(1, 2, 3), vector(1, 0, -1)];
  const before = backend.liveBytes;
  let pullback;
  {
    using arena = new Arena();
    arena.follow({ x, v });
    jvp(cubes, x, v);
    hvp(totalOfCubes, x, v);
    pullback = vjp(cubes, x)[1];
    pullback(v);
  }
  assertEquals(backend.liveBytes, before);
  assertExactError(
    () => pullback(v),
    TypeError,
    "Cannot compute vjp: the pullback must not be disposed of: it was",
  );
});

Deno.test("transforms: a tape around records them", () => {
  const x = vector(2);
  using tape = new Tape();
  tape.watch(x);
  const [, pullback] = vjp(cubes, x);
  const dx = pullback(tape.adopt(vector(1)));
  assertEquals(dx.toArray(), [12]);
  assertEquals(tape.gradient(dx, x).toArray(), [12]);
});

Deno.test("transforms: errors", () => {
  const x = vector(1, 2);
  const [, pullback] = vjp((x: Tensor) => ({ loss: sum(x) }), x);
  assertExactError(
    () => pullback({ loss: x }),
    ShapeError,
    "Cannot compute vjp: dy.loss must have the shape and dtype of y.loss: dy.loss is float64 [2], " +
      "y.loss is float64 []",
  );
  assertExactError(
    () => pullback({ loss: null, more: x } as never),
    TypeError,
    "Cannot compute vjp: dy must have the structure of y: dy.more is a tensor, y.more is not",
  );
  assertExactError(
    () => jvp(cubes, x, zeros([2], { backend })),
    ShapeError,
    "Cannot compute jvp: tangents must have the shape and dtype of params: tangents is float32 " +
      "[2], params is float64 [2]",
  );
  assertExactError(
    () => jvp(([x]: Tensor[]) => x, [x], [x, x]),
    TypeError,
    "Cannot compute jvp: tangents must have the structure of params: tangents[1] is a tensor, " +
      "params[1] is not",
  );
  assertExactError(
    () => jvp((x: Tensor) => [x, cast(x, "int32")], x, x),
    ShapeError,
    "Cannot compute jvp: results must be float32 or float64: [1] is int32 [2]",
  );
  assertExactError(
    () => hvp(square, x, x),
    ShapeError,
    "Cannot compute gradient: the function must return a scalar: its result is [2]; reduce it " +
      "with sum(y) or mean(y), or take jacobian(f) or vjp(f, x)",
  );
  const promise = "the function must return tensors in nested objects and arrays: got a promise; " +
    "it must not be async";
  const f = (async (x: Tensor) => await square(x)) as unknown as (x: Tensor) => Tensor;
  assertExactError(() => vjp(f, x), TypeError, `Cannot compute vjp: ${promise}`);
  assertExactError(() => jvp(f, x, x), TypeError, `Cannot compute jvp: ${promise}`);
  assertThrows(
    () => vjp(() => 3 as unknown as Tensor, x),
    TypeError,
    "Cannot compute vjp: it takes",
  );
});
