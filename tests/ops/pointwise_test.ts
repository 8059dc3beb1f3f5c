// The functions of single elements that are rounded, compared, chosen or raised to powers: values by
// hand, kinks, ties, NaN, infinities.

import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import {
  abs,
  add,
  ceil,
  checkGrad,
  cos,
  equal,
  erf,
  expm1,
  floor,
  grad,
  greater,
  greaterEqual,
  isFinite,
  isInf,
  isNaN,
  less,
  lessEqual,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  maximum,
  minimum,
  notEqual,
  pow,
  referenceBackend,
  round,
  sign,
  sin,
  sum,
  tan,
  type Tensor,
  tensor,
  wasmBackend,
  where,
  zeros,
} from "../../mod.ts";
import { erfc } from "../../src/backends/reference/functions.ts";

const float64 = (values: number[] | number) => tensor(values, { dtype: "float64" });
/** Numbers, their erf and erfc. */
const ERRORS: readonly (readonly [x: number, erf: number, erfc: number])[] = [
  [1e-300, 1.1283791670955126e-300, 1.0],
  [1e-08, 1.1283791670955126e-08, 0.9999999887162083],
  [0.1, 0.1124629160182849, 0.887537083981715],
  [0.25, 0.27632639016823696, 0.7236736098317631],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [0.84375, 0.7672256612323416, 0.23277433876765838],
  [0.999, 0.8422852702064969, 0.15771472979350307],
  [1.0, 0.8427007929497149, 0.15729920705028513],
  [1.25, 0.9229001282564583, 0.07709987174354177],
  [1.75, 0.9866716712191824, 0.013328328780817557],
  [2.5, 0.999593047982555, 0.0004069520174449589],
  [3.0, 0.9999779095030014, 2.209049699858544e-05],
  [4.0, 0.9999999845827421, 1.541725790028002e-08],
  [5.5, 0.9999999999999927, 7.357847917974398e-15],
  [8.0, 1.0, 1.1224297172982926e-29],
  [15.0, 1.0, 7.212994172451207e-100],
  [26.0, 1.0, 5.663192408856143e-296],
];
const SPECIAL = [NaN, Infinity, -Infinity, 0, 1, -1];

/** Computes the gradients of the sum of a function of two tensors. */
function grads(f: (a: Tensor, b: Tensor) => Tensor, a: number[], b: number[]) {
  const { a: da, b: db } = grad((p: { a: Tensor; b: Tensor }) => sum(f(p.a, p.b)))({
    a: float64(a),
    b: float64(b),
  });
  return [da.toArray(), db.toArray()];
}

function gradAt(f: (x: Tensor) => Tensor, x: number[]) {
  return grad((x: Tensor) => sum(f(x)))(float64(x)).toArray();
}

Deno.test("pointwise: abs and sign", () => {
  assertEquals(abs(tensor(SPECIAL)).toArray(), [NaN, Infinity, Infinity, 0, 1, 1]);
  assertEquals(sign(tensor(SPECIAL)).toArray(), [NaN, 1, -1, 0, 1, -1]);
  assertStrictEquals(sign(tensor([-0])).dataSync()[0], -0);
  assertEquals(gradAt(abs, SPECIAL), [NaN, 1, -1, 0, 1, -1]);
  assertEquals(abs(tensor([-3, 4], { dtype: "int32" })).toArray(), [3, 4]);
  assertEquals(sign(tensor([-3, 0], { dtype: "int32" })).toArray(), [-1, 0]);
});

Deno.test("pointwise: floor, ceil and round, with halves to the even integer", () => {
  const x = [-2.5, -1.5, -0.75, -0.5, -0.25, 0.5, 1.5, 2.5, 3, 2 ** 24 + 2, NaN, -Infinity];
  const rounded = [-2, -2, -1, -0, -0, 0, 2, 2, 3, 2 ** 24 + 2, NaN, -Infinity];
  for (const dtype of ["float32", "float64"] as const) {
    assertEquals(round(tensor(x, { dtype })).toArray(), rounded);
    assertEquals(floor(tensor(x, { dtype })).toArray(), x.map(Math.floor));
    assertEquals(ceil(tensor(x, { dtype })).toArray(), x.map(Math.ceil));
  }
  assertEquals(round(float64([2 ** 52 + 1, -(2 ** 53)])).toArray(), [2 ** 52 + 1, -(2 ** 53)]);
  for (const f of [floor, ceil, round, sign]) {
    assertEquals(gradAt(f, [0, 0.5, 1.25]), [0, 0, 0], f.name);
  }
});

Deno.test("pointwise: expm1 and log1p keep their digits near 0", () => {
  const tiny = [1e-20, -1e-300, 0];
  for (const f of [expm1, log1p]) assertEquals(f(float64(tiny)).toArray(), tiny, f.name);
  assertEquals(expm1(tensor([-Infinity, 1e4, NaN])).toArray(), [-1, Infinity, NaN]);
  assertEquals(log1p(tensor([-1, -2, Infinity, NaN])).toArray(), [-Infinity, NaN, Infinity, NaN]);
});

Deno.test("pointwise: sines of any angle", () => {
  const x = [1e6, 1e10, 16367173 * 2 ** 72].map(Math.fround);
  for (const dtype of ["float32", "float64"] as const) {
    // As many units in the last place of float32 as the kernels' own tests allow.
    const near = (y: Tensor, of: (x: number) => number, units: number) => {
      const bound = dtype === "float32" ? units * 2 ** -23 : 0;
      y.dataSync().forEach((v, i) => {
        const right = of(x[i]);
        assertAlmostEquals(v, right, bound * Math.abs(right));
      });
    };
    near(sin(tensor(x, { dtype })), Math.sin, 1.6);
    near(cos(tensor(x, { dtype })), Math.cos, 1.6);
    near(tan(tensor(x, { dtype })), Math.tan, 3.5);
  }
  for (const f of [sin, cos, tan]) {
    assertEquals(f(tensor([Infinity, NaN, -Infinity])).toArray(), [NaN, NaN, NaN], f.name);
  }
});

Deno.test("pointwise: erf and erfc to a few units in the last place of float64", () => {
  // mpmath 1.3.0, mp.dps = 50: mp.erf(x) and mp.erfc(x), rounded to float64.
  for (const [x, value, complement] of ERRORS) {
    const [up, down] = erf(float64([x, -x])).dataSync();
    assertAlmostEquals(up / value, 1, 8e-16, `erf(${x})`);
    assertStrictEquals(down, -up);
    assertAlmostEquals(erfc(x) / complement, 1, 2e-15, `erfc(${x})`);
  }
  assertEquals(erf(float64([0, -0, Infinity, -Infinity, NaN])).toArray(), [0, -0, 1, -1, NaN]);
  assertEquals([erfc(Infinity), erfc(-Infinity), erfc(30)], [0, 2, 0]);
});

Deno.test("pointwise: powers of zero, of negative numbers, and what is none", () => {
  const cases: [a: number, b: number, y: number][] = [
    [0, 0, 1],
    [-0, 3, -0],
    [-0, 2, 0],
    [0, -1, Infinity],
    [-0, -1, -Infinity],
    [-0, -2, Infinity],
    [-2, 3, -8],
    [-2, -2, 0.25],
    [-2, 0, 1],
    [-2, 0.5, NaN],
    [-Infinity, 3, -Infinity],
    [-Infinity, 0.5, Infinity],
    [-Infinity, -3, -0],
    [Infinity, 0, 1],
    [0.5, Infinity, 0],
    [2, -Infinity, 0],
    [-1, Infinity, 1],
    [1, -Infinity, 1],
    [NaN, 0, NaN],
    [1, NaN, NaN],
    [10, 40, Infinity],
    [10, -50, 0],
    [-3, 2 ** 25, Infinity],
  ];
  const y = pow(tensor(cases.map(([a]) => a)), tensor(cases.map(([, b]) => b))).dataSync();
  cases.forEach(([a, b, expected], i) => {
    assertStrictEquals(Object.is(y[i], expected), true, `${a} to the power of ${b} is ${y[i]}`);
  });
  assertEquals(pow(float64([-2, 3]), 3).toArray(), [-8, 27]);
  assertEquals(pow(2, float64([-1, 3])).toArray(), [0.5, 8]);
});

Deno.test("pointwise: the gradients of pow at 0 and below, which are PyTorch's", () => {
  const [da, db] = grads(pow, [0, 0, 0, 0, -2, -2, -3], [0, 1, 2, 0.5, 0, 3, 2]);
  assertEquals(da, [0, 1, 0, Infinity, 0, 12, -6]);
  assertEquals(db, [0, 0, 0, 0, NaN, NaN, NaN]);
  assertEquals(grads(pow, [0], [-1]), [[-Infinity], [-Infinity]]);
});

Deno.test("pow: derivatives are 0 where they are 0 times an overflow", () => {
  for (const backend of [referenceBackend(), wasmBackend({ threads: 1 })]) {
    for (
      const [dtype, tiny] of [["float32", [1e-40, -1e-45, 1e-38, 0]], ["float64", [
        5e-324,
        -1e-310,
        1e-308,
        0,
      ]]] as const
    ) {
      const of = (values: readonly number[]) => tensor(values, { dtype, backend });
      const da = (a: Tensor, b: Tensor) => grad((a: Tensor) => sum(pow(a, b)))(a);
      const db = (a: Tensor, b: Tensor) => grad((b: Tensor) => sum(pow(a, b)))(b);
      const a = of(tiny);
      assertEquals([...da(a, of([0, 0, 0, 0])).dataSync()], [0, 0, 0, 0]);
      assertEquals([...grad((a: Tensor) => sum(da(a, of([0, 0, 0, 0]))))(a).dataSync()], [
        0,
        0,
        0,
        0,
      ]);
      // An infinite base to a negative power is 0 whatever the power is.
      assertEquals([...db(of([Infinity, Infinity]), of([-1, -2.5])).dataSync()], [0, 0]);
      assertEquals([...db(of([NaN, 0.5, -2]), of([-1, 2000, 2])).dataSync()], [NaN, 0, NaN]);
      assertEquals([...da(of([NaN, Infinity]), of([0, 0])).dataSync()], [NaN, 0]);
    }
    backend[Symbol.dispose]();
  }
});

Deno.test("pointwise: powers with a constant exponent have gradients of negative bases", () => {
  const x = float64([-1.5, -0.5, 0.75, 2]);
  for (const exponent of [0, 1, 2, 3, -1, -2]) {
    checkGrad((x: Tensor) => pow(x, exponent), [x], { order: 2 });
  }
  const second = (exponent: number) =>
    grad((x: Tensor) => sum(grad((x: Tensor) => sum(pow(x, exponent)))(x)))(float64([0, -0]))
      .toArray();
  assertEquals([0, 1, 2, 3].map(second), [[0, 0], [0, 0], [2, 2], [0, 0]]);
});

Deno.test("pointwise: of equal elements minimum and maximum take the first, of NaN too", () => {
  const [a, b] = [[1, 2, 5, NaN, 1, NaN], [1, 3, 4, 1, NaN, NaN]];
  assertEquals(maximum(float64(a), float64(b)).toArray(), [1, 3, 5, NaN, NaN, NaN]);
  assertEquals(minimum(float64(a), float64(b)).toArray(), [1, 2, 4, NaN, NaN, NaN]);
  assertEquals(grads(maximum, a, b), [[1, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0]]);
  assertEquals(grads(minimum, a, b), [[1, 1, 0, 1, 0, 1], [0, 0, 1, 0, 1, 0]]);
  assertEquals(maximum(tensor([1, 9], { dtype: "int32" }), 4).toArray(), [4, 9]);
  assertStrictEquals(maximum(tensor([-0]), tensor([0])).dataSync()[0], 0);
  assertStrictEquals(minimum(tensor([0]), tensor([-0])).dataSync()[0], -0);
});

Deno.test("pointwise: comparisons answer 1 or 0, of NaN with no", () => {
  const [a, b] = [tensor([1, 2, 3, NaN, -0]), tensor([2, 2, 2, NaN, 0])];
  const answers = {
    equal: [equal, [0, 1, 0, 0, 1]],
    notEqual: [notEqual, [1, 0, 1, 1, 0]],
    less: [less, [1, 0, 0, 0, 0]],
    lessEqual: [lessEqual, [1, 1, 0, 0, 1]],
    greater: [greater, [0, 0, 1, 0, 0]],
    greaterEqual: [greaterEqual, [0, 1, 1, 0, 1]],
  } as const;
  for (const [name, [compare, expected]] of Object.entries(answers)) {
    const y = compare(a, b);
    assertEquals([y.dtype, y.toArray()], ["uint8", [...expected]], name);
  }
  assertEquals(less(tensor([[1], [3]]), tensor([2, 4])).toArray(), [[1, 1], [0, 1]]);
  assertEquals(greater(2, tensor([1, 2, 3], { dtype: "int32" })).toArray(), [1, 0, 0]);
  assertEquals(gradAt((x) => where(less(x, 2), x, 0), [1, 3]), [1, 0]);
});

Deno.test("pointwise: questions about elements, and their combinations", () => {
  assertEquals(isNaN(tensor(SPECIAL)).toArray(), [1, 0, 0, 0, 0, 0]);
  assertEquals(isInf(tensor(SPECIAL)).toArray(), [0, 1, 1, 0, 0, 0]);
  for (const question of [isNaN, isInf]) {
    for (const dtype of ["int32", "uint8"] as const) {
      assertEquals(question(tensor([[0, 3]], { dtype })).toArray(), [[0, 0]]);
    }
    assertEquals(question(zeros([0, 2])).shape, [0, 2]);
  }
  assertEquals(isFinite(tensor(SPECIAL)).toArray(), [0, 0, 0, 1, 1, 1]);
  assertEquals(isFinite(tensor([3], { dtype: "uint8" })).toArray(), [1]);
  assertEquals(logicalNot(tensor(SPECIAL)).toArray(), [0, 0, 0, 1, 0, 0]);
  const [a, b] = [tensor([0, 0, 2, NaN]), tensor([0, 1, 0, 1])];
  assertEquals(logicalAnd(a, b).toArray(), [0, 0, 0, 1]);
  assertEquals(logicalOr(a, b).toArray(), [0, 1, 1, 1]);
  assertEquals(logicalXor(a, b).toArray(), [0, 1, 1, 0]);
  assertEquals(logicalXor(tensor([[0], [5]], { dtype: "int32" }), 2).toArray(), [[1], [0]]);
});

Deno.test("pointwise: where takes what was chosen and nothing of the rest", () => {
  const condition = tensor([1, 0, 3], { dtype: "uint8" });
  assertEquals(where(condition, tensor([1, NaN, -0]), tensor([NaN, 2, 5])).toArray(), [1, 2, -0]);
  assertEquals(where(condition, 1, 0).dtype, "float32");
  assertEquals(where(condition, tensor([[1], [2]]), 0).toArray(), [[1, 0, 1], [2, 0, 2]]);
  assertEquals(where(tensor([[1], [0]], { dtype: "uint8" }), tensor([1, 2]), -1).toArray(), [
    [1, 2],
    [-1, -1],
  ]);
  assertEquals(where(condition, tensor([7, 8, 9], { dtype: "int32" }), 0).toArray(), [7, 0, 9]);
  // A gradient that is not taken is 0, even where it would be infinite.
  const safe = (x: Tensor) => where(greater(x, 0), pow(x, 0.5), 0);
  assertEquals(gradAt(safe, [4]), [0.25]);
  assertEquals(grads((a, b) => where(condition, a, b), [1, 1, 1], [2, 2, 2]), [
    [1, 0, 1],
    [0, 1, 0],
  ]);
});

Deno.test("pointwise: what was broadcast in a choice collects its gradients", () => {
  const condition = tensor([[1, 0], [1, 1]], { dtype: "uint8" });
  const f = (p: { a: Tensor; b: Tensor }) => sum(add(where(condition, p.a, p.b), 0));
  const { a, b } = grad(f)({ a: tensor([1, 2]), b: tensor(3) });
  assertEquals([a.toArray(), b.toArray()], [[2, 1], 1]);
});
