// conv2d: values by hand, against its definition, adjoint on big shapes, and how its options are
// made of each other.

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  conv2d,
  type Conv2dOptions,
  grad,
  matmul,
  mul,
  pad,
  relu,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";
import type { Conv2dWindow, Padding } from "../../src/core/geometry/mod.ts";
import { dot } from "../support/oracles/arrays.ts";
import { assertSame, assertTensor } from "../support/compare.ts";
import { quarters, type Values } from "../support/grids.ts";
import { gridValues, tiedValues } from "../support/random_values.ts";
import {
  conv2dGradWOracle,
  conv2dGradXOracle,
  conv2dOracle,
  convShape,
} from "../support/oracles/windows.ts";
import { convSizes } from "../support/windows.ts";

const upload = ({ shape, data }: Values) => tensor(Array.from(data), { shape });

/** Makes one image of one channel. */
const image = (rows: number[][]) =>
  tensor(rows.flat(), { shape: [1, rows.length, rows[0].length, 1] });

/** Makes one filter of one channel. */
const filter = (rows: number[][]) =>
  tensor(rows.flat(), { shape: [rows.length, rows[0].length, 1, 1] });

const COUNT = image([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]);

/** Lists the rows of the only channel of the only image. */
function rowsOf(y: Tensor): number[][] {
  return reshape(y, [y.shape[1], y.shape[2]]).toArray() as number[][];
}

/** Computes outputs by filter, gradients of `<conv2d, dy>`. */
function gradients(x: Values, w: Values, dy: Values, options: Conv2dOptions) {
  const weighted = (p: { x: Tensor; w: Tensor }) => sum(mul(conv2d(p.x, p.w, options), upload(dy)));
  return grad(weighted)({ x: upload(x), w: upload(w) });
}

Deno.test("conv2d: a cross-correlation, the filter is not turned round", () => {
  assertEquals(rowsOf(conv2d(COUNT, filter([[1, 10], [100, 1000]]))), [
    [6521, 7632, 8743],
    [10965, 12076, 13187],
  ]);
});

Deno.test("conv2d: the stride, along rows and columns", () => {
  const w = filter([[1]]);
  assertEquals(rowsOf(conv2d(COUNT, w, { stride: 2 })), [[1, 3], [9, 11]]);
  assertEquals(rowsOf(conv2d(COUNT, w, { stride: [1, 3] })), [[1, 4], [5, 8], [9, 12]]);
  assertEquals(rowsOf(conv2d(COUNT, w, { stride: [3, 2] })), [[1, 3]]);
  assertEquals(rowsOf(conv2d(COUNT, filter([[1, 1]]), { stride: 5 })), [[3]]);
});

Deno.test("conv2d: every way to say a padding", () => {
  const w = filter([[1, 10]]);
  const row = image([[1, 2, 3]]);
  const cases: [Padding, number[][]][] = [
    ["valid", [[21, 32]]],
    ["same", [[21, 32, 3]]],
    ["full", [[10, 21, 32, 3]]],
    [0, [[21, 32]]],
    [[[0, 0], [1, 0]], [[10, 21, 32]]],
    [[[0, 0], [0, 2]], [[21, 32, 3, 0]]],
    [[[1, 0], [0, 0]], [[0, 0], [21, 32]]],
    [1, [[0, 0, 0, 0], [10, 21, 32, 3], [0, 0, 0, 0]]],
  ];
  for (const [padding, expected] of cases) {
    assertEquals(rowsOf(conv2d(row, w, { padding })), expected, JSON.stringify(padding));
  }
});

Deno.test('conv2d: "same" is TensorFlow\'s: the odd pixel goes after, whatever the stride', () => {
  const ones = (n: number) => filter([new Array(n).fill(1)]);
  const sums = (x: number[], kernel: number, stride: number) =>
    rowsOf(conv2d(image([x]), ones(kernel), { stride: [1, stride], padding: "same" }))[0];
  assertEquals(sums([1, 2, 4, 8], 4, 1), [7, 15, 14, 12]); // one before, two after
  assertEquals(sums([1, 2, 4, 8], 3, 2), [7, 12]); // none before, one after
  assertEquals(sums([1, 2, 4, 8, 16], 3, 2), [3, 14, 24]); // one on each side
  assertEquals(sums([1, 2, 4, 8, 16], 2, 3), [3, 24]); // none at all
  assertEquals(sums([1, 2, 4, 8, 16], 1, 2), [1, 4, 16]); // the stride passes over the rest
});

Deno.test("conv2d: a dilation spreads the taps", () => {
  const row = image([[1, 2, 4, 8, 16]]);
  assertEquals(rowsOf(conv2d(row, filter([[1, 1]]), { dilation: 3 })), [[9, 18]]);
  const [x, w] = [gridValues([2, 7, 8, 3], 1), gridValues([2, 3, 3, 2], 2)];
  const spread = zeros([3, 7, 3, 2]).dataSync();
  Array.from(w.data).forEach((value, i) => {
    const [u, v, rest] = [Math.floor(i / 18), Math.floor(i / 6) % 3, i % 6];
    spread[((u * 2) * 7 + v * 3) * 6 + rest] = value;
  });
  const y = conv2d(upload(x), upload(w), { dilation: [2, 3] });
  const alike = conv2d(upload(x), tensor(spread, { shape: [3, 7, 3, 2] }));
  assertTensor(y, { shape: alike.shape, data: alike.dataSync() }, "a filter with zeros between");
});

Deno.test("conv2d: groups are convolutions side by side", () => {
  const [x, w] = [gridValues([2, 4, 5, 6], 1), gridValues([2, 2, 2, 9], 2)];
  const y = conv2d(upload(x), upload(w), { groups: 3 });
  for (let group = 0; group < 3; group++) {
    const ofGroup = channels(upload(x), 2 * group, 2);
    const alone = conv2d(ofGroup, channels(upload(w), 3 * group, 3));
    const part = channels(y, 3 * group, 3);
    assertTensor(part, { shape: alone.shape, data: alone.dataSync() }, `group ${group}`);
  }
});

/** Takes some of the last dimension. */
function channels(x: Tensor, from: number, count: number): Tensor {
  return pad(x, x.shape.map((n, d) => d === 3 ? [-from, from + count - n] : [0, 0]));
}

Deno.test("conv2d: a 1 x 1 filter is a matrix product at every pixel", () => {
  const [x, w] = [gridValues([2, 3, 4, 5], 1), gridValues([1, 1, 5, 7], 2)];
  const product = matmul(reshape(upload(x), [24, 5]), reshape(upload(w), [5, 7])).dataSync();
  assertTensor(conv2d(upload(x), upload(w)), { shape: [2, 3, 4, 7], data: product }, "1 x 1");
});

Deno.test("conv2d: a filter as large as the image is a dense layer", () => {
  const [x, w] = [gridValues([3, 4, 2, 5], 1), gridValues([4, 2, 5, 6], 2)];
  const product = matmul(reshape(upload(x), [3, 40]), reshape(upload(w), [40, 6])).dataSync();
  assertTensor(conv2d(upload(x), upload(w)), { shape: [3, 1, 1, 6], data: product }, "kernel = x");
});

Deno.test("conv2d: a bias is added to every pixel, and collects all their gradients", () => {
  const [x, w, bias] = [zeros([2, 3, 4, 1]), zeros([2, 2, 1, 3]), tensor([1, -2, 3])];
  const y = conv2d(x, w, { bias });
  const expected = add(zeros([2, 2, 3, 3]), bias).dataSync();
  assertTensor(y, { shape: [2, 2, 3, 3], data: expected }, "a bias");
  const f = (bias: Tensor) => sum(conv2d(x, w, { bias }));
  assertEquals(grad(f)(bias).toArray(), [12, 12, 12]);
});

Deno.test("conv2d: with relu it is what relu makes of it, to the last bit, gradients too", () => {
  fc.assert(fc.property(convSizes, fc.nat(), ({ x, w, options }, seed) => {
    const [tx, tw, bias] = [x, w, [w[3]]].map((shape, i) => upload(tiedValues(shape, seed + i)));
    const inputs = { x: tx, w: sub(tw, 2), bias: sub(bias, 1) }; // many sums are 0
    const fused = (p: typeof inputs) =>
      conv2d(p.x, p.w, { ...options, bias: p.bias, activation: "relu" });
    const apart = (p: typeof inputs) => relu(conv2d(p.x, p.w, { ...options, bias: p.bias }));
    assertEquals(fused(inputs).toArray(), apart(inputs).toArray());
    const gradientOf = (f: typeof fused) => grad((p: typeof inputs) => sum(square(f(p))))(inputs);
    const [got, want] = [gradientOf(fused), gradientOf(apart)];
    for (const name of ["x", "w", "bias"] as const) {
      assertEquals(got[name].toArray(), want[name].toArray(), name);
    }
  }));
});

Deno.test("conv2d: refuses an activation that is none", () => {
  const [x, w] = [zeros([1, 2, 2, 1]), zeros([1, 1, 1, 1])];
  assertThrows(
    () => conv2d(x, w, { activation: "tanh" as "relu" }),
    RangeError,
    'Cannot apply conv2d: activation must be "linear", "relu" or a function: got "tanh"; ' +
      "pass the function, as activation: tanh",
  );
});

Deno.test("conv2d: NaN and Infinity reach the windows they are in", () => {
  const x = image([[1, NaN, 0, 0, Infinity]]);
  assertEquals(rowsOf(conv2d(x, filter([[1, 1]]))), [[NaN, NaN, 0, Infinity]]);
  assertEquals(rowsOf(conv2d(x, filter([[0]]))), [[0, NaN, 0, 0, NaN]]);
});

Deno.test("conv2d: that of the definition, forward and both gradients", () => {
  const samples = convSizes.chain(({ x, w, options }) =>
    fc.record({
      x: quarters(x),
      w: quarters(w),
      dy: quarters(convShape(x, w, options)),
      options: fc.constant(options),
    })
  );
  fc.assert(fc.property(samples, ({ x, w, dy, options }) => {
    assertTensor(conv2d(upload(x), upload(w), options), conv2dOracle(x, w, options), "y");
    const grads = gradients(x, w, dy, options);
    assertTensor(grads.x, conv2dGradXOracle(dy, w, x.shape, options), "dx");
    assertTensor(grads.w, conv2dGradWOracle(dy, x, w.shape, options), "dw");
  }));
});

const BIG: readonly { x: number[]; w: number[]; options: Conv2dWindow }[] = [
  { x: [3, 20, 17, 5], w: [3, 3, 5, 13], options: { padding: "same" } },
  { x: [2, 21, 16, 6], w: [5, 2, 6, 7], options: { stride: [2, 3], padding: "full" } },
  { x: [2, 15, 18, 8], w: [3, 2, 2, 12], options: { groups: 4, dilation: [3, 2], padding: 3 } },
  { x: [4, 12, 9, 9], w: [3, 3, 1, 9], options: { groups: 9, stride: 2 } },
  { x: [2, 9, 30, 3], w: [2, 2, 3, 17], options: { stride: 4, padding: [[0, 3], [5, 1]] } },
];

Deno.test("conv2d: its gradients are adjoint to it, exactly, on big shapes", () => {
  for (const { x: xShape, w: wShape, options } of BIG) {
    const [x, w] = [gridValues(xShape, 1), gridValues(wShape, 2)];
    const y = conv2d(upload(x), upload(w), options);
    const dy = gridValues(y.shape, 3);
    const grads = gradients(x, w, dy, options);
    const expected = dot(y.dataSync(), dy.data);
    const products = [dot(x.data, grads.x.dataSync()), dot(w.data, grads.w.dataSync())];
    assertSame(products, [expected, expected], `<x, dx>, <w, dw> of ${JSON.stringify(options)}`);
  }
});

Deno.test("conv2d: pixels that no window reaches have no gradient", () => {
  const dx = grad((x: Tensor) => sum(conv2d(x, filter([[1, 1]]), { stride: 3 })))(COUNT);
  assertEquals(rowsOf(dx), [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]);
});

Deno.test("conv2d: an empty batch has an empty result, and weights without gradient", () => {
  const w = gridValues([2, 2, 3, 4], 1);
  const y = conv2d(zeros([0, 5, 5, 3]), upload(w), { bias: zeros([4]) });
  assertEquals(y.shape, [0, 4, 4, 4]);
  const dw = grad((w: Tensor) => sum(conv2d(zeros([0, 5, 5, 3]), w)))(upload(w));
  assertSame(dw.dataSync(), new Float32Array(48), "dw");
});
