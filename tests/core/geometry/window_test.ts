// Places of windows on images: sizes and padding of convolution and pooling, by hand and as
// properties; and every text with which a window is refused.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Padding, type Pool2dWindow, ShapeError } from "../../../mod.ts";
import type { Conv2dWindow } from "../../../src/backends/mod.ts";
import { conv2dGeometry, pool2dGeometry } from "../../../src/core/geometry/mod.ts";
import { assertExactError } from "../../support/exact_error.ts";

/** Computes `[outHeight, outWidth, padTop, padLeft]` of a convolution of `[1, h, w, 1]` images. */
function conv(image: [number, number], filter: [number, number], options: Conv2dWindow): number[] {
  const g = conv2dGeometry([1, ...image, 1], [...filter, 1, 1], undefined, options);
  return [g.outHeight, g.outWidth, g.padTop, g.padLeft];
}

/** Computes the size of the output and the pixels before, of one row of windows. */
function along(size: number, filter: number, options: Conv2dWindow): [number, number] {
  const [, outWidth, , padLeft] = conv([1, size], [1, filter], options);
  return [outWidth, padLeft];
}

Deno.test("window: no padding unless asked for", () => {
  assertEquals(conv([5, 7], [2, 3], {}), [4, 5, 0, 0]);
  assertEquals(conv([5, 7], [2, 3], { padding: "valid" }), [4, 5, 0, 0]);
  assertEquals(conv([5, 7], [5, 7], {}), [1, 1, 0, 0]);
  assertEquals(conv([5, 7], [1, 1], {}), [5, 7, 0, 0]);
});

Deno.test('window: "same" is TensorFlow\'s rule, row by row', () => {
  // size, filter, stride -> ceil(size / stride), and of max((out - 1) stride + filter - size, 0)
  // pixels the half before, rounded down.
  const table: [size: number, filter: number, stride: number, out: number, before: number][] = [
    [5, 1, 1, 5, 0],
    [5, 2, 1, 5, 0], // one pixel: it goes after
    [5, 3, 1, 5, 1],
    [5, 4, 1, 5, 1], // three: one before, two after
    [5, 5, 1, 5, 2],
    [5, 6, 1, 5, 2],
    [6, 3, 2, 3, 0], // one in all
    [7, 3, 2, 4, 1], // two
    [6, 2, 2, 3, 0],
    [7, 2, 2, 4, 0],
    [5, 2, 3, 2, 0],
    [10, 3, 4, 3, 0], // (3 - 1) 4 + 3 - 10 = 1
    [13, 5, 4, 4, 2], // (4 - 1) 4 + 5 - 13 = 4
    [7, 1, 3, 3, 0],
    [8, 1, 3, 3, 0], // the filter is smaller than the stride: nothing to add
    [64, 8, 8, 8, 0],
    [1, 3, 1, 1, 1],
    [2, 3, 5, 1, 0],
    [3, 8, 1, 3, 3], // seven: three before, four after
  ];
  for (const [size, filter, stride, out, before] of table) {
    assertEquals(along(size, filter, { padding: "same", stride }), [out, before]);
    assertEquals(conv([size, 1], [filter, 1], { padding: "same", stride }), [out, 1, before, 0]);
  }
});

Deno.test('window: "same" with dilation pads for the reach of the filter', () => {
  assertEquals(along(10, 3, { padding: "same", dilation: 2 }), [10, 2]);
  assertEquals(along(10, 3, { padding: "same", dilation: 3 }), [10, 3]);
  assertEquals(along(10, 2, { padding: "same", dilation: 4 }), [10, 2]);
  assertEquals(along(9, 3, { padding: "same", dilation: 2, stride: 2 }), [5, 2]);
});

Deno.test('window: "full" is every window that touches a pixel', () => {
  assertEquals(along(5, 3, { padding: "full" }), [7, 2]);
  assertEquals(along(1, 4, { padding: "full" }), [4, 3]);
  assertEquals(along(5, 2, { padding: "full", dilation: 3 }), [8, 3]);
  assertEquals(along(5, 3, { padding: "full", stride: 2 }), [4, 2]);
});

Deno.test("window: padding in pixels, the same all around or each side apart", () => {
  assertEquals(conv([5, 7], [3, 3], { padding: 1 }), [5, 7, 1, 1]);
  assertEquals(conv([5, 7], [3, 3], { padding: 0 }), [3, 5, 0, 0]);
  assertEquals(conv([5, 7], [3, 3], { padding: [[1, 2], [3, 4]] }), [6, 12, 1, 3]);
  assertEquals(conv([5, 7], [3, 3], { padding: [[0, 1], [0, 0]], stride: 2 }), [2, 3, 0, 0]);
  assertEquals(conv([1, 1], [3, 3], { padding: [[5, 5], [0, 9]] }), [9, 8, 5, 0]);
});

Deno.test("window: stride and dilation of each axis", () => {
  assertEquals(conv([9, 9], [3, 3], { stride: [2, 3] }), [4, 3, 0, 0]);
  assertEquals(conv([9, 9], [3, 3], { dilation: [2, 4] }), [5, 1, 0, 0]);
  assertEquals(conv([9, 9], [3, 3], { stride: 5, dilation: 2 }), [1, 1, 0, 0]);
  assertEquals(conv([9, 9], [2, 2], { stride: 8 }), [1, 1, 0, 0]);
});

Deno.test("window: the geometry of a convolution has every size", () => {
  assertEquals(
    conv2dGeometry([2, 5, 6, 4], [3, 2, 2, 6], [6], {
      stride: [1, 2],
      padding: [[1, 0], [2, 3]],
      dilation: [2, 1],
      groups: 2,
    }),
    {
      batch: 2,
      height: 5,
      width: 6,
      channels: 4,
      outHeight: 2,
      outWidth: 5,
      windowHeight: 3,
      windowWidth: 2,
      strideHeight: 1,
      strideWidth: 2,
      dilationHeight: 2,
      dilationWidth: 1,
      padTop: 1,
      padLeft: 2,
      xShape: [2, 5, 6, 4],
      yShape: [2, 2, 5, 6],
      outChannels: 6,
      groups: 2,
      wShape: [3, 2, 2, 6],
    },
  );
});

Deno.test("window: that of a pooling has the stride of its size by default", () => {
  const g = pool2dGeometry("apply maxPool", [2, 6, 7, 3], { size: [2, 3] }, true);
  assertEquals(g, {
    batch: 2,
    height: 6,
    width: 7,
    channels: 3,
    outHeight: 3,
    outWidth: 2,
    windowHeight: 2,
    windowWidth: 3,
    strideHeight: 2,
    strideWidth: 3,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: 0,
    padLeft: 0,
    xShape: [2, 6, 7, 3],
    yShape: [2, 3, 2, 3],
    countPadding: true,
  });
  const strided = pool2dGeometry("apply maxPool", [1, 6, 7, 3], { size: 2, stride: 1 }, false);
  assertEquals([strided.yShape, strided.countPadding], [[1, 5, 6, 3], false]);
});

/** Draws a number from 1 to `max`. */
const upTo = (max: number) => fc.integer({ min: 1, max });

Deno.test("window: the number of outputs is the number of windows that fit, counted", () => {
  const paddings: fc.Arbitrary<[number, number]> = fc.tuple(fc.nat(4), fc.nat(4));
  fc.assert(
    fc.property(upTo(12), upTo(4), upTo(4), upTo(3), paddings, (size, filter, stride, d, pads) => {
      const reach = (filter - 1) * d + 1;
      fc.pre(size + pads[0] + pads[1] >= reach);
      let windows = 0;
      for (let at = -pads[0]; at + reach <= size + pads[1]; at += stride) windows++;
      const options = { stride, dilation: d, padding: [[0, 0], pads] as Padding };
      assertEquals(along(size, filter, options), [windows, pads[0]]);
    }),
  );
});

Deno.test('window: "same" covers every pixel of a filter no smaller than the stride', () => {
  fc.assert(fc.property(upTo(20), upTo(6), upTo(6), (size, filter, stride) => {
    const [out, before] = along(size, filter, { padding: "same", stride });
    assertEquals(out, Math.ceil(size / stride));
    const end = (out - 1) * stride - before + filter;
    if (filter >= stride) assert(end >= size, "the last window reaches the last pixel");
    const after = Math.max(end - size, 0);
    if (before > 0) assert(after === before || after === before + 1, "the odd pixel goes after");
  }));
});

const conv2d = (x: number[], w: number[], options?: Conv2dWindow, bias?: number[]) => () =>
  conv2dGeometry(x, w, bias, options ?? {});
const maxPool = (x: number[], options: unknown) => () =>
  pool2dGeometry("apply maxPool", x, options as Pool2dWindow, false);

Deno.test("window: images and filters must be images and filters", () => {
  const image = "Cannot apply conv2d: x must be images [N, H, W, C]: x is ";
  assertExactError(conv2d([5, 5, 3], [1, 1, 3, 1]), ShapeError, `${image}[5, 5, 3]`);
  assertExactError(
    maxPool([], { size: 2 }),
    ShapeError,
    "Cannot apply maxPool: x must be images [N, H, W, C]: x is []",
  );
  const filter = "Cannot apply conv2d: w must be filters [KH, KW, C / groups, O] of at least " +
    "1 x 1: w is ";
  assertExactError(conv2d([1, 5, 5, 3], [3, 3, 3]), ShapeError, `${filter}[3, 3, 3]`);
  assertExactError(conv2d([1, 5, 5, 3], [0, 3, 3, 1]), ShapeError, `${filter}[0, 3, 3, 1]`);
  assertExactError(conv2d([1, 5, 5, 3], [3, 0, 3, 1]), ShapeError, `${filter}[3, 0, 3, 1]`);
});

Deno.test("window: channels, groups and bias must fit", () => {
  assertExactError(
    conv2d([8, 32, 32, 3], [3, 3, 4, 16]),
    ShapeError,
    "Cannot apply conv2d: x has 3 channels but w expects 4: x is [8, 32, 32, 3], " +
      "w is [3, 3, 4, 16]",
  );
  assertExactError(
    conv2d([1, 5, 5, 4], [1, 1, 4, 2], { groups: 2 }),
    ShapeError,
    "Cannot apply conv2d: x has 4 channels but w expects 8 (4 in each of 2 groups): " +
      "x is [1, 5, 5, 4], w is [1, 1, 4, 2]",
  );
  const divide = "Cannot apply conv2d: groups must divide the channels of x and the filters of w: ";
  assertExactError(
    conv2d([1, 5, 5, 3], [1, 1, 1, 2], { groups: 2 }),
    ShapeError,
    `${divide}groups is 2, x is [1, 5, 5, 3], w is [1, 1, 1, 2]`,
  );
  assertExactError(
    conv2d([1, 5, 5, 4], [1, 1, 2, 3], { groups: 2 }),
    ShapeError,
    `${divide}groups is 2, x is [1, 5, 5, 4], w is [1, 1, 2, 3]`,
  );
  for (const groups of [0, -1, 1.5, NaN]) {
    assertExactError(
      conv2d([1, 5, 5, 3], [1, 1, 3, 1], { groups }),
      RangeError,
      `Cannot apply conv2d: groups must be an integer of at least 1: got ${groups}`,
    );
  }
  for (const bias of [[3], [], [2, 1]]) {
    assertExactError(
      conv2d([1, 5, 5, 3], [1, 1, 3, 2], {}, bias),
      ShapeError,
      `Cannot apply conv2d: bias must have one element per output channel, [2]: bias is ` +
        `[${bias.join(", ")}], w is [1, 1, 3, 2]`,
    );
  }
});

Deno.test("window: it must fit into the padded image", () => {
  const rule = "the window must fit into the padded image: the window reaches over";
  assertExactError(
    conv2d([1, 2, 5, 1], [3, 3, 1, 1]),
    ShapeError,
    `Cannot apply conv2d: ${rule} [3, 3], padding is "valid", x is [1, 2, 5, 1]`,
  );
  assertExactError(
    conv2d([1, 5, 3, 1], [3, 3, 1, 1], { dilation: 2, padding: [[0, 0], [1, 0]] }),
    ShapeError,
    `Cannot apply conv2d: ${rule} [5, 5], padding is [[0, 0], [1, 0]], x is [1, 5, 3, 1]`,
  );
  assertExactError(
    maxPool([1, 5, 0, 1], { size: 1 }),
    ShapeError,
    `Cannot apply maxPool: ${rule} [1, 1], padding is "valid", x is [1, 5, 0, 1]`,
  );
});

Deno.test("window: a pool must have a pixel in every window", () => {
  const rule = "Cannot apply maxPool: every window must hold at least one pixel of x: size is";
  const x = [1, 3, 3, 1];
  const wrong: [options: Pool2dWindow, shown: string][] = [
    [{ size: 2, padding: 2 }, "[2, 2], padding is 2"],
    [{ size: [1, 3], padding: [[1, 0], [0, 0]] }, "[1, 3], padding is [[1, 0], [0, 0]]"],
    [{ size: [3, 1], padding: [[0, 0], [0, 1]] }, "[3, 1], padding is [[0, 0], [0, 1]]"],
    [{ size: 2, stride: 1, padding: [[0, 2], [0, 0]] }, "[2, 2], padding is [[0, 2], [0, 0]]"],
  ];
  for (const [options, shown] of wrong) {
    assertExactError(maxPool(x, options), ShapeError, `${rule} ${shown}, x is [1, 3, 3, 1]`);
  }
  assertEquals(maxPool(x, { size: 2, stride: 1, padding: 1 })().yShape, [1, 4, 4, 1]);
  assertEquals(maxPool(x, { size: 3, padding: "full" })().yShape, [1, 2, 2, 1]);
});

Deno.test("window: sizes, strides and dilations must be numbers of at least 1, or two", () => {
  const wrong: [value: unknown, shown: string][] = [
    [0, "0"],
    [-1, "-1"],
    [1.5, "1.5"],
    [[1], "[1]"],
    [[1, 2, 3], "[1, 2, 3]"],
    [[2, 0], "[2, 0]"],
    [[0.5, 2], "[0.5, 2]"],
    ["2", '"2"'],
    [2n, "2n"],
    [NaN, "NaN"],
  ];
  for (const [value, shown] of wrong) {
    const rule = (name: string) =>
      `${name} must be an integer of at least 1 or [height, width]: got ${shown}`;
    const options = (name: string) => ({ [name]: value }) as Conv2dWindow;
    for (const name of ["stride", "dilation"]) {
      assertExactError(
        conv2d([1, 5, 5, 1], [1, 1, 1, 1], options(name)),
        RangeError,
        `Cannot apply conv2d: ${rule(name)}`,
      );
    }
    for (const name of ["size", "stride"]) {
      assertExactError(
        maxPool([1, 5, 5, 1], { size: 2, [name]: value }),
        RangeError,
        `Cannot apply maxPool: ${rule(name)}`,
      );
    }
  }
  assertExactError(
    maxPool([1, 5, 5, 1], {}),
    RangeError,
    "Cannot apply maxPool: size must be an integer of at least 1 or [height, width]: " +
      "got undefined",
  );
});

Deno.test("window: padding must be one of its kinds", () => {
  const wrong: [value: unknown, shown: string][] = [
    ["SAME", '"SAME"'],
    [-1, "-1"],
    [0.5, "0.5"],
    [[1, 1], "[1, 1]"],
    [[[1, 1]], "[[1, 1]]"],
    [[[1, 1], [1, -1]], "[[1, 1], [1, -1]]"],
    [[[1, 1], [1]], "[[1, 1], [1]]"],
    [[[1, 1], [1, 1.5]], "[[1, 1], [1, 1.5]]"],
  ];
  for (const [padding, shown] of wrong) {
    assertExactError(
      conv2d([1, 5, 5, 1], [1, 1, 1, 1], { padding } as Conv2dWindow),
      RangeError,
      'Cannot apply conv2d: padding must be "valid", "same", "full", an integer of at least 0 or ' +
        `[[top, bottom], [left, right]]: got ${shown}`,
    );
  }
});
