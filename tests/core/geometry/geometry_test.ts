// Shapes made into sizes: broadcasting, reductions, matrix products, moving elements, losses; and
// every text with which a shape is refused.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ShapeError } from "../../../mod.ts";
import {
  broadcastGeometry,
  broadcastToGeometry,
  type PadAmounts,
  padGeometry,
  reduceGeometry,
  repeatedAxes,
  reshapedShape,
  resolveAxis,
  softmaxCEGeometry,
  transposeGeometry,
} from "../../../src/core/geometry/mod.ts";
import { assertExactError } from "../../support/exact_error.ts";

Deno.test("broadcast: sizes are equal or 1, counted from the last", () => {
  const table: [a: number[], b: number[], shape: number[]][] = [
    [[], [], []],
    [[3], [], [3]],
    [[2, 3], [3], [2, 3]],
    [[2, 1], [1, 3], [2, 3]],
    [[4, 1, 3], [2, 1], [4, 2, 3]],
    [[1], [5], [5]],
    [[0], [1], [0]],
    [[2, 0], [1, 1], [2, 0]],
  ];
  for (const [a, b, shape] of table) {
    assertEquals(broadcastGeometry("apply add", a, b).shape, shape);
    assertEquals(broadcastGeometry("apply add", b, a).shape, shape);
  }
});

Deno.test("broadcast: strides are 0 where an input is repeated", () => {
  assertEquals(broadcastGeometry("apply add", [4, 1, 3], [2, 1]), {
    shape: [4, 2, 3],
    aShape: [4, 1, 3],
    bShape: [2, 1],
    aStrides: [3, 0, 1],
    bStrides: [0, 1, 0],
  });
  assertEquals(broadcastToGeometry("apply broadcastTo", [2, 1], [5, 2, 3]), {
    shape: [5, 2, 3],
    aShape: [2, 1],
    bShape: [5, 2, 3],
    aStrides: [0, 1, 0],
    bStrides: [6, 3, 1],
  });
});

Deno.test("broadcast: shapes that do not fit are an error", () => {
  const rule = "sizes of a and b must be equal or 1 in each dimension, counted from the last: ";
  const wrong: [a: number[], b: number[]][] = [[[2], [3]], [[2, 3], [2, 1, 2]], [[0], [2]]];
  for (const [a, b] of wrong) {
    assertExactError(
      () => broadcastGeometry("apply mul", a, b),
      ShapeError,
      `Cannot apply mul: ${rule}a is [${a.join(", ")}], b is [${b.join(", ")}]`,
    );
  }
  const toRule = "Cannot apply broadcastTo: sizes of x must be 1 or those of shape, counted from " +
    "the last: ";
  const wrongTo: [x: number[], shape: number[]][] = [
    [[2, 3], [3]],
    [[3], [1]],
    [[2], [3]],
    [[1, 1], [1]],
  ];
  for (const [x, shape] of wrongTo) {
    assertExactError(
      () => broadcastToGeometry("apply broadcastTo", x, shape),
      ShapeError,
      `${toRule}x is [${x.join(", ")}], shape is [${shape.join(", ")}]`,
    );
  }
});

Deno.test("broadcast: the repeated axes are those that are new or were 1", () => {
  assertEquals(repeatedAxes([2, 1], [5, 2, 3]), [0, 2]);
  assertEquals(repeatedAxes([], [2, 3]), [0, 1]);
  assertEquals(repeatedAxes([2, 3], [2, 3]), []);
  assertEquals(repeatedAxes([1, 3], [1, 3]), []);
  const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });
  fc.assert(fc.property(sizes, fc.infiniteStream(fc.boolean()), fc.nat(4), (shape, keep, cut) => {
    const x = shape.map((n) => keep.next().value ? n : 1).slice(Math.min(cut, shape.length));
    const axes = repeatedAxes(x, shape);
    const repeats = axes.reduce((product, axis) => product * shape[axis], 1);
    const size = (list: number[]) => list.reduce((product, n) => product * n, 1);
    assertEquals(size(x) * repeats, size(shape));
  }));
});

Deno.test("reduce: axes are resolved, sorted, and leave the shape or stay as 1", () => {
  const all = reduceGeometry("apply sum", [2, 3, 4]);
  assertEquals(all, {
    xShape: [2, 3, 4],
    axes: [0, 1, 2],
    keptShape: [1, 1, 1],
    shape: [],
    count: 24,
  });
  const some = reduceGeometry("apply sum", [2, 3, 4], { axis: [-1, 0], keepDims: true });
  assertEquals(some, {
    xShape: [2, 3, 4],
    axes: [0, 2],
    keptShape: [1, 3, 1],
    shape: [1, 3, 1],
    count: 8,
  });
  assertEquals(reduceGeometry("apply sum", [2, 3, 4], { axis: 1 }).shape, [2, 4]);
  assertEquals(reduceGeometry("apply sum", [2, 3], { axis: [] }).shape, [2, 3]);
  assertEquals(reduceGeometry("apply sum", []).count, 1);
  assertEquals(reduceGeometry("apply sum", [3, 0], { axis: 1 }).count, 0);
});

Deno.test("reduce: an axis must exist, and occur once", () => {
  const rule = "Cannot apply sum: axis must be an integer from";
  assertExactError(
    () => reduceGeometry("apply sum", [2, 3], { axis: 2 }),
    ShapeError,
    `${rule} -2 to 1: axis is 2, x is [2, 3]`,
  );
  assertExactError(
    () => reduceGeometry("apply sum", [2, 3], { axis: [0, -3] }),
    ShapeError,
    `${rule} -2 to 1: axis is -3, x is [2, 3]`,
  );
  assertExactError(
    () => reduceGeometry("apply sum", [2, 3], { axis: 0.5 }),
    ShapeError,
    `${rule} -2 to 1: axis is 0.5, x is [2, 3]`,
  );
  assertExactError(
    () => reduceGeometry("apply sum", [2, 3], { axis: [1, -1] }),
    ShapeError,
    "Cannot apply sum: each axis may occur once: axis is [1, -1], x is [2, 3]",
  );
  assertEquals([resolveAxis("", -1, [5]), resolveAxis("", 0, [5])], [0, 0]);
});

Deno.test("transpose: the reverse order unless told otherwise", () => {
  assertEquals(transposeGeometry([2, 3, 4]), {
    axes: [2, 1, 0],
    shape: [4, 3, 2],
    strides: [1, 4, 12],
  });
  assertEquals(transposeGeometry([2, 3, 4], [0, -1, 1]), {
    axes: [0, 2, 1],
    shape: [2, 4, 3],
    strides: [12, 1, 4],
  });
  assertEquals(transposeGeometry([]).axes, []);
});

Deno.test("transpose: axes must name each dimension once", () => {
  const rule = "Cannot apply transpose: axes must name each dimension of x once: axes is";
  for (const axes of [[0, 0], [0], [0, 1, 0], [1, -1]]) {
    assertExactError(
      () => transposeGeometry([2, 3], axes),
      ShapeError,
      `${rule} [${axes.join(", ")}], x is [2, 3]`,
    );
  }
  assertExactError(
    () => transposeGeometry([2, 3], [0, 2]),
    ShapeError,
    "Cannot apply transpose: axis must be an integer from -2 to 1: axis is 2, x is [2, 3]",
  );
});

Deno.test("pad: elements are added, or removed where negative", () => {
  assertEquals(padGeometry([2, 3], [[1, 0], [2, 3]], 7), {
    amounts: [[1, 0], [2, 3]],
    value: 7,
    xShape: [2, 3],
    shape: [3, 8],
  });
  assertEquals(padGeometry([4], [[-1, -2]], 0).shape, [1]);
  assertEquals(padGeometry([4], [[-4, 2]], 0).shape, [2]);
  assertEquals(padGeometry([4], [[-2, -2]], 0).shape, [0]);
  assertEquals(padGeometry([4], [[0, -4]], 0).shape, [0]);
  assertEquals(padGeometry([], [], 0).shape, []);
});

Deno.test("pad: amounts must fit the dimensions, and remove no more than there is", () => {
  const pad = (x: number[], amounts: unknown) => () => padGeometry(x, amounts as PadAmounts, 0);
  const rule = "Cannot apply pad: amounts must be one [before, after] of integers per dimension " +
    "of x: amounts is";
  for (const amounts of [[[1, 1]], [[1, 1], [1]], [[1, 1], [0.5, 1]], [[1, 1], [1, 1], [1, 1]]]) {
    assertExactError(
      pad([2, 3], amounts),
      ShapeError,
      `${rule} ${JSON.stringify(amounts).replaceAll(",", ", ")}, x is [2, 3]`,
    );
  }
  const cut =
    "Cannot apply pad: no more may be removed than there is: dimension 1 of x has size 3, ";
  for (const amounts of [[[0, 0], [-2, -2]], [[0, 0], [-4, 4]], [[0, 0], [5, -4]]]) {
    assertExactError(
      pad([2, 3], amounts),
      ShapeError,
      `${cut}amounts is ${JSON.stringify(amounts).replaceAll(",", ", ")}`,
    );
  }
});

Deno.test("reshape: one size may be left out, as -1", () => {
  const reshape = (x: number[], shape: number[]) => [...reshapedShape("apply reshape", x, shape)];
  assertEquals(reshape([2, 3], [3, 2]), [3, 2]);
  assertEquals(reshape([2, 3], [-1]), [6]);
  assertEquals(reshape([2, 3], [3, -1, 1]), [3, 2, 1]);
  assertEquals(reshape([1], []), []);
  assertEquals(reshape([0, 3], [5, -1]), [5, 0]);
});

Deno.test("reshape: the number of elements must stay, sizes must be sizes", () => {
  const reshape = (x: number[], shape: number[]) => () => reshapedShape("apply reshape", x, shape);
  const rule = "Cannot apply reshape: the number of elements must stay the same: x is [2, 3] " +
    "(6 elements), shape is";
  for (const shape of [[5], [4, -1], [], [0, -1], [2, 3, 2]]) {
    assertExactError(reshape([2, 3], shape), ShapeError, `${rule} [${shape.join(", ")}]`);
  }
  const sizes = "Cannot apply reshape: shape must be a list of integers of at least 0, of which " +
    "one may be -1: got";
  for (const [shape, got] of [[[1.5, 4], "[1.5, 4]"], [[-2, -1], "[-2, -1]"]] as const) {
    assertExactError(reshape([2, 3], [...shape]), ShapeError, `${sizes} ${got}`);
  }
  const free = "Cannot apply reshape: one size of shape may be -1, to be worked out, no more: " +
    "shape is";
  for (const shape of [[-1, -1], [-1, 6, -1], [-1, -1, -1]]) {
    assertExactError(reshape([2, 3], shape), ShapeError, `${free} [${shape.join(", ")}]`);
  }
  // Of no elements any size could be the missing one.
  assertExactError(
    reshape([0], [0, -1]),
    ShapeError,
    "Cannot apply reshape: the number of elements must stay the same: x is [0] (0 elements), " +
      "shape is [0, -1]",
  );
});

Deno.test("softmaxCE: labels are indices by their dtype, or a distribution", () => {
  const logits = { shape: [4, 3], dtype: "float32" } as const;
  const sizes = { rows: 4, columns: 3, labelSmoothing: 0.25 };
  for (const dtype of ["int32", "uint8"] as const) {
    const g = softmaxCEGeometry(logits, { shape: [4], dtype }, { labelSmoothing: 0.25 });
    assertEquals(g, { ...sizes, indices: true });
  }
  const g = softmaxCEGeometry(logits, logits, { labelSmoothing: 0.25 });
  assertEquals(g, { ...sizes, indices: false });
  for (const end of [0, 1]) {
    assertEquals(softmaxCEGeometry(logits, logits, { labelSmoothing: end }).labelSmoothing, end);
  }
});

Deno.test("softmaxCE: shapes, dtypes and smoothing must fit", () => {
  const check =
    (logits: number[], labels: number[], dtype: "int32" | "float64" | "float32") => () =>
      softmaxCEGeometry({ shape: logits, dtype: "float32" }, { shape: labels, dtype }, {
        labelSmoothing: 0,
      });
  const rule = "Cannot apply softmaxCE:";
  assertExactError(
    check([], [4], "int32"),
    ShapeError,
    `${rule} logits must be [..., C]: logits is []`,
  );
  assertExactError(
    check([4, 3], [4, 3], "float64"),
    ShapeError,
    `${rule} labels must be int32 class indices or a distribution of the logits' dtype: ` +
      "labels is float64, logits is float32",
  );
  assertExactError(
    check([4, 3], [4, 1], "int32"),
    ShapeError,
    `${rule} labels that are class indices must be [4]: labels is [4, 1], logits is [4, 3]; ` +
      "class indices are integers [4]: reshape(labels, [4])",
  );
  assertExactError(
    check([4, 3], [3, 4], "float32"),
    ShapeError,
    `${rule} labels that are distributions must be [4, 3]: labels is [3, 4], logits is [4, 3]`,
  );
  const typed = { shape: [4, 3], dtype: "float32" } as const;
  for (const labelSmoothing of [-0.1, 1.1, NaN]) {
    assertExactError(
      () => softmaxCEGeometry(typed, typed, { labelSmoothing }),
      RangeError,
      `${rule} labelSmoothing must be from 0 to 1: got ${labelSmoothing}`,
    );
  }
  assert(softmaxCEGeometry(typed, typed, { labelSmoothing: 1 }));
});
