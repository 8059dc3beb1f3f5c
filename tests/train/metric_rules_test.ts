// The rules that metrics share: shapes of scores and targets, ranges of labels, NaN, ignored labels,
// divisions by 0. Expected values are scikit-learn's definitions, written plainly.

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Random, ShapeError, type Tensor, tensor } from "@tapegrad/tapegrad";
import {
  accuracy,
  binaryAccuracy,
  confusionMatrix,
  f1,
  meanAbsoluteError,
  type Metric,
  precision,
  predictions,
  r2Score,
  recall,
  rocAuc,
  rootMeanSquaredError,
  topKAccuracy,
} from "@tapegrad/tapegrad/train";
import { assertExactError } from "../support/exact_error.ts";

/** The value of a metric after one batch. */
function valueOf<V>(metric: Metric<V>, y: Tensor, target: Tensor): V {
  const measurement = metric();
  measurement.add(y, target);
  return measurement.value();
}

const ints = (values: number[], shape = [values.length]) =>
  tensor(values, { dtype: "int32", shape });

/** Counts by scikit-learn's definitions, of the class 1. */
function countsOf(predicted: readonly number[], labels: readonly number[]) {
  const count = (p: number, t: number) =>
    predicted.filter((found, i) => found === p && labels[i] === t).length;
  return { tp: count(1, 1), fp: count(1, 0), fn: count(0, 1), tn: count(0, 0) };
}

/** Logits and labels of a model of one score, on a grid, so that some are at the threshold. */
function binaryExamples(count: number, seed: number) {
  const random = new Random(seed);
  const scores = Array.from({ length: count }, () => random.integer(9) / 4 - 1);
  const labels = Array.from({ length: count }, () => random.integer(2));
  return { scores, labels };
}

Deno.test("metrics of one score: as the definitions, for all shapes and a threshold", () => {
  for (const threshold of [0, 0.5]) {
    const { scores, labels } = binaryExamples(60, 3);
    const predicted = scores.map((score) => Number(score > threshold));
    const { tp, fp, fn, tn } = countsOf(predicted, labels);
    const expected = {
      accuracy: (tp + tn) / 60,
      binaryAccuracy: (tp + tn) / 60,
      top1: (tp + tn) / 60,
      precision: tp / (tp + fp),
      recall: tp / (tp + fn),
      recallOf0: tn / (tn + fp),
      f1: 2 * tp / (2 * tp + fp + fn),
      confusion: [[tn, fp], [fn, tp]],
    };
    const options = { threshold };
    const metrics = {
      accuracy: accuracy(options),
      binaryAccuracy: binaryAccuracy(options),
      top1: topKAccuracy(1, options),
      precision: precision(options),
      recall: recall(options),
      recallOf0: recall({ ...options, of: 0 }),
      f1: f1(options),
      confusion: confusionMatrix(options),
    };
    const shapes = [[[60], [60]], [[60, 1], [60]], [[60], [60, 1]], [[60, 1], [60, 1]]];
    const more = [[[5, 12, 1], [5, 12]], [[3, 4, 5, 1], [3, 4, 5, 1]]];
    for (const [ofScores, ofLabels] of [...shapes, ...more]) {
      for (const dtype of ["float32", "int32"] as const) {
        const y = tensor(scores, { shape: ofScores });
        const target = tensor(labels, { dtype, shape: ofLabels });
        const found = Object.fromEntries(
          Object.entries(metrics).map(([name, metric]) => [
            name,
            valueOf(metric as Metric<unknown>, y, target),
          ]),
        );
        assertEquals(found, expected, `${ofScores} ${ofLabels} ${dtype}`);
      }
    }
    assertEquals(binaryAccuracy(scores, labels, options), expected.accuracy);
    assertEquals(precision(predicted, labels, { of: 1 }), expected.precision);
    assertEquals(recall(predicted, labels, { of: 1 }), expected.recall);
    assertEquals(f1(predicted, labels, { of: 1 }), expected.f1);
    assertEquals(
      [...predictions(tensor(scores, { shape: [60, 1] }), options)],
      predicted,
    );
  }
});

Deno.test("binaryAccuracy: labels that exclude nothing count one by one", () => {
  const y = tensor([[1, -1, 2], [-3, 0, 1]]);
  const target = tensor([[1, 1, 0], [0, 0, 1]]);
  assertEquals(valueOf(binaryAccuracy(), y, target), 4 / 6);
  assertEquals(valueOf(binaryAccuracy({ threshold: 1 }), y, target), 2 / 6);
  assertEquals(valueOf(binaryAccuracy({ ignoreIndex: 0 }), y, target), 2 / 3);
});

Deno.test("metrics of classes: labels [N, 1], sequences and images count by row", () => {
  const random = new Random(5);
  const scores = Array.from({ length: 24 * 3 }, () => random.integer(5));
  const labels = Array.from({ length: 24 }, () => random.integer(3));
  const predicted = labels.map((_, row) => {
    const own = scores.slice(3 * row, 3 * row + 3);
    return own.indexOf(Math.max(own[0], own[1], own[2]));
  });
  const share = predicted.filter((found, row) => found === labels[row]).length / 24;
  const matrix = [0, 1, 2].map((t) =>
    [0, 1, 2].map((p) => predicted.filter((found, i) => found === p && labels[i] === t).length)
  );
  const found = [0, 1, 2].map((c) => matrix[c][c] / (matrix[c][0] + matrix[c][1] + matrix[c][2]));
  const macro = (found[0] + found[1] + found[2]) / 3;
  for (const rows of [[24], [4, 6], [2, 3, 4]]) {
    for (const last of [[], [1]]) {
      const y = tensor(scores, { shape: [...rows, 3] });
      const target = ints(labels, [...rows, ...last]);
      assertEquals(valueOf(accuracy(), y, target), share);
      assertEquals(valueOf(topKAccuracy(1), y, target), share);
      assertEquals(valueOf(confusionMatrix(), y, target), matrix);
      assertAlmostEquals(valueOf(recall(), y, target), macro, 1e-12);
      assertEquals([...predictions(y)], predicted);
    }
  }
  assertAlmostEquals(recall(predicted, labels), macro, 1e-12);
});

Deno.test("metrics: an ignored label is left out", () => {
  const y = tensor([[2, 1, 0], [0, 3, 1], [0, 1, 5], [4, 0, 0]]);
  const target = ints([0, -100, 1, 0]);
  const options = { ignoreIndex: -100 };
  assertEquals(valueOf(accuracy(options), y, target), 2 / 3);
  assertEquals(valueOf(topKAccuracy(2, options), y, target), 1);
  assertEquals(valueOf(confusionMatrix(options), y, target), [[2, 0, 0], [0, 0, 1], [0, 0, 0]]);
  assertEquals(valueOf(recall(options), y, target), (1 + 0 + 0) / 3);
  assertEquals(valueOf(accuracy(options), y, ints([-100, -100, -100, -100])), NaN);
  assertEquals(valueOf(recall({ ...options, of: 1 }), y, ints([-100, -100, -100, -100])), NaN);
  assertEquals(accuracy([0, 1, 2], [0, 9, 1], { ignoreIndex: 9 }), 0.5);
  assertEquals(confusionMatrix([0, 1, 1], [0, 255, 1], 2, { ignoreIndex: 255 }), [[1, 0], [0, 1]]);
  assertEquals(topKAccuracy(y, [0, -1, 1, 2], 1, { ignoreIndex: -1 }), 1 / 3);
  assertEquals(f1([1, 0, 1], [1, 255, 0], { of: 1, ignoreIndex: 255 }), 2 / 3);
  const one = tensor([[1], [2], [-1], [3]]);
  assertEquals(valueOf(accuracy({ ignoreIndex: -1 }), one, ints([1, -1, 1, 0])), 1 / 3);
  assertEquals(valueOf(rocAuc({ ignoreIndex: -1 }), one, ints([1, -1, 1, 0])), 0);
  assertEquals(rocAuc([1, NaN, 3], [0, 7, 1], { ignoreIndex: 7 }), 1);
});

Deno.test("metrics: NaN is below every number and never right", () => {
  const y = tensor([[NaN, NaN], [NaN, -Infinity], [-Infinity, NaN], [NaN, 1]]);
  assertEquals(predictions(y), new Int32Array([-1, 1, 0, 1]));
  for (const label of [0, 1]) {
    const target = ints([label, 1, 0, 1]);
    assertEquals(valueOf(accuracy(), y, target), 3 / 4);
    assertEquals(valueOf(topKAccuracy(1), y, target), 3 / 4);
    assertEquals(valueOf(topKAccuracy(2), y, target), 3 / 4);
    const truth = [1, 2].map((n, c) => n + Number(label === c));
    assertEquals(valueOf(recall(), y, target), (1 / truth[0] + 2 / truth[1]) / 2);
    assertEquals(valueOf(precision({ of: label }), y, target), 1);
    assertExactError(
      () => valueOf(confusionMatrix(), y, target),
      RangeError,
      "Cannot compute confusionMatrix: every row must have a class: the scores of row 0 are all NaN",
    );
  }
  const one = tensor([[NaN], [1]]);
  for (const label of [0, 1]) {
    assertEquals(valueOf(accuracy(), one, ints([label, 1])), 1 / 2);
    assertEquals(valueOf(binaryAccuracy(), one, ints([label, 1], [2, 1])), 1 / 2);
    assertEquals(valueOf(topKAccuracy(2), one, ints([label, 1])), 1 / 2);
    assertEquals(accuracy(predictions(one), [label, 1]), 1 / 2);
  }
});

Deno.test("metrics: a label out of range is named, with its row", () => {
  const y = tensor([[1, 2, 3], [4, 5, 6]]);
  const text = (name: string, value: number, row: string) =>
    `Cannot compute ${name}: labels must be from 0 to 2: the label of row ${row} is ${value}`;
  const metrics = {
    accuracy: accuracy(),
    topKAccuracy: topKAccuracy(3),
    confusionMatrix: confusionMatrix(),
    precision: precision(),
    recall: recall({ of: 1 }),
    f1: f1(),
  } as Record<string, Metric<unknown>>;
  for (const [name, metric] of Object.entries(metrics)) {
    for (const value of [7, -1, 3]) {
      const target = ints([0, value]);
      assertExactError(() => valueOf(metric, y, target), RangeError, text(name, value, "1"));
    }
    const deep = tensor([1, 2, 3, 4, 5, 6], { shape: [1, 2, 3] });
    const target = ints([0, 7], [1, 2]);
    assertExactError(() => valueOf(metric, deep, target), RangeError, text(name, 7, "0, 1"));
    assertThrows(() => valueOf(metric, y, tensor([0.5, 1])), RangeError, "row 0 is 0.5");
    assertThrows(() => valueOf(metric, y, tensor([0, NaN])), RangeError, "row 1 is NaN");
    for (const value of [2, -1, NaN]) {
      assertExactError(
        () => valueOf(metric, tensor([[1], [2]]), tensor([0, value])),
        RangeError,
        `Cannot compute ${name}: labels of one score must be from 0 to 1: the label of row 1 is ` +
          value,
      );
    }
  }
  assertExactError(
    () => topKAccuracy(y, [0, 7], 1),
    RangeError,
    text("topKAccuracy", 7, "1"),
  );
  assertExactError(
    () => confusionMatrix([0, 1], [0, 7], 3),
    RangeError,
    text("confusionMatrix", 7, "1"),
  );
  assertExactError(
    () => confusionMatrix([0, 5], [0, 1], 3),
    RangeError,
    "Cannot compute confusionMatrix: predictions must be from 0 to 2: that of row 1 is 5",
  );
  assertThrows(() => accuracy([1], [-1]), RangeError, "integers of at least 0");
  assertThrows(() => rocAuc([1, 2], [1, 3]), RangeError, "the label of row 1 is 3");
  assertThrows(() => binaryAccuracy([1, 2], [1, 3]), RangeError, "the label of row 1 is 3");
});

Deno.test("metrics: shapes that do not fit are refused", () => {
  const refused = (y: number[], target: number[], text: string) =>
    assertExactError(
      () =>
        valueOf(
          accuracy(),
          tensor(new Float32Array(y.reduce((a, b) => a * b, 1)), { shape: y }),
          tensor(new Float32Array(target.reduce((a, b) => a * b, 1)), { shape: target }),
        ),
      ShapeError,
      `Cannot compute accuracy: ${text}`,
    );
  refused(
    [4, 3],
    [3],
    "scores of [4, 3] must have classes [4] or distributions [4, 3] as targets: got [3]",
  );
  refused(
    [4, 1],
    [1, 4],
    "scores of [4, 1] must have classes [4] or distributions [4, 2] as targets: got [1, 4]",
  );
  refused([], [], "scores must be [N], [..., 1] or [..., C]: got []");
  refused([4, 0], [4], "scores must be [N], [..., 1] or [..., C]: got [4, 0]");
  assertThrows(
    () => valueOf(accuracy(), tensor([[1, 2, 3]]), tensor([[1, 1, 0]])),
    RangeError,
    "a distribution must sum to 1 (labels that exclude nothing are for binaryAccuracy): that of " +
      "row 0 sums to 2",
  );
  assertThrows(
    () => valueOf(binaryAccuracy(), tensor([[1, 2, 3]]), tensor([1, 1, 0])),
    ShapeError,
    "results are [1, 3], targets are [3]",
  );
  const classes = confusionMatrix()();
  classes.add(tensor([[1, 2, 3]]), ints([0]));
  assertThrows(() => classes.add(tensor([[1, 2]]), ints([0])), ShapeError, "got 2 after 3");
});

Deno.test("metrics: options and arguments of another kind are refused", () => {
  const y = tensor([1, 2]);
  assertExactError(
    () => accuracy(y as unknown as number[], [1, 1]),
    TypeError,
    "Cannot compute accuracy: predicted must be an array: got a tensor; await tensor.data() " +
      "gives one",
  );
  assertThrows(() => accuracy({ threshold: NaN }), RangeError, "threshold must be a finite number");
  assertThrows(() => f1({ ignoreIndex: 0.5 }), RangeError, "ignoreIndex must be an integer");
  assertThrows(() => precision({ of: -1 }), RangeError, "of must be an integer of at least 0");
  assertExactError(
    () => valueOf(recall({ of: 3 }), tensor([[1, 2]]), ints([0])),
    RangeError,
    "Cannot compute recall: of must be a class from 0 to 1: got 3",
  );
  assertThrows(() => confusionMatrix([0], [0], 0), RangeError, "classes must be an integer");
  assertThrows(() => topKAccuracy(0), RangeError, "k must be an integer of at least 1: got 0");
});

Deno.test("precision, recall and F1: a division by 0 is 0, classes that nowhere occur are left out", () => {
  // Of classes 0 to 3: 1 is never predicted, 2 is predicted without examples, 3 does not occur.
  const [predicted, labels] = [[0, 0, 2, 0], [0, 1, 1, 0]];
  assertEquals(precision(predicted, labels), (2 / 3 + 0 + 0) / 3);
  assertEquals(recall(predicted, labels), (1 + 0 + 0) / 3);
  assertEquals(f1(predicted, labels), (4 / 5 + 0 + 0) / 3);
  assertEquals(precision(predicted, labels, { of: 1 }), 0);
  assertEquals(recall(predicted, labels, { of: 2 }), 0);
  const y = tensor([[9, 0, 0, 0], [9, 0, 0, 0], [0, 0, 9, 0], [9, 0, 0, 0]]);
  assertEquals(valueOf(precision(), y, ints(labels)), precision(predicted, labels));
  assertEquals(valueOf(f1(), y, ints(labels)), f1(predicted, labels));
  assertEquals(valueOf(f1({ of: 3 }), y, ints(labels)), 0);
  assertEquals(valueOf(precision(), tensor([[-1], [-2]]), ints([1, 0])), 0);
  assertEquals(precision([], []), NaN);
});

Deno.test("rocAuc: 130,000 scores of one batch", () => {
  const random = new Random(9);
  const scores = Float32Array.from({ length: 130_000 }, () => random.uniform());
  const labels = Int32Array.from(scores, (score) => Number(random.uniform() < score));
  const value = valueOf(rocAuc(), tensor(scores, { shape: [130_000, 1] }), tensor(labels));
  assertEquals(value, rocAuc(scores, labels));
  // Densities 2 x of positives and 2 (1 - x) of negatives: P(positive > negative) = 5/6.
  assertAlmostEquals(value, 5 / 6, 0.01);
  assert(Number.isNaN(valueOf(rocAuc(), tensor([[NaN], [1]]), ints([0, 1]))));
  assertThrows(() => valueOf(rocAuc(), tensor([[1], [2]]), ints([0, 5])), RangeError, "row 1 is 5");
});

Deno.test("metrics of numbers: as the definitions, batch by batch and at once", () => {
  const random = new Random(11);
  const [n, outputs] = [23, 3];
  const y = Array.from({ length: n * outputs }, () => random.integer(17) / 4 - 2);
  const target = Array.from({ length: n * outputs }, () => random.integer(17) / 4 - 2);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const squares = y.map((v, i) => (v - target[i]) ** 2);
  const r2 = [0, 1, 2].map((j) => {
    const own = target.filter((_, i) => i % outputs === j);
    const rest = squares.filter((_, i) => i % outputs === j);
    return 1 - mean(rest) / mean(own.map((v) => (v - mean(own)) ** 2));
  });
  const expected = {
    mae: mean(y.map((v, i) => Math.abs(v - target[i]))),
    rmse: Math.sqrt(mean(squares)),
    r2: mean(r2),
  };
  const metrics = { mae: meanAbsoluteError(), rmse: rootMeanSquaredError(), r2: r2Score() };
  for (const [name, metric] of Object.entries(metrics)) {
    const measurement = metric();
    for (let start = 0; start < n; start += 5) {
      const [from, to] = [start * outputs, Math.min(start + 5, n) * outputs];
      const shape = [(to - from) / outputs, outputs];
      measurement.add(
        tensor(y.slice(from, to), { shape }),
        tensor(target.slice(from, to), { shape }),
      );
    }
    measurement.add(tensor([], { shape: [0, 3] }), tensor([], { shape: [0, 3] }));
    assertAlmostEquals(measurement.value(), expected[name as keyof typeof expected], 1e-12, name);
  }
  assertAlmostEquals(meanAbsoluteError(y, target), expected.mae, 1e-12);
  assertAlmostEquals(rootMeanSquaredError(y, target), expected.rmse, 1e-12);
  const column = tensor([1, 2, 4], { shape: [3, 1] });
  assertEquals(valueOf(r2Score(), column, tensor([1, 2, 3])), 0.5);
  assertEquals(valueOf(meanAbsoluteError(), column, tensor([1, 2, 3])), 1 / 3);
});

Deno.test("metrics of numbers: edges as scikit-learn has them", () => {
  assertEquals([r2Score([2, 2], [3, 3]), r2Score([3, 3], [3, 3])], [0, 1]);
  assertEquals([r2Score([1], [1]), r2Score([], [])], [NaN, NaN]);
  assertEquals([meanAbsoluteError([], []), rootMeanSquaredError([], [])], [NaN, NaN]);
  assertEquals(r2Score([NaN, 1], [2, 2]), NaN);
  assertEquals(r2Score([NaN, 1], [1, 2]), NaN);
  // Targets far from 0: the spread is 2, though their squares have lost it.
  assertAlmostEquals(r2Score([1e9 - 1, 1e9, 1e9 + 2], [1e9 - 1, 1e9, 1e9 + 1]), 0.5, 1e-6);
  assertThrows(() => valueOf(r2Score(), tensor([[1, 2]]), tensor([1, 2])), ShapeError);
  assertThrows(() => meanAbsoluteError([1], []), ShapeError, "one per label");
});
