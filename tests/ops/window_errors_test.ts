// Errors of conv2d and the pools, word by word.

import {
  avgPool,
  conv2d,
  type Conv2dOptions,
  conv2dTranspose,
  depthwiseConv2d,
  maxPool,
  referenceBackend,
  ShapeError,
  zeros,
} from "../../mod.ts";
import type { Padding, Pair, Pool2dWindow } from "../../src/core/geometry/mod.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const x = zeros([8, 32, 32, 3]);
const w = zeros([3, 3, 3, 16]);

/** The end of errors about images that may have channels first. */
const OR_NCHW =
  '; if x is [N, C, H, W], pass layout: "NCHW", whose filters have other dimensions, ' +
  "too, or transpose(x, [0, 2, 3, 1])";

/** Makes zeros on a backend of their own. */
const elsewhere = (shape: readonly number[]) => zeros(shape, { backend: referenceBackend() });

function refuses(name: string, refusals: readonly Refusal[]): void {
  Deno.test(name, () => refusals.forEach(assertRefuses));
}

refuses("conv2d: refuses what is no tensor, or of another dtype", [
  [
    () => conv2d(wrong([[1]]), w),
    TypeError,
    "Cannot apply conv2d: x must be a tensor: got an array; make one with tensor(values)",
  ],
  [
    () => conv2d(x, wrong(undefined)),
    TypeError,
    "Cannot apply conv2d: w must be a tensor: got undefined; make one with tensor(values)",
  ],
  [
    () => conv2d(x, w, { bias: wrong(null) }),
    TypeError,
    "Cannot apply conv2d: bias must be a tensor: got null; make one with tensor(values)",
  ],
  [
    () => conv2d(zeros([1, 2, 2, 3], { dtype: "uint8" }), w),
    ShapeError,
    "Cannot apply conv2d: dtype must be float32 or float64, cast(x, dtype) converts: " +
    "x is uint8, w is float32",
  ],
  [
    () => conv2d(x, w, { bias: zeros([16], { dtype: "float64" }) }),
    ShapeError,
    "Cannot apply conv2d: dtypes must be equal, cast(x, dtype) converts: " +
    "x is float32, w is float32, bias is float64",
  ],
  [
    () => conv2d(elsewhere(x.shape), elsewhere(w.shape)),
    TypeError,
    "Cannot apply conv2d: all inputs must be on one backend: found reference and reference",
  ],
]);

refuses("conv2d: refuses shapes that do not fit", [
  [
    () => conv2d(zeros([32, 32, 3]), w),
    ShapeError,
    "Cannot apply conv2d: x must be images [N, H, W, C]: x is [32, 32, 3]",
  ],
  [
    () => conv2d(x, zeros([3, 3, 3])),
    ShapeError,
    "Cannot apply conv2d: w must be filters [KH, KW, C / groups, O] of at least 1 x 1: " +
    "w is [3, 3, 3]",
  ],
  [
    () => conv2d(x, zeros([3, 0, 3, 16])),
    ShapeError,
    "Cannot apply conv2d: w must be filters [KH, KW, C / groups, O] of at least 1 x 1: " +
    "w is [3, 0, 3, 16]",
  ],
  [
    () => conv2d(x, zeros([3, 3, 4, 16])),
    ShapeError,
    "Cannot apply conv2d: x has 3 channels but w expects 4: x is [8, 32, 32, 3], w is [3, 3, 4, 16]",
  ],
  [
    () => conv2d(zeros([1, 4, 4, 6]), zeros([2, 2, 2, 4]), { groups: 2 }),
    ShapeError,
    "Cannot apply conv2d: x has 6 channels but w expects 4 (2 in each of 2 groups): " +
    "x is [1, 4, 4, 6], w is [2, 2, 2, 4]" + OR_NCHW,
  ],
  [
    () => conv2d(zeros([1, 3, 5, 7]), zeros([2, 2, 3, 4])),
    ShapeError,
    "Cannot apply conv2d: x has 7 channels but w expects 3: x is [1, 3, 5, 7], w is [2, 2, 3, 4]" +
    OR_NCHW,
  ],
  [
    () => depthwiseConv2d(zeros([1, 3, 5, 7]), zeros([2, 2, 3, 4])),
    ShapeError,
    "Cannot apply depthwiseConv2d: x has 7 channels but w expects 3: x is [1, 3, 5, 7], " +
    "w is [2, 2, 3, 4]" + OR_NCHW,
  ],
  [
    () => conv2dTranspose(zeros([1, 3, 5, 7]), zeros([2, 2, 4, 3])),
    ShapeError,
    "Cannot apply conv2dTranspose: x has 7 channels but w expects 3: x is [1, 3, 5, 7], " +
    "w is [2, 2, 4, 3]" + OR_NCHW,
  ],
  [
    () => conv2d(zeros([1, 5, 7, 3]), zeros([4, 3, 2, 2]), { layout: "NCHW" }),
    ShapeError,
    "Cannot apply conv2d: x has 5 channels but w expects 3: x is [1, 5, 7, 3], " +
    'w is [4, 3, 2, 2]; if x is [N, H, W, C], leave out layout: "NCHW", or ' +
    "transpose(x, [0, 3, 1, 2])",
  ],
  [
    () => conv2d(zeros([1, 4, 4, 6]), zeros([2, 2, 2, 4]), { groups: 3 }),
    ShapeError,
    "Cannot apply conv2d: groups must divide the channels of x and the filters of w: " +
    "groups is 3, x is [1, 4, 4, 6], w is [2, 2, 2, 4]",
  ],
  [
    () => conv2d(x, w, { bias: zeros([3]) }),
    ShapeError,
    "Cannot apply conv2d: bias must have one element per output channel, [16]: " +
    "bias is [3], w is [3, 3, 3, 16]",
  ],
  [
    () => conv2d(x, w, { bias: zeros([1, 16]) }),
    ShapeError,
    "Cannot apply conv2d: bias must have one element per output channel, [16]: " +
    "bias is [1, 16], w is [3, 3, 3, 16]",
  ],
]);

refuses("conv2d: refuses windows that do not fit into the image", [
  [
    () => conv2d(zeros([1, 4, 4, 3]), zeros([5, 3, 3, 1])),
    ShapeError,
    "Cannot apply conv2d: the window must fit into the padded image: the window reaches over " +
    '[5, 3], padding is "valid", x is [1, 4, 4, 3]',
  ],
  [
    () => conv2d(zeros([1, 4, 4, 3]), w, { dilation: [1, 3], padding: [[1, 1], [1, 1]] }),
    ShapeError,
    "Cannot apply conv2d: the window must fit into the padded image: the window reaches over " +
    "[3, 7], padding is [[1, 1], [1, 1]], x is [1, 4, 4, 3]",
  ],
  [
    () => conv2d(zeros([1, 0, 4, 3]), w, { padding: 1 }),
    ShapeError,
    "Cannot apply conv2d: the window must fit into the padded image: the window reaches over " +
    "[3, 3], padding is 1, x is [1, 0, 4, 3]",
  ],
]);

/** A value of an option that takes a positive integer or two, as the message shows it. */
const NO_PAIRS: readonly (readonly [unknown, string])[] = [
  [0, "0"],
  [-1, "-1"],
  [1.5, "1.5"],
  [NaN, "NaN"],
  [[2], "[2]"],
  [[1, 0], "[1, 0]"],
  [[1, 2, 3], "[1, 2, 3]"],
  ["2", '"2"'],
  [3n, "3n"],
  [{}, "object"],
];

/** Lists refusals of every wrong value of an option. */
function noPairs(action: string, option: string, call: (value: Pair) => unknown): Refusal[] {
  return NO_PAIRS.map(([value, shown]) => [
    () => call(wrong(value)),
    RangeError,
    `Cannot ${action}: ${option} must be an integer of at least 1 or [height, width]: got ${shown}`,
  ]);
}

refuses("conv2d: refuses strides and dilations that are none", [
  ...noPairs("apply conv2d", "stride", (stride) => conv2d(x, w, { stride })),
  ...noPairs("apply conv2d", "dilation", (dilation) => conv2d(x, w, { dilation })),
]);

refuses(
  "conv2d: refuses groups that are none",
  [0, -1, 0.5].map((groups): Refusal => [
    () => conv2d(x, w, { groups }),
    RangeError,
    `Cannot apply conv2d: groups must be an integer of at least 1: got ${groups}`,
  ]),
);

const NO_PADDINGS: readonly (readonly [unknown, string])[] = [
  [-1, "-1"],
  [0.5, "0.5"],
  ["SAME", '"SAME"'],
  [[1, 1], "[1, 1]"],
  [[[1, 1]], "[[1, 1]]"],
  [[[1, -1], [0, 0]], "[[1, -1], [0, 0]]"],
  [[[0, 0], [1, 2, 3]], "[[0, 0], [1, 2, 3]]"],
  [[[0, 0], [0, "1"]], '[[0, 0], [0, "1"]]'],
  [[[0, 0], [0, 0], [1, 1]], "[[0, 0], [0, 0], [1, 1]]"],
];

function noPaddings(action: string, call: (padding: Padding) => unknown): Refusal[] {
  return NO_PADDINGS.map(([value, shown]) => [
    () => call(wrong(value)),
    RangeError,
    `Cannot ${action}: padding must be "valid", "same", "full", an integer of at least 0 or ` +
    `[[top, bottom], [left, right]]: got ${shown}`,
  ]);
}

refuses("conv2d: refuses paddings that are none", [
  ...noPaddings("apply conv2d", (padding) => conv2d(x, w, { padding })),
]);

refuses("conv2d: refuses before anything is computed", [
  [
    () => conv2d(x, w, { stride: 0, bias: zeros([16]), padding: -1 } satisfies Conv2dOptions),
    RangeError,
    "Cannot apply conv2d: stride must be an integer of at least 1 or [height, width]: got 0",
  ],
]);

for (const [name, pool] of [["maxPool", maxPool], ["avgPool", avgPool]] as const) {
  const action = `apply ${name}`;
  const images = zeros([2, 6, 6, 3]);
  const call = (options: Partial<Pool2dWindow>) => pool(images, { size: 2, ...options });

  refuses(`${name}: refuses what is no batch of images`, [
    [
      () => pool(wrong(3), { size: 2 }),
      TypeError,
      `Cannot ${action}: x must be a tensor: got number; make one with tensor(values)`,
    ],
    [
      () => pool(zeros([2, 6, 6, 3], { dtype: "int32" }), { size: 2 }),
      ShapeError,
      `Cannot ${action}: dtype must be float32 or float64, cast(x, dtype) converts: x is int32`,
    ],
    [
      () => pool(zeros([6, 6]), { size: 2 }),
      ShapeError,
      `Cannot ${action}: x must be images [N, H, W, C]: x is [6, 6]`,
    ],
  ]);

  refuses(`${name}: refuses sizes, strides and paddings that are none`, [
    [
      () => pool(images, wrong({})),
      RangeError,
      `Cannot ${action}: size must be an integer of at least 1 or [height, width]: got undefined`,
    ],
    ...noPairs(action, "size", (size) => call({ size })),
    ...noPairs(action, "stride", (stride) => call({ stride })),
    ...noPaddings(action, (padding) => call({ padding })),
  ]);

  refuses(`${name}: refuses windows that hold no pixel`, [
    [
      () => call({ size: 7 }),
      ShapeError,
      `Cannot ${action}: the window must fit into the padded image: the window reaches over ` +
      '[7, 7], padding is "valid", x is [2, 6, 6, 3]',
    ],
    [
      () => call({ padding: 2 }),
      ShapeError,
      `Cannot ${action}: every window must hold at least one pixel of x: size is [2, 2], ` +
      "padding is 2, x is [2, 6, 6, 3]",
    ],
    [
      () => call({ padding: [[0, 0], [0, 2]] }),
      ShapeError,
      `Cannot ${action}: every window must hold at least one pixel of x: size is [2, 2], ` +
      "padding is [[0, 0], [0, 2]], x is [2, 6, 6, 3]",
    ],
    [
      () => call({ size: [1, 2], stride: 4, padding: [[1, 3], [0, 0]] }),
      ShapeError,
      `Cannot ${action}: every window must hold at least one pixel of x: size is [1, 2], ` +
      "padding is [[1, 3], [0, 0]], x is [2, 6, 6, 3]",
    ],
  ]);
}
