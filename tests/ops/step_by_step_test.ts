// The worked values of the step-by-step exercise; tests/golden/seed_cases says where they are from.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  avgPool,
  conv2d,
  grad,
  maxPool,
  mean,
  mul,
  pad,
  reshape,
  sum,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { parseNpy } from "../../src/data/mod.ts";
import { seedCases } from "../golden/seed_cases/goldens.ts";
import { assertShape, assertWithin } from "../support/compare.ts";

type CaseName = keyof typeof seedCases;

function bytesOf(name: CaseName): Uint8Array {
  return Uint8Array.from(atob(seedCases[name]), (character) => character.charCodeAt(0));
}

function read(name: CaseName): Tensor {
  const { shape, data } = parseNpy(bytesOf(name), { name: `${name}.npy` });
  return tensor(data, { shape });
}

/** Reads a bias of the exercise, `[1, 1, 1, C]`, as a list. */
function readBias(name: CaseName): Tensor {
  return reshape(read(name), [-1]);
}

/** Fails unless a tensor is the golden one but for the last digits, which NumPy's sums vary in. */
function assertGolden(actual: Tensor, name: CaseName): void {
  const { shape, dtype, data } = parseNpy(bytesOf(name));
  assertEquals([actual.dtype, dtype], ["float64", "float64"]);
  assertShape(actual, shape, name);
  assertWithin(actual.dataSync(), data, () => 1e-12, name);
}

/** Fails unless the mean is what the exercise prints, to the twelve digits it prints. */
function assertMean(x: Tensor, printed: number): void {
  assertAlmostEquals(mean(x).item(), printed, 1e-11);
}

/** Fails unless some elements are what the exercise prints, to the eight digits it prints. */
function assertPrinted(x: Tensor, from: number, printed: readonly number[]): void {
  const part = x.dataSync().subarray(from, from + printed.length);
  assertWithin(part, printed, () => 5.1e-9, "what the exercise prints");
}

Deno.test("step by step: zero padding", () => {
  const x = read("zero_pad.x");
  const amounts: [number, number][] = [[0, 0], [2, 2], [2, 2], [0, 0]];
  const y = pad(x, amounts);
  assertShape(y, [4, 7, 7, 2], "x_pad");
  assertPrinted(x, 24, [
    0.90085595,
    -0.68372786,
    -0.12289023,
    -0.93576943,
    -0.26788808,
    0.53035547,
  ]);
  const image = y.toArray() as number[][][][];
  assertEquals(image[1][1], Array.from({ length: 7 }, () => [0, 0]));
  const inside = image[1][3].slice(2, 5);
  assertEquals(inside, (x.toArray() as number[][][][])[1][1]);
  assertAlmostEquals(sum(y).item(), sum(x).item(), 1e-12);
  const back = pad(y, amounts.map(([before, after]) => [-before, -after]));
  assertEquals(back.toArray(), x.toArray());
});

Deno.test("step by step: one step of a convolution", () => {
  const x = reshape(read("conv_single_step.a"), [1, 4, 4, 3]);
  const w = reshape(read("conv_single_step.w"), [4, 4, 3, 1]);
  const z = conv2d(x, w, { bias: readBias("conv_single_step.b") });
  assertAlmostEquals(z.item(), -6.99908945068, 1e-11);
});

Deno.test("step by step: convolution forward, pad 1, stride 2", () => {
  const [x, w] = [read("conv_forward.a"), read("conv_forward.w")];
  const bias = readBias("conv_forward.b");
  const z = conv2d(x, w, { bias, padding: 1, stride: 2 });
  assertMean(z, 0.692360880758);
  assertGolden(z, "conv_forward.z");
  assertPrinted(z, (2 * 4 + 1) * 8, [
    2.68765902,
    -8.85399449,
    -2.81973757,
    3.36794653,
    3.57862862,
    -4.74940351,
    -2.26466515,
    -0.19142554,
  ]);
});

Deno.test("step by step: convolution backward, pad 2, stride 2", () => {
  const params = {
    x: read("conv_backward.a"),
    w: read("conv_backward.w"),
    bias: readBias("conv_backward.b"),
  };
  const dz = read("conv_backward.dz");
  const forward = (p: typeof params) => conv2d(p.x, p.w, { bias: p.bias, padding: 2, stride: 2 });
  assertGolden(forward(params), "conv_backward.dz");
  const grads = grad((p: typeof params) => sum(mul(forward(p), dz)))(params);
  assertMean(grads.x, 1.45243777754);
  assertMean(grads.w, 1.72699145831);
  assertMean(grads.bias, 7.83923256462);
  assertGolden(grads.x, "conv_backward.da");
  assertGolden(grads.w, "conv_backward.dw");
  assertGolden(reshape(grads.bias, [1, 1, 1, 8]), "conv_backward.db");
});

Deno.test("step by step: pooling forward, stride 1 and 2", () => {
  const x = read("pool_forward.a");
  for (const stride of [1, 2] as const) {
    assertGolden(maxPool(x, { size: 3, stride }), `pool_forward.max.stride${stride}.out`);
    assertGolden(avgPool(x, { size: 3, stride }), `pool_forward.average.stride${stride}.out`);
  }
  assertPrinted(maxPool(x, { size: 3, stride: 1 }), 0, [1.74481176, 0.90159072, 1.65980218]);
  assertPrinted(avgPool(x, { size: 3, stride: 1 }), 0, [-0.03010467, -0.00324021, -0.33629886]);
});

Deno.test("step by step: pooling backward", () => {
  const [x, dy] = [read("pool_backward.a"), read("pool_backward.da")];
  assertMean(dy, 0.145713902729);
  const backward = (pool: typeof maxPool) =>
    grad((x: Tensor) => sum(mul(pool(x, { size: 2, stride: 1 }), dy)))(x);
  const at = (5 + 1) * 3 * 2; // image 1, row 1
  assertGolden(backward(maxPool), "pool_backward.max.out");
  assertPrinted(backward(maxPool), at, [0, 0, 5.05844394, -1.68282702, 0, 0]);
  assertGolden(backward(avgPool), "pool_backward.average.out");
  assertPrinted(backward(avgPool), at, [
    0.08485462,
    0.2787552,
    1.26461098,
    -0.25749373,
    1.17975636,
    -0.53624893,
  ]);
});
