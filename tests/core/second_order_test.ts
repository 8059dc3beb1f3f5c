// Products of the Hessian of whole networks with a direction, by a tape inside a tape, against
// differences of first-order gradients: an independent check of how gradients of gradients chain.

import { assert, assertEquals } from "@std/assert";
import {
  add,
  avgPool,
  checkGrad,
  conv2d,
  dense,
  flatten,
  grad,
  maxPool,
  mean,
  mul,
  Random,
  relu,
  softmaxCE,
  square,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";

interface Params {
  conv1: { w: Tensor; bias: Tensor };
  conv2: { w: Tensor };
  dense: { w: Tensor; bias: Tensor };
}

/** Draws any values; none so near to a kink or a tie that the differences below would cross it. */
function randomTensor(random: Random, shape: number[], scale = 1): Tensor {
  const size = shape.reduce((a, b) => a * b);
  const values = Array.from({ length: size }, () => scale * random.normal());
  return tensor(values, { shape, dtype: "float64" });
}

function makeParams(random: Random): Params {
  return {
    conv1: { w: randomTensor(random, [3, 3, 2, 3], 0.4), bias: randomTensor(random, [3]) },
    conv2: { w: randomTensor(random, [2, 2, 3, 4], 0.4) },
    dense: { w: randomTensor(random, [24, 3], 0.4), bias: randomTensor(random, [3]) },
  };
}

type Block = (x: Tensor) => Tensor;

const blocks: Record<string, Block> = {
  "relu and maxPool": (x) => maxPool(relu(x), { size: 3, stride: 2, padding: "same" }),
  "tanh and avgPool": (x) => avgPool(tanh(x), { size: 2, padding: "same" }),
};

/** Makes the loss of a convolutional network as a function of its parameters and its input. */
function lossOf(block: Block): (p: Params, x: Tensor) => Tensor {
  const labels = tensor([2, 0], { dtype: "int32" });
  return (p, x) => {
    const h1 = block(conv2d(x, p.conv1.w, { bias: p.conv1.bias, padding: "same" }));
    const h2 = tanh(conv2d(h1, p.conv2.w, { stride: [1, 2], padding: [[1, 0], [0, 0]] }));
    const logits = dense(flatten(h2), p.dense.w, { bias: p.dense.bias });
    const loss = softmaxCE(logits, labels, { labelSmoothing: 0.1 });
    return add(loss, mul(0.01, mean(square(p.conv1.w))));
  };
}

/** Collects the elements of all parameters, one after the other. */
function elements({ conv1, conv2, dense }: Params): number[] {
  const all = [conv1.w, conv1.bias, conv2.w, dense.w, dense.bias];
  return all.flatMap((t) => [...t.dataSync()]);
}

/** Computes `p + step v`. */
function moved(p: Params, v: Params, step: number): Params {
  const move = (a: Tensor, b: Tensor) => add(a, mul(b, step));
  return {
    conv1: { w: move(p.conv1.w, v.conv1.w), bias: move(p.conv1.bias, v.conv1.bias) },
    conv2: { w: move(p.conv2.w, v.conv2.w) },
    dense: { w: move(p.dense.w, v.dense.w), bias: move(p.dense.bias, v.dense.bias) },
  };
}

function dot(a: Params, b: Params): Tensor {
  const pairs = [
    [a.conv1.w, b.conv1.w],
    [a.conv1.bias, b.conv1.bias],
    [a.conv2.w, b.conv2.w],
    [a.dense.w, b.dense.w],
    [a.dense.bias, b.dense.bias],
  ];
  return pairs.map(([x, y]) => sum(mul(x, y))).reduce((total, term) => add(total, term));
}

function assertClose(actual: number[], expected: number[], tolerance: number): void {
  assertEquals(actual.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  assert(largest > 0.01, "there must be something to compare");
  actual.forEach((value, i) => {
    const error = Math.abs(value - expected[i]);
    assert(error <= tolerance * largest, `element ${i} is ${value}, not ${expected[i]}`);
  });
}

for (const [name, block] of Object.entries(blocks)) {
  Deno.test(`second order: Hessian times direction of a network with ${name}`, () => {
    const random = new Random(3);
    const [p, v] = [makeParams(random), makeParams(random)];
    const x = randomTensor(random, [2, 6, 7, 2]);
    const loss = lossOf(block);

    const product = elements(grad((p: Params) => dot(grad(loss)(p, x), v))(p));

    const step = 1e-5;
    const [above, below] = [step, -step].map((h) => elements(grad(loss)(moved(p, v, h), x)));
    const numerical = above.map((g, i) => (g - below[i]) / (2 * step));
    assertClose(product, numerical, 1e-7);
  });

  Deno.test(`second order: mixed, of parameters and input, of a network with ${name}`, () => {
    const random = new Random(4);
    const [p, v] = [makeParams(random), makeParams(random)];
    const [x, direction] = [randomTensor(random, [2, 6, 7, 2]), randomTensor(random, [2, 6, 7, 2])];
    const loss = lossOf(block);

    using outer = new Tape();
    outer.watch(x);
    const slope = dot(grad(loss)(p, x), v);
    const mixed = [...outer.gradient(slope, x).dataSync()];

    // The same numbers the other way round: first by the input, then by the parameters.
    const alongX = (p: Params) => sum(mul(grad((x: Tensor) => loss(p, x))(x), direction));
    const other = dot(grad(alongX)(p), v).item();
    const total = mixed.reduce((s, value, i) => s + value * direction.dataSync()[i], 0);
    assertClose([total], [other], 1e-12);

    const step = 1e-5;
    const [above, below] = [step, -step].map((h) =>
      grad((x: Tensor) => loss(moved(p, v, h), x))(x).dataSync()
    );
    assertClose(mixed, mixed.map((_, i) => (above[i] - below[i]) / (2 * step)), 1e-7);
  });

  Deno.test(`second order: checkGrad of a network with ${name}`, () => {
    const random = new Random(5);
    const w1 = randomTensor(random, [2, 2, 1, 2]);
    const w2 = randomTensor(random, [8, 2]);
    const x = randomTensor(random, [1, 4, 4, 1]);
    const f = (x: Tensor, w1: Tensor, w2: Tensor) =>
      dense(flatten(block(conv2d(x, w1, { padding: "same" }))), w2);
    checkGrad(f, [x, w1, w2], { order: 2 });
  });
}
