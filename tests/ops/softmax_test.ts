// softmax, logSoftmax and softmaxCE: formulas, smoothing, reductions, and logits of ±1e4.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  grad,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  softmax,
  softmaxCE,
  type SoftmaxCEOptions,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import {
  rowsOf,
  softmaxCEGradOracle,
  softmaxCEOracle,
  softmaxRow,
  total,
} from "../support/oracles/arrays.ts";
import { assertSame, assertWithin } from "../support/compare.ts";
import { labels as classLabels, smooth, type Values } from "../support/grids.ts";

const float64 = ({ shape, data }: Values) => tensor(Array.from(data), { shape, dtype: "float64" });
const int32 = (values: number[]) => tensor(values, { dtype: "int32" });

/** Bounds the error to a few roundings of float64. */
const NEAR = () => 1e-14;

const logitsOf = (rows: number, classes: number) => smooth([rows, classes], -4, 4);

Deno.test("softmax: that of the definition", () => {
  fc.assert(fc.property(logitsOf(3, 4), (logits) => {
    const expected = rowsOf(logits).flatMap(softmaxRow);
    assertWithin(softmax(float64(logits)).dataSync(), expected, NEAR, "softmax");
    const logs = expected.map(Math.log);
    assertWithin(logSoftmax(float64(logits)).dataSync(), logs, NEAR, "logSoftmax");
  }));
});

Deno.test("softmax: by hand, along the last axis", () => {
  const x = tensor([[[0, 0]], [[Math.log(3), 0]]], { dtype: "float64" });
  assertWithin(softmax(x).dataSync(), [0.5, 0.5, 0.75, 0.25], NEAR, "softmax");
  assertEquals(softmax(tensor([5])).toArray(), [1]);
  assertEquals(logSoftmax(tensor([5])).toArray(), [0]);
  assertEquals(softmax(zeros([2, 0])).shape, [2, 0]);
});

Deno.test("softmax: what is added to a whole row changes no digit", () => {
  const row = [0.5, -1.25, 2];
  const shifted = (by: number) => tensor([row.map((v) => v + by)], { dtype: "float64" });
  const losses = (x: Tensor) => softmaxCE(x, int32([1]), { labelSmoothing: 0.5 });
  for (const op of [softmax, logSoftmax, losses, grad(losses)]) {
    const usual = op(shifted(0)).dataSync();
    for (const by of [-1e4, 1e4, 2 ** 40]) {
      assertSame(op(shifted(by)).dataSync(), usual, `shifted by ${by}`);
    }
  }
});

Deno.test("softmax: logits of ±1e4 do not overflow, nor do their gradients", () => {
  const x = tensor([1e4, -1e4, 0]);
  assertEquals(softmax(x).toArray(), [1, 0, 0]);
  assertEquals(logSoftmax(x).toArray(), [0, -2e4, -1e4]);
  const weights = tensor([1, 2, 3]);
  assertEquals(grad((x: Tensor) => sum(mul(softmax(x), weights)))(x).toArray(), [0, 0, 0]);
  assertEquals(grad((x: Tensor) => sum(mul(logSoftmax(x), weights)))(x).toArray(), [-5, 2, 3]);
});

Deno.test("softmax: NaN and infinities", () => {
  const x = tensor([[NaN, 0], [1, 2], [-Infinity, 0]]);
  const y = softmax(x).dataSync();
  assert(Number.isNaN(y[0]) && Number.isNaN(y[1]));
  assertAlmostEquals(y[2] + y[3], 1, 1e-6);
  assertEquals(Array.from(y.subarray(4)), [0, 1]);
});

const OPTIONS: readonly SoftmaxCEOptions[] = [
  {},
  { labelSmoothing: 0.1 },
  { labelSmoothing: 1 },
  { labelSmoothing: 0.5, reduction: "none" },
  { reduction: "sum" },
];

/** Reduces losses of rows to one, as the option says. */
function reduced(losses: ArrayLike<number>, { reduction = "mean" }: SoftmaxCEOptions): number[] {
  if (reduction === "none") return Array.from(losses);
  return [reduction === "sum" ? total(losses) : total(losses) / losses.length];
}

Deno.test("softmaxCE: that of the definition, with class indices", () => {
  const samples = fc.tuple(logitsOf(3, 4), classLabels([3], 4), fc.constantFrom(...OPTIONS));
  fc.assert(fc.property(samples, ([logits, labels, options]) => {
    const y = softmaxCE(float64(logits), int32(Array.from(labels.data)), options);
    const losses = softmaxCEOracle(logits, labels, options.labelSmoothing).data;
    assertWithin(y.dataSync(), reduced(losses, options), NEAR, "softmaxCE");
    assertEquals(y.shape, options.reduction === "none" ? [3] : []);
  }));
});

Deno.test("softmaxCE: that of the definition, with distributions", () => {
  const samples = fc.tuple(logitsOf(3, 4), smooth([3, 4], 0, 1), fc.constantFrom(...OPTIONS));
  fc.assert(fc.property(samples, ([logits, labels, options]) => {
    const y = softmaxCE(float64(logits), float64(labels), options);
    const losses = softmaxCEOracle(logits, labels, options.labelSmoothing).data;
    assertWithin(y.dataSync(), reduced(losses, options), NEAR, "softmaxCE");
  }));
});

Deno.test("softmaxCE: its gradient is softmax - target, scaled by the reduction", () => {
  const samples = fc.tuple(logitsOf(4, 3), classLabels([4], 3), fc.constantFrom(0, 0.25, 1));
  fc.assert(fc.property(samples, ([logits, labels, labelSmoothing]) => {
    const indices = int32(Array.from(labels.data));
    for (const [reduction, share] of [["mean", 1 / 4], ["sum", 1]] as const) {
      const loss = (x: Tensor) => softmaxCE(x, indices, { labelSmoothing, reduction });
      const dx = grad(loss)(float64(logits)).dataSync();
      const dy = { shape: [4], data: [share, share, share, share] };
      const expected = softmaxCEGradOracle(dy, logits, labels, labelSmoothing).data;
      assertWithin(dx, expected, NEAR, "the gradient");
      assertAlmostEquals(total(dx), 0, 1e-14);
    }
  }));
});

Deno.test("softmaxCE: a class index is the distribution that has it alone", () => {
  const logits = tensor([[1, 2, -1], [0, 0.5, 3]], { dtype: "float64" });
  const distribution = oneHot([1, 2], 3, { dtype: "float64" });
  for (const options of OPTIONS) {
    const [a, b] = [int32([1, 2]), distribution].map((labels) =>
      softmaxCE(logits, labels, options).dataSync()
    );
    assertWithin(a, b, NEAR, JSON.stringify(options));
  }
});

Deno.test("softmaxCE: the smoothing by its formula in PyTorch's words", () => {
  const logits = tensor([[2, -1, 0.5]], { dtype: "float64" });
  const logs = logSoftmax(logits);
  const smoothing = 0.3;
  const expected = (1 - smoothing) * -logs.dataSync()[1] + smoothing * neg(mean(logs)).item();
  const y = softmaxCE(logits, int32([1]), { labelSmoothing: smoothing });
  assertAlmostEquals(y.item(), expected, 1e-14);
});

Deno.test("softmaxCE: logits of ±1e4 have exact losses and gradients", () => {
  const logits = tensor([[1e4, -1e4], [1e4, -1e4], [-1e4, -1e4]]);
  const labels = int32([0, 1, 0]);
  const losses = softmaxCE(logits, labels, { reduction: "none" }).dataSync();
  assertWithin(losses, [0, 2e4, Math.LN2], () => 1e-3, "losses");
  assertEquals(losses[1], 2e4);
  const dx = grad((x: Tensor) => softmaxCE(x, labels, { reduction: "sum" }))(logits);
  assertEquals(dx.toArray(), [[0, 0], [1, -1], [-0.5, 0.5]]);
});

Deno.test("softmaxCE: of ±1e4 the gradient of the gradient is finite too", () => {
  const logits = tensor([[1e4, -1e4], [0, 0]]);
  const inner = grad((x: Tensor) => softmaxCE(x, int32([1, 1]), { reduction: "sum" }));
  const outer = grad((x: Tensor) => sum(mul(inner(x), tensor([[1, 2], [1, 2]]))));
  assertEquals(outer(logits).toArray(), [[0, 0], [-0.25, 0.25]]);
});

Deno.test("softmaxCE: an impossible class that is not wanted costs nothing", () => {
  const logits = tensor([[0, -Infinity]]);
  assertEquals(softmaxCE(logits, int32([0])).item(), 0);
  assertEquals(softmaxCE(logits, int32([1])).item(), Infinity);
  assertEquals(softmaxCE(logits, tensor([[1, 0]])).item(), 0);
});

Deno.test("softmaxCE: a row with NaN is NaN, the others are not", () => {
  const logits = tensor([[NaN, 0], [0, 0], [0, NaN]]);
  const labels = int32([1, 0, 0]);
  const losses = softmaxCE(logits, labels, { reduction: "none" }).dataSync();
  assertEquals(Array.from(losses, Number.isNaN), [true, false, true]);
  const dx = grad((x: Tensor) => softmaxCE(x, labels, { reduction: "sum" }))(logits).dataSync();
  assertEquals(Array.from(dx, Number.isNaN), [true, true, false, false, true, true]);
});

Deno.test("softmaxCE: labels of uint8, of one class, of no rows", () => {
  const uint8 = tensor([1], { dtype: "uint8" });
  assertAlmostEquals(softmaxCE(tensor([[0, 0]]), uint8).item(), Math.LN2, 1e-6);
  assertEquals(softmaxCE(tensor([[3], [-7]]), int32([0, 0])).item(), 0);
  assertEquals(softmaxCE(zeros([0, 3]), int32([])).item(), NaN);
  assertEquals(softmaxCE(zeros([0, 3]), int32([]), { reduction: "sum" }).item(), 0);
});

Deno.test("softmaxCE: the gradient of a distribution is -log softmax, by its share", () => {
  const logits = tensor([[0, Math.log(3)]], { dtype: "float64" });
  const labels = tensor([[0.5, 0.5]], { dtype: "float64" });
  for (const labelSmoothing of [0, 0.25]) {
    const loss = (labels: Tensor) => softmaxCE(logits, labels, { labelSmoothing });
    const expected = [-Math.log(0.25), -Math.log(0.75)].map((loss) => loss * (1 - labelSmoothing));
    assertWithin(grad(loss)(labels).dataSync(), expected, NEAR, `smoothing ${labelSmoothing}`);
  }
});

Deno.test("softmaxCE: class indices are no inputs of the gradient", () => {
  const logits = tensor([[1, 2]]);
  using tape = new Tape();
  tape.watch(logits);
  const y = softmaxCE(logits, int32([0]));
  assertEquals(tape.entries.map(({ op }) => op.name), ["softmaxCE", "mean"]);
  assertEquals(tape.gradient(y, { logits }).logits.shape, [1, 2]);
});
