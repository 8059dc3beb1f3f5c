// Numbers beyond what kernels can hold are refused where shapes are checked, by name and with their
// value: sizes, strides, dilations, paddings, reaches, groups, counts of parts.

import { assertEquals, assertThrows } from "@std/assert";
import {
  adaptiveAvgPool,
  arange,
  avgPool,
  avgPool1d,
  broadcastTo,
  conv1d,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  im2col,
  matmul,
  maxPool,
  maxPool1d,
  ones,
  pad,
  repeat,
  reshape,
  ShapeError,
  split,
  tile,
  upsample,
  zeros,
} from "../../../mod.ts";
import { MOST_EXTENT } from "../../../src/core/geometry/bounds.ts";
import { pool2dGeometry } from "../../../src/core/geometry/mod.ts";
import { assertRefuses } from "../../support/refusals.ts";

const x = ones([1, 2, 5, 8]);
const w = ones([2, 3, 8, 4]);
const sequence = ones([1, 9, 2]);
const taps = ones([3, 2, 4]);

/** Numbers that are integers, and of which each has at some time gone wrong. */
const LARGE = [
  2 ** 30 + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 32 + 3,
  2 ** 52,
  2 ** 53 - 1,
  2 ** 53,
];

/** Checks that a call is refused, for each large number, with a `RangeError` of this text. */
function refusesLarge(call: (n: number) => unknown, text: (n: number) => string): void {
  for (const n of LARGE) assertRefuses([() => call(n), RangeError, `Cannot apply ${text(n)}`]);
}

Deno.test("bounds: sizes, strides, dilations and paddings of windows", () => {
  const most = (name: string, option: string) => (n: number) =>
    `${name}: ${option} must be at most 1073741824: got ${n}`;
  refusesLarge((n) => maxPool(x, { size: n }), most("maxPool", "size"));
  refusesLarge((n) => avgPool(x, { size: 2, stride: n }), most("avgPool", "stride"));
  refusesLarge((n) => maxPool(x, { size: 2, padding: n }), most("maxPool", "padding"));
  refusesLarge((n) => conv2d(x, w, { stride: n }), most("conv2d", "stride"));
  refusesLarge((n) => conv2d(x, w, { dilation: n }), most("conv2d", "dilation"));
  refusesLarge((n) => conv2d(x, w, { padding: n }), most("conv2d", "padding"));
  refusesLarge(
    (n) => conv2dTranspose(x, ones([2, 3, 4, 8]), { stride: n }),
    most("conv2dTranspose", "stride"),
  );
  refusesLarge(
    (n) => depthwiseConv2d(x, ones([2, 3, 8, 1]), { stride: n }),
    most("depthwiseConv2d", "stride"),
  );
  refusesLarge((n) => im2col(x, { size: n }), most("im2col", "size"));
  refusesLarge((n) => conv1d(sequence, taps, { stride: n }), most("conv1d", "stride"));
  refusesLarge((n) => conv1d(sequence, taps, { padding: n }), most("conv1d", "padding"));
  refusesLarge((n) => maxPool1d(sequence, { size: n }), most("maxPool1d", "size"));
  refusesLarge((n) => avgPool1d(sequence, { size: 2, padding: n }), most("avgPool1d", "padding"));
  refusesLarge((n) => upsample(x, { size: n }), most("upsample", "size"));
  refusesLarge((n) => upsample(x, { factor: n }), most("upsample", "factor"));
  refusesLarge((n) => adaptiveAvgPool(x, { size: n }), most("adaptiveAvgPool", "size"));
  const pair = (n: number) => `maxPool: stride must be at most 1073741824: got [1, ${n}]`;
  refusesLarge((n) => maxPool(x, { size: 2, stride: [1, n] }), pair);
});

Deno.test("bounds: windows that reach too far, or hold too much, together", () => {
  const rule =
    "a window must reach over at most 1073741824 pixels along each axis, and hold no more";
  assertRefuses([
    () => conv2d(x, w, { dilation: 2 ** 30 }),
    RangeError,
    `Cannot apply conv2d: ${rule}: size is [2, 3], dilation is [1073741824, 1073741824]`,
  ]);
  assertRefuses([
    () => conv1d(sequence, taps, { dilation: 2 ** 29 }),
    RangeError,
    `Cannot apply conv1d: ${rule}: size is [3], dilation is [536870912]`,
  ]);
  assertRefuses([
    () => avgPool(x, { size: 2 ** 16, padding: "same" }),
    RangeError,
    `Cannot apply avgPool: ${rule}: size is [65536, 65536], dilation is [1, 1]`,
  ]);
  assertRefuses([
    () => conv2dTranspose(x, ones([2, 3, 4, 8]), { dilation: 2 ** 30 }),
    RangeError,
    `Cannot apply conv2dTranspose: ${rule}: size is [2, 3], dilation is [1073741824, 1073741824]`,
  ]);
});

Deno.test("bounds: images with their padding, and results", () => {
  assertRefuses([
    () => conv2d(x, w, { padding: 2 ** 29 }),
    RangeError,
    "Cannot apply conv2d: the padded image must have at most 1073741824 pixels along each axis: " +
    "it would have [1073741826, 1073741829], padding is 536870912, x is [1, 2, 5, 8]",
  ]);
  assertRefuses([
    () => conv2dTranspose(ones([1, 2, 2, 8]), ones([2, 3, 4, 8]), { stride: 2 ** 30 }),
    RangeError,
    "Cannot apply conv2dTranspose: the result, with its padding, must have at most 1073741824 " +
    "pixels along each axis: it would have [1073741826, 1073741827], " +
    'stride is [1073741824, 1073741824], padding is "valid", x is [1, 2, 2, 8], w is [2, 3, 4, 8]',
  ]);
  const size =
    "an array must have at most 4294967296 elements, and as many along a dimension: its " +
    "shape would be";
  const refusals: [call: () => unknown, text: string][] = [
    [
      () => maxPool(x, { size: 2 ** 15, stride: 1, padding: "full" }),
      "maxPool: $ [1, 32769, 32772, 8]",
    ],
    [() => broadcastTo(ones([1]), [2 ** 20, 2 ** 20]), "broadcastTo: $ [1048576, 1048576]"],
    [() => reshape(zeros([0]), [0, 2 ** 40]), "reshape: $ [0, 1099511627776]"],
    [() => pad(ones([2, 1]), [[0, 2 ** 30], [2 ** 29, 0]]), "pad: $ [1073741826, 536870913]"],
    [() => upsample(ones([9, 1, 1, 9]), { size: 2 ** 14 }), "upsample: $ [9, 16384, 16384, 9]"],
  ];
  for (const [call, text] of refusals) {
    assertRefuses([call, RangeError, `Cannot apply ${text.replace("$", size)}`]);
  }
  assertRefuses([
    () => zeros([2 ** 32, 2]),
    RangeError,
    `Cannot create tensor: ${size} [4294967296, 2]`,
  ]);
  assertRefuses([() => arange(2 ** 33), RangeError, `Cannot create tensor: ${size} [8589934592]`]);
});

Deno.test("bounds: counts of groups, parts, copies and products, before any list is made", () => {
  const none = zeros([1, 2, 5, 0]);
  const groups = "groups must divide the channels of x and the filters of w: groups is";
  for (const n of [2, 2 ** 28, 2 ** 53 - 1, 2 ** 53]) {
    assertRefuses([
      () => conv2d(none, zeros([1, 1, 0, 0]), { groups: n }),
      ShapeError,
      `Cannot apply conv2d: ${groups} ${n}, x is [1, 2, 5, 0], w is [1, 1, 0, 0]`,
    ]);
    assertRefuses([
      () => conv2dTranspose(none, zeros([1, 1, 3, 0]), { groups: n }),
      ShapeError,
      `Cannot apply conv2dTranspose: groups must divide the channels of x: groups is ${n}, ` +
      "x is [1, 2, 5, 0], w is [1, 1, 3, 0]",
    ]);
  }
  refusesLarge(
    (n) => pad(x, [[0, 0], [0, 0], [-n, n], [0, 0]]),
    (n) => `pad: amounts must be at most 1073741824: got [0, 0, 0, 0, ${n}, ${n}, 0, 0]`,
  );
  refusesLarge(
    (n) => split(zeros([0]), n),
    (n) => `split: parts must be at most 1048576: got ${n}`,
  );
  const axis = 'the size of axis 0 with mode "edge" must be at most 134217728: got 134217731';
  assertRefuses([
    () => pad(ones([3]), [[0, 2 ** 27]], { mode: "edge" }),
    RangeError,
    `Cannot apply pad: ${axis}`,
  ]);
  for (const n of LARGE.slice(3, -1)) {
    assertThrows(() => repeat(ones([3]), n), RangeError, "Cannot apply broadcastTo: an array must");
    assertThrows(
      () => tile(ones([3]), [n, 2]),
      RangeError,
      "Cannot apply broadcastTo: an array must",
    );
  }
  assertRefuses([
    () => matmul(zeros([2 ** 14, 1, 1, 0]), zeros([2 ** 14, 0, 1])),
    RangeError,
    "Cannot apply matmul: the number of products in a batch must be at most 134217728: got 268435456",
  ]);
  assertRefuses([
    () => upsample(ones([1, 1, 1, 1]), { size: [2 ** 27, 1] }),
    RangeError,
    "Cannot apply upsample: height and width of the result must be at most 16777216: got 134217728",
  ]);
});

Deno.test("bounds: the largest numbers are taken", () => {
  const g = pool2dGeometry("apply maxPool", [1, 2, 5, 8], {
    size: [1, MOST_EXTENT - 6],
    stride: MOST_EXTENT,
    padding: [[0, 0], [0, MOST_EXTENT - 6]],
  }, false);
  assertEquals([g.outHeight, g.outWidth, g.windowWidth], [1, 1, MOST_EXTENT - 6]);
  const same = avgPool(x, { size: [2 ** 20, 2 ** 10], stride: MOST_EXTENT, padding: "same" });
  assertEquals(same.shape, [1, 1, 1, 8]);
  const counted = avgPool(x, {
    size: [2 ** 20, 2 ** 10],
    stride: MOST_EXTENT,
    padding: "same",
    countPadding: true,
  });
  assertEquals([...counted.dataSync()], Array(8).fill(10 / 2 ** 30));
  const filters = zeros([2 ** 30, 1, 0, 2]); // of nothing: there is nothing to visit
  const bias = ones([2]);
  assertEquals([...conv2d(zeros([1, 1, 1, 0]), filters, { bias, padding: "same" }).dataSync()], [
    1,
    1,
  ]);
});
