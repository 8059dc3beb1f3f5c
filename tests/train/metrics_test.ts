// Metrics of classifiers: predictions, accuracy, confusion matrices and their table.

import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError, tensor } from "@tapegrad/tapegrad";
import {
  accuracy,
  confusionMatrix,
  formatConfusionMatrix,
  predictions,
} from "@tapegrad/tapegrad/train";

Deno.test("predictions: the class with the highest score of each row", () => {
  const scores = tensor([[0.1, 0.7, 0.2], [5, -1, 3], [-3, -2, -1]]);
  assertEquals(predictions(scores), new Int32Array([1, 0, 2]));
});

Deno.test("predictions: the first of equal scores; NaN is never above a number", () => {
  assertEquals(predictions(tensor([[1, 2, 2], [0, NaN, 1]])), new Int32Array([1, 2]));
});

Deno.test("predictions: no rows give no classes", () => {
  assertEquals(predictions(tensor([], { shape: [0, 3] })), new Int32Array(0));
});

Deno.test("predictions: scores must be a matrix", () => {
  const error = assertThrows(() => predictions(tensor([1, 2])), ShapeError);
  assertEquals(error.message, "Cannot predict classes: scores must be [N, C]: scores is [2]");
});

Deno.test("accuracy: the share of right ones; NaN for none", () => {
  assertEquals(accuracy([0, 1, 2, 2], [0, 1, 2, 0]), 0.75);
  assertEquals(accuracy([], []), NaN);
});

Deno.test("accuracy: there must be as many labels as predictions", () => {
  const error = assertThrows(() => accuracy([0, 1], [0]), ShapeError);
  assertEquals(
    error.message,
    "Cannot compare predictions: there must be one per label: got 2 predictions, 1 labels",
  );
});

Deno.test("confusionMatrix: true classes down, predicted ones across", () => {
  assertEquals(confusionMatrix([0, 1, 1, 2, 0], [0, 0, 1, 2, 2], 3), [
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 1],
  ]);
});

Deno.test("formatConfusionMatrix: a table with the recall of every class", () => {
  const text = formatConfusionMatrix([[9, 1, 0], [0, 0, 0], [0, 5, 15]], ["fist", "one", "two"]);
  assertEquals(
    text,
    [
      "true \\ predicted  fist  one  two  recall",
      "────────────────────────────────────────",
      "fist                 9    1    ·    90 %",
      "one                  ·    ·    ·       –",
      "two                  ·    5   15    75 %",
    ].join("\n"),
  );
});
