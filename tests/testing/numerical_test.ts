// Derivatives by differences: structures, orders of accuracy, memory, errors.

import { assert, assertEquals } from "@std/assert";
import {
  exp,
  mul,
  referenceBackend,
  ShapeError,
  square,
  sum,
  tanh,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { numericalDerivative, numericalGradient } from "../../src/testing/mod.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = referenceBackend();
const vector = (...values: number[]) => tensor(values, { backend });

Deno.test("numericalGradient: in the structure of the inputs, in float64", () => {
  const inputs = { a: vector(1, 2), list: [vector(3, -1)], n: tensor([5], { dtype: "int32" }) };
  const f = ({ a, list }: typeof inputs) => sum(mul(square(a), list[0]));
  const before = backend.liveBytes;
  const dx = numericalGradient(f, inputs, { step: 1 });
  assertEquals([dx.a.toArray(), dx.list[0].toArray()], [[6, -4], [1, 4]]);
  assertEquals([dx.a.dtype, dx.n], ["float64", inputs.n]);
  assertEquals(backend.liveBytes - before, 4 * 8, "the gradients alone");
});

Deno.test("numericalGradient: errors fall with the square and the fourth power of the step", () => {
  const error = (order: 2 | 4, step: number) =>
    Math.abs(numericalGradient(exp, vector(0), { order, step }).dataSync()[0] - 1);
  for (const order of [2, 4] as const) {
    const ratio = error(order, 0.1) / error(order, 0.05);
    assert(Math.abs(Math.log2(ratio) - order) < 0.02, `${order}: ${ratio}`);
  }
});

Deno.test("numericalDerivative: along a direction, in two calls or four", () => {
  let calls = 0;
  const f = ({ a, b }: { a: Tensor; b: Tensor }) => {
    calls++;
    return sum(mul(tanh(a), b));
  };
  const [inputs, along] = [{ a: vector(0, 0), b: vector(2, 3) }, {
    a: vector(1, 0.5),
    b: vector(1, 1),
  }];
  for (const order of [2, 4] as const) {
    calls = 0;
    const slope = numericalDerivative(f, inputs, along, { order });
    assert(Math.abs(slope - 3.5) < 1e-8, `${slope}`);
    assertEquals(calls, order);
  }
});

Deno.test("numerical: errors", () => {
  const [x, action] = [vector(1, 2), "Cannot compute numerical gradient:"];
  assertExactError(
    () => numericalGradient(square, x),
    ShapeError,
    `${action} the function must return a scalar: its result is [2]`,
  );
  assertExactError(
    () => numericalGradient((() => 3) as unknown as typeof square, x),
    TypeError,
    `${action} the function must return a tensor: got number`,
  );
  assertExactError(
    () => numericalGradient(square, tensor([1], { dtype: "int32" })),
    TypeError,
    `${action} inputs must hold a float tensor: there is none`,
  );
  assertExactError(
    () => numericalGradient(square, x, { step: -1 }),
    RangeError,
    `${action} step must be a positive number: got -1`,
  );
  assertExactError(
    () => numericalGradient(square, x, { order: 3 as 2 }),
    RangeError,
    `${action} order must be 2 or 4: got 3`,
  );
  assertExactError(
    () => numericalDerivative(sum, x, vector(1)),
    ShapeError,
    "Cannot compute numerical derivative: direction must have the structure and shapes of inputs: " +
      "direction has x [1], inputs have x [2]",
  );
});
