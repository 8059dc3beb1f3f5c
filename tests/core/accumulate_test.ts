// Sums of contributions to one gradient, and that nothing is computed that was not asked for: by
// counting the kernels that run.

import { assert, assertEquals } from "@std/assert";
import {
  add,
  avgPool,
  conv2d,
  dense,
  flatten,
  maxPool,
  mul,
  neg,
  relu,
  softmaxCE,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { countingBackend } from "../support/counting_backend.ts";

/** Computes `sum(c1 x + c2 x + …)` for constants 1, 2, …: x gets a contribution for each. */
function usedTimes(uses: number, x: Tensor): Tensor {
  const terms = Array.from({ length: uses }, (_, i) => mul(x, i + 1));
  return sum(terms.reduce((total, term) => add(total, term)));
}

Deno.test("accumulate: the first is borrowed, the second makes a sum, others are added in place", () => {
  for (const uses of [1, 2, 3, 10]) {
    const backend = countingBackend();
    using tape = new Tape();
    const x = tape.watch(tensor([1, -1], { backend }));
    const y = usedTimes(uses, x);
    backend.clear();
    const before = backend.liveBytes;
    const dx = tape.gradient(y, x);
    const factor = uses * (uses + 1) / 2;
    assertEquals(dx.toArray(), [factor, factor]);
    assertEquals(backend.count("copy"), uses === 1 ? 0 : 1, `${uses} uses`);
    assertEquals(backend.count("addInPlace"), uses - 1, `${uses} uses`);
    assertEquals(backend.liveBytes - before, dx.bytes, "nothing but the gradient is left");
  }
});

Deno.test("accumulate: what was borrowed is never changed", () => {
  const backend = countingBackend();
  using tape = new Tape();
  const [x, z] = tape.watch([tensor([1, 2], { backend }), tensor([0, 0], { backend })]);
  // The gradient of each sum is dy itself, so x and z borrow the seed.
  const h = add(x, z);
  const y = add(add(h, x), x);
  const seed = tensor([5, 7], { backend });
  const before = backend.liveBytes;
  const g = tape.gradient(y, { x, z, h }, { seed });
  assertEquals(backend.liveBytes - before, g.x.bytes, "only x has memory of its own");
  assertEquals(g.x.toArray(), [15, 21]);
  assertEquals([g.z.toArray(), g.h.toArray(), seed.toArray()], [[5, 7], [5, 7], [5, 7]]);
});

Deno.test("accumulate: an op of the same tensor twice", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const seed = tensor([5, 7]);
  assertEquals(tape.gradient(add(x, x), x, { seed }).toArray(), [10, 14]);
  assertEquals(seed.toArray(), [5, 7]);
});

Deno.test("accumulate: contributions arrive at intermediate results too", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const h = neg(x);
  const g = tape.gradient(usedTimes(4, h), { h, x });
  assertEquals([g.h.toArray(), g.x.toArray()], [[10, 10], [-10, -10]]);
});

Deno.test("accumulate: under another tape every sum is new, and has a gradient", () => {
  for (const uses of [1, 2, 3, 10]) {
    using outer = new Tape();
    const x = outer.watch(tensor([1, -2], { dtype: "float64" }));
    const dx = innerGradient(uses, x);
    // y = uses x³, so dx = 3 uses x² and its gradient 6 uses x.
    assertEquals(dx.toArray(), [3 * uses, 12 * uses]);
    assertEquals(outer.gradient(sum(dx), x).toArray(), [6 * uses, -12 * uses]);
  }
});

function innerGradient(uses: number, x: Tensor): Tensor {
  using inner = new Tape();
  inner.watch(x);
  const terms = Array.from({ length: uses }, () => mul(mul(x, x), x));
  const y = sum(terms.reduce((total, term) => add(total, term)));
  return inner.keep(inner.gradient(y, x));
}

Deno.test("demand: a gradient that nobody asked for is not computed", () => {
  const backend = countingBackend();
  const random = (shape: number[]) =>
    tensor(Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i % 5 - 2) / 4), {
      shape,
      backend,
    });
  const params = {
    first: random([3, 3, 2, 4]),
    second: random([2, 2, 4, 3]),
    w: random([12, 2]),
    bias: random([2]),
  };
  const x = random([1, 6, 6, 2]);
  const labels = tensor([1], { dtype: "int32", backend });
  using tape = new Tape();
  tape.watch({ x, params });
  const h = maxPool(relu(conv2d(x, params.first, { padding: "same" })), { size: 2 });
  const logits = dense(flatten(conv2d(h, params.second)), params.w, { bias: params.bias });
  const loss = softmaxCE(logits, labels);

  const counts = (wanted: Tensor[]) => {
    backend.clear();
    tape.gradient(loss, wanted);
    const kernels = ["conv2dGradX", "conv2dGradW", "maxPoolGrad", "matmul", "reduce sum"];
    return kernels.map((kernel) => backend.count(kernel));
  };
  const { first, second, w, bias } = params;
  assertEquals(counts([first, second, w, bias]), [1, 2, 1, 2, 1], "not the gradient of x");
  assertEquals(counts([x, first, second, w, bias]), [2, 2, 1, 2, 1], "all");
  assertEquals(counts([x]), [2, 0, 1, 1, 0], "x alone: through everything, for no weight");
  assertEquals(counts([second]), [0, 1, 0, 1, 0], "nothing below the second convolution");
  assertEquals(counts([w]), [0, 0, 0, 1, 0]);
  assertEquals(counts([bias]), [0, 0, 0, 0, 1]);
  assertEquals(counts([logits]), [0, 0, 0, 0, 0]);
  assertEquals(counts([]), [0, 0, 0, 0, 0]);
});

Deno.test("demand: no gradient is computed towards constants", () => {
  const backend = countingBackend();
  using tape = new Tape();
  const w = tape.watch(tensor([[1, 2], [3, 4]], { backend }));
  const x = tensor([[1, 0]], { backend });
  const y = sum(dense(dense(x, w), tensor([[1], [1]], { backend })));
  backend.clear();
  assertEquals(tape.gradient(y, w).toArray(), [[1, 1], [0, 0]]);
  assertEquals(backend.count("matmul"), 2, "dx of the second layer, dw of the first");
});

Deno.test("demand: the forward is not run again", () => {
  const backend = countingBackend();
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2, 3, 4, 5, 6, 7, 8], { shape: [1, 2, 4, 1], backend }));
  const y = sum(avgPool(relu(x), { size: 2 }));
  backend.clear();
  tape.gradient(y, x);
  assertEquals(backend.log.filter((kernel) => kernel !== "free").sort(), [
    "activationGrad relu",
    "avgPoolGrad",
    "broadcastTo",
    "fill",
  ]);
});

Deno.test("demand: the temporaries of a rule are freed with it, gradients once passed on", () => {
  const backend = countingBackend();
  using tape = new Tape();
  const x = tape.watch(tensor(new Float32Array(100), { backend }));
  let y: Tensor = x;
  for (let i = 0; i < 50; i++) y = tanh(add(y, y));
  y = sum(y);
  const before = backend.liveBytes;
  backend.clear();
  tape.gradient(y, x);
  const tensors = (backend.peakBytes - before) / x.bytes;
  assert(tensors < 7, `${tensors} tensors at once, for 101 ops`);
  assertEquals(backend.liveBytes - before, x.bytes);
});
