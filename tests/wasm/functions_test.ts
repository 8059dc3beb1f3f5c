// The smooth functions of the WASM backend, over all of float32: errors in units of the last place.

import { AssertionError } from "@std/assert";
import {
  type Backend,
  exp,
  log,
  sigmoid,
  tanh,
  type Tensor,
  tensor,
  wasmBackend,
} from "@tapegrad/tapegrad";
import { assertSame } from "../support/compare.ts";

interface SmoothFunction {
  readonly of: (x: Tensor) => Tensor;
  /** In float64, where it is right to many more digits than are compared. */
  readonly exact: (x: number) => number;
  /** Largest error in units of the last place; what the kernel's docs say. */
  readonly bound: number;
  /** Where rounding has its worst cases. */
  readonly from: number;
  readonly to: number;
}

const FUNCTIONS: readonly SmoothFunction[] = [
  { of: exp, exact: Math.exp, bound: 1.5, from: -105, to: 90 },
  { of: log, exact: Math.log, bound: 1, from: 0.25, to: 4 },
  { of: tanh, exact: Math.tanh, bound: 1.5, from: -10, to: 10 },
  { of: sigmoid, exact: exactSigmoid, bound: 2.5, from: -105, to: 20 },
];

function exactSigmoid(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

/** Floats of every exponent and either sign, infinities and NaN, and many from an interval. */
function points(from: number, to: number): Float32Array {
  const bits = Uint32Array.from({ length: 2 ** 16 }, (_, i) => i * 2 ** 16 + (i * 40503) % 2 ** 16);
  const count = 100_000;
  const dense = Array.from({ length: count }, (_, i) => from + (to - from) * i / count);
  const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126];
  return Float32Array.from([...special, ...new Float32Array(bits.buffer), ...dense]);
}

/** The distance of a float32 of this magnitude and the next. */
function lastPlace(value: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -126) - 23);
}

function check({ of, exact, bound, from, to }: SmoothFunction, backend: Backend): void {
  const x = points(from, to);
  const y = of(tensor(x, { backend })).dataSync();
  for (let i = 0; i < x.length; i++) {
    const expected = exact(x[i]);
    const rounded = Math.fround(expected);
    // Equal, zeros of the same sign among them, or near.
    if (Object.is(y[i], rounded)) continue;
    const near = Math.abs(y[i] - expected) <= bound * lastPlace(expected);
    if (near && Number.isFinite(rounded) && rounded !== 0) continue;
    throw new AssertionError(`${of.name}(${x[i]}) is ${y[i]}, not ${expected}`);
  }
}

for (const simd of ["relaxed", "plain"] as const) {
  for (const f of FUNCTIONS) {
    Deno.test(`wasm: ${f.of.name} is within ${f.bound} ulp everywhere (${simd} SIMD)`, () => {
      using backend = wasmBackend({ threads: 1, simd });
      check(f, backend);
    });
  }
}

Deno.test("wasm: smooth functions have values where they have limits", () => {
  using backend = wasmBackend({ threads: 1 });
  const x = tensor([Infinity, -Infinity, 0, -0, NaN], { backend });
  const values = (f: (x: Tensor) => Tensor) => f(x).dataSync();
  assertSame(values(exp), [Infinity, 0, 1, 1, NaN], "exp");
  assertSame(values(log), [Infinity, NaN, -Infinity, -Infinity, NaN], "log");
  assertSame(values(tanh), [1, -1, 0, -0, NaN], "tanh");
  assertSame(values(sigmoid), [1, 0, 0.5, 0.5, NaN], "sigmoid");
});
