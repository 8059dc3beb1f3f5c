// Metrics that grow batch by batch have the value of all examples at once; those of arrays agree
// with their definitions.

import { assert, assertEquals } from "@std/assert";
import { Random, ShapeError, type Tensor, tensor } from "@tapegrad/tapegrad";
import {
  accuracy,
  classScores,
  confusionMatrix,
  f1,
  type Metric,
  precision,
  recall,
  rocAuc,
  topKAccuracy,
} from "@tapegrad/tapegrad/train";
import { assertExactError } from "../support/exact_error.ts";

/** Draws scores on a coarse grid, so that many are equal, with random classes. */
function examples(count: number, classes: number, seed: number) {
  const random = new Random(seed);
  const scores = Array.from(
    { length: count },
    () => Array.from({ length: classes }, () => random.integer(4)),
  );
  const labels = Array.from({ length: count }, () => random.integer(classes));
  return { scores, labels };
}

function labelsOf(labels: number[]): Tensor {
  return tensor(labels, { dtype: "int32", shape: [labels.length] });
}

const METRICS: Readonly<Record<string, Metric<unknown>>> = {
  accuracy: accuracy(),
  topKAccuracy: topKAccuracy(2),
  confusionMatrix: confusionMatrix(),
  precision: precision(),
  recall: recall({ of: 2 }),
  f1: f1(),
};

for (const [name, metric] of Object.entries(METRICS)) {
  Deno.test(`metrics: ${name} of batches is that of all examples`, () => {
    const { scores, labels } = examples(50, 3, 1);
    const [whole, parts] = [metric(), metric()];
    whole.add(tensor(scores), labelsOf(labels));
    for (let start = 0; start < 50; start += 7) {
      const end = start + 7;
      parts.add(tensor(scores.slice(start, end)), labelsOf(labels.slice(start, end)));
    }
    parts.add(tensor([], { shape: [0, 3] }), labelsOf([]));
    const [a, b] = [whole.value(), parts.value()];
    if (typeof a === "number") assert(Math.abs(a - (b as number)) < 1e-12, `${a} ${b}`);
    else assertEquals(a, b);
  });
}

Deno.test("metrics: a distribution counts as its most probable class", () => {
  const measurement = accuracy()();
  measurement.add(tensor([[1, 2], [4, 3]]), tensor([[0.2, 0.8], [0.4, 0.6]]));
  assertEquals(measurement.value(), 0.5);
});

Deno.test("metrics: precision, recall and F1 by hand", () => {
  // true 0: 3 right, 1 as 1; true 1: 2 as 0, 4 right; nothing is or was called 2.
  const matrix = [[3, 1, 0], [2, 4, 0], [0, 0, 0]];
  assertEquals(classScores(matrix), [
    { precision: 3 / 5, recall: 3 / 4, f1: 6 / 9 },
    { precision: 4 / 5, recall: 4 / 6, f1: 8 / 11 },
    { precision: 0, recall: 0, f1: 0 },
  ]);
  const y = tensor([[9, 0, 0], [0, 9, 0], [0, 9, 0]]);
  const target = labelsOf([0, 0, 1]);
  const value = (metric: Metric) => {
    const measurement = metric();
    measurement.add(y, target);
    return measurement.value();
  };
  assertEquals(value(precision()), (1 + 1 / 2) / 2, "the mean of classes that occur");
  assertEquals(value(recall({ of: 0 })), 0.5);
  assertEquals(value(f1({ of: 1 })), 2 / 3);
  assertEquals(value(f1({ of: 2 })), 0);
});

Deno.test("metrics: a class among the k highest, the first of equal ones being higher", () => {
  const scores = tensor([[2, 2, 2, 1], [2, 2, 2, 1], [NaN, 0, -1, NaN]]);
  assertEquals(topKAccuracy(scores, [0, 2, 1], 1), 2 / 3);
  assertEquals(topKAccuracy(scores, [1, 2, 2], 2), 2 / 3);
  assertEquals(topKAccuracy(scores, [3, 3, 0], 3), 0, "NaN is below every number");
  assertEquals(topKAccuracy(scores, [3, 3, 1], 4), 1);
  assertEquals(topKAccuracy(scores, [3, 3, 3], 4), 2 / 3, "and never right");
  assertExactError(
    () => topKAccuracy(scores, [1], 1),
    ShapeError,
    "Cannot compute topKAccuracy: scores must be [N, ..., C] with a row per label: scores is " +
      "[3, 4], there are 1 labels",
  );
  assertExactError(
    () => topKAccuracy(scores, [1, 1, 1], 0),
    RangeError,
    "Cannot compute topKAccuracy: k must be an integer of at least 1: got 0",
  );
});

Deno.test("metrics: the area under the curve is the share of pairs in order", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { scores, labels } = examples(30, 2, seed);
    const values = scores.map(([score]) => score);
    let [pairs, inOrder] = [0, 0];
    labels.forEach((positive, i) =>
      labels.forEach((negative, j) => {
        if (positive !== 1 || negative !== 0) return;
        pairs++;
        inOrder += values[i] > values[j] ? 1 : values[i] === values[j] ? 0.5 : 0;
      })
    );
    assert(Math.abs(rocAuc(values, labels) - inOrder / pairs) < 1e-12);
  }
  assertEquals(rocAuc([1, 2, 3], [1, 1, 1]), NaN);
  assertEquals(rocAuc([], []), NaN);
  assertEquals(rocAuc([1, NaN], [0, 1]), NaN);
});

Deno.test("metrics: the area under the curve takes one score or two, labels or distributions", () => {
  const one = rocAuc()();
  one.add(tensor([[0.1], [0.4]]), tensor([[0], [0]]));
  one.add(tensor([0.35, 0.8]), labelsOf([1, 1]));
  assertEquals(one.value(), 0.75);
  const two = rocAuc()();
  two.add(tensor([[0, 0.1], [0, 0.4], [1, 1.35], [0, 0.8]]), labelsOf([0, 0, 1, 1]));
  assertEquals(two.value(), 0.75);
  const soft = rocAuc()();
  soft.add(tensor([1, 2]), tensor([[0.9, 0.1], [0.2, 0.8]]));
  assertEquals(soft.value(), 1);
  assertExactError(
    () => rocAuc()().add(tensor([[1, 2, 3]]), labelsOf([0])),
    ShapeError,
    "Cannot compute rocAuc: scores must be [N], [N, 1] or [N, 2]: got [1, 3]",
  );
});
