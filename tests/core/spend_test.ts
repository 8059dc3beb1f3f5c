// Gradients that are computed in the memory of the gradient they come of; and those that must not.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  add,
  conv2d,
  gelu,
  grad,
  leakyRelu,
  mul,
  referenceBackend,
  relu,
  sum,
  Tape,
  type Tensor,
  tensor,
  vjp,
  wasmBackend,
} from "../../mod.ts";
import { internals } from "../../src/core/tensor.ts";
import { spend } from "../../src/core/op.ts";
import { countingBackend } from "../support/counting_backend.ts";

const VALUES = [-2, 3, -1, 4];

Deno.test("spend: relu's gradient takes the memory of dy, which nobody reads any more", () => {
  const backend = countingBackend();
  using tape = new Tape();
  const x = tape.watch(tensor(VALUES, { backend }));
  const y = sum(relu(relu(relu(x))));
  const before = backend.liveBytes;
  backend.clear();
  assertEquals(tape.gradient(y, x).toArray(), [0, 1, 0, 1]);
  assertEquals(backend.count("activationGrad relu"), 3);
  assertEquals(backend.peakBytes - before, 4 + x.bytes, "the seed, and one block for all");
});

Deno.test("spend: a gradient that is asked for stays as it is", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(VALUES));
  const y = relu(x);
  const { dx, dy } = tape.gradient(sum(mul(y, 5)), { dx: x, dy: y });
  assertEquals(dy.toArray(), [5, 5, 5, 5]);
  assertEquals(dx.toArray(), [0, 5, 0, 5]);
});

Deno.test("spend: a gradient that goes to two places reaches both", () => {
  using tape = new Tape();
  const { a, b } = tape.watch({ a: tensor(VALUES), b: tensor([3, -3, 3, -3]) });
  // add gives the same dy to both; neither relu may write into it.
  const y = sum(mul(add(relu(a), relu(b)), 7));
  const grads = tape.gradient(y, { a, b });
  assertEquals(grads.a.toArray(), [0, 7, 0, 7]);
  assertEquals(grads.b.toArray(), [7, 0, 7, 0]);
});

Deno.test("spend: seeds are their maker's, and serve again", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(VALUES));
  const seed = tensor([1, 2, 3, 4]);
  const y = relu(x);
  for (let i = 0; i < 2; i++) {
    assertEquals(tape.gradient(y, x, { seed }).toArray(), [0, 2, 0, 4]);
  }
  assertEquals(seed.toArray(), [1, 2, 3, 4]);

  const [, pullback] = vjp((x: Tensor) => leakyRelu(x, { slope: 0.5 }), tensor(VALUES));
  for (let i = 0; i < 2; i++) assertEquals(pullback(seed).toArray(), [0.5, 2, 1.5, 4]);
  assertEquals(seed.toArray(), [1, 2, 3, 4]);
});

Deno.test("spend: gradients of gradients read what they need", () => {
  const backend = referenceBackend();
  const make = (first: number) => tensor([first, -1, 2], { dtype: "float64", backend });
  for (const activation of [relu, gelu, leakyRelu]) {
    const f = (x: Tensor) => sum(mul(activation(mul(x, x)), x));
    const slope = (x: Tensor) => sum(mul(grad(f)(x), x));
    const analytic = grad(slope)(make(0.5)).dataSync()[0];
    const step = 1e-5;
    const numerical = (slope(make(0.5 + step)).item() - slope(make(0.5 - step)).item()) /
      (2 * step);
    assertAlmostEquals(analytic, numerical, 1e-6);
  }
});

Deno.test("spend: convolution with relu, on both backends", () => {
  for (const backend of [referenceBackend(), wasmBackend({ threads: 1 })]) {
    using tape = new Tape();
    const x = tape.watch(tensor([-1, 2, 3, -4], { shape: [1, 2, 2, 1], backend }));
    const w = tape.watch(tensor([2], { shape: [1, 1, 1, 1], backend }));
    const y = conv2d(x, w, { activation: "relu" });
    const { dx, dw, dy } = tape.gradient(sum(mul(y, 3)), { dx: x, dw: w, dy: y });
    assertEquals([...dx.dataSync()], [0, 6, 6, 0]);
    assertEquals(dw.item(), 3 * (2 + 3));
    assertEquals([...dy.dataSync()], [3, 3, 3, 3]);
  }
});

Deno.test("spend: memory that another tensor shows is not written to", () => {
  const dy = tensor([1, 2]);
  const alias = internals.alias(dy);
  assertEquals(internals.lastArray(spend(dy)).isSpent, undefined);
  alias.dispose();
  assertEquals(internals.lastArray(dy).isSpent, true);
});

Deno.test("spend: the kernels of both backends write into what is spent", () => {
  for (const { kernels: k } of [referenceBackend(), wasmBackend({ threads: 1 })]) {
    const make = (data: number[]) =>
      k.create({ shape: [2], dtype: "float32", data: new Float32Array(data) });
    const [dy, x] = [make([5, 6]), make([-1, 1])];
    assertEquals(k.activationGrad("relu", dy, x, []).storage === dy.storage, false);
    const dx = k.activationGrad("relu", { ...dy, isSpent: true }, x, []);
    assertEquals(dx.storage === dy.storage, true);
    assertEquals([...k.read(dx)], [0, 6]);
  }
});
