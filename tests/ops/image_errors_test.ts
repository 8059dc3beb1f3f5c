// Errors of the relatives of conv2d and of the pools, word by word: shapes are those that the user
// gave.

import {
  adaptiveAvgPool,
  avgPool1d,
  col2im,
  conv1d,
  conv2d,
  conv2dTranspose,
  type Conv2dTransposeOptions,
  depthwiseConv2d,
  globalAvgPool,
  globalMaxPool,
  im2col,
  maxPool,
  maxPool1d,
  separableConv2d,
  ShapeError,
  upsample,
  type UpsampleOptions,
  zeros,
} from "../../mod.ts";
import { assertRefuses, type Refusal } from "../support/refusals.ts";

/** Passes a value as a user without types can. */
// deno-lint-ignore no-explicit-any -- stands for any wrong type
const wrong = (value: unknown): any => value;

const x = zeros([8, 32, 32, 3]);
const first = zeros([8, 3, 32, 32]);
const NCHW = { layout: "NCHW" } as const;

function refuses(name: string, refusals: readonly Refusal[]): void {
  Deno.test(name, () => refusals.forEach(assertRefuses));
}

refuses("conv2d in NCHW: shapes as they were given", [
  [
    () => conv2d(x, zeros([3, 3, 3, 16]), { layout: wrong("CHWN") }),
    RangeError,
    'Cannot apply conv2d: layout must be "NHWC" or "NCHW": got "CHWN"',
  ],
  [
    () => conv2d(zeros([3, 32, 32]), zeros([16, 3, 3, 3]), NCHW),
    ShapeError,
    "Cannot apply conv2d: x must be images [N, C, H, W]: x is [3, 32, 32]",
  ],
  [
    () => conv2d(first, zeros([16, 3, 0, 3]), NCHW),
    ShapeError,
    "Cannot apply conv2d: w must be filters [O, C / groups, KH, KW] of at least 1 x 1: " +
    "w is [16, 3, 0, 3]",
  ],
  [
    () => conv2d(first, zeros([16, 4, 3, 3]), NCHW),
    ShapeError,
    "Cannot apply conv2d: x has 3 channels but w expects 4: x is [8, 3, 32, 32], " +
    "w is [16, 4, 3, 3]",
  ],
  [
    () => conv2d(first, zeros([16, 3, 40, 3]), NCHW),
    ShapeError,
    "Cannot apply conv2d: the window must fit into the padded image: the window reaches over " +
    '[40, 3], padding is "valid", x is [8, 3, 32, 32]',
  ],
  [
    () => conv2d(first, zeros([16, 3, 3, 3]), { ...NCHW, bias: zeros([3]) }),
    ShapeError,
    "Cannot apply conv2d: bias must have one element per output channel, [16]: bias is [3], " +
    "w is [16, 3, 3, 3]",
  ],
  [
    () => maxPool(first, { ...NCHW, size: 2, padding: 2 }),
    ShapeError,
    "Cannot apply maxPool: every window must hold at least one pixel of x: size is [2, 2], " +
    "padding is 2, x is [8, 3, 32, 32]",
  ],
]);

refuses("depthwiseConv2d: filters that do not fit", [
  [
    () => depthwiseConv2d(x, zeros([3, 3, 3])),
    ShapeError,
    "Cannot apply depthwiseConv2d: w must be filters [KH, KW, C, M] of at least 1 x 1: " +
    "w is [3, 3, 3]",
  ],
  [
    () => depthwiseConv2d(x, zeros([3, 3, 4, 2])),
    ShapeError,
    "Cannot apply depthwiseConv2d: x has 3 channels but w expects 4: x is [8, 32, 32, 3], " +
    "w is [3, 3, 4, 2]",
  ],
  [
    () => depthwiseConv2d(first, zeros([6, 2, 3, 3]), NCHW),
    ShapeError,
    "Cannot apply depthwiseConv2d: w must be filters [C M, 1, KH, KW] of at least 1 x 1: " +
    "w is [6, 2, 3, 3]",
  ],
  [
    () => depthwiseConv2d(first, zeros([7, 1, 3, 3]), NCHW),
    ShapeError,
    "Cannot apply depthwiseConv2d: w must have as many filters for each channel of x: " +
    "x is [8, 3, 32, 32], w is [7, 1, 3, 3]",
  ],
  [
    () => depthwiseConv2d(zeros([1, 4, 4, 0]), zeros([3, 3, 0, 2])),
    ShapeError,
    "Cannot apply depthwiseConv2d: x must have at least one channel: x is [1, 4, 4, 0], " +
    "w is [3, 3, 0, 2]",
  ],
  [
    () => depthwiseConv2d(x, zeros([3, 3, 3, 2]), { stride: 0 }),
    RangeError,
    "Cannot apply depthwiseConv2d: stride must be an integer of at least 1 or [height, width]: " +
    "got 0",
  ],
]);

refuses("separableConv2d: a mixture that does not fit", [
  [
    () => separableConv2d(x, zeros([3, 3, 3, 2]), zeros([1, 1, 5, 4])),
    ShapeError,
    "Cannot apply separableConv2d: pointwise must mix what w makes, [1, 1, 6, O]: " +
    "pointwise is [1, 1, 5, 4]",
  ],
  [
    () => separableConv2d(first, zeros([6, 1, 3, 3]), zeros([4, 6, 2, 1]), NCHW),
    ShapeError,
    "Cannot apply separableConv2d: pointwise must mix what w makes, [O, 6, 1, 1]: " +
    "pointwise is [4, 6, 2, 1]",
  ],
  [
    () => separableConv2d(x, zeros([3, 3, 2, 2]), zeros([1, 1, 6, 4])),
    ShapeError,
    "Cannot apply separableConv2d: x has 3 channels but w expects 2: x is [8, 32, 32, 3], " +
    "w is [3, 3, 2, 2]",
  ],
]);

const transposing = (options: Conv2dTransposeOptions) => () =>
  conv2dTranspose(x, zeros([3, 3, 8, 3]), options);

refuses("conv2dTranspose: shapes and sizes that do not fit", [
  [
    () => conv2dTranspose(x, zeros([3, 3, 8, 4])),
    ShapeError,
    "Cannot apply conv2dTranspose: x has 3 channels but w expects 4: x is [8, 32, 32, 3], " +
    "w is [3, 3, 8, 4]",
  ],
  [
    () => conv2dTranspose(x, zeros([3, 3, 8])),
    ShapeError,
    "Cannot apply conv2dTranspose: w must be filters [KH, KW, O / groups, C] of at least 1 x 1: " +
    "w is [3, 3, 8]",
  ],
  [
    () => conv2dTranspose(first, zeros([4, 8, 3, 3]), NCHW),
    ShapeError,
    "Cannot apply conv2dTranspose: x has 3 channels but w expects 4: x is [8, 3, 32, 32], " +
    "w is [4, 8, 3, 3]",
  ],
  [
    transposing({ groups: 2 }),
    ShapeError,
    "Cannot apply conv2dTranspose: groups must divide the channels of x: groups is 2, " +
    "x is [8, 32, 32, 3], w is [3, 3, 8, 3]",
  ],
  [
    transposing({ groups: 0.5 }),
    RangeError,
    "Cannot apply conv2dTranspose: groups must be an integer of at least 1: got 0.5",
  ],
  [
    transposing({ bias: zeros([3]) }),
    ShapeError,
    "Cannot apply conv2dTranspose: bias must have one element per output channel, [8]: " +
    "bias is [3], w is [3, 3, 8, 3]",
  ],
  [
    transposing({ stride: 2, outputPadding: [0, 2] }),
    RangeError,
    "Cannot apply conv2dTranspose: outputPadding must be an integer of at least 0, or " +
    "[height, width], that is smaller than stride or dilation: got [0, 2], stride is [2, 2], " +
    "dilation is [1, 1]",
  ],
  [
    transposing({ stride: 2, padding: "same", outputPadding: 1 }),
    RangeError,
    'Cannot apply conv2dTranspose: outputPadding must be 0 with padding "same", which makes ' +
    "sizes stride times as large: got 1",
  ],
  [
    transposing({ padding: 17 }),
    ShapeError,
    "Cannot apply conv2dTranspose: the result must have at least one pixel: it would be [0, 0], " +
    "padding is 17, x is [8, 32, 32, 3], w is [3, 3, 8, 3]",
  ],
]);

const sequences = zeros([8, 10, 3]);

refuses("conv1d and pools of sequences: in words of sequences", [
  [
    () => conv1d(x, zeros([3, 3, 4])),
    ShapeError,
    "Cannot apply conv1d: x must be sequences [N, L, C]: x is [8, 32, 32, 3]",
  ],
  [
    () => conv1d(sequences, zeros([0, 3, 4])),
    ShapeError,
    "Cannot apply conv1d: w must be filters [K, C / groups, O] of at least 1 tap: w is [0, 3, 4]",
  ],
  [
    () => conv1d(sequences, zeros([2, 4, 4])),
    ShapeError,
    "Cannot apply conv1d: x has 3 channels but w expects 4: x is [8, 10, 3], w is [2, 4, 4]",
  ],
  [
    () => conv1d(sequences, zeros([2, 3, 4]), { stride: wrong([1, 1]) }),
    TypeError,
    "Cannot apply conv1d: stride must be a number: got [1, 1]",
  ],
  [
    () => conv1d(sequences, zeros([2, 3, 4]), { padding: wrong([[1, 1], [1, 1]]) }),
    RangeError,
    'Cannot apply conv1d: padding must be "valid", "same", "full", an integer of at least 0 or ' +
    "[before, after]: got [[1, 1], [1, 1]]",
  ],
  [
    () => conv1d(sequences, zeros([2, 3, 4]), { padding: wrong("causal") }),
    RangeError,
    'Cannot apply conv1d: padding must be "valid", "same", "full", an integer of at least 0 or ' +
    '[before, after]: got "causal"',
  ],
  [
    () => conv1d(sequences, zeros([6, 3, 4]), { dilation: 2 }),
    ShapeError,
    "Cannot apply conv1d: the window must fit into the padded sequence: the window reaches over " +
    '11, padding is "valid", x is [8, 10, 3]',
  ],
  [
    () => maxPool1d(sequences, { size: 2, padding: [0, 3], stride: 11 }),
    ShapeError,
    "Cannot apply maxPool1d: every window must hold at least one element of x: size is 2, " +
    "padding is [0, 3], x is [8, 10, 3]",
  ],
  [
    () => avgPool1d(sequences, { size: 0 }),
    RangeError,
    "Cannot apply avgPool1d: size must be an integer of at least 1: got 0",
  ],
]);

const upsampling = (options: UpsampleOptions) => () => upsample(x, options);

refuses("upsample and pools to a size: what is no size", [
  [
    upsampling({}),
    TypeError,
    "Cannot apply upsample: either size or factor must be given: got neither",
  ],
  [
    upsampling({ size: 2, factor: 2 }),
    TypeError,
    "Cannot apply upsample: either size or factor must be given: got both",
  ],
  [
    upsampling({ factor: 1.5 }),
    RangeError,
    "Cannot apply upsample: factor must be an integer of at least 1 or [height, width]: got 1.5",
  ],
  [
    upsampling({ size: 4, mode: wrong("cubic") }),
    RangeError,
    'Cannot apply upsample: mode must be "nearest" or "bilinear": got "cubic"',
  ],
  [
    upsampling({ size: 4, alignCorners: true }),
    RangeError,
    'Cannot apply upsample: alignCorners must be false unless mode is "bilinear": got true',
  ],
  [
    () => upsample(zeros([1, 0, 4, 2]), { size: 2 }),
    ShapeError,
    "Cannot apply upsample: images must have at least one pixel: x is [1, 0, 4, 2]",
  ],
  [
    () => adaptiveAvgPool(sequences, { size: 2, layout: "NCHW" }),
    ShapeError,
    "Cannot apply adaptiveAvgPool: x must be images [N, C, H, W]: x is [8, 10, 3]",
  ],
  [
    () => adaptiveAvgPool(x, { size: wrong([2]) }),
    RangeError,
    "Cannot apply adaptiveAvgPool: size must be an integer of at least 1 or [height, width]: " +
    "got [2]",
  ],
  [
    () => globalMaxPool(sequences),
    ShapeError,
    "Cannot apply globalMaxPool: x must be images [N, H, W, C] of at least one pixel: " +
    "x is [8, 10, 3]",
  ],
  [
    () => globalAvgPool(zeros([2, 3, 0, 4]), NCHW),
    ShapeError,
    "Cannot apply globalAvgPool: x must be images [N, C, H, W] of at least one pixel: " +
    "x is [2, 3, 0, 4]",
  ],
]);

refuses("im2col and col2im: windows and rows that do not fit", [
  [
    () => im2col(sequences, { size: 2 }),
    ShapeError,
    "Cannot apply im2col: x must be images [N, H, W, C]: x is [8, 10, 3]",
  ],
  [
    () => im2col(x, wrong({})),
    RangeError,
    "Cannot apply im2col: size must be an integer of at least 1 or [height, width]: got undefined",
  ],
  [
    () => im2col(first, { size: [2, 40], ...NCHW }),
    ShapeError,
    "Cannot apply im2col: the window must fit into the padded image: the window reaches over " +
    '[2, 40], padding is "valid", x is [8, 3, 32, 32]',
  ],
  [
    () => col2im(zeros([7, 12]), [2, 3, 3, 3], { size: 2 }),
    ShapeError,
    "Cannot apply col2im: columns must have a row per window and a column per element of one, " +
    "[8, 12]: columns is [7, 12], shape is [2, 3, 3, 3]",
  ],
]);
