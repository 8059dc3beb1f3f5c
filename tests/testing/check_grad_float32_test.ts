// Gradients in float32, compared with differences in float64: what is right passes, to the last bit
// on grids, and what is wrong in float32 alone is named.

import { assertEquals, assertThrows } from "@std/assert";
import {
  cast,
  checkGrad,
  type CheckGradOptions,
  exp,
  GradientError,
  mul,
  square,
  sub,
  tanh,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { assertExactError } from "../support/exact_error.ts";
import { squareWith, weighted } from "../support/wrong_gradients.ts";

const a = tensor([[1, -0.5, 2]]);
const b = tensor([[0.25, 3, -1]]);

/** Returns the error of a check that must fail. */
function failure(f: (a: Tensor, b: Tensor) => Tensor, options?: CheckGradOptions): GradientError {
  return assertThrows(() => checkGrad(f, [a, b], options), GradientError);
}

Deno.test("checkGrad: gradients in float32 are compared with differences in float64", () => {
  const float32 = { dtype: "float32", order: 2 } as const;
  const right = weighted((dy) => ({ a: () => mul(dy, 2), b: () => mul(dy, 3) }));
  checkGrad(right, [a, b], { ...float32, exact: true });
  checkGrad((x, y) => tanh(mul(x, exp(y))), [a, b], float32);
  // Both are taken at the same points, which float32 can hold.
  const around = (x: Tensor) => square(sub(x, Math.fround(0.1)));
  checkGrad(around, tensor([0.1], { dtype: "float64" }), { ...float32, tolerance: 1e-12 });
  const seen = new Set<string>();
  const f = (x: Tensor) => {
    seen.add(x.dtype);
    return mul(x, x);
  };
  checkGrad(f, a, float32);
  assertEquals([...seen], ["float64", "float32"]);
});

Deno.test("checkGrad: in float32 a fault of float32 alone is found, by exact or the tolerance", () => {
  const off = (by: number) =>
    weighted((dy) => ({
      a: () => mul(dy, dy.dtype === "float32" ? 2 * (1 + by) : 2),
      b: () => mul(dy, 3),
    }));
  for (const order of [1, 2] as const) {
    checkGrad(off(0.5), [a, b], { order });
    const error = failure(off(2 ** -13), { dtype: "float32", order });
    assertEquals([error.input, error.order], ["x[0]", 1]);
    checkGrad(off(2 ** -15), [a, b], { dtype: "float32", order });
    failure(off(2 ** -23), { dtype: "float32", order, exact: true });
  }
  // Of the second order alone: the gradient's gradient is half of what it should be.
  const half = squareWith((ddx, dy, x) => ({
    dy: () => mul(ddx, mul(x, 2)),
    x: () => mul(ddx, mul(dy, dy.dtype === "float32" ? 1 : 2)),
  }));
  checkGrad(half, a, { order: 2 });
  checkGrad(half, a, { dtype: "float32" });
  const error = assertThrows(() => checkGrad(half, a, { dtype: "float32", order: 2 }));
  assertEquals([(error as GradientError).order, (error as GradientError).input], [2, "x"]);
});

Deno.test("checkGrad: another dtype, and a function that leaves float32, are refused", () => {
  assertExactError(
    () => checkGrad(square, a, { dtype: "int32" as "float32" }),
    RangeError,
    "Cannot check gradient: dtype must be float32 or float64: got int32",
  );
  assertExactError(
    () => checkGrad((x) => cast(x, "float64"), a, { dtype: "float32" }),
    TypeError,
    "Cannot check gradient: f must return a float32 tensor for float32 inputs: " +
      "got a tensor of float64",
  );
});
