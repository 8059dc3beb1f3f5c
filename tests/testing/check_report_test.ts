// Reports of a check of gradients: the worst element, errors of differences, kinks, directions.

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  apply,
  checkGrad,
  defineOp,
  exp,
  GradientError,
  max,
  mul,
  relu,
  square,
  stopGradient,
  sum,
  tanh,
  type Tensor,
  tensor,
} from "../../mod.ts";
import type { InputElement } from "../../src/testing/mod.ts";
import {
  GradientError as FromTesting,
  GradientReport,
  gradientReport,
} from "../../src/testing/mod.ts";
import { assertExactError } from "../support/exact_error.ts";

/** Makes `slope x`, whose gradient is `dy` times these factors in place of the slope. */
function linear(slope: number, factors: readonly number[]): (x: Tensor) => Tensor {
  const op = defineOp({
    name: "linear",
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) =>
      k.create({ shape: x.shape, dtype: x.dtype, data: k.read(x).map((v) => slope * v) }),
    backward: (dy) => ({ x: () => mul(dy, tensor([...factors], { dtype: "float64" })) }),
  });
  return (x) => apply(op, { x });
}

const x = tensor([1, -0.5, 2]);

Deno.test("gradientReport: every input of both orders, with its worst element", () => {
  const report = gradientReport(({ a, b }) => tanh(mul(a, b)), { a: x, b: x }, { order: 2 });
  assert(report.ok);
  assertEquals(report.failure, undefined);
  assertEquals(
    report.inputs.map(({ order, input, shape, compared, skipped, wrong }) => [
      order,
      input,
      shape,
      compared,
      skipped,
      wrong,
    ]),
    [
      [1, "a", [3], 3, 0, 0],
      [1, "b", [3], 3, 0, 0],
      [2, "a", [3], 3, 0, 0],
      [2, "b", [3], 3, 0, 0],
      [2, "dy", [3], 3, 0, 0],
    ],
  );
  for (const { worst } of report.inputs) {
    assert(worst !== null && worst.difference <= worst.tolerance);
    assertEquals([worst.kink, worst.truncation], [false, null]);
    assertEquals(worst.difference, Math.abs(worst.analytic - worst.numerical));
  }
});

Deno.test("gradientReport: counts what is wrong, and says how wrong the worst is", () => {
  const report = gradientReport((x) => sum(linear(2, [2, 2.5, 3])(x)), x, { exact: true });
  assert(!report.ok);
  const { wrong, worst } = report.failure!;
  assertEquals([wrong, worst?.index, worst?.tolerance], [2, [2], 0]);
  assertEquals(worst!.analytic / worst!.numerical, 1.5);
});

Deno.test("gradientReport: rounding and truncation bound the error of the difference", () => {
  // The gradient is right; what the tolerance of 0 shows is the error of the difference alone.
  for (const step of [1e-2, 1e-4, 1e-6, 1e-8]) {
    const { failure } = gradientReport(exp, tensor([1, 2]), { step, tolerance: 0 });
    const { difference, rounding, truncation } = failure!.worst!;
    assert(difference <= 8 * (rounding + truncation!), `${step}: ${difference}`);
    assert(rounding < 1e-14 / step && rounding > 1e-17 / step, `${step}: ${rounding}`);
  }
});

Deno.test("gradientReport: the table", () => {
  const f = ({ x, w }: { x: Tensor; w: Tensor }) => mul(linear(2, [2, 2, 3])(x), w);
  const text = gradientReport(f, { x, w: tensor([1, 1, 1]) }, { exact: true }).toString();
  const [head, rule, first, second] = text.split("\n");
  assertEquals(
    head.split(/\s{2,}/),
    ["order", "", "worst of", "compared", "skipped", "wrong", "analytic", "numerical"]
      .concat(["difference", "allowed", "rounding"]).filter((heading) => heading !== ""),
  );
  assertEquals(new Set(rule), new Set("─"));
  assertEquals(/^ {4}1 {2}WRONG {2}x\[2\] {5,}3 +0 +1 /.test(first), true, first);
  assertEquals(/^ {4}1 {2}ok {5}w\[0\] {5,}3 +0 +0 /.test(second), true, second);
});

Deno.test("checkGrad: the error carries the report", () => {
  const error = assertThrows(
    () => checkGrad(linear(2, [2, 2, 3]), [x], { exact: true }),
    GradientError,
  );
  assertStrictEquals(FromTesting, GradientError);
  assert(error.report instanceof GradientReport);
  assertEquals([error.name, error instanceof RangeError], ["GradientError", true]);
  const { worst } = error.report.failure!;
  assertEquals(
    [error.order, error.input, error.index, error.analytic, error.numerical],
    [1, "x[0]", [2], worst!.analytic, worst!.numerical],
  );
});

Deno.test("GradientError: the text, with what is known of the difference", () => {
  const comparison = {
    input: "w",
    index: [0, 2],
    analytic: 1.5,
    numerical: 3,
    difference: 1.5,
    tolerance: 0,
    rounding: 0,
    truncation: 0,
    kink: false,
  };
  const shape = [1, 3];
  const counts = { compared: 3, skipped: 0, wrong: 1 };
  const text = (order: 1 | 2, worst: Partial<typeof comparison>, index?: null) => {
    const all = { ...comparison, ...worst, ...index === null ? { index } : {} };
    const input = { order, input: "w", shape, ...counts, worst: all };
    return new GradientError(new GradientReport([input], 1)).message;
  };
  const rule = "the analytic value must";
  assertEquals(
    text(1, {}),
    `Cannot accept gradient: ${rule} equal the numerical one: d/d w[0, 2] is 1.5, numerically 3`,
  );
  assertEquals(
    text(2, { tolerance: 0.00025, rounding: 2e-9, truncation: 1e-7, kink: true }),
    `Cannot accept gradient of the gradient: ${rule} be within 0.000250 of the numerical one: ` +
      "d/d w[0, 2] is 1.5, numerically 3 (give or take 1.0e-7); the slopes on its two sides " +
      "differ: avoid skips inputs at a kink",
  );
  for (const truncation of [undefined, 0, 1e-9]) {
    const worst = { tolerance: 0.5, rounding: 3e-8, truncation };
    assertEquals(
      text(1, worst as Partial<typeof comparison>).split(" (")[1],
      "give or take 3.0e-8)",
    );
  }
  assertEquals(
    text(1, { analytic: NaN, tolerance: 1, truncation: NaN }, null),
    `Cannot accept gradient: ${rule} be within 1.00 of the numerical one: d/d a direction in w is ` +
      "NaN, numerically 3",
  );
  assertExactError(
    () => new GradientError(new GradientReport([], 1)),
    TypeError,
    "Cannot make GradientError: the report must hold a wrong gradient: all is ok",
  );
});

Deno.test("checkGrad: avoid is asked of every element and skips those it names", () => {
  const asked: InputElement[] = [];
  const avoid = (element: InputElement) => {
    asked.push(element);
    return element.value === 0;
  };
  const kinked = tensor([[1, 0], [0, -2]]);
  assertThrows(() => checkGrad(relu, kinked), GradientError);
  const report = gradientReport(({ w }) => relu(w), { w: kinked }, { avoid });
  assertEquals([report.ok, report.inputs[0].compared, report.inputs[0].skipped], [true, 2, 2]);
  assertEquals(asked.map(({ input, index, value }) => [input, index, value]), [
    ["w", [0, 0], 1],
    ["w", [0, 1], 0],
    ["w", [1, 0], 0],
    ["w", [1, 1], -2],
  ]);
  const nothing = gradientReport(relu, kinked, { avoid: () => true });
  assertEquals([nothing.ok, nothing.inputs[0].worst], [true, null]);
});

Deno.test("checkGrad: kinks are told from wrong gradients", () => {
  const near = [0, 4e-6, -7e-6];
  for (const at of near) {
    const kinked = tensor([1, at], { dtype: "float64" });
    const { worst } = gradientReport(relu, kinked).failure!;
    assertEquals([worst?.index, worst?.kink], [[1], true], String(at));
    const skipping = gradientReport(relu, kinked, { kinks: "skip" });
    assertEquals([skipping.ok, skipping.inputs[0].skipped], [true, 1]);
  }
  const tied = tensor([[1, 1]], { dtype: "float64" });
  assert(gradientReport((x) => max(x), tied).failure?.worst?.kink);
});

Deno.test("checkGrad: what is wrong and smooth is no kink, however it bends", () => {
  const smooth: [name: string, f: (x: Tensor) => Tensor][] = [
    ["linear", linear(2, [2, 2, 3])],
    ["square", (x) => mul(x, stopGradient(x))],
    ["exp", (x) => mul(exp(mul(x, 3)), stopGradient(x))],
    ["tanh", (x) => mul(tanh(mul(x, 5)), stopGradient(x))],
  ];
  for (const [name, f] of smooth) {
    for (const step of [1e-3, 1e-5, 1e-7]) {
      const { failure } = gradientReport(f, x, { step, tolerance: 1e-4, kinks: "skip" });
      assertEquals([failure?.worst?.kink, failure?.skipped], [false, 0], `${name} ${step}`);
    }
  }
});

Deno.test("checkGrad: directions move all elements at once", () => {
  const size = 5000;
  const wide = tensor(Float64Array.from({ length: size }, (_, i) => (i % 25 - 12) / 4));
  let calls = 0;
  const f = (x: Tensor) => {
    calls++;
    return sum(square(x));
  };
  checkGrad(f, wide, { directions: 3, exact: true });
  assert(calls < 12, `${calls} calls`);
  const factors = Array.from({ length: size }, (_, i) => i === 4321 ? 3 : 2);
  const wrong = (x: Tensor) => sum(linear(2, factors)(x));
  const report = gradientReport(wrong, wide, { directions: 20, exact: true });
  const { worst, compared } = report.failure!;
  assertEquals([compared, worst?.index, worst?.difference! > 0], [20, null, true]);
  const avoided = gradientReport(wrong, wide, {
    directions: 20,
    exact: true,
    avoid: ({ index }) => index[0] === 4321,
  });
  assertEquals([avoided.ok, avoided.inputs[0].skipped], [true, 1], "it does not move");
  checkGrad(({ a, b }) => mul(tanh(a), b), { a: x, b: x }, { directions: 5, order: 2 });
});

Deno.test("checkGrad: options that make no sense", () => {
  const action = "Cannot check gradient:";
  assertExactError(
    () => checkGrad(relu, x, { step: 0 }),
    RangeError,
    `${action} step must be a positive number: got 0`,
  );
  assertExactError(
    () => checkGrad(relu, x, { directions: 1.5 }),
    RangeError,
    `${action} directions must be a positive integer: got 1.5`,
  );
});
