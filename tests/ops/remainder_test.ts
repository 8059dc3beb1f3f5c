// Remainders of divisions: signs, zeros, infinities, integers, long quotients, gradients.

import { assertEquals, AssertionError } from "@std/assert";
import {
  type Backend,
  type DType,
  fmod,
  grad,
  mod,
  Random,
  referenceBackend,
  sum,
  type Tensor,
  tensor,
  wasmBackend,
} from "@tapegrad/tapegrad";

/** NumPy 2.4: np.mod and np.fmod. */
const VALUES: readonly (readonly [a: number, b: number, mod: number, fmod: number])[] = [
  [7, 3, 1, 1],
  [-7, 3, 2, -1],
  [7, -3, -2, 1],
  [-7, -3, -1, -1],
  [5.5, 1.25, 0.5, 0.5],
  [-0.25, 1, 0.75, -0.25],
  [6, 3, 0, 0],
  [-6, 3, 0, -0],
  [6, -3, -0, 0],
  [-0, 3, 0, -0],
  [0, -3, -0, 0],
  [1, 0, NaN, NaN],
  [0, 0, NaN, NaN],
  [Infinity, 2, NaN, NaN],
  [2, Infinity, 2, 2],
  [-2, Infinity, Infinity, -2],
  [2, -Infinity, -Infinity, 2],
  [-2, -Infinity, -2, -2],
  [NaN, 2, NaN, NaN],
  [2, NaN, NaN, NaN],
  [2 ** 100, 3, 1, 1],
  [2 ** -149, 2 ** -148, 2 ** -149, 2 ** -149],
  [3e38, 2 ** -149, 0, 0],
];

function checkSame(y: Tensor, expected: readonly number[], what: string): void {
  y.dataSync().forEach((value, i) => {
    if (Object.is(value, expected[i])) return;
    throw new AssertionError(`${what}: element ${i} is ${value}, not ${expected[i]}`);
  });
}

Deno.test("remainders: signs, zeros, infinities and NaN are NumPy's", () => {
  using wasm = wasmBackend({ threads: 1 });
  for (const backend of [referenceBackend(), wasm]) {
    for (const dtype of ["float32", "float64"] as const) {
      const [a, b] = [0, 1].map((i) => tensor(VALUES.map((v) => v[i]), { dtype, backend }));
      const what = `${backend.name}, ${dtype}`;
      checkSame(mod(a, b), VALUES.map((v) => v[2]), `mod on ${what}`);
      checkSame(fmod(a, b), VALUES.map((v) => v[3]), `fmod on ${what}`);
    }
  }
});

Deno.test("remainders: of integers, which do not wrap; a divisor of 0 gives 0", () => {
  const of = (dtype: DType, ...values: number[]) => tensor(values, { dtype });
  const least = -(2 ** 31);
  const a = of("int32", 7, -7, 7, -7, 5, least, least, 2 ** 31 - 1);
  const b = of("int32", 3, 3, -3, -3, 0, -1, 3, -2);
  assertEquals(mod(a, b).toArray(), [1, 2, -2, -1, 0, 0, 1, -1]);
  assertEquals(fmod(a, b).toArray(), [1, -1, 1, -1, 0, 0, -2, 1]);
  const [bytes, by] = [of("uint8", 255, 200, 9), of("uint8", 7, 201, 0)];
  for (const f of [mod, fmod]) {
    const y = f(bytes, by);
    assertEquals([y.dtype, y.toArray()], ["uint8", [3, 200, 0]]);
  }
});

/** Floats of all magnitudes, of which no two quotients are alike. */
function floats(seed: number, count: number): Float32Array {
  const random = new Random(seed);
  return new Float32Array(
    Uint32Array.from({ length: count }, () => random.integer(2 ** 32)).buffer,
  );
}

/** Floats of magnitudes that are near one another. */
function near(seed: number, count: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from(
    { length: count },
    () => (random.uniform() - 0.5) * 2 ** random.integer(30),
  );
}

function checkExact(a: Float32Array, b: Float32Array, backend: Backend): void {
  const [x, by] = [a, b].map((values) => tensor(values, { backend }));
  const rest = Array.from(a, (v, i) => Math.fround(v % b[i]));
  checkSame(fmod(x, by), rest, "fmod");
  const floored = rest.map((v, i) => {
    if (v === 0) return b[i] < 0 ? -0 : 0;
    return v < 0 === b[i] < 0 ? v : Math.fround(v + b[i]);
  });
  checkSame(mod(x, by), floored, "mod");
}

Deno.test("remainders: exact for floats of any bits, on one thread and on three", () => {
  const count = 40_000;
  for (const simd of ["relaxed", "plain"] as const) {
    for (const threads of [1, 3]) {
      using backend = wasmBackend({ threads, simd });
      checkExact(floats(1, count), floats(2, count), backend);
      checkExact(near(3, count), near(4, count), backend);
    }
  }
});

Deno.test("remainders: the gradient of a divisor is told from the result", () => {
  const grads = (f: (a: Tensor, b: Tensor) => Tensor, a: number[], b: number[]) => {
    const of = (values: number[]) => tensor(values, { dtype: "float64" });
    const g = grad((p: { a: Tensor; b: Tensor }) => sum(f(p.a, p.b)))({ a: of(a), b: of(b) });
    return [g.a.toArray(), g.b.toArray()];
  };
  assertEquals(grads(mod, [7.5, -7.5], [2, 2]), [[1, 1], [-3, 4]]);
  assertEquals(grads(fmod, [7.5, -7.5], [2, 2]), [[1, 1], [-3, 3]]);
  // 5e15 / 0.1 rounds up to a whole number, 5e16, of which there is one less in it.
  const quotient = (5e15 - 5e15 % 0.1) / 0.1;
  assertEquals(grads(fmod, [5e15], [0.1])[1], [-Math.round(quotient)]);
  assertEquals(grads(mod, [1], [0])[1], [NaN]);
});
