// The smooth functions of the WASM backend, over all of float32: errors in units of the last place.

import { AssertionError } from "@std/assert";
import {
  type Backend,
  exp,
  gelu,
  grad,
  log,
  pow,
  sigmoid,
  softplus,
  sum,
  tanh,
  type Tensor,
  tensor,
  wasmBackend,
} from "@tapegrad/tapegrad";
import * as reference from "../../../src/backends/reference/functions.ts";
import { floatFunctions } from "../../support/float_functions.ts";
import { assertSame } from "../../support/compare.ts";

interface SmoothFunction {
  readonly of: (x: Tensor) => Tensor;
  /** Its own by default. */
  readonly name?: string;
  /** Exact function in float64, right to many more digits than are compared. */
  readonly exact: (x: number) => number;
  /** Largest error in units of the last place; what the kernel's docs say. */
  readonly bound: number;
  /** Ends of the range in which rounding has its worst cases. */
  readonly from: number;
  readonly to: number;
}

const FUNCTIONS: readonly SmoothFunction[] = [
  ...Object.values(floatFunctions).map(({ of, exact, ulp: bound, dense: [from, to] }) => (
    { of, exact, bound, from, to }
  )),
  { of: softplus, exact: reference.softplus, bound: 2, from: -105, to: 20 },
  { of: (x) => gelu(x), name: "gelu", exact: exactGelu, bound: 5, from: -15, to: 6 },
  { of: cube, exact: (x) => x ** 3, bound: 1.5, from: -10, to: 10 },
  { of: exponential, exact: (x) => Math.fround(1.7) ** x, bound: 1.5, from: -200, to: 170 },
];

function cube(x: Tensor): Tensor {
  return pow(x, 3);
}

function exponential(x: Tensor): Tensor {
  return pow(tensor(1.7, { backend: x.backend }), x);
}

function exactGelu(x: number): number {
  return x === -Infinity ? -0 : x * reference.erfc(-x * Math.SQRT1_2) / 2;
}

/**
 * Draws floats of every exponent and either sign, infinities and NaN, and many from an interval.
 */
function points(from: number, to: number): Float32Array {
  const bits = Uint32Array.from({ length: 2 ** 16 }, (_, i) => i * 2 ** 16 + (i * 40503) % 2 ** 16);
  const count = 100_000;
  const dense = Array.from({ length: count }, (_, i) => from + (to - from) * i / count);
  const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126];
  return Float32Array.from([...special, ...new Float32Array(bits.buffer), ...dense]);
}

/** Computes the distance of a float32 of this magnitude and the next. */
function lastPlace(value: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -126) - 23);
}

function check(
  { of, name = of.name, exact, bound, from, to }: SmoothFunction,
  backend: Backend,
): void {
  const x = points(from, to);
  const y = of(tensor(x, { backend })).dataSync();
  for (let i = 0; i < x.length; i++) {
    const expected = exact(x[i]);
    const rounded = Math.fround(expected);
    // Equal, zeros of the same sign among them, or near.
    if (Object.is(y[i], rounded)) continue;
    const near = Math.abs(y[i] - expected) <= bound * lastPlace(expected);
    // Half of the smallest float is as near to it as to 0.
    const isTie = Math.abs(expected) === 2 ** -150;
    if (near && Number.isFinite(rounded) && (rounded !== 0 || isTie)) continue;
    throw new AssertionError(`${name}(${x[i]}) is ${y[i]}, not ${expected}`);
  }
}

for (const simd of ["relaxed", "plain"] as const) {
  for (const f of FUNCTIONS) {
    Deno.test(`wasm: ${f.name ?? f.of.name} is within ${f.bound} ulp everywhere (${simd} SIMD)`, () => {
      using backend = wasmBackend({ threads: 1, simd });
      check(f, backend);
    });
  }
}

Deno.test("wasm: the derivative of gelu is within 4e-7 (its zero allows no bound in ulp)", () => {
  for (const simd of ["relaxed", "plain"] as const) {
    using backend = wasmBackend({ threads: 1, simd });
    const x = points(-15, 15).filter((v) => !Number.isNaN(v));
    const slopes = grad((x: Tensor) => sum(gelu(x)))(tensor(x, { backend })).dataSync();
    x.forEach((v, i) => {
      const density = Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
      const expected = reference.erfc(-v * Math.SQRT1_2) / 2 + (density === 0 ? 0 : v * density);
      if (Math.abs(slopes[i] - expected) <= 4e-7) return;
      throw new AssertionError(`the derivative of gelu at ${v} is ${slopes[i]}, not ${expected}`);
    });
  }
});

Deno.test("wasm: smooth functions have values where they have limits", () => {
  using backend = wasmBackend({ threads: 1 });
  const x = tensor([Infinity, -Infinity, 0, -0, NaN], { backend });
  const values = (f: (x: Tensor) => Tensor) => f(x).dataSync();
  assertSame(values(exp), [Infinity, 0, 1, 1, NaN], "exp");
  assertSame(values(log), [Infinity, NaN, -Infinity, -Infinity, NaN], "log");
  assertSame(values(tanh), [1, -1, 0, -0, NaN], "tanh");
  assertSame(values(sigmoid), [1, 0, 0.5, 0.5, NaN], "sigmoid");
});
