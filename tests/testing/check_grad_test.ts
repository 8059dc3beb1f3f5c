// The gradient checker: right gradients pass, wrong ones are named. It is the ground under the
// tests of every op, so each kind of fault is planted here once.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  checkGrad,
  type CheckGradOptions,
  conv2d,
  exp,
  GradientError,
  log,
  matmul,
  mul,
  neg,
  relu,
  softmaxCE,
  square,
  stopGradient,
  sum,
  tanh,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { assertExactError } from "../support/exact_error.ts";
import { squareWith, weighted } from "../support/wrong_gradients.ts";

const a = tensor([[1, -0.5, 2]]);
const b = tensor([[0.25, 3, -1]]);

/** Returns the error of a check that must fail. */
function failure(f: (a: Tensor, b: Tensor) => Tensor, options?: CheckGradOptions): GradientError {
  return assertThrows(() => checkGrad(f, [a, b], options), GradientError);
}

Deno.test("checkGrad: right gradients pass, exactly and with a tolerance", () => {
  const right = weighted((dy) => ({ a: () => mul(dy, 2), b: () => mul(dy, 3) }));
  for (const seed of [0, 1, 2]) {
    checkGrad(right, [a, b], { seed });
    checkGrad(right, [a, b], { seed, order: 2 });
    checkGrad(right, [a, b], { seed, exact: true, order: 2 });
  }
});

Deno.test("checkGrad: smooth functions pass to the second order", () => {
  checkGrad((x, y) => tanh(mul(x, exp(y))), [a, b], { order: 2 });
  checkGrad((x) => sum(log(add(square(x), 1))), [a], { order: 2 });
});

Deno.test("checkGrad: a wrong scale is found, with both values", () => {
  const wrong = weighted((dy) => ({ a: () => mul(dy, 2), b: () => mul(dy, 4) }));
  const error = failure(wrong, { exact: true });
  assertEquals([error.order, error.input, error.index[0]], [1, "x[1]", 0]);
  assertEquals(error.analytic / error.numerical, 4 / 3);
  assertEquals(Math.abs(error.numerical * 4) % 3, 0, "3 times a multiple of 1/4");
});

Deno.test("checkGrad: a wrong sign is found", () => {
  const error = failure(weighted((dy) => ({ a: () => mul(dy, -2), b: () => mul(dy, 3) })));
  assertEquals([error.input, error.order], ["x[0]", 1]);
  assert(Math.abs(error.analytic + error.numerical) < 1e-6);
});

Deno.test("checkGrad: a forgotten term is found", () => {
  const forgotten = weighted((dy) => ({ a: () => mul(dy, 2), b: null }));
  const error = failure(forgotten);
  assertEquals([error.input, error.analytic], ["x[1]", 0]);
  // x² with the gradient of one of its two factors.
  const half = (x: Tensor) => mul(x, stopGradient(x));
  const halved = assertThrows(() => checkGrad(half, a), GradientError);
  assert(Math.abs(halved.numerical - 2 * halved.analytic) < 1e-6);
});

Deno.test("checkGrad: NaN and infinity are found, wherever they are", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    for (const at of [0, 1, 2]) {
      const poison = tensor([[1, 1, 1].map((v, i) => i === at ? value : v)], { dtype: "float64" });
      const wrong = weighted((dy) => ({
        a: () => mul(dy, mul(poison, 2)),
        b: () => mul(dy, 3),
      }));
      for (const options of [{}, { exact: true }]) {
        const error = failure(wrong, options);
        assertEquals([error.input, error.index], ["x[0]", [0, at]]);
        assert(!Number.isFinite(error.analytic));
        assert(Number.isFinite(error.numerical));
      }
    }
  }
});

Deno.test("checkGrad: where the function is no number, no gradient is right", () => {
  const error = assertThrows(() => checkGrad(log, tensor([1, -1])), GradientError);
  assertEquals([error.input, error.numerical], ["x", NaN]);
});

Deno.test("checkGrad: the worst element is named", () => {
  const scales = tensor([[2, 2.1, 1.5]], { dtype: "float64" });
  const wrong = weighted((dy) => ({ a: () => mul(dy, scales), b: () => mul(dy, 3) }));
  const error = failure((a, b) => sum(wrong(a, b)));
  assertEquals([error.input, error.index], ["x[0]", [0, 2]]);
  assert(Math.abs(error.analytic / error.numerical - 0.75) < 1e-6);
});

Deno.test("checkGrad: a fault of the second order alone is found by order 2 alone", () => {
  const right = squareWith((ddx, dy, x) => ({
    dy: () => mul(ddx, mul(x, 2)),
    x: () => mul(ddx, mul(dy, 2)),
  }));
  checkGrad(right, a, { order: 2 });
  const faults: [input: string, f: (x: Tensor) => Tensor][] = [
    ["x", squareWith((ddx, _dy, x) => ({ dy: () => mul(ddx, mul(x, 2)), x: null }))],
    [
      "x",
      squareWith((ddx, dy, x) => ({ dy: () => mul(ddx, mul(x, 2)), x: () => mul(ddx, dy) })),
    ],
    [
      "dy",
      squareWith((ddx, dy, x) => ({
        dy: () => neg(mul(ddx, mul(x, 2))),
        x: () => mul(ddx, mul(dy, 2)),
      })),
    ],
    ["dy", squareWith((ddx, dy) => ({ dy: null, x: () => mul(ddx, mul(dy, 2)) }))],
  ];
  for (const [input, f] of faults) {
    checkGrad(f, a);
    checkGrad(f, a, { order: 1 });
    const error = assertThrows(() => checkGrad(f, a, { order: 2 }), GradientError);
    assertEquals([error.order, error.input], [2, input]);
  }
});

Deno.test("checkGrad: exact tells a single bit", () => {
  const ulp = 1 + 2 ** -52;
  const wrong = weighted((dy) => ({ a: () => mul(dy, 2 * ulp), b: () => mul(dy, 3) }));
  checkGrad(wrong, [a, b]);
  assertEquals(failure(wrong, { exact: true }).input, "x[0]");
});

Deno.test("checkGrad: exact needs no luck on a grid of quarters", () => {
  const x = tensor([0.25, -3, 1.5, 2, -0.75, 1], { shape: [1, 2, 3, 1] });
  const w = tensor([1, -0.5, 0.25, 2], { shape: [2, 2, 1, 1] });
  checkGrad((x, w) => conv2d(x, w, { padding: "same" }), [x, w], { exact: true, order: 2 });
  checkGrad(matmul, [tensor([[0.25, -3]]), tensor([[1], [0.5]])], { exact: true, order: 2 });
  checkGrad(relu, tensor([-1, 1.5, -0.75]), { exact: true, step: 0.25, order: 2 });
});

Deno.test("checkGrad: step and tolerance are those given", () => {
  const kinked = tensor([-0.5, 0.5]);
  checkGrad(relu, kinked, { step: 0.5 });
  assertThrows(() => checkGrad(relu, kinked, { step: 1 }), GradientError);
  const nearly = weighted((dy) => ({ a: () => mul(dy, 2.001), b: () => mul(dy, 3) }));
  checkGrad(nearly, [a, b], { tolerance: 0.01 });
  assertThrows(() => checkGrad(nearly, [a, b], { tolerance: 1e-4 }), GradientError);
  assertThrows(() => checkGrad(nearly, [a, b]), GradientError);
});

Deno.test("checkGrad: steps of 1e-5 and a tolerance of 1e-6 by default, steps of 1 if exact", () => {
  const valuesSeen = (options: CheckGradOptions) => {
    const seen = new Set<number>();
    const f = (x: Tensor) => {
      seen.add(x.item());
      return mul(x, 2);
    };
    checkGrad(f, tensor(1), options);
    return [...seen].sort();
  };
  assertEquals(valuesSeen({}), [1 - 1e-5, 1, 1 + 1e-5]);
  assertEquals(valuesSeen({ exact: true }), [0, 1, 2]);
  assertEquals(valuesSeen({ step: 0.25 }), [0.75, 1, 1.25]);
  // Of one weight the relative error is that of the slope.
  const off = (error: number) => (x: Tensor) => sum(weightedAlone(2 * (1 + error))(mul(x, 1e6)));
  checkGrad(off(0.9e-6), a);
  assertThrows(() => checkGrad(off(1.1e-6), a), GradientError);
});

Deno.test("checkGrad: the tolerance is relative to the largest gradient, and to 1 at least", () => {
  const scaled = (factor: number) => (x: Tensor) => mul(stretched(x), factor);
  const stretched = weightedAlone(2 + 1e-3);
  checkGrad(scaled(1e6), a, { tolerance: 1e-3 });
  checkGrad(scaled(1e-6), a, { tolerance: 1e-3 });
  assertThrows(() => checkGrad(scaled(1e6), a, { tolerance: 1e-4 }), GradientError);
});

/** Makes `2 x` with this gradient in place of 2. */
function weightedAlone(slope: number): (x: Tensor) => Tensor {
  const f = weighted((dy) => ({ a: () => mul(dy, slope), b: null }));
  return (x) => f(x, zeros([1, 3], { dtype: "float64" }));
}

Deno.test("checkGrad: takes a list of arguments, an object, a tensor, and nestings", () => {
  checkGrad((x, y) => mul(x, y), [a, b]);
  checkGrad(({ x, y }) => mul(x, y), { x: a, y: b });
  checkGrad((x) => square(x), a);
  checkGrad(({ w }, [x, { y }]) => mul(mul(w, x), y), [{ w: a }, [b, { y: a }]] as const);
});

Deno.test("checkGrad: inputs are named by their path", () => {
  const half = (x: Tensor) => mul(x, stopGradient(x));
  const nameOf = (run: () => void) => assertThrows(run, GradientError).input;
  assertEquals(nameOf(() => checkGrad(half, a)), "x");
  assertEquals(nameOf(() => checkGrad((x, y) => add(x, half(y)), [a, b])), "x[1]");
  assertEquals(
    nameOf(() => checkGrad(({ p, q }) => add(p, half(q.r)), { p: a, q: { r: b } })),
    "q.r",
  );
  assertEquals(nameOf(() => checkGrad(({ l }) => half(l[0]), { l: [a] })), "l[0]");
});

Deno.test("checkGrad: a function may return its input, or leave one unused", () => {
  checkGrad((x) => x, a, { exact: true, order: 2 });
  checkGrad((x, _y) => mul(x, x), [a, b], { order: 2 });
  const wrong = weighted((dy) => ({ a: () => mul(dy, 3), b: null }));
  const zero = tensor([[0, 0, 0]], { dtype: "float64" });
  assertThrows(() => checkGrad((x, _y) => wrong(x, zero), [a, b], { order: 2 }), GradientError);
});

Deno.test("checkGrad: integer tensors are left alone", () => {
  const labels = tensor([2, 0], { dtype: "int32" });
  const logits = tensor([[0.5, -1, 2], [1, 1, 0]]);
  checkGrad((logits, labels) => softmaxCE(logits, labels), [logits, labels], { order: 2 });
  assertEquals(labels.toArray(), [2, 0]);
});

Deno.test("checkGrad: outputs of any shape, and inputs without elements", () => {
  checkGrad((x) => sum(x), a, { exact: true });
  checkGrad((x, y) => add(x, sum(y)), [a, zeros([0, 2])], { exact: true });
  checkGrad((x) => mul(x, 2), zeros([0]), { order: 2 });
});

Deno.test("checkGrad: inputs stay as they are, and nothing is left in memory", () => {
  const backend = referenceBackend();
  const x = tensor([[1, -2]], { backend });
  const before = backend.liveBytes;
  const seen = new Set<unknown>();
  const f = (x: Tensor) => {
    seen.add(x.dtype);
    return tanh(x);
  };
  checkGrad(f, x, { order: 2 });
  assertThrows(() => checkGrad((x) => mul(x, stopGradient(x)), x, { order: 2 }), GradientError);
  assertEquals([...seen], ["float64"]);
  assertEquals([x.toArray(), x.dtype, backend.liveBytes], [[[1, -2]], "float32", before]);
});

Deno.test("checkGrad: the same seed weighs the same, another one does not", () => {
  const wrong = weighted((dy) => ({ a: () => mul(dy, 5), b: null }));
  const values = [0, 0, 1, 2, 3].map((seed) => failure(wrong, { seed }).analytic);
  assertEquals(values[0], values[1]);
  assert(new Set(values).size > 2);
  assertEquals(failure(wrong).analytic, values[0], "0 by default");
});

Deno.test("checkGrad: weights are quarters up to 3 of both signs, and never 0", () => {
  const wrong = weighted((dy) => ({ a: () => mul(dy, 5), b: null }));
  const total = (a: Tensor, b: Tensor) => sum(wrong(a, b)); // one output, so one weight
  const weights = Array.from({ length: 200 }, (_, seed) => failure(total, { seed }).analytic / 5);
  const quarters = new Set(weights.map((weight) => Math.abs(weight) * 4));
  assertEquals([...quarters].sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const negative = weights.filter((weight) => weight < 0).length;
  assert(negative > 60 && negative < 140, `${negative} of 200 are negative`);
});

Deno.test("checkGrad: the whole text of an error that is thrown", () => {
  const wrong = weighted((dy) => ({ a: () => mul(dy, 2), b: () => mul(dy, 4) }));
  const { index, analytic } = failure(wrong, { exact: true });
  assertExactError(
    () => checkGrad(wrong, [a, b], { exact: true }),
    GradientError,
    "Cannot accept gradient: the analytic value must equal the numerical one: " +
      `d/d x[1][0, ${index[1]}] is ${analytic}, numerically ${analytic * 3 / 4}`,
  );
});

Deno.test("checkGrad: what it cannot check is an error", () => {
  const integers = tensor([1], { dtype: "int32" });
  const none = "Cannot check gradient: inputs must hold a float tensor: there is none";
  assertExactError(() => checkGrad((x: Tensor) => x, integers), TypeError, none);
  assertExactError(() => checkGrad(() => a, []), TypeError, none);
  assertExactError(
    () => checkGrad((x: Tensor) => x, { x: 3 } as unknown as Tensor),
    TypeError,
    "Cannot check gradient: it takes tensors in nested objects and arrays: x is the number 3",
  );
  const rule = "Cannot check gradient: f must return a float64 tensor: got";
  assertExactError(() => checkGrad(() => integers, a), TypeError, `${rule} a tensor of int32`);
  assertExactError(() => checkGrad(() => tensor(1), a), TypeError, `${rule} a tensor of float32`);
  assertExactError(
    () => checkGrad((() => 3) as unknown as (x: Tensor) => Tensor, a),
    TypeError,
    `${rule} number`,
  );
  const constant = tensor([1], { dtype: "float64" });
  assertExactError(
    () => checkGrad(() => constant, a),
    TypeError,
    "Cannot check gradient: the result of f must depend on its inputs",
  );
});
