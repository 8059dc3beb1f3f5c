// Losses: PyTorch's values and gradients, reductions, kinks, compositions, and what is refused.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Backend,
  categoricalHinge,
  cosineSimilarity,
  grad,
  hinge,
  huber,
  klDiv,
  mae,
  mse,
  mul,
  type Reduction,
  referenceBackend,
  ShapeError,
  sigmoidCE,
  sigmoidFocal,
  softmaxCE,
  sum,
  Tape,
  type Tensor,
  tensor,
  wasmBackend,
  zeros,
} from "../../mod.ts";
import { checkGrad } from "../../src/testing/mod.ts";
import * as goldens from "../golden/losses/goldens.ts";
import { assertWithin } from "../support/compare.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

/** Bounds the error to some roundings of float64, of values up to 1e4. */
const near = (expected: ArrayLike<number>) => (i: number) => 1e-13 * (1 + Math.abs(expected[i]));

const int32 = (...values: number[]) => tensor(values, { dtype: "int32" });

/** Fails unless a loss of x and its gradient are PyTorch's. */
function follow(
  what: string,
  loss: (x: Tensor) => Tensor,
  values: number[][],
  golden: { y: number[]; dx: number[] },
  backend: Backend,
): void {
  using tape = new Tape();
  const x = tape.watch(tensor(values, { dtype: "float64", backend }));
  const y = loss(x);
  assertWithin(y.dataSync(), golden.y, near(golden.y), what);
  const weights = tensor(golden.y.map((_, i) => i + 1), {
    shape: y.shape,
    dtype: "float64",
    backend,
  });
  const dx = tape.gradient(y, x, { seed: weights }).dataSync();
  assertWithin(dx, golden.dx, near(golden.dx), `the gradient of ${what}`);
}

/** Runs the same in float64 on both backends. */
function onBackends(run: (backend: Backend) => void): void {
  run(referenceBackend());
  using wasm = wasmBackend({ threads: 1 });
  run(wasm);
}

Deno.test("softmaxCE: PyTorch's, in every combination of its options", () => {
  onBackends((backend) => {
    for (const { labels, weighted, options, ...golden } of goldens.crossEntropies) {
      const dtype = Array.isArray(labels[0]) ? "float64" : "int32";
      const classWeights = tensor(goldens.classWeights, { dtype: "float64", backend });
      const given = tensor(labels, { dtype, backend });
      const ours = {
        ...options,
        reduction: options.reduction as Reduction,
        classWeights: weighted ? classWeights : undefined,
      };
      const what = `softmaxCE, ${JSON.stringify(options)}, ${dtype}, weighted ${weighted}`;
      follow(what, (x) => softmaxCE(x, given, ours), goldens.logits, golden, backend);
    }
  });
});

type Loss = (x: Tensor, target: Tensor, options: Record<string, unknown>) => Tensor;
const LOSSES: Record<string, Loss> = { huber, klDiv, mae, mse, sigmoidCE, sigmoidFocal };

Deno.test("losses of elements: PyTorch's", () => {
  onBackends((backend) => {
    for (const { loss, x = goldens.scores, target, options, ...golden } of goldens.pairLosses) {
      const given = tensor(target, { dtype: "float64", backend });
      const { positiveWeight } = options;
      const weight = Array.isArray(positiveWeight)
        ? { positiveWeight: tensor(positiveWeight, { dtype: "float64", backend }) }
        : {};
      const ours = { ...options, ...weight };
      const what = `${loss}, ${JSON.stringify(options)}`;
      follow(what, (x) => LOSSES[loss](x, given, ours), x, golden, backend);
    }
  });
});

Deno.test("cosineSimilarity: PyTorch's", () => {
  for (const { a, b, axis, ...golden } of goldens.cosines) {
    const other = tensor(b, { dtype: "float64" });
    const cosine = (x: Tensor) => cosineSimilarity(x, other, { axis });
    follow(`cosineSimilarity, axis ${axis}`, cosine, a, golden, other.backend);
  }
});

Deno.test("cosineSimilarity: epsilon is the least product of lengths, 1e-8 by default", () => {
  const f64 = { dtype: "float64" } as const;
  const [a, b] = [tensor([[3, 4], [1, 0]], f64), tensor([[0, 2], [2, 0]], f64)];
  const cosines = (epsilon?: number) => [...cosineSimilarity(a, b, { epsilon }).dataSync()];
  assertEquals(cosines(), [0.8, 1]); // lengths of 10 and 2
  assertEquals(cosines(0), [0.8, 1]);
  assertEquals(cosines(4), [0.8, 0.5]);
  assertEquals(cosines(16), [0.5, 0.125]);
  const [c, d] = [tensor([[2 ** -14]], f64), tensor([[2 ** -15]], f64)]; // 1.9e-9, below 1e-8
  const small = cosineSimilarity(c, d).item();
  assert(Math.abs(small - 2 ** -29 / 1e-8) < 1e-12, String(small));
});

Deno.test("cosineSimilarity: of a vector of zeros 0, with a finite gradient", () => {
  const [a, b] = [tensor([[0, 0], [3, 4]]), tensor([[1, 2], [3, 4]])];
  assertEquals(cosineSimilarity(a, b).toArray(), [0, 1]);
  const da = grad((a: Tensor) => sum(cosineSimilarity(a, b)))(a).dataSync();
  assert(da.every(Number.isFinite), String(da));
});

Deno.test("hinge: by hand, with its kink", () => {
  const [x, target] = [tensor([0.5, 2, 1, -3]), tensor([1, 1, -1, -1])];
  assertEquals(hinge(x, target, { reduction: "none" }).toArray(), [0.5, 0, 2, 0]);
  assertEquals(hinge(x, target, { squared: true, reduction: "sum" }).item(), 4.25);
  const dx = grad((x: Tensor) => hinge(x, target, { reduction: "sum" }))(x);
  assertEquals(dx.toArray(), [-1, 0, 1, 0]);
  const atKink = grad((x: Tensor) => hinge(x, tensor([1])))(tensor([1]));
  assertEquals(atKink.toArray(), [0]);
});

Deno.test("hinge, categoricalHinge, cosineSimilarity: gradients to the second order", () => {
  const f64 = { dtype: "float64" } as const;
  const x = tensor([[0.5, -1.25, 2], [0.25, 1.5, -0.5]], f64);
  const signs = tensor([[1, -1, -1], [1, 1, -1]], f64);
  const rows = tensor([[0, 0, 1], [1, 0, 0]], f64);
  for (const squared of [false, true]) {
    checkGrad((x, target) => hinge(x, target, { squared }), [x, signs], { order: 2 });
  }
  const scores = tensor([[0.5, -1.25, 1], [0.25, 1.5, -0.5]], f64);
  checkGrad((x) => categoricalHinge(x, rows), [scores], { order: 2 });
  checkGrad((a, b) => cosineSimilarity(a, b, { axis: 0 }), [x, scores], { order: 2 });
});

Deno.test("categoricalHinge: Keras's example by hand", () => {
  const scores = tensor([[0.6, 0.4], [0.4, 0.6]]);
  const target = tensor([[0, 1], [0, 0]]);
  const losses = categoricalHinge(scores, target, { reduction: "none" }).dataSync();
  assertWithin(losses, [1.2, 1.6], () => 1e-6, "categoricalHinge");
});

Deno.test("sigmoidCE: the gradient of a weight for each class", () => {
  const f64 = { dtype: "float64" } as const;
  const logits = tensor([[0.5, -1.25], [2, 0.75]], f64);
  const labels = tensor([[1, 0.25], [0, 0.5]], f64);
  const loss = ({ x, t, w }: { x: Tensor; t: Tensor; w: Tensor }) =>
    sigmoidCE(x, t, { positiveWeight: w });
  checkGrad(loss, { x: logits, t: labels, w: tensor([2, 0.5], f64) }, { order: 2 });
});

Deno.test("sigmoidCE: of ±1e4 gradient and its gradient are finite", () => {
  const [x, t] = [tensor([1e4, -1e4, 1e4, -1e4]), tensor([0, 1, 1, 0])];
  for (const loss of [sigmoidCE, sigmoidFocal]) {
    const first = grad((x: Tensor) => loss(x, t, { reduction: "sum" }));
    assert(first(x).dataSync().every(Number.isFinite));
    const second = grad((x: Tensor) => sum(mul(first(x), tensor([1, 2, 3, 4]))))(x);
    assertEquals(second.toArray(), [0, 0, 0, 0]);
  }
});

Deno.test("softmaxCE: rows of any number of dimensions", () => {
  const logits = tensor([[[0, 0], [0, 5]], [[1, 1], [2, 2]]]);
  const labels = tensor([[0, 1], [0, 1]], { dtype: "int32" });
  const losses = softmaxCE(logits, labels, { reduction: "none" });
  assertEquals(losses.shape, [2, 2]);
  assertAlmostEquals(losses.dataSync()[0], Math.LN2, 1e-6);
  assertAlmostEquals(
    softmaxCE(tensor([0, 0]), tensor(1, { dtype: "int32" })).item(),
    Math.LN2,
    1e-6,
  );
});

Deno.test("softmaxCE: ignored rows, NaN in them too, and none that counts", () => {
  const logits = tensor([[NaN, 1], [0, 0]]);
  const options = { ignoreIndex: 7 };
  assertAlmostEquals(softmaxCE(logits, int32(7, 0), options).item(), Math.LN2, 1e-6);
  const dx = grad((x: Tensor) => softmaxCE(x, int32(7, 0), options))(logits);
  assertEquals(dx.toArray(), [[0, 0], [-0.5, 0.5]]);
  assertEquals(softmaxCE(logits, int32(7, 7), options).item(), NaN);
  assertEquals(softmaxCE(logits, int32(7, 7), { ...options, reduction: "sum" }).item(), 0);
  assertEquals(softmaxCE(zeros([0, 3]), int32(), options).item(), NaN);
  const uint8 = tensor([255, 0], { dtype: "uint8" });
  assertAlmostEquals(softmaxCE(logits, uint8, { ignoreIndex: 255 }).item(), Math.LN2, 1e-6);
});

Deno.test("losses: the mean of nothing is NaN, the sum 0", () => {
  const nothing = zeros([0, 2]);
  for (const loss of [mse, mae, huber, sigmoidCE, sigmoidFocal, klDiv, hinge]) {
    assertEquals(loss(nothing, nothing).item(), NaN, loss.name);
    assertEquals(loss(nothing, nothing, { reduction: "sum" }).item(), 0, loss.name);
  }
});

const X = zeros([2, 3]);
const wrong = (value: unknown) => value as never;

/** Lists refusals that losses of elements have in common. */
function common(name: string, loss: Loss, x: string, target: string): Refusal[] {
  return [
    [
      () => loss(X, zeros([3]), {}),
      ShapeError,
      `Cannot apply ${name}: ${x} and ${target} must have the same shape: ${x} is [2, 3], ` +
      `${target} is [3]`,
    ],
    [
      () => loss(X, zeros([2, 3], { dtype: "float64" }), {}),
      ShapeError,
      `Cannot apply ${name}: dtypes must be equal, cast(x, dtype) converts: ${x} is float32, ` +
      `${target} is float64`,
    ],
    [
      () => loss(X, X, { reduction: wrong("average") }),
      RangeError,
      `Cannot apply ${name}: reduction must be ` +
      `${name === "klDiv" ? '"mean", "sum", "none" or "batchMean"' : '"mean", "sum" or "none"'}: ` +
      "got average",
    ],
  ];
}

Deno.test("losses: refuse what does not fit", () => {
  const named = { huber, mae, mse, klDiv, hinge, categoricalHinge } as Record<string, Loss>;
  const refusals: Refusal[] = [
    ...Object.entries(named).flatMap(([name, loss]) => common(name, loss, "x", "target")),
    ...Object.entries({ sigmoidCE, sigmoidFocal } as Record<string, Loss>)
      .flatMap(([name, loss]) => common(name, loss, "logits", "labels")),
    ...[0, -1, NaN, Infinity].map((delta): Refusal => [
      () => huber(X, X, { delta }),
      RangeError,
      `Cannot apply huber: delta must be positive and finite: got ${delta}`,
    ]),
    [
      () => sigmoidCE(X, X, { positiveWeight: -1 }),
      RangeError,
      "Cannot apply sigmoidCE: positiveWeight must be a finite number of at least 0: got -1",
    ],
    [
      () => sigmoidCE(X, X, { positiveWeight: zeros([2]) }),
      ShapeError,
      "Cannot apply sigmoidCE: sizes of positiveWeight must be 1 or those of logits, counted " +
      "from the last: positiveWeight is [2], logits is [2, 3]",
    ],
    [
      () => sigmoidFocal(X, X, { alpha: 1.5 }),
      RangeError,
      "Cannot apply sigmoidFocal: alpha must be from 0 to 1, or null: got 1.5",
    ],
    [
      () => sigmoidFocal(X, X, { gamma: -1 }),
      RangeError,
      "Cannot apply sigmoidFocal: gamma must be a finite number of at least 0: got -1",
    ],
    [
      () => cosineSimilarity(X, zeros([2, 1])),
      ShapeError,
      "Cannot apply cosineSimilarity: a and b must have the same shape: a is [2, 3], b is [2, 1]",
    ],
    [
      () => cosineSimilarity(X, X, { epsilon: -1 }),
      RangeError,
      "Cannot apply cosineSimilarity: epsilon must be a finite number of at least 0: got -1",
    ],
    [
      () => cosineSimilarity(X, X, { axis: 2 }),
      ShapeError,
      "Cannot apply cosineSimilarity: axis must be an integer from -2 to 1: axis is 2, " +
      "x is [2, 3]",
    ],
    [
      () => softmaxCE(X, int32(0, 1), { classWeights: zeros([2]) }),
      ShapeError,
      "Cannot apply softmaxCE: classWeights must have one element per class, [3]: " +
      "classWeights is [2], logits is [2, 3]",
    ],
    [
      () => softmaxCE(X, X, { ignoreIndex: 0 }),
      ShapeError,
      "Cannot apply softmaxCE: ignoreIndex is for labels that are class indices: got 0 with " +
      "distributions",
    ],
    [
      () => softmaxCE(X, int32(0, 1), { ignoreIndex: 0.5 }),
      RangeError,
      "Cannot apply softmaxCE: ignoreIndex must be an integer of 32 bits: got 0.5",
    ],
    [
      () => softmaxCE(X, int32(-100, 5), { ignoreIndex: -100 }),
      RangeError,
      "Cannot apply softmaxCE: labels must be from 0 to 2: the label of row 1 is 5",
    ],
  ];
  refusals.forEach(assertRefuses);
});
