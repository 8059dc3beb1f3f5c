// The smooth functions of single floats where they have no neighbours: ends of domains, poles, zeros
// of either sign, infinities, NaN, numbers next to 0; and the gradients there.

import { assert, assertEquals, AssertionError } from "@std/assert";
import {
  acos,
  acosh,
  asin,
  atan,
  atanh,
  type Backend,
  grad,
  reciprocal,
  referenceBackend,
  rsqrt,
  sum,
  type Tensor,
  tensor,
  wasmBackend,
} from "@tapegrad/tapegrad";
import { type FloatFunction, floatFunctions } from "../support/float_functions.ts";

function checkEdges(name: string, { of, edges }: FloatFunction, backend: Backend): void {
  for (const dtype of ["float32", "float64"] as const) {
    const all = [...edges, [NaN, NaN] as const];
    const y = of(tensor(all.map(([x]) => x), { dtype, backend })).dataSync();
    all.forEach(([x, expected], i) => {
      const rounded = dtype === "float32" ? Math.fround(expected) : expected;
      if (Object.is(y[i], rounded)) return;
      throw new AssertionError(`${name}(${x}) in ${dtype} is ${y[i]}, not ${rounded}`);
    });
  }
}

for (const [name, description] of Object.entries(floatFunctions)) {
  Deno.test(`${name}: ends of its domain, poles, zeros, infinities and NaN`, () => {
    checkEdges(name, description, referenceBackend());
    using backend = wasmBackend({ threads: 1 });
    checkEdges(name, description, backend);
  });
}

Deno.test("float functions: the smallest numbers stay what they are where a function is x", () => {
  const tiny = [2 ** -149, -(2 ** -149), 3 * 2 ** -140, 2 ** -126, -1e-30].map(Math.fround);
  const found = new Set<string>();
  using wasm = wasmBackend({ threads: 1 });
  for (const backend of [referenceBackend(), wasm]) {
    for (const [name, { of, exact }] of Object.entries(floatFunctions)) {
      if (tiny.some((x) => Math.fround(exact(x)) !== x)) continue;
      assertEquals([...of(tensor(tiny, { backend })).dataSync()], tiny, name);
      found.add(name);
    }
  }
  assert(found.has("sin") && !found.has("cos"));
});

Deno.test("float functions: gradients at ends of domains and at poles", () => {
  const at = (f: (x: Tensor) => Tensor, x: number[]) =>
    grad((x: Tensor) => sum(f(x)))(tensor(x, { dtype: "float64" })).toArray();
  assertEquals(at(asin, [-1, 0, 1, 2]), [Infinity, 1, Infinity, NaN]);
  assertEquals(at(acos, [-1, 0, 1, 2]), [-Infinity, -1, -Infinity, NaN]);
  assertEquals(at(atan, [-Infinity, 0, Infinity]), [0, 1, 0]);
  assertEquals(at(acosh, [1, 0.5, -2]), [Infinity, NaN, NaN]);
  assertEquals(at(atanh, [-1, 0, 1]), [Infinity, 1, Infinity]);
  assertEquals(at(reciprocal, [0, -2, Infinity]), [-Infinity, -0.25, -0]);
  assertEquals(at(rsqrt, [0, 4, -1]), [-Infinity, -0.0625, NaN]);
});
