// Batches of matrix products on the WASM backend against the reference: exactly, on quarters; the
// same bits on one thread and on three, of real numbers too.

import { einsum, grad, matmul, sum, type Tensor } from "@tapegrad/tapegrad";
import { ROUNDING } from "../../support/compare.ts";
import { gridValues, normalValues } from "../../support/random_values.ts";
import { test } from "../../support/side_by_side.ts";

const BATCHES = [
  [[64, 17, 9], [64, 9, 33]],
  [[64, 17, 9], [9, 33]],
  [[17, 9], [64, 9, 33]],
  [[4, 1, 65, 30], [3, 30, 70]],
  [[2, 300, 40], [2, 40, 100]],
  [[500, 3, 2], [500, 2, 1]],
] as const;

test("batches of products, and their gradients", function* () {
  for (const [left, right] of BATCHES) {
    const inputs = [gridValues(left, 1), gridValues(right, 2)];
    const what = `[${left}] · [${right}]`;
    yield { what, inputs, run: (a, b) => matmul(a, b) };
    const gradients = grad((p: { a: Tensor; b: Tensor }) => sum(matmul(p.a, p.b)));
    yield { what: `da of ${what}`, inputs, run: (a, b) => gradients({ a, b }).a };
    yield { what: `db of ${what}`, inputs, run: (a, b) => gradients({ a, b }).b };
  }
});

test("batches of real numbers are within the bound of rounding", function* () {
  const inputs = [normalValues([6, 70, 50], 1), normalValues([6, 50, 90], 2)];
  // Sums of 50 products of normal numbers: their magnitudes sum to less than 150.
  const bound = () => 54 * ROUNDING * 150;
  yield { what: "matmul", inputs, run: (a, b) => matmul(a, b), bound };
  yield { what: "einsum", inputs, run: (a, b) => einsum("bij,bjk->kbi", a, b), bound };
});
