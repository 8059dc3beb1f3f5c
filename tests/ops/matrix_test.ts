// matmul and dense: values by hand, against their definitions, adjoint on big shapes.

import { assertEquals, assertThrows } from "@std/assert";
import {
  dense,
  flatten,
  grad,
  matmul,
  mul,
  relu,
  reshape,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "../../mod.ts";
import { binaryOracle, dot, matmulOracle, transposeOracle } from "../support/oracles/arrays.ts";
import { assertSame, assertTensor } from "../support/compare.ts";
import { gridValues } from "../support/random_values.ts";
import type { Values } from "../support/grids.ts";

const upload = ({ shape, data }: Values) => tensor(Array.from(data), { shape });

Deno.test("matmul: values by hand", () => {
  const a = tensor([[1, 2, 3], [4, 5, 6]]);
  const b = tensor([[1, 0], [0, 1], [1, -1]]);
  assertEquals(matmul(a, b).toArray(), [[4, -1], [10, -1]]);
  assertEquals(matmul(a, a, { transposeB: true }).toArray(), [[14, 32], [32, 77]]);
  assertEquals(matmul(b, b, { transposeA: true }).toArray(), [[2, -1], [-1, 2]]);
});

Deno.test("matmul: reading transposed is multiplying by the transpose", () => {
  for (const [rows, inner, columns] of [[3, 4, 5], [1, 7, 2], [6, 1, 6], [8, 9, 1]]) {
    const [a, b] = [gridValues([rows, inner], 1), gridValues([inner, columns], 2)];
    const expected = matmulOracle(a, b);
    const [at, bt] = [a, b].map((x) => transposeOracle(x, [1, 0]));
    const [transposeA, transposeB] = [true, true];
    assertTensor(matmul(upload(a), upload(b)), expected, "a b");
    assertTensor(matmul(upload(at), upload(b), { transposeA }), expected, "aᵀᵀ b");
    assertTensor(matmul(upload(a), upload(bt), { transposeB }), expected, "a bᵀᵀ");
    assertTensor(matmul(upload(at), upload(bt), { transposeA, transposeB }), expected, "aᵀᵀ bᵀᵀ");
  }
});

Deno.test("matmul: its gradients are adjoint to it, exactly, on big shapes", () => {
  const [a, b] = [gridValues([65, 130], 1), gridValues([130, 47], 2)];
  const dy = gridValues([65, 47], 3);
  const weighted = (p: { a: Tensor; b: Tensor }) => sum(mul(matmul(p.a, p.b), upload(dy)));
  const grads = grad(weighted)({ a: upload(a), b: upload(b) });
  const expected = dot(matmul(upload(a), upload(b)).dataSync(), dy.data);
  const [da, db] = [grads.a, grads.b].map((t) => t.dataSync());
  assertSame([dot(a.data, da), dot(b.data, db)], [expected, expected], "<a, da>, <b, db>");
});

Deno.test("matmul: NaN and Infinity spread as IEEE 754 says, also over zeros", () => {
  const a = tensor([[NaN, 0], [Infinity, 1]]);
  assertEquals(matmul(a, tensor([[0], [1]])).toArray(), [[NaN], [NaN]]);
  assertEquals(matmul(a, tensor([[1], [1]])).toArray(), [[NaN], [Infinity]]);
});

Deno.test("matmul: sums over nothing are 0", () => {
  assertEquals(matmul(zeros([2, 0]), zeros([0, 2])).toArray(), [[0, 0], [0, 0]]);
  const grads = grad((p: Tensor[]) => sum(matmul(p[0], p[1])))([zeros([2, 0]), zeros([0, 3])]);
  assertEquals(grads.map(({ shape }) => shape), [[2, 0], [0, 3]]);
});

Deno.test("dense: values by hand", () => {
  const [x, w, bias] = [tensor([[1, 2]]), tensor([[1, 3, 5], [2, 4, 6]]), tensor([10, 20, 30])];
  assertEquals(dense(x, w).toArray(), [[5, 11, 17]]);
  assertEquals(dense(x, w, { bias }).toArray(), [[15, 31, 47]]);
  const grads = grad((p: { x: Tensor; w: Tensor; bias: Tensor }) =>
    sum(mul(dense(p.x, p.w, { bias: p.bias }), tensor([1, 0, -1])))
  )({ x, w, bias });
  assertEquals(grads.x.toArray(), [[-4, -4]]);
  assertEquals(grads.w.toArray(), [[1, 0, -1], [2, 0, -2]]);
  assertEquals(grads.bias.toArray(), [1, 0, -1]);
});

Deno.test("dense: with relu it is what relu makes of it, gradients too", () => {
  const inputs = { x: tensor([[1, 2], [-1, 0]]), w: tensor([[1, 0, -1], [0, 1, 1]]) };
  const fused = ({ x, w }: typeof inputs) => dense(x, w, { activation: "relu" });
  const apart = ({ x, w }: typeof inputs) => relu(dense(x, w));
  assertEquals(fused(inputs).toArray(), apart(inputs).toArray());
  const gradientOf = (f: typeof fused) =>
    grad((p: typeof inputs) => sum(mul(f(p), tensor([[1, 2, 3], [4, 5, 6]]))))(inputs);
  assertEquals(gradientOf(fused).x.toArray(), gradientOf(apart).x.toArray());
  assertEquals(gradientOf(fused).w.toArray(), gradientOf(apart).w.toArray());
});

Deno.test("dense: refuses an activation that is none", () => {
  assertThrows(
    () => dense(tensor([[1]]), tensor([[1]]), { activation: null as unknown as "relu" }),
    RangeError,
    'Cannot apply dense: activation must be "linear", "relu" or a function: got null',
  );
});

Deno.test("dense: dimensions before the last are kept", () => {
  const [x, w, bias] = [gridValues([2, 3, 4], 1), gridValues([4, 5], 2), gridValues([5], 3)];
  const rows = matmulOracle({ shape: [6, 4], data: x.data }, w);
  const expected = binaryOracle((sum, b) => sum + b, rows, bias);
  const y = dense(upload(x), upload(w), { bias: upload(bias) });
  assertTensor(y, { shape: [2, 3, 5], data: expected.data }, "dense of [2, 3, 4]");
  assertEquals(dense(tensor([1, 2]), tensor([[3], [4]])).toArray(), [11]);
  assertEquals(dense(zeros([0, 3, 4]), upload(w)).shape, [0, 3, 5]);
});

Deno.test("dense: the gradient of the bias is the sum over all rows", () => {
  const bias = tensor([0, 0]);
  const f = (bias: Tensor) => sum(dense(zeros([2, 3, 4]), zeros([4, 2]), { bias }));
  assertEquals(grad(f)(bias).toArray(), [6, 6]);
});

Deno.test("dense: a layer on flattened images is one matrix product", () => {
  const [x, w] = [gridValues([2, 2, 3, 2], 1), gridValues([12, 4], 2)];
  const y = dense(flatten(upload(x)), upload(w));
  assertTensor(y, matmulOracle({ shape: [2, 12], data: x.data }, w), "dense of images");
  const back = matmul(transpose(upload(w)), reshape(upload(x), [2, 12]), { transposeB: true });
  assertTensor(transpose(back), matmulOracle({ shape: [2, 12], data: x.data }, w), "wᵀ xᵀ");
});
