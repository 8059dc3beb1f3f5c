// Errors of the other ops, word by word.

import {
  argMax,
  argMin,
  broadcastTo,
  cast,
  cumsum,
  dense,
  flatten,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  mean,
  min,
  norm,
  pad,
  prod,
  reshape,
  ShapeError,
  softmax,
  softmaxCE,
  std,
  sum,
  tensor,
  transpose,
  variance,
  zeros,
} from "../../mod.ts";
import { sumTo } from "../../ops/shape/broadcast_to.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const int32 = (...values: number[]) => tensor(values, { dtype: "int32" });

function refuses(name: string, refusals: readonly Refusal[]): void {
  Deno.test(name, () => refusals.forEach(assertRefuses));
}

const FLOATS = "dtype must be float32 or float64, cast(x, dtype) converts";
const MATRIX = zeros([3, 2]);

refuses("matmul: refuses what has no product", [
  [
    () => matmul(MATRIX, MATRIX),
    ShapeError,
    "Cannot apply matmul: a has 2 columns but b has 3 rows: a is [3, 2], b is [3, 2]",
  ],
  [
    () => matmul(MATRIX, zeros([2, 3]), { transposeA: true }),
    ShapeError,
    "Cannot apply matmul: a has 3 columns but b has 2 rows: " +
    "a is [3, 2], read transposed, b is [2, 3]",
  ],
  [
    () => matmul(MATRIX, zeros([2, 3]), { transposeB: true }),
    ShapeError,
    "Cannot apply matmul: a has 2 columns but b has 3 rows: " +
    "a is [3, 2], b is [2, 3], read transposed",
  ],
  [
    () => matmul(MATRIX, zeros([])),
    ShapeError,
    "Cannot apply matmul: a and b must have at least one dimension: a is [3, 2], b is []",
  ],
  [
    () => matmul(MATRIX, zeros([2, 1], { dtype: "int32" })),
    ShapeError,
    `Cannot apply matmul: ${FLOATS}: a is float32, b is int32`,
  ],
]);

refuses("dense: refuses what does not fit", [
  [
    () => dense(MATRIX, zeros([4, 5])),
    ShapeError,
    "Cannot apply dense: x has 2 features but w expects 4: x is [3, 2], w is [4, 5]",
  ],
  [
    () => dense(tensor(1), zeros([1, 5])),
    ShapeError,
    "Cannot apply dense: x must be [..., I] and w [I, O]: x is [], w is [1, 5]",
  ],
  [
    () => dense(MATRIX, zeros([2])),
    ShapeError,
    "Cannot apply dense: x must be [..., I] and w [I, O]: x is [3, 2], w is [2]",
  ],
  [
    () => dense(MATRIX, zeros([2, 5]), { bias: zeros([2]) }),
    ShapeError,
    "Cannot apply dense: bias must have one element per output, [5]: bias is [2], w is [2, 5]",
  ],
  [
    () => dense(MATRIX, zeros([2, 5]), { bias: int32(1, 2, 3, 4, 5) }),
    ShapeError,
    `Cannot apply dense: ${FLOATS}: x is float32, w is float32, bias is int32`,
  ],
]);

refuses("reshape, flatten: refuse another number of elements", [
  [
    () => reshape(MATRIX, [4]),
    ShapeError,
    "Cannot apply reshape: the number of elements must stay the same: x is [3, 2] (6 elements), " +
    "shape is [4]",
  ],
  [
    () => reshape(MATRIX, [4, -1]),
    ShapeError,
    "Cannot apply reshape: the number of elements must stay the same: x is [3, 2] (6 elements), " +
    "shape is [4, -1]",
  ],
  [
    () => reshape(zeros([0, 2]), [0, -1]),
    ShapeError,
    "Cannot apply reshape: the number of elements must stay the same: x is [0, 2] (0 elements), " +
    "shape is [0, -1]",
  ],
  [
    () => reshape(MATRIX, [-1, -1]),
    ShapeError,
    "Cannot apply reshape: one size of shape may be -1, to be worked out, no more: shape is [-1, -1]",
  ],
  [
    () => reshape(MATRIX, [1.5, 4]),
    ShapeError,
    "Cannot apply reshape: shape must be a list of integers of at least 0, of which one may be " +
    "-1: got [1.5, 4]",
  ],
  [
    () => reshape(MATRIX, wrong(6)),
    ShapeError,
    "Cannot apply reshape: shape must be a list of integers of at least 0, of which one may be " +
    "-1: got 6",
  ],
  [
    () => flatten(tensor(1)),
    ShapeError,
    "Cannot apply flatten: x must have at least one dimension: x is []",
  ],
]);

refuses("transpose: refuses axes that are no order", [
  [
    () => transpose(MATRIX, [0]),
    ShapeError,
    "Cannot apply transpose: axes must name each dimension of x once: axes is [0], x is [3, 2]",
  ],
  [
    () => transpose(MATRIX, [1, -1]),
    ShapeError,
    "Cannot apply transpose: axes must name each dimension of x once: axes is [1, -1], x is [3, 2]",
  ],
  [
    () => transpose(MATRIX, [0, 2]),
    ShapeError,
    "Cannot apply transpose: axis must be an integer from -2 to 1: axis is 2, x is [3, 2]",
  ],
]);

const AMOUNTS =
  "Cannot apply pad: amounts must be one [before, after] of integers per dimension of x: ";

refuses("pad: refuses amounts that do not fit", [
  [() => pad(MATRIX, [[1, 1]]), ShapeError, `${AMOUNTS}amounts is [[1, 1]], x is [3, 2]`],
  [
    () => pad(MATRIX, wrong([[1], [1, 1]])),
    ShapeError,
    `${AMOUNTS}amounts is [[1], [1, 1]], x is [3, 2]`,
  ],
  [
    () => pad(MATRIX, [[0.5, 0], [0, 0]]),
    ShapeError,
    `${AMOUNTS}amounts is [[0.5, 0], [0, 0]], x is [3, 2]`,
  ],
  [() => pad(MATRIX, wrong(1)), ShapeError, `${AMOUNTS}amounts is 1, x is [3, 2]`],
  [() => pad(MATRIX, wrong([1, 1])), ShapeError, `${AMOUNTS}amounts is [1, 1], x is [3, 2]`],
  [
    () => pad(MATRIX, [[0, 0], [-1, -2]]),
    ShapeError,
    "Cannot apply pad: no more may be removed than there is: dimension 1 of x has size 2, " +
    "amounts is [[0, 0], [-1, -2]]",
  ],
  [
    () => pad(MATRIX, [[-4, 9], [0, 0]]),
    ShapeError,
    "Cannot apply pad: no more may be removed than there is: dimension 0 of x has size 3, " +
    "amounts is [[-4, 9], [0, 0]]",
  ],
]);

refuses("reductions: refuse axes that do not exist or occur twice", [
  ...[sum, mean, max].flatMap((op): Refusal[] => [
    [
      () => op(MATRIX, { axis: 2 }),
      ShapeError,
      `Cannot apply ${op.name}: axis must be an integer from -2 to 1: axis is 2, x is [3, 2]`,
    ],
    [
      () => op(MATRIX, { axis: [0, -2] }),
      ShapeError,
      `Cannot apply ${op.name}: each axis may occur once: axis is [0, -2], x is [3, 2]`,
    ],
    [
      () => op(MATRIX, { axis: 0.5 }),
      ShapeError,
      `Cannot apply ${op.name}: axis must be an integer from -2 to 1: axis is 0.5, x is [3, 2]`,
    ],
  ]),
  [() => mean(int32(1)), ShapeError, `Cannot apply mean: ${FLOATS}: x is int32`],
  [() => max(int32(1)), ShapeError, `Cannot apply max: ${FLOATS}: x is int32`],
  [
    () => max(zeros([2, 0]), { axis: -1 }),
    ShapeError,
    "Cannot apply max: there must be elements along the axes: axes are [1], x is [2, 0]",
  ],
]);

refuses("broadcastTo: refuses shapes it does not repeat to", [
  [
    () => broadcastTo(MATRIX, [3, 4]),
    ShapeError,
    "Cannot apply broadcastTo: sizes of x must be 1 or those of shape, counted from the last: " +
    "x is [3, 2], shape is [3, 4]",
  ],
  [
    () => broadcastTo(MATRIX, [2]),
    ShapeError,
    "Cannot apply broadcastTo: sizes of x must be 1 or those of shape, counted from the last: " +
    "x is [3, 2], shape is [2]",
  ],
  [
    () => broadcastTo(MATRIX, [3, -1]),
    ShapeError,
    "Cannot apply broadcastTo: shape must be a list of integers of at least 0: got [3, -1]",
  ],
  [
    () => sumTo(MATRIX, [4, 2]),
    ShapeError,
    "Cannot apply sumTo: sizes of x must be 1 or those of shape, counted from the last: " +
    "x is [4, 2], shape is [3, 2]",
  ],
]);

refuses("cast: refuses dtypes there are none of", [
  [
    () => cast(MATRIX, wrong("float16")),
    ShapeError,
    "Cannot apply cast: dtype must be one of float32, float64, int32, uint8: got float16",
  ],
]);

refuses(
  "softmax, logSoftmax: refuse scalars and integers",
  [softmax, logSoftmax].flatMap((op): Refusal[] => [
    [
      () => op(tensor(1)),
      ShapeError,
      `Cannot apply ${op.name}: x must have at least one dimension: x is []`,
    ],
    [() => op(int32(1)), ShapeError, `Cannot apply ${op.name}: ${FLOATS}: x is int32`],
  ]),
);

refuses("softmaxCE: refuses labels that do not fit", [
  [
    () => softmaxCE(MATRIX, int32(0, 1, 2)),
    RangeError,
    "Cannot apply softmaxCE: labels must be from 0 to 1: the label of row 2 is 2",
  ],
  [
    () => softmaxCE(MATRIX, int32(0, -1, 7)),
    RangeError,
    "Cannot apply softmaxCE: labels must be from 0 to 1: the label of row 1 is -1",
  ],
  [
    () => softmaxCE(MATRIX, int32(0, 1)),
    ShapeError,
    "Cannot apply softmaxCE: labels that are class indices must be [3]: labels is [2], " +
    "logits is [3, 2]",
  ],
  [
    () => softmaxCE(MATRIX, zeros([3])),
    ShapeError,
    "Cannot apply softmaxCE: labels that are distributions must be [3, 2]: labels is [3], " +
    'logits is [3, 2]; class indices are integers [3]: cast(labels, "int32")',
  ],
  [
    () => softmaxCE(MATRIX, zeros([3, 1])),
    ShapeError,
    "Cannot apply softmaxCE: labels that are distributions must be [3, 2]: labels is [3, 1], " +
    'logits is [3, 2]; class indices are integers [3]: cast(reshape(labels, [3]), "int32")',
  ],
  [
    () => softmaxCE(MATRIX, zeros([3, 1], { dtype: "int32" })),
    ShapeError,
    "Cannot apply softmaxCE: labels that are class indices must be [3]: labels is [3, 1], " +
    "logits is [3, 2]; class indices are integers [3]: reshape(labels, [3])",
  ],
  [
    () => softmaxCE(MATRIX, zeros([3, 2], { dtype: "int32" })),
    ShapeError,
    "Cannot apply softmaxCE: labels that are class indices must be [3]: labels is [3, 2], " +
    'logits is [3, 2]; distributions are floats: cast(labels, "float32")',
  ],
  [
    () => softmaxCE(MATRIX, zeros([3], { dtype: "float64" })),
    ShapeError,
    "Cannot apply softmaxCE: labels must be int32 class indices or a distribution of the logits' " +
    "dtype: labels is float64, logits is float32; class indices are integers [3]: cast(labels, " +
    '"int32")',
  ],
  [
    () => softmaxCE(MATRIX, zeros([3, 2], { dtype: "float64" })),
    ShapeError,
    "Cannot apply softmaxCE: labels must be int32 class indices or a distribution of the logits' " +
    "dtype: labels is float64, logits is float32",
  ],
  [
    () => softmaxCE(MATRIX, wrong([0, 1, 1])),
    TypeError,
    "Cannot apply softmaxCE: labels must be a tensor: got an array; make one with tensor(values)",
  ],
]);

refuses("softmaxCE: refuses logits and options that are none", [
  [
    () => softmaxCE(zeros([]), int32(0)),
    ShapeError,
    "Cannot apply softmaxCE: logits must be [..., C]: logits is []",
  ],
  [
    () => softmaxCE(zeros([1, 2], { dtype: "int32" }), int32(0)),
    ShapeError,
    `Cannot apply softmaxCE: ${FLOATS}: logits is int32`,
  ],
  ...[-0.1, 1.5, NaN].map((labelSmoothing): Refusal => [
    () => softmaxCE(MATRIX, int32(0, 1, 0), { labelSmoothing }),
    RangeError,
    `Cannot apply softmaxCE: labelSmoothing must be from 0 to 1: got ${labelSmoothing}`,
  ]),
  [
    () => softmaxCE(MATRIX, int32(0, 1, 0), { reduction: wrong("max") }),
    RangeError,
    'Cannot apply softmaxCE: reduction must be "mean", "sum" or "none": got max',
  ],
]);

refuses("reductions: refuse what has no meaning", [
  ...[min, logSumExp].map((op): Refusal => [
    () => op(zeros([0, 2]), { axis: 0 }),
    ShapeError,
    `Cannot apply ${op.name}: there must be elements along the axes: axes are [0], x is [0, 2]`,
  ]),
  [
    () => argMax(zeros([0])),
    ShapeError,
    "Cannot apply argMax: there must be elements along the axes: axes are [0], x is [0]",
  ],
  [() => argMin(int32(1)), ShapeError, `Cannot apply argMin: ${FLOATS}: x is int32`],
  [
    () => norm(MATRIX, { p: 0.5 }),
    RangeError,
    "Cannot apply norm: p must be a number of at least 1: got 0.5",
  ],
  [
    () => norm(zeros([0]), { p: Infinity }),
    ShapeError,
    "Cannot apply norm: there must be elements along the axes: axes are [0], x is [0]",
  ],
  [
    () => variance(MATRIX, { correction: -1 }),
    RangeError,
    "Cannot apply variance: correction must be a number of at least 0: got -1",
  ],
  [
    () => std(MATRIX, { correction: wrong("1") }),
    TypeError,
    'Cannot apply std: correction must be a number: got "1"',
  ],
  [
    () => cumsum(MATRIX, { axis: 2 }),
    ShapeError,
    "Cannot apply cumsum: axis must be an integer from -2 to 1: axis is 2, x is [3, 2]",
  ],
  [() => prod(int32(1)), ShapeError, `Cannot apply prod: ${FLOATS}: x is int32`],
]);
