// customGrad: gradients of the user's own, their structures, their gradients, errors.

import { assertEquals } from "@std/assert";
import {
  add,
  cast,
  checkGrad,
  checkpoint,
  customGrad,
  exp,
  grad,
  log,
  mean,
  mul,
  neg,
  Random,
  referenceBackend,
  relu,
  ShapeError,
  square,
  sub,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = referenceBackend();
const vector = (...values: number[]) => tensor(values, { dtype: "float64", backend });

Deno.test("customGrad: a straight-through estimator", () => {
  const truncate = customGrad((x: Tensor) => cast(cast(x, "int32"), "float64"), (dy) => [dy]);
  const x = vector(1.5, -2.75);
  assertEquals(truncate(x).toArray(), [1, -2]);
  assertEquals(grad((x: Tensor) => sum(square(truncate(x))))(x).toArray(), [2, -4]);
});

Deno.test("customGrad: a reversed gradient has a reversed gradient", () => {
  const reverse = customGrad((x: Tensor) => mul(x, 1), (dy) => [neg(dy)]);
  const f = (x: Tensor) => sum(mul(square(reverse(x)), x));
  // 2 reversed: -2 x · x + x²; again, of what is now -2 r(x) x + r(x)².
  assertEquals(grad(f)(vector(3)).toArray(), [-9]);
});

Deno.test("customGrad: backward gets arguments and result, and is differentiated itself", () => {
  // log(sum(exp(x))) · scale, whose gradient is the softmax.
  const logSumExp = customGrad(
    (x: Tensor, { scale }: { scale: number }) => mul(log(sum(exp(x))), scale),
    (dy, [x, { scale }], y) => [mul(mul(dy, scale), exp(sub(x, mul(y, 1 / scale))))],
  );
  checkGrad((x) => logSumExp(x, { scale: 2 }), vector(0.5, -1, 0.25), { order: 2 });
});

Deno.test("customGrad: several arguments, nested ones, some without a gradient", () => {
  const f = customGrad(
    ({ w, list }: { w: Tensor; list: Tensor[] }, x: Tensor) => mul(mul(w, list[0]), x),
    (dy, [{ list }, x]) => [{ w: mul(mul(dy, list[0]), x), list: [] }, null],
  );
  const params = { p: { w: vector(2), list: [vector(3)] }, x: vector(5) };
  const dp = grad(({ p, x }: typeof params) => f(p, x))(params);
  assertEquals([dp.p.w.item(), dp.p.list[0].item(), dp.x.item()], [15, 0, 0]);
});

Deno.test("customGrad: a shape that depends on nothing, memory and the tape's entry", () => {
  const meanOfRelu = (x: Tensor) => mean(relu(add(x, 1)));
  const f = customGrad(meanOfRelu, (dy, [x]) => [mul(dy, x)]);
  const generator = new Random(1);
  const x = tensor(Float64Array.from({ length: 10 }, () => generator.normal()), { backend });
  const before = backend.liveBytes;
  {
    using tape = new Tape();
    tape.watch(x);
    const y = f(x);
    assertEquals(tape.entries.map(({ op }) => op.name), ["meanOfRelu"]);
    assertEquals(backend.liveBytes, before + 8);
    assertEquals(tape.gradient(y, x).toArray(), x.toArray());
  }
  assertEquals(backend.liveBytes, before);
});

Deno.test("customGrad: a name of one's own in tables", () => {
  const f = customGrad((x: Tensor) => mul(x, 2), (dy) => [dy], { name: "twice" });
  const g = checkpoint((x: Tensor) => mul(x, 2), { name: "block 1" });
  using tape = new Tape();
  const x = tape.watch(vector(1));
  g(f(x));
  assertEquals(tape.entries.map(({ op }) => op.name), ["twice", "block 1"]);
});

Deno.test("customGrad: errors", () => {
  const x = vector(1, 2);
  const run = (gradients: unknown) => {
    const f = customGrad(square, (() => gradients) as never);
    return () => grad((x: Tensor) => sum(f(x)))(x);
  };
  assertExactError(
    run(x),
    TypeError,
    "Cannot compute gradient: backward of square must return a list with a gradient or null for " +
      "each argument: got object",
  );
  assertExactError(
    run([x, x]),
    TypeError,
    "Cannot compute gradient: backward of square must return gradients in the structure of the " +
      "arguments: there is one at [1], where no argument is a tensor",
  );
  assertExactError(
    run([vector(1)]),
    ShapeError,
    "Cannot compute gradient: op square must return a gradient of [0]'s shape and dtype: [0] is " +
      "float64 [2], its gradient is float64 [1]",
  );
  const constant = customGrad((_: Tensor) => x, (dy) => [dy]);
  assertEquals(grad((x: Tensor) => sum(constant(x)))(x).toArray(), [1, 1]);
  using tape = new Tape();
  tape.watch(x);
  assertExactError(
    () => constant(vector(3, 4)),
    TypeError,
    "Cannot apply customGrad: the function must be given every watched tensor as an argument: its " +
      "result, float64 [2], depends on one that it reads from outside",
  );
  const f = customGrad((() => 3) as unknown as (x: Tensor) => Tensor, (dy) => [dy]);
  assertExactError(
    () => f(x),
    TypeError,
    "Cannot apply customGrad: the function must return a tensor: got number",
  );
});
