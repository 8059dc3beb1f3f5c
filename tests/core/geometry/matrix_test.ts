// Geometry of matrix products and of rows: which sizes, which matrices, and what is refused.

import { assertEquals } from "@std/assert";
import { ShapeError } from "../../../mod.ts";
import { denseGeometry, matmulPlan, rowsGeometry } from "../../../src/core/geometry/mod.ts";
import { assertExactError } from "../../support/exact_error.ts";

Deno.test("matmul: sizes, also of operands read transposed", () => {
  const sizes = (a: number[], b: number[], transposeA?: boolean, transposeB?: boolean) => {
    const { g } = matmulPlan(a, b, { transposeA, transposeB });
    assertEquals(g.shape, [g.rows, g.columns]);
    assertEquals([g.transposeA, g.transposeB], [transposeA ?? false, transposeB ?? false]);
    return [g.rows, g.inner, g.columns];
  };
  assertEquals(sizes([2, 3], [3, 4]), [2, 3, 4]);
  assertEquals(sizes([3, 2], [3, 4], true), [2, 3, 4]);
  assertEquals(sizes([2, 3], [4, 3], false, true), [2, 3, 4]);
  assertEquals(sizes([3, 2], [4, 3], true, true), [2, 3, 4]);
  assertEquals(sizes([0, 3], [3, 0]), [0, 3, 0]);
});

Deno.test("matmul: vectors, batches that broadcast, and batches that are rows of one product", () => {
  const plan = (a: number[], b: number[], transposeA = false) => {
    const { g, shape } = matmulPlan(a, b, { transposeA });
    return [shape, [g.rows, g.inner, g.columns], g.batch];
  };
  assertEquals(plan([3], [3]), [[], [1, 3, 1], null]);
  assertEquals(plan([3], [3], true), [[], [1, 3, 1], null]);
  assertEquals(plan([2, 3], [3]), [[2], [2, 3, 1], null]);
  assertEquals(plan([3], [3, 4]), [[4], [1, 3, 4], null]);
  assertEquals(plan([5, 2, 3], [3, 4]), [[5, 2, 4], [10, 3, 4], null]);
  assertEquals(plan([5, 2, 3], [1, 3, 4]), [[5, 2, 4], [10, 3, 4], null]);
  const [each, first] = [[0, 1, 2], [0, 0, 0]];
  assertEquals(plan([3, 2, 3], [3, 3, 4]), [[3, 2, 4], [2, 3, 4], { a: each, b: each }]);
  assertEquals(plan([2, 3], [3, 3, 4]), [[3, 2, 4], [2, 3, 4], { a: first, b: each }]);
  assertEquals(plan([3, 3, 2], [3, 4], true), [[3, 2, 4], [2, 3, 4], { a: each, b: first }]);
  const both = { a: [0, 0, 1, 1], b: [0, 1, 0, 1] };
  assertEquals(plan([2, 1, 2, 3], [2, 3, 4]), [[2, 2, 2, 4], [2, 3, 4], both]);
  assertEquals(plan([0, 2, 3], [0, 3, 4]), [[0, 2, 4], [2, 3, 4], { a: [], b: [] }]);
});

Deno.test("matmul: operands must be matrices that fit", () => {
  assertExactError(
    () => matmulPlan([2, 3], [], {}),
    ShapeError,
    "Cannot apply matmul: a and b must have at least one dimension: a is [2, 3], b is []",
  );
  assertExactError(
    () => matmulPlan([2, 2, 3], [4, 3, 2], {}),
    ShapeError,
    "Cannot apply matmul: dimensions before the last two must be equal or 1, counted from the " +
      "last: a is [2, 2, 3], b is [4, 3, 2]",
  );
  assertExactError(
    () => matmulPlan([2, 3], [2, 3], {}),
    ShapeError,
    "Cannot apply matmul: a has 3 columns but b has 2 rows: a is [2, 3], b is [2, 3]",
  );
  assertExactError(
    () => matmulPlan([2, 3], [3, 2], { transposeA: true }),
    ShapeError,
    "Cannot apply matmul: a has 2 columns but b has 3 rows: a is [2, 3], read transposed, " +
      "b is [3, 2]",
  );
  assertExactError(
    () => matmulPlan([2, 3], [3, 2], { transposeB: true }),
    ShapeError,
    "Cannot apply matmul: a has 3 columns but b has 2 rows: a is [2, 3], b is [3, 2], " +
      "read transposed",
  );
});

Deno.test("dense: leading dimensions are rows", () => {
  assertEquals(denseGeometry([4, 5, 2], [2, 3], [3]), {
    rows: 20,
    inner: 2,
    columns: 3,
    shape: [20, 3],
    transposeA: false,
    transposeB: false,
    batch: null,
  });
  assertEquals(denseGeometry([2], [2, 3], undefined).rows, 1);
});

Deno.test("dense: features, outputs and bias must fit", () => {
  const dimensions = "Cannot apply dense: x must be [..., I] and w [I, O]: ";
  assertExactError(
    () => denseGeometry([], [2, 3], undefined),
    ShapeError,
    `${dimensions}x is [], w is [2, 3]`,
  );
  assertExactError(
    () => denseGeometry([1, 2], [2], undefined),
    ShapeError,
    `${dimensions}x is [1, 2], w is [2]`,
  );
  assertExactError(
    () => denseGeometry([1, 5], [2, 3], undefined),
    ShapeError,
    "Cannot apply dense: x has 5 features but w expects 2: x is [1, 5], w is [2, 3]",
  );
  for (const bias of [[2], [], [1, 3]]) {
    assertExactError(
      () => denseGeometry([1, 2], [2, 3], bias),
      ShapeError,
      "Cannot apply dense: bias must have one element per output, [3]: " +
        `bias is [${bias.join(", ")}], w is [2, 3]`,
    );
  }
});

Deno.test("rows: all but the last dimension", () => {
  assertEquals(rowsGeometry("apply softmax", [2, 3, 4]), { rows: 6, columns: 4 });
  assertEquals(rowsGeometry("apply softmax", [4]), { rows: 1, columns: 4 });
  assertExactError(
    () => rowsGeometry("apply softmax", []),
    ShapeError,
    "Cannot apply softmax: x must have at least one dimension: x is []",
  );
});
