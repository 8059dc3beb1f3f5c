// The edges of what a backend must compute: kinks, overflow, nothing at all, integers, memory.

import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import {
  add,
  apply,
  atanh,
  avgPool,
  broadcastTo,
  cast,
  ceil,
  clip,
  conv2d,
  cosh,
  dense,
  div,
  type DType,
  equal,
  exp,
  expm1,
  floor,
  fmod,
  greater,
  greaterEqual,
  isInf,
  leakyRelu,
  less,
  lessEqual,
  log,
  logSigmoid,
  logSoftmax,
  matmul,
  maximum,
  maxPool,
  mean,
  minimum,
  mod,
  mul,
  neg,
  notEqual,
  oneHot,
  pad,
  pow,
  relu,
  reshape,
  round,
  rsqrt,
  sigmoid,
  sign,
  silu,
  softmax,
  softmaxCE,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  transpose,
  where,
  zeros,
} from "../../../mod.ts";
import { ops } from "../../../src/backends/mod.ts";
import type { Backend } from "../../../src/backends/kernels.ts";
import { conv2dGeometry, pool2dGeometry } from "../../../src/core/geometry/mod.ts";
import { assertSame, assertTensor, assertWithin, ROUNDING } from "../compare.ts";
import type { Check } from "./check.ts";

/** An op applied to float32 values, and what must come out. */
type Edge = [what: string, y: Tensor, expected: number[]];

function checkAll(edges: readonly Edge[]): void {
  for (const [what, y, expected] of edges) assertSame(y.dataSync(), expected, what);
}

function checkKinks(backend: Backend): void {
  const x = tensor([-1, -0, 0, 2, -0, 0, 3], { backend });
  const dy = tensor([1, 2, 3, 4, 5, 6, 7], { backend });
  checkAll([
    ["relu at its kink", relu(x), [0, 0, 0, 2, 0, 0, 3]],
    ["the gradient of relu at its kink", apply(ops.reluGrad, { dy, x }, []), [
      0,
      0,
      0,
      4,
      0,
      0,
      7,
    ]],
  ]);
  checkSteps(backend);
}

/** Checks halves, ties, bounds and equal values, in vectors of four and what is left of them. */
function checkSteps(backend: Backend): void {
  const x = tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, NaN], { backend });
  const y = tensor([-1.5, -1.5, 1, 0.5, 1, NaN, 1], { backend });
  const rows = reshape(tensor([1, 2, 3, 4, 5, 6], { backend }), [2, 3]);
  const middle = tensor([[2], [5]], { backend });
  checkAll([
    ["round", round(x), [-2, -2, -0, 0, 2, 2, NaN]],
    ["floor", floor(x), [-3, -2, -1, 0, 1, 2, NaN]],
    ["ceil", ceil(x), [-2, -1, -0, 1, 2, 3, NaN]],
    ["sign", sign(x), [-1, -1, -1, 1, 1, 1, NaN]],
    ["clip", clip(x, -1.5, 0.5), [-1.5, -1.5, -0.5, 0.5, 0.5, 0.5, NaN]],
    ["leakyRelu", leakyRelu(x, { slope: 0.5 }), [-1.25, -0.75, -0.25, 0.5, 1.5, 2.5, NaN]],
    ["equal", equal(x, y), [0, 1, 0, 1, 0, 0, 0]],
    ["notEqual", notEqual(x, y), [1, 0, 1, 0, 1, 1, 1]],
    ["less", less(x, y), [1, 0, 1, 0, 0, 0, 0]],
    ["lessEqual", lessEqual(x, y), [1, 1, 1, 1, 0, 0, 0]],
    ["greater", greater(x, y), [0, 0, 0, 0, 1, 0, 0]],
    ["greaterEqual", greaterEqual(x, y), [0, 1, 0, 1, 1, 0, 0]],
    ["less by rows", less(rows, middle), [1, 0, 0, 1, 0, 0]],
    ["greater by rows", greater(rows, middle), [0, 0, 1, 0, 0, 1]],
    ["where", where(less(x, y), x, y), [-2.5, -1.5, -0.5, 0.5, 1, NaN, 1]],
    ["where by rows", where(less(rows, middle), rows, middle), [1, 2, 2, 4, 5, 5]],
    ["where of numbers", where(less(rows, middle), 7, rows), [7, 2, 3, 7, 5, 6]],
    ["minimum", minimum(x, y), [-2.5, -1.5, -0.5, 0.5, 1, NaN, NaN]],
    ["maximum", maximum(x, y), [-1.5, -1.5, 1, 0.5, 1.5, NaN, NaN]],
  ]);
}

function checkOverflow(backend: Backend): void {
  const put = (...values: number[]) => tensor(values, { backend });
  const logits = tensor([[1e4, -1e4, 0], [-1e4, -1e4, 1e4]], { backend });
  const labels = tensor([1, 2], { dtype: "int32", backend });
  const g = { rows: 2, columns: 3, indices: true, labelSmoothing: 0 };
  checkAll([
    ["exp", exp(put(1e4, -1e4, Infinity, -Infinity, NaN)), [Infinity, 0, Infinity, 0, NaN]],
    ["log", log(put(0, -1, Infinity, NaN)), [-Infinity, NaN, Infinity, NaN]],
    ["sqrt", sqrt(put(0, -1, Infinity, NaN)), [0, NaN, Infinity, NaN]],
    ["sigmoid", sigmoid(put(1e4, -1e4, Infinity, -Infinity, NaN)), [1, 0, 1, 0, NaN]],
    ["tanh", tanh(put(1e4, -1e4, Infinity, -Infinity, NaN)), [1, -1, 1, -1, NaN]],
    ["relu", relu(put(Infinity, -Infinity, NaN)), [Infinity, 0, NaN]],
    ["softplus", softplus(put(1e4, -1e4, NaN)), [1e4, 0, NaN]],
    ["logSigmoid", logSigmoid(put(1e4, -1e4, NaN)), [0, -1e4, NaN]],
    ["silu", silu(put(1e4, -1e4, -Infinity, NaN)), [1e4, 0, 0, NaN]],
    ["expm1", expm1(put(1e4, -1e4, NaN)), [Infinity, -1, NaN]],
    ["pow", pow(put(0, -2, 10, -2), put(-1, 0.5, 40, 3)), [Infinity, NaN, Infinity, -8]],
    ["div", div(put(1, -1, 0, 1), put(0, 0, 0, Infinity)), [Infinity, -Infinity, NaN, 0]],
    ["mod", mod(put(7, -7, 7, -7, 1, -2), put(3, 3, -3, -3, 0, Infinity)), [
      ...[1, 2, -2, -1],
      ...[NaN, Infinity],
    ]],
    ["fmod", fmod(put(7, -7, 7, -7, 1, -2), put(3, 3, -3, -3, 0, Infinity)), [
      ...[1, -1, 1, -1],
      ...[NaN, -2],
    ]],
    ["rsqrt", rsqrt(put(0, -1, 4, Infinity)), [Infinity, NaN, 0.5, 0]],
    ["atanh", atanh(put(1, -1, 2, 0)), [Infinity, -Infinity, NaN, 0]],
    ["cosh", cosh(put(1e4, -1e4, -Infinity, NaN)), [Infinity, Infinity, Infinity, NaN]],
    ["isInf", isInf(put(Infinity, -Infinity, 3e38, NaN)), [1, 1, 0, 0]],
    ["add", add(put(Infinity, Infinity), put(-Infinity, 1)), [NaN, Infinity]],
    ["softmax", softmax(logits), [1, 0, 0, 0, 0, 1]],
    ["logSoftmax", logSoftmax(logits), [0, -2e4, -1e4, -2e4, -2e4, 0]],
    ["softmaxCE", softmaxCE(logits, labels, { reduction: "none" }), [2e4, 0]],
    [
      "softmaxCEGrad",
      apply(ops.softmaxCEGrad, { dy: put(1, 1), logits, labels }, g),
      [1, -1, 0, 0, 0, 0],
    ],
  ]);
}

function checkEmpty(backend: Backend): void {
  const empty = (...shape: number[]) => zeros(shape, { backend });
  const bias = tensor([1, 2], { backend });
  const images = [0, 3, 3, 2];
  const g = conv2dGeometry(images, [2, 2, 2, 5], undefined, {});
  const pool = pool2dGeometry("test", images, { size: 2 }, false);
  const none = empty(0, 2, 2, 5);
  const nothing: [what: string, y: Tensor, shape: number[]][] = [
    ["add", add(empty(0), empty(0)), [0]],
    ["mul of a row", mul(empty(0, 2), bias), [0, 2]],
    ["relu", relu(empty(2, 0)), [2, 0]],
    ["transpose", transpose(empty(2, 0, 3)), [3, 0, 2]],
    ["reshape", reshape(empty(2, 0), [0, 5]), [0, 5]],
    ["broadcastTo", broadcastTo(empty(1, 2), [0, 2]), [0, 2]],
    ["sum", sum(empty(0, 3), { axis: 1 }), [0]],
    ["matmul without rows", matmul(empty(0, 3), empty(3, 2)), [0, 2]],
    ["dense without rows", dense(empty(0, 3), empty(3, 2), { bias }), [0, 2]],
    ["conv2d of no images", conv2d(empty(...images), empty(2, 2, 2, 5)), [0, 2, 2, 5]],
    ["its gradient", apply(ops.conv2dGradX, { dy: none, w: empty(2, 2, 2, 5) }, g), images],
    ["conv2d without filters", conv2d(empty(1, 3, 3, 2), empty(1, 1, 2, 0)), [1, 3, 3, 0]],
    ["maxPool", maxPool(empty(...images), { size: 2 }), [0, 1, 1, 2]],
    ["avgPool", avgPool(empty(...images), { size: 2 }), [0, 1, 1, 2]],
    ["avgPoolGrad", apply(ops.avgPoolGrad, { dy: empty(0, 1, 1, 2) }, pool), images],
    ["softmax", softmax(empty(0, 3)), [0, 3]],
  ];
  for (const [what, y, shape] of nothing) {
    assertTensor(y, { shape, data: [] }, `${what} of nothing`);
  }
  const dw = apply(ops.conv2dGradW, { dy: none, x: empty(...images) }, g);
  checkAll([
    ["the sum of nothing", sum(empty(0, 2), { axis: 0 }), [0, 0]],
    ["the mean of nothing", mean(empty(2, 0), { axis: 1 }), [NaN, NaN]],
    ["a product over nothing", matmul(empty(1, 0), empty(0, 2)), [0, 0]],
    ["a layer without inputs", dense(empty(1, 0), empty(0, 2), { bias }), [1, 2]],
    ["no channels", conv2d(empty(1, 1, 2, 0), empty(1, 1, 0, 2), { bias }), [1, 2, 1, 2]],
    ["weights that met no image", dw, Array.from({ length: 40 }, () => 0)],
    ["padding around nothing", pad(empty(0), [[1, 2]], { value: 7 }), [7, 7, 7]],
  ]);
}

function checkIntegers(backend: Backend): void {
  const int32 = (...values: number[]) => tensor(values, { dtype: "int32", backend });
  const uint8 = (...values: number[]) => tensor(values, { dtype: "uint8", backend });
  const [most, least] = [2 ** 31 - 1, -(2 ** 31)];
  checkAll([
    ["int32 add", add(int32(most, 1), int32(1, 2)), [least, 3]],
    ["int32 sub", sub(int32(least, 1), int32(1, 2)), [most, -1]],
    ["int32 mul", mul(int32(123456789, 65537), int32(987654321, 65537)), [-67153019, 131073]],
    ["int32 neg", neg(int32(least, 5)), [least, -5]],
    ["int32 sum", sum(int32(1, -5, 7)), [3]],
    ["uint8 add", add(uint8(255, 1), uint8(1, 2)), [0, 3]],
    ["uint8 sub", sub(uint8(0, 3), uint8(1, 2)), [255, 1]],
    ["uint8 mul", mul(uint8(16, 17), uint8(16, 16)), [0, 16]],
    ["uint8 neg", neg(uint8(1, 0)), [255, 0]],
    ["uint8 square", square(uint8(17)), [33]],
    ["uint8 sum", sum(uint8(255, 255)), [510]],
    ["uint8 broadcast", broadcastTo(uint8(1, 2), [2, 2]), [1, 2, 1, 2]],
    ["uint8 transpose", transpose(reshape(uint8(1, 2, 3, 4), [2, 2])), [1, 3, 2, 4]],
    ["int32 pad", pad(int32(4, 5), [[1, -1]], { value: -9 }), [-9, 4]],
    ["oneHot", oneHot(uint8(2, 0), 3), [0, 0, 1, 1, 0, 0]],
    ["uint8 labels", softmaxCE(zeros([1, 1], { backend }), uint8(0)), [0]],
  ]);
  assertEquals(sum(uint8(1)).dtype, "int32");
  const k = backend.kernels;
  const create = (data: Int32Array) => k.create({ shape: [data.length], dtype: "int32", data });
  const found = [[0, 1, 2], [0, 3, 1], [2, 0, -1]]
    .map((labels) => k.firstOutOfRange(create(Int32Array.from(labels)), 0, 3));
  assertSame(found, [-1, 1, 2], "firstOutOfRange");
}

function checkCasts(backend: Backend): void {
  const casts: [from: DType, values: number[], to: DType, expected: number[]][] = [
    ["float64", [0.1, 1e39, NaN], "float32", [Math.fround(0.1), Infinity, NaN]],
    ["float32", [0.5, -Infinity], "float64", [0.5, -Infinity]],
    ["float32", [2.75, -2.75, NaN], "int32", [2, -2, 0]],
    ["float64", [2 ** 32 + 5, -1.5], "int32", [5, -1]],
    ["float32", [255.9, 256, -1, NaN], "uint8", [255, 0, 255, 0]],
    ["int32", [-1, 257, 16777217], "uint8", [255, 1, 1]],
    ["int32", [-1, 16777217], "float32", [-1, 16777216]],
    ["int32", [-1, 16777217], "float64", [-1, 16777217]],
    ["uint8", [0, 255], "float32", [0, 255]],
    ["uint8", [0, 255], "int32", [0, 255]],
  ];
  for (const [from, values, to, expected] of casts) {
    const y = cast(tensor(values, { dtype: from, backend }), to);
    assertSame(y.dataSync(), expected, `cast from ${from} to ${to}`);
    assertEquals(y.dtype, to);
  }
}

/** Checks that a maximum as large as 1e4 does not push the digits of log(2) out of float32. */
function checkLargeLogits(backend: Backend): void {
  const logits = tensor([[1e4, 1e4], [-1e4, -1e4]], { backend });
  const labels = tensor([1, 0], { dtype: "int32", backend });
  const near = (y: Tensor, expected: number, what: string) =>
    assertWithin(y.dataSync(), Array(y.size).fill(expected), () => 4 * ROUNDING, what);
  near(softmax(logits), 0.5, "softmax");
  near(logSoftmax(logits), -Math.LN2, "logSoftmax");
  near(softmaxCE(logits, labels, { reduction: "none" }), Math.LN2, "softmaxCE");
}

/** Checks that memory that has been given back no longer counts as in use. */
function checkMemory(backend: Backend): void {
  const before = backend.liveBytes;
  const x = tensor([[1, 2], [3, 4]], { backend });
  const y = matmul(x, x);
  assertGreaterOrEqual(backend.liveBytes, before + 32);
  for (const t of [x, y]) t.dispose();
  assertSame([backend.liveBytes], [before], "live bytes after all tensors are freed");
}

/** Checks of edges. */
export const edgeChecks = {
  "kinks have the gradient of their lower side": checkKinks,
  "what overflows does so as IEEE 754 says, the rest does not": checkOverflow,
  "large logits keep their digits": checkLargeLogits,
  "empty arrays have empty results, empty sums are 0": checkEmpty,
  "integers wrap around": checkIntegers,
  "casts cut off and wrap around": checkCasts,
  "memory that is freed is not in use": checkMemory,
} satisfies Record<string, Check>;
