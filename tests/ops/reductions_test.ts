// min, prod, variance, std, logSumExp, norm, argMax, cumsum, any: values by hand, zeros, ties, NaN,
// gradients of those that are made of other ops.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  all,
  any,
  argMax,
  argMin,
  cast,
  checkGrad,
  cumsum,
  full,
  grad,
  logSumExp,
  min,
  mul,
  norm,
  prod,
  referenceBackend,
  std,
  sum,
  type Tensor,
  tensor,
  transpose,
  variance,
  wasmBackend,
  zeros,
} from "../../mod.ts";
import { EFFORT, scaled } from "../support/effort.ts";
import { distinct, quarters, reductions, smooth } from "../support/grids.ts";

const table = () => tensor([[1, 5, 3], [4, 2, 6]], { dtype: "float64" });
const float64 = (values: number[]) => tensor(values, { dtype: "float64" });
const gradAt = (f: (x: Tensor) => Tensor, x: number[]) =>
  grad((x: Tensor) => sum(f(x)))(float64(x)).toArray();
/** Computes the gradient of the gradient, of which the elements count 1, 2, 4. */
const secondAt = (f: (x: Tensor) => Tensor, x: number[]) =>
  grad((x: Tensor) => sum(mul(grad((x: Tensor) => sum(f(x)))(x), float64([1, 2, 4]))))(float64(x))
    .toArray();

Deno.test("reductions: values by hand", () => {
  assertEquals(min(table(), { axis: 0 }).toArray(), [1, 2, 3]);
  assertEquals(prod(table(), { axis: 1, keepDims: true }).toArray(), [[15], [48]]);
  assertEquals(prod(table()).item(), 720);
  assertEquals(variance(float64([1, 2, 3, 6])).item(), 3.5);
  assertEquals(variance(table(), { axis: 0, correction: 1 }).toArray(), [4.5, 4.5, 4.5]);
  assertEquals(std(float64([1, 3, 5]), { correction: 1 }).item(), 2);
  assertEquals(norm(table(), { axis: 0, p: 1 }).toArray(), [5, 7, 9]);
  assertEquals(norm(float64([3, -4])).item(), 5);
  assertEquals(norm(float64([3, -4]), { p: Infinity }).item(), 4);
  assertAlmostEquals(norm(float64([1, -2, 2]), { p: 3 }).item(), 17 ** (1 / 3), 1e-14);
  assertAlmostEquals(logSumExp(float64([0, Math.log(3)])).item(), Math.log(4), 1e-15);
  assertEquals(cumsum(table()).toArray(), [[1, 6, 9], [4, 6, 12]]);
  assertEquals(cumsum(table(), { axis: 0, reverse: true }).toArray(), [[5, 7, 9], [4, 2, 6]]);
  assertEquals(cumsum(table(), { exclusive: true }).toArray(), [[0, 1, 6], [0, 4, 6]]);
  assertEquals(any(tensor([[0, 2], [0, 0]]), { axis: 1 }).toArray(), [1, 0]);
  assertEquals(all(tensor([[0, 2], [1, NaN]]), { axis: 1 }).toArray(), [0, 1]);
  assertEquals([any(zeros([0])).item(), all(zeros([0])).item()], [0, 1]);
});

Deno.test("reductions: positions are those of the first, NaN before all", () => {
  const x = tensor([[2, 7, 7], [7, 1, 1]]);
  assertEquals([argMax(x).item(), argMin(x).item()], [1, 4]);
  assertEquals(argMax(x, { axis: 1 }).toArray(), [1, 0]);
  assertEquals(argMin(x, { axis: 0, keepDims: true }).toArray(), [[0, 1, 1]]);
  assertEquals(argMax(x).dtype, "int32");
  const withNaN = tensor([[1, NaN, NaN], [-Infinity, -Infinity, -Infinity]]);
  assertEquals(argMax(withNaN, { axis: 1 }).toArray(), [1, 0]);
  assertEquals(argMin(withNaN, { axis: 1 }).toArray(), [1, 0]);
});

Deno.test("reductions: the first of tied minima takes the gradient, NaN before all", () => {
  assertEquals(gradAt(min, [3, 1, 1]), [0, 1, 0]);
  assertEquals(gradAt(min, [3, NaN, 1]), [0, 1, 0]);
  assertEquals(min(tensor([3, NaN, 1])).item(), NaN);
});

Deno.test("reductions: products with no zero, one and two have right gradients of any order", () => {
  assertEquals(gradAt(prod, [2, 3, 4]), [12, 8, 6]);
  assertEquals(gradAt(prod, [0, 3, 4]), [12, 0, 0]);
  assertEquals(gradAt(prod, [0, 3, 0]), [0, 0, 0]);
  // d/dx_j of sum_i w_i prod_{k != i} x_k.
  assertEquals(secondAt(prod, [0, 3, 4]), [2 * 4 + 4 * 3, 4, 3]);
  assertEquals(secondAt(prod, [0, 3, 0]), [4 * 3, 0, 3]);
  assertEquals(secondAt(prod, [0, 0, 0]), [0, 0, 0]);
  const third = (x: Tensor) => grad((x: Tensor) => sum(grad((x: Tensor) => prod(x))(x)))(x);
  assertEquals(grad((x: Tensor) => sum(third(x)))(float64([0, 0, 0])).toArray(), [2, 2, 2]);
  assertEquals(prod(zeros([0, 2]), { axis: 0 }).toArray(), [1, 1]);
  assertEquals(grad((x: Tensor) => prod(x))(zeros([0, 2])).shape, [0, 2]);
});

Deno.test("reductions: where there is no spread or no length, the gradient is 0", () => {
  assertEquals(std(float64([2, 2])).item(), 0);
  assertEquals(gradAt((x) => std(x), [2, 2]), [0, 0]);
  for (const p of [1, 1.5, 2, 3, Infinity]) {
    assertEquals(norm(float64([0, -0]), { p }).item(), 0);
    assertEquals(gradAt((x) => norm(x, { p }), [0, 0]), [0, 0], `p = ${p}`);
  }
  assertEquals(gradAt((x) => norm(x, { p: Infinity }), [1, -3, 3]), [0, -1, 0]);
  assertEquals(variance(float64([1]), { correction: 1 }).item(), NaN);
});

Deno.test("reductions: a large mean costs variance no digits", () => {
  assertEquals(variance(float64([1e9 + 1, 1e9 + 3])).item(), 1);
});

/** Rows and columns; many of both are left to the full effort. */
const SIZES = [[1000, 1], [1000, 3], [1000, 40], ...EFFORT === "quick" ? [] : [[20000, 33]]];

Deno.test("reductions: rows around a large mean vary as their distances do, equal ones not at all", () => {
  const expected = (x: ArrayLike<number>, inner: number) => {
    const column = Array.from(x).filter((_, i) => i % inner === 0);
    const mean = column.reduce((sum, one) => sum + one, 0) / column.length;
    return column.reduce((sum, one) => sum + (one - mean) ** 2, 0) / column.length;
  };
  for (const backend of [referenceBackend(), wasmBackend({ threads: 1 })]) {
    for (const dtype of ["float32", "float64"] as const) {
      for (const [rows, columns] of SIZES) {
        for (const offset of [1e4, -1e6]) {
          const what = `${backend.name}, ${dtype}, [${rows}, ${columns}] around ${offset}`;
          const values = Float32Array.from(
            { length: rows * columns },
            (_, i) => offset + 3.24 * Math.sin(i * 12.9898),
          );
          const x = cast(tensor(values, { shape: [rows, columns], backend }), dtype);
          const got = variance(x, { axis: 0 }).dataSync()[0];
          assertAlmostEquals(got, expected(values, columns), 5e-6 * got, what);
          const turned = variance(transpose(x), { axis: 1 }).dataSync()[0];
          assertAlmostEquals(turned, got, 5e-6 * got, what);
          const same = full([rows, columns], offset + 0.1, { dtype, backend });
          assertEquals(std(same).item(), 0, what);
          assertEquals(std(same, { axis: 0 }).dataSync().every((one) => one === 0), true, what);
          const dx = grad((x: Tensor) => sum(std(x, { axis: 0 })))(same);
          assertEquals(dx.dataSync().every((one) => one === 0), true, what);
        }
      }
    }
    backend[Symbol.dispose]();
  }
});

Deno.test("reductions: logSumExp does not overflow, and -Infinity counts for nothing", () => {
  assertEquals(logSumExp(tensor([1e4, -1e4])).item(), 1e4);
  assertEquals(logSumExp(tensor([-Infinity, 5])).item(), 5);
  assertEquals(gradAt(logSumExp, [-Infinity, 5]), [0, 1]);
  const nothing = tensor([[-Infinity, -Infinity], [0, -Infinity]]);
  assertEquals(logSumExp(nothing, { axis: 1 }).toArray(), [-Infinity, 0]);
  assertEquals(gradAt(logSumExp, [-Infinity, -Infinity]), [0, 0]);
  assertEquals(logSumExp(tensor([Infinity, 0])).item(), Infinity);
  assertEquals(gradAt(logSumExp, [Infinity, 0]), [NaN, 0]);
  assertEquals(logSumExp(tensor([NaN, Infinity])).item(), NaN);
});

Deno.test("reductions: gradients of those that are made of other ops, both orders", () => {
  const checks = reductions(false).chain(({ shape, options }) =>
    fc.record({
      tame: smooth(shape, -2, 2),
      apart: distinct(shape),
      grid: quarters(shape),
      options: fc.constant(options),
    })
  );
  fc.assert(
    fc.property(checks, ({ tame, apart, grid, options }) => {
      const up = ({ shape, data }: typeof tame) =>
        tensor(Array.from(data, Number), { shape, dtype: "float64" });
      checkGrad((x: Tensor) => variance(x, options), [up(grid)], { order: 2 });
      checkGrad((x: Tensor) => logSumExp(x, options), [up(tame)], { order: 2 });
      const offZero = { ...apart, data: Array.from(apart.data, (v) => v + 0.5) };
      for (const p of [1, 2, 3.5]) {
        checkGrad((x: Tensor) => norm(x, { ...options, p }), [up(offZero)], { order: 2 });
      }
    }),
    { numRuns: scaled(30) },
  );
  checkGrad((x: Tensor) => std(x, { axis: 1, correction: 1 }), [table()], { order: 2 });
});
