// Errors of the ops that cut, join, and pick or add by indices, word by word.

import {
  concat,
  embedding,
  expandDims,
  flip,
  pad,
  repeat,
  scatterAdd,
  scatterAddAlongAxis,
  ShapeError,
  slice,
  split,
  squeeze,
  stack,
  take,
  takeAlongAxis,
  tensor,
  tile,
  zeros,
} from "../../mod.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const MATRIX = zeros([3, 2]);
const int32 = (...values: number[]) => tensor(values, { dtype: "int32" });

function refuses(name: string, refusals: readonly Refusal[]): void {
  Deno.test(name, () => refusals.forEach(assertRefuses));
}

refuses("slice: refuses what is no range", [
  [
    () => slice(MATRIX, [null, null, null]),
    ShapeError,
    "Cannot apply slice: ranges must be a list of at most one range per dimension of x: " +
    "got 3 ranges, x is [3, 2]",
  ],
  [
    () => slice(MATRIX, wrong(1)),
    ShapeError,
    "Cannot apply slice: ranges must be a list of at most one range per dimension of x: " +
    "got number, x is [3, 2]",
  ],
  ...[3, -4, 0.5].map((index): Refusal => [
    () => slice(MATRIX, [index]),
    RangeError,
    `Cannot apply slice: an index must be an integer from -3 to 2: ranges[0] is ${index}, ` +
    "x is [3, 2]",
  ]),
  ...[[0, 1, 0], [0.5], [0, 1, 1, 1], "all"].map((range): Refusal => [
    () => slice(MATRIX, [null, wrong(range)]),
    RangeError,
    "Cannot apply slice: a range must be null, an index or [start, stop, step] of integers, " +
    `step not 0: ranges[1] is ${JSON.stringify(range).replaceAll(",", ", ")}`,
  ]),
]);

refuses("split: refuses parts that are not the whole", [
  ...[2, 0, 1.5].map((parts): Refusal => [
    () => split(MATRIX, parts),
    ShapeError,
    "Cannot apply split: parts must be a number that divides the size along axis 0: " +
    `parts is ${parts}, x is [3, 2]`,
  ]),
  ...[[1, 1], [4, -1], [1.5, 1.5]].map((parts): Refusal => [
    () => split(MATRIX, parts),
    ShapeError,
    "Cannot apply split: sizes of parts must sum to the size along axis 0: " +
    `parts is ${JSON.stringify(parts).replaceAll(",", ", ")}, x is [3, 2]`,
  ]),
  [
    () => split(MATRIX, 1, { axis: 2 }),
    ShapeError,
    "Cannot apply split: axis must be an integer from -2 to 1: axis is 2, x is [3, 2]",
  ],
]);

refuses("flip, squeeze, expandDims: refuse axes there are none of", [
  [
    () => flip(MATRIX, { axis: 2 }),
    ShapeError,
    "Cannot apply flip: axis must be an integer from -2 to 1: axis is 2, x is [3, 2]",
  ],
  [
    () => flip(MATRIX, { axis: [0, -2] }),
    ShapeError,
    "Cannot apply flip: each axis may occur once: axis is [0, -2], x is [3, 2]",
  ],
  [
    () => squeeze(zeros([1, 2]), { axis: [0, 1] }),
    ShapeError,
    "Cannot apply squeeze: only dimensions of size 1 can be dropped: dimension 1 of x has " +
    "size 2, x is [1, 2]",
  ],
  [
    () => expandDims(MATRIX, 3),
    ShapeError,
    "Cannot apply expandDims: axis must be an integer from -3 to 2: axis is 3, x is [3, 2]",
  ],
]);

refuses("concat, stack: refuse what does not fit together", [
  ...[concat, stack].flatMap((op): Refusal[] => [
    [
      () => op([]),
      TypeError,
      `Cannot apply ${op.name}: x must be a list of tensors, one at least: got an empty list`,
    ],
    [
      () => op(wrong(MATRIX)),
      TypeError,
      `Cannot apply ${op.name}: x must be a list of tensors, one at least: got object`,
    ],
    [
      () => op([MATRIX, wrong(1)]),
      TypeError,
      `Cannot apply ${op.name}: x[1] must be a tensor: got number; make one with tensor(values)`,
    ],
    [
      () => op([tensor([1]), int32(1)]),
      ShapeError,
      `Cannot apply ${op.name}: dtypes must be equal, cast(x, dtype) converts: ` +
      "x[0] is float32, x[1] is int32",
    ],
  ]),
  [
    () => concat([MATRIX, zeros([3, 3])]),
    ShapeError,
    "Cannot apply concat: sizes must be equal but along axis 0: x[0] is [3, 2], x[1] is [3, 3]",
  ],
  [
    () => concat([MATRIX, MATRIX], { axis: 2 }),
    ShapeError,
    "Cannot apply concat: axis must be an axis of the result, from -2 to 1: axis is 2, " +
    "x[0] is [3, 2]",
  ],
  [
    () => concat([tensor(1), tensor(2)]),
    ShapeError,
    "Cannot apply concat: axis must be an axis of the result, there is none: axis is 0, x[0] is []",
  ],
  [
    () => stack([MATRIX, zeros([2, 3])]),
    ShapeError,
    "Cannot apply stack: shapes must be equal: x[0] is [3, 2], x[1] is [2, 3]",
  ],
  [
    () => stack([MATRIX], { axis: -4 }),
    ShapeError,
    "Cannot apply stack: axis must be an axis of the result, from -3 to 2: axis is -4, " +
    "x[0] is [3, 2]",
  ],
]);

refuses("tile, repeat: refuse numbers that count nothing", [
  [
    () => tile(MATRIX, [1, -1]),
    ShapeError,
    "Cannot apply tile: copies must be a list of integers of at least 0: copies is [1, -1], " +
    "x is [3, 2]",
  ],
  [
    () => repeat(MATRIX, 1.5),
    ShapeError,
    "Cannot apply repeat: times must be an integer of at least 0: times is 1.5",
  ],
  [
    () => repeat(tensor(1), 2),
    ShapeError,
    "Cannot apply repeat: axis must be an integer from 0 to -1: axis is 0, x is []",
  ],
]);

refuses("pad: refuses modes there are none of, and to take from nothing", [
  [
    () => pad(MATRIX, [[1, 1], [0, 0]], { mode: wrong("mirror") }),
    RangeError,
    'Cannot apply pad: mode must be one of "constant", "edge", "wrap", "symmetric", "reflect": ' +
    "got mirror",
  ],
  [
    () => pad(MATRIX, [[0, 0], [-1, 1]], { mode: "edge" }),
    ShapeError,
    'Cannot apply pad: mode "edge" adds elements of x, of which there must be some, and removes ' +
    "none: dimension 1 of x has size 2, amounts is [[0, 0], [-1, 1]]",
  ],
  [
    () => pad(zeros([0]), [[1, 0]], { mode: "wrap" }),
    ShapeError,
    'Cannot apply pad: mode "wrap" adds elements of x, of which there must be some, and removes ' +
    "none: dimension 0 of x has size 0, amounts is [[1, 0]]",
  ],
]);

refuses("take, takeAlongAxis: refuse indices that point to nothing", [
  [
    () => take(MATRIX, int32(0, 3)),
    RangeError,
    "Cannot apply take: indices must be from 0 to 2: indices[1] is 3",
  ],
  [
    () => take(MATRIX, tensor([[0, 1], [1, -1]], { dtype: "int32" }), { axis: 1 }),
    RangeError,
    "Cannot apply take: indices must be from 0 to 1: indices[1, 1] is -1",
  ],
  [
    () => take(MATRIX, tensor(7, { dtype: "int32" })),
    RangeError,
    "Cannot apply take: indices must be from 0 to 2: indices is 7",
  ],
  [
    () => take(zeros([0]), int32(0)),
    RangeError,
    "Cannot apply take: indices must be empty where there is nothing to pick: indices[0] is 0",
  ],
  [
    () => take(MATRIX, tensor([0, 1])),
    ShapeError,
    "Cannot apply take: indices must be int32 or uint8: indices is float32; " +
    'cast(indices, "int32") converts',
  ],
  [
    () => take(MATRIX, wrong([0])),
    TypeError,
    "Cannot apply take: indices must be a tensor: got an array; make one with tensor(values)",
  ],
  [
    () => take(MATRIX, int32(0), { axis: 2 }),
    ShapeError,
    "Cannot apply take: axis must be an integer from -2 to 1: axis is 2, x is [3, 2]",
  ],
  [
    () => takeAlongAxis(MATRIX, int32(0)),
    ShapeError,
    "Cannot apply takeAlongAxis: indices must have the sizes of x but along axis 0: " +
    "indices is [1], x is [3, 2]",
  ],
  [
    () => takeAlongAxis(MATRIX, tensor([[0, 9]], { dtype: "int32" })),
    RangeError,
    "Cannot apply takeAlongAxis: indices must be from 0 to 2: indices[0, 1] is 9",
  ],
]);

refuses("scatterAdd, embedding: refuse what does not fit", [
  [
    () => scatterAdd(MATRIX, int32(0, 1), zeros([2, 3])),
    ShapeError,
    "Cannot apply scatterAdd: updates must have the shape of what the indices pick, [2, 2]: " +
    "updates is [2, 3]",
  ],
  [
    () => scatterAdd(MATRIX, int32(0, 3), zeros([2, 2])),
    RangeError,
    "Cannot apply scatterAdd: indices must be from 0 to 2: indices[1] is 3",
  ],
  [
    () => scatterAdd(MATRIX, int32(0), int32(1)),
    ShapeError,
    "Cannot apply scatterAdd: dtypes must be equal, cast(x, dtype) converts: x is float32, " +
    "updates is int32",
  ],
  [
    () => scatterAddAlongAxis(MATRIX, tensor([[0, 0]], { dtype: "int32" }), zeros([2, 2])),
    ShapeError,
    "Cannot apply scatterAddAlongAxis: updates must have the shape of what the indices pick, " +
    "[1, 2]: updates is [2, 2]",
  ],
  [
    () => embedding(int32(0), zeros([3])),
    ShapeError,
    "Cannot apply embedding: w must be [V, D]: w is [3]",
  ],
  [
    () => embedding(int32(2, 5), MATRIX),
    RangeError,
    "Cannot apply embedding: ids must be from 0 to 2: ids[1] is 5",
  ],
  ...[3, -1, 0.5].map((paddingIndex): Refusal => [
    () => embedding(int32(0), MATRIX, { paddingIndex }),
    RangeError,
    `Cannot apply embedding: paddingIndex must be a row of w, from 0 to 2: got ${paddingIndex}`,
  ]),
]);
