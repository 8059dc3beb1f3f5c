// reshape, flatten, transpose, pad, cast: values by hand, and the mistakes of slices.

import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  arange,
  cast,
  flatten,
  grad,
  mul,
  pad,
  reshape,
  sgd,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../mod.ts";
import { padOracle, transposeOracle } from "../support/oracles/arrays.ts";
import { assertTensor } from "../support/compare.ts";
import { orders, padAmounts, quarters, shapes } from "../support/grids.ts";

Deno.test("rearrange: reshape keeps the order of elements", () => {
  const x = arange(6);
  assertEquals(reshape(x, [2, 3]).toArray(), [[0, 1, 2], [3, 4, 5]]);
  assertEquals(reshape(x, [-1, 2]).toArray(), [[0, 1], [2, 3], [4, 5]]);
  assertEquals(reshape(x, [1, -1, 1, 3]).shape, [1, 2, 1, 3]);
  assertEquals(reshape(tensor([7]), []).item(), 7);
  assertEquals(reshape(tensor(7), [-1]).toArray(), [7]);
  assertEquals(reshape(zeros([0, 3]), [5, 0]).shape, [5, 0]);
  assertEquals(reshape(zeros([0, 3]), [-1, 3]).shape, [0, 3]);
});

Deno.test("rearrange: a reshaped tensor shares memory, but not what is changed in place", () => {
  const x = tensor([1, 2, 3, 4]);
  const y = reshape(x, [2, 2]);
  sgd({ learningRate: 1 }).step({ x }, { x: tensor([1, 1, 1, 1]) });
  assertEquals(x.toArray(), [0, 1, 2, 3]);
  assertEquals(y.toArray(), [[1, 2], [3, 4]]);
  x.dispose();
  assertEquals(y.toArray(), [[1, 2], [3, 4]]);
});

Deno.test("rearrange: flatten makes rows, channels varying fastest", () => {
  const x = reshape(arange(8), [2, 1, 2, 2]);
  assertEquals(flatten(x).toArray(), [[0, 1, 2, 3], [4, 5, 6, 7]]);
  assertEquals(flatten(tensor([1, 2])).toArray(), [[1], [2]]);
  assertEquals(flatten(zeros([0, 2, 3])).shape, [0, 6]);
  assertEquals(grad((x: Tensor) => sum(flatten(x)))(x).shape, [2, 1, 2, 2]);
});

Deno.test("rearrange: transpose by hand", () => {
  assertEquals(transpose(tensor([[1, 2, 3], [4, 5, 6]])).toArray(), [[1, 4], [2, 5], [3, 6]]);
  const x = reshape(arange(6), [1, 2, 3]);
  assertEquals(transpose(x, [2, 0, 1]).toArray(), [[[0, 3]], [[1, 4]], [[2, 5]]]);
  assertEquals(transpose(x, [-1, 0, -2]).toArray(), transpose(x, [2, 0, 1]).toArray());
  assertEquals(transpose(tensor(3)).item(), 3);
});

Deno.test("rearrange: the gradient of transpose goes back to where elements came from", () => {
  const weights = reshape(arange(6), [3, 1, 2]);
  const dx = grad((x: Tensor) => sum(mul(transpose(x, [2, 0, 1]), weights)))(zeros([1, 2, 3]));
  assertEquals(dx.toArray(), [[[0, 2, 4], [1, 3, 5]]]);
});

Deno.test("rearrange: transpose is that of the definition, and undone by the inverse", () => {
  const samples = shapes({ maxRank: 4, empty: true })
    .chain((shape) => fc.tuple(quarters(shape), orders(shape)));
  fc.assert(fc.property(samples, ([x, axes]) => {
    const order = axes.map((axis) => (axis + axes.length) % axes.length);
    const y = transpose(tensor(Array.from(x.data), { shape: x.shape }), axes);
    assertTensor(y, transposeOracle(x, order), "transpose");
    assertTensor(transpose(y, order.map((_, i) => order.indexOf(i))), x, "its inverse");
  }));
});

Deno.test("rearrange: pad is that of the definition", () => {
  const samples = shapes({ empty: true })
    .chain((shape) => fc.tuple(quarters(shape), padAmounts(shape), fc.constantFrom(0, 1.5, NaN)));
  fc.assert(fc.property(samples, ([x, amounts, value]) => {
    const y = pad(tensor(Array.from(x.data), { shape: x.shape }), amounts, { value });
    assertTensor(y, padOracle(x, amounts, value), "pad");
  }));
});

// The source exercise takes `x[pad:-pad]` for the part inside the padding: nothing at all at pad 0.
Deno.test("rearrange: padding by 0 has the whole gradient", () => {
  const x = tensor([[1, 2], [3, 4]]);
  const padded = (amount: number) => (x: Tensor) =>
    sum(pad(x, [[amount, amount], [amount, amount]]));
  for (const amount of [0, 1, 2]) {
    assertEquals(grad(padded(amount))(x).toArray(), [[1, 1], [1, 1]], `pad ${amount}`);
  }
  assertEquals(grad((x: Tensor) => sum(pad(x, [[0, 1], [2, 0]])))(x).toArray(), [[1, 1], [1, 1]]);
});

Deno.test("rearrange: what is cut off has no gradient", () => {
  const x = tensor([1, 2, 3, 4]);
  assertEquals(pad(x, [[-1, -2]]).toArray(), [2]);
  assertEquals(grad((x: Tensor) => sum(pad(x, [[-1, -2]])))(x).toArray(), [0, 1, 0, 0]);
  assertEquals(grad((x: Tensor) => sum(pad(x, [[-1, 3]], { value: 9 })))(x).toArray(), [
    0,
    1,
    1,
    1,
  ]);
  assertEquals(pad(x, [[-4, 0]]).shape, [0]);
  assertEquals(pad(x, [[-4, 2]], { value: 5 }).toArray(), [5, 5]);
});

Deno.test("rearrange: cast converts, and its gradient has the dtype of x", () => {
  const x = tensor([0.1, -2.5, 300]);
  assertEquals(cast(x, "float64").toArray(), [Math.fround(0.1), -2.5, 300]);
  assertEquals(cast(x, "int32").toArray(), [0, -2, 300]);
  assertEquals(cast(x, "uint8").toArray(), [0, 254, 44]);
  assertEquals(cast(x, "float32") === x, true);
  const dx = grad((x: Tensor) => sum(cast(x, "float64")))(x);
  assertEquals([dx.dtype, dx.toArray()], ["float32", [1, 1, 1]]);
  assertNotEquals(cast(tensor([0.1], { dtype: "float64" }), "float32").toArray(), [0.1]);
});

Deno.test("rearrange: no gradient flows through integers", () => {
  const f = (x: Tensor) => sum(mul(cast(cast(x, "int32"), "float32"), x));
  assertEquals(grad(f)(tensor([2.5, -1.5])).toArray(), [2, -1]);
});
