// Long tapes and long trainings: no recursion, and memory that does not grow.

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  adam,
  add,
  conv2d,
  dense,
  flatten,
  grad,
  maxPool,
  mul,
  neg,
  Random,
  relu,
  softmaxCE,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import type { Backend } from "../../src/backends/kernels.ts";
import { referenceBackend } from "../../src/backends/reference/mod.ts";
import { glorotUniform } from "../../src/nn/mod.ts";

Deno.test("scale: a tape of 100,000 ops, one after the other", () => {
  const backend = referenceBackend();
  const x = tensor([1, -2], { backend });
  const before = backend.liveBytes;
  {
    using tape = new Tape();
    let y = tape.watch(x);
    for (let i = 0; i < 99_999; i++) y = neg(y);
    assertEquals(tape.gradient(sum(y), x).toArray(), [-1, -1]);
    assertEquals(tape.entries.length, 100_000);
  }
  assertEquals(backend.liveBytes, before);
});

Deno.test("scale: a tape of 20,000 uses of one tensor", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(1, { dtype: "float64" }));
  let y: Tensor = x;
  for (let i = 1; i < 20_000; i++) y = add(y, x);
  assertEquals(tape.gradient(y, x).item(), 20_000);
});

Deno.test("scale: a second derivative through 2,000 ops", () => {
  const backend = referenceBackend();
  const f = (x: Tensor) => {
    let y = x;
    for (let i = 0; i < 1_000; i++) y = add(mul(y, 0.5), mul(x, x));
    return y;
  };
  using x = tensor(3, { dtype: "float64", backend });
  const before = backend.liveBytes;
  {
    using second = grad(grad(f))(x);
    // y -> 0.5 y + x² settles at 2 x².
    assertAlmostEquals(second.item(), 4, 1e-9);
  }
  assertEquals(backend.liveBytes, before);
});

interface Params {
  conv: { w: Tensor; bias: Tensor };
  dense: { w: Tensor; bias: Tensor };
}

/** Makes a small network for images of 4 x 4, each with a bright quarter that is its class. */
function makeParams(backend: Backend): Params {
  const random = new Random(1);
  const weights = (shape: number[]) => glorotUniform(random, shape, { backend });
  return {
    conv: { w: weights([2, 2, 1, 3]), bias: tensor([0, 0, 0], { backend }) },
    dense: { w: weights([12, 4]), bias: tensor([0, 0, 0, 0], { backend }) },
  };
}

function predict(params: Params, x: Tensor): Tensor {
  const { w, bias } = params.conv;
  const h = maxPool(relu(conv2d(x, w, { bias, padding: "same" })), { size: 2 });
  return dense(flatten(h), params.dense.w, { bias: params.dense.bias });
}

function makeBatch(random: Random, backend: Backend): { x: Tensor; labels: Tensor } {
  const classes = Array.from({ length: 4 }, () => random.integer(4));
  const images = classes.map((label) => {
    const image = Array.from({ length: 16 }, () => random.uniform(0, 0.5));
    image[8 * (label >> 1) + 2 * (label & 1)] += 1;
    return image;
  });
  return {
    x: tensor(images.flat(), { shape: [4, 4, 4, 1], backend }),
    labels: tensor(classes, { dtype: "int32", backend }),
  };
}

Deno.test("scale: 2,000 training steps in constant memory", () => {
  const backend = referenceBackend();
  const params = makeParams(backend);
  const optimizer = adam({ learningRate: 0.02 });
  const random = new Random(2);
  const losses: number[] = [];
  const live = new Set<number>();
  for (let step = 0; step < 2_000; step++) {
    using tape = new Tape();
    const { x, labels } = tape.adopt(makeBatch(random, backend));
    const loss = softmaxCE(predict(tape.watch(params), x), labels);
    optimizer.step(params, tape.gradient(loss, params));
    losses.push(loss.item());
    tape.dispose();
    live.add(backend.liveBytes);
  }
  // Parameters and two moments for each of them.
  const elements = 12 + 3 + 48 + 4;
  assertEquals([...live], [3 * 4 * elements]);
  const mean = (part: number[]) => part.reduce((a, b) => a + b) / part.length;
  assert(mean(losses.slice(0, 50)) > 0.8, "it starts ignorant");
  assert(mean(losses.slice(-50)) < 0.05, "and learns");
});
