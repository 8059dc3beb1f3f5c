// Sums of very many float32: what each of them adds is not lost beside all before it.

import { assert, assertEquals } from "@std/assert";
import {
  type Backend,
  cumsum,
  dense,
  dot,
  full,
  matmul,
  mean,
  ones,
  referenceBackend,
  sum,
  type Tensor,
  tensor,
  wasmBackend,
} from "../../mod.ts";
import { EFFORT } from "../support/effort.ts";

/** Largest relative error of a sum of elements of one sign, of any length. */
const BOUND = 2e-5;
const COUNT = 1e6;
/** Float32 next to 0.1: its sums are rounded to one side for long stretches. */
const TENTH = Math.fround(0.1);

function assertClose(y: Tensor, expected: number, what: string): void {
  for (const one of y.dataSync()) {
    assert(Math.abs(one / expected - 1) <= BOUND, `${what}: ${one} for ${expected}`);
  }
}

function onBackends(name: string, check: (backend: Backend, what: string) => void): void {
  for (const threads of EFFORT === "quick" ? [0, 3] : [0, 1, 3]) {
    const what = threads === 0 ? "reference" : `wasm, ${threads} threads`;
    Deno.test(`long sums: ${name}, ${what}`, () => {
      using backend = threads === 0 ? referenceBackend() : wasmBackend({ threads });
      check(backend, what);
    });
  }
}

onBackends("products of rows and columns of a million", (backend, what) => {
  const tenths = (shape: number[]) => full(shape, 0.1, { backend });
  const unit = (shape: number[]) => ones(shape, { backend });
  const expected = COUNT * TENTH;
  assertClose(dot(tenths([COUNT]), unit([COUNT])), expected, `dot, ${what}`);
  assertClose(matmul(tenths([2, COUNT]), unit([COUNT, 3])), expected, `matmul, ${what}`);
  const turned = { transposeA: true, transposeB: true };
  assertClose(matmul(tenths([COUNT, 2]), unit([3, COUNT]), turned), expected, `turned, ${what}`);
  assertClose(matmul(tenths([2, 1, COUNT]), unit([2, COUNT, 1])), expected, `batch, ${what}`);
  const bias = tensor([7, -9, 11], { backend });
  const y = dense(tenths([1, COUNT]), unit([COUNT, 3]), { bias, activation: "relu" });
  [7, -9, 11].forEach((one, i) => {
    assert(Math.abs(y.dataSync()[i] / (expected + one) - 1) <= BOUND, `dense, ${what}`);
  });
  const below = dense(tenths([5, COUNT]), full([COUNT, 9], -1, { backend }), {
    activation: "relu",
  });
  assertEquals(below.dataSync().every((one) => one === 0), true, what);
});

onBackends("products just above the longest on one accumulator", (backend, what) => {
  for (const inner of [4095, 4096, 4097, 4608, 5003]) {
    const values = Float32Array.from({ length: 5 * inner }, (_, i) => i % 7 - 3);
    const weights = Float32Array.from({ length: inner * 11 }, (_, i) => i % 5 - 2);
    const x = tensor(values, { shape: [5, inner], backend });
    const y = matmul(x, tensor(weights, { shape: [inner, 11], backend }));
    const expected = Array.from({ length: 55 }, (_, i) => {
      let sum = 0;
      const row = Math.floor(i / 11) * inner;
      for (let k = 0; k < inner; k++) sum += values[row + k] * weights[k * 11 + i % 11];
      return sum;
    });
    assertEquals([...y.dataSync()], expected, `${inner}, ${what}`);
  }
});

onBackends("running sums along any axis", (backend, what) => {
  for (const columns of [1, 3, 4, 9]) {
    const x = full([COUNT, columns], 0.1, { backend });
    const last = (y: Tensor, row: number) =>
      tensor(y.dataSync().slice(row * columns, (row + 1) * columns));
    for (const exclusive of [false, true]) {
      const expected = (exclusive ? COUNT - 1 : COUNT) * TENTH;
      const options = `${columns} columns, exclusive ${exclusive}, ${what}`;
      assertClose(last(cumsum(x, { axis: 0, exclusive }), COUNT - 1), expected, options);
      const back = cumsum(x, { axis: 0, exclusive, reverse: true });
      assertClose(last(back, 0), expected, `reversed, ${options}`);
      const middle = 700_001;
      const half = last(cumsum(x, { axis: 0, exclusive }), middle - (exclusive ? 0 : 1));
      assertClose(half, middle * TENTH, `middle, ${options}`);
    }
    const before = cumsum(x, { axis: 0, exclusive: true });
    assertEquals([...last(before, 0).dataSync()], new Array(columns).fill(0), what);
    x.dispose();
  }
});

onBackends("sums and means of rows and of columns", (backend, what) => {
  for (const columns of [1, 2, 7, 31, 32, 40]) {
    const x = full([COUNT / 4, columns], 0.1, { backend });
    assertClose(sum(x, { axis: 0 }), COUNT / 4 * TENTH, `${columns} columns, ${what}`);
    assertClose(mean(x), TENTH, `mean of ${columns} columns, ${what}`);
    x.dispose();
  }
});

Deno.test("long sums: twenty million ones", () => {
  using backend = wasmBackend({ threads: 1 });
  const x = ones([2e7], { backend });
  assertEquals(dot(x, x).item(), 2e7);
  assertEquals(sum(x).item(), 2e7);
});
