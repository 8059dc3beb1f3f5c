// checkpoint: the same values and gradients bit for bit, in less memory, nested, to any order.

import { assertEquals, assertLess, assertMatch } from "@std/assert";
import {
  Arena,
  checkGrad,
  checkpoint,
  conv2d,
  dense,
  flatten,
  grad,
  hvp,
  maxPool,
  mul,
  Random,
  relu,
  ShapeError,
  softmaxCE,
  square,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { countingBackend } from "../support/counting_backend.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = countingBackend();
const vector = (...values: number[]) => tensor(values, { dtype: "float64", backend });

interface Weights {
  w: Tensor;
  bias: Tensor;
}

/** Computes three intermediates and a result. */
function block({ w, bias }: Weights, x: Tensor): Tensor {
  return tanh(dense(tanh(dense(x, w, { bias })), w, { bias }));
}

function weights(): Weights {
  return { w: random(1, [8, 8]), bias: random(2, [8]) };
}

function random(seed: number, shape: number[]): Tensor {
  const generator = new Random(seed);
  const size = shape.reduce((n, length) => n * length, 1);
  const values = Float32Array.from({ length: size }, () => generator.normal() / 4);
  return tensor(values, { shape, backend });
}

/** Computes loss and gradients of four blocks in a row, and measures what that took. */
function run(f: typeof block) {
  const [params, x] = [weights(), random(3, [16, 8])];
  using tape = new Tape();
  tape.watch({ params, x });
  const before = backend.liveBytes;
  let y = x;
  for (let i = 0; i < 4; i++) y = f(params, y);
  const loss = sum(square(y));
  const held = backend.liveBytes - before;
  backend.clear();
  const { params: { w, bias }, x: dx } = tape.gradient(loss, { params, x });
  return {
    held,
    peak: backend.peakBytes - before,
    entries: tape.entries.length,
    summary: tape.summary(),
    values: [loss, w, bias, dx].map((t) => t.dataSync()),
  };
}

Deno.test("checkpoint: values and gradients are the same, bit for bit", () => {
  assertEquals(run(checkpoint(block)).values, run(block).values);
  assertEquals(run(checkpoint(checkpoint(block))).values, run(block).values, "nested");
});

Deno.test("checkpoint: the tape holds the results of blocks, not what is in them", () => {
  const [plain, saving] = [run(block), run(checkpoint(block))];
  const bytes = 16 * 8 * 4; // of one result
  assertEquals(plain.held, 17 * bytes + 4, "4 blocks of 4, the squares and their sum");
  assertEquals(saving.held, 5 * bytes + 4);
  assertLess(saving.peak, plain.peak, "even with one block in the making");
  assertEquals([plain.entries, saving.entries], [18, 6]);
});

Deno.test("checkpoint: in the table and in drawings it is one entry", () => {
  const { summary } = run(checkpoint(block));
  assertMatch(
    summary,
    /checkpoint block {2,}\[0\]\.w params\.w \[8, 8\], \[0\]\.bias params\.bias/,
  );
  assertMatch(summary, /6 ops, 2,564 bytes of results/);
  assertMatch(run(block).summary, /18 ops, 8,708 bytes of results/);
});

Deno.test("checkpoint: to the second order, and inside of itself", () => {
  const inner = checkpoint((x: Tensor, y: Tensor) => tanh(mul(x, y)));
  const f = checkpoint((x: Tensor, y: Tensor) => mul(inner(x, y), square(y)));
  const inputs = [vector(0.5, -1), vector(2, 0.25)] as const;
  checkGrad(f, inputs, { order: 2 });
  checkGrad((x, y) => grad((x: Tensor) => sum(f(x, y)))(x), inputs, { order: 2 });
  const plain = (x: Tensor) => sum(mul(tanh(x), square(x)));
  const [x, v] = inputs;
  assertEquals(hvp(checkpoint(plain), x, v).toArray(), hvp(plain, x, v).toArray());
});

Deno.test("checkpoint: of a CNN", () => {
  const x = random(1, [2, 8, 8, 1]);
  const labels = tensor([0, 2], { dtype: "int32", backend });
  const params = { w: random(2, [3, 3, 1, 2]), dense: random(3, [3 * 3 * 2, 3]) };
  const features = (w: Tensor, x: Tensor) => maxPool(relu(conv2d(x, w)), { size: 2 });
  const loss = (f: typeof features) => (p: typeof params, labels: Tensor) =>
    softmaxCE(dense(flatten(f(p.w, x)), p.dense), labels);
  const [plain, saving] = [features, checkpoint(features)]
    .map((f) => grad(loss(f))(params, labels));
  assertEquals(saving.w.toArray(), plain.w.toArray());
  assertEquals(saving.dense.toArray(), plain.dense.toArray());
});

Deno.test("checkpoint: only wanted gradients are computed, all of them in one go", () => {
  const calls: string[] = [];
  const f = checkpoint((x: Tensor, y: Tensor) => {
    calls.push("run");
    return mul(x, y);
  });
  const [x, y] = [vector(2), vector(3)];
  using tape = new Tape();
  tape.watch(x);
  const z = f(x, y);
  backend.clear();
  assertEquals(tape.gradient(z, x).toArray(), [3]);
  assertEquals([calls.length, backend.count("binary mul")], [2, 2], "again, and dy · y");
  using both = new Tape();
  both.watch({ x, y });
  both.gradient(f(x, y), { x, y });
  assertEquals(calls.length, 4);
});

Deno.test("checkpoint: arguments of any kind, results that are arguments or constants", () => {
  const f = checkpoint((p: { list: Tensor[] }, { scale }: { scale: number }, name: string) =>
    name === "all" ? mul(mul(p.list[0], p.list[1]), scale) : p.list[0]
  );
  const list = [vector(2), vector(5)];
  const gradient = (name: string) =>
    grad((p: { list: Tensor[] }) => f(p, { scale: 3 }, name))({ list })
      .list.map((t) => t.item());
  assertEquals(gradient("all"), [15, 6]);
  assertEquals(gradient("first"), [1, 0]);
  const constant = vector(7);
  assertEquals(grad(checkpoint((_: Tensor) => constant))(vector(1)).toArray(), [0]);
  assertEquals(constant.item(), 7);
  assertEquals(checkpoint(square)(vector(3)).toArray(), [9], "without a tape");
});

Deno.test("checkpoint: results in nested structures, of any shapes", () => {
  const f = (x: Tensor, w: Tensor) => ({
    total: sum(mul(x, w)),
    list: [tanh(x), null, [square(w)]] as const,
  });
  const loss = (g: typeof f) => ({ x, w }: { x: Tensor; w: Tensor }) => {
    const { total, list: [a, , [b]] } = g(x, w);
    return mul(total, sum(mul(a, b)));
  };
  const params = { x: vector(0.5, -1), w: vector(2, 0.25) };
  const y = checkpoint(f)(params.x, params.w);
  assertEquals([y.total.shape, y.list[0].shape, y.list[1]], [[], [2], null]);
  assertEquals(y.list[2][0].toArray(), [4, 0.0625]);
  const [plain, saving] = [f, checkpoint(f)].map((g) => grad(loss(g))(params));
  assertEquals(saving.x.toArray(), plain.x.toArray());
  assertEquals(saving.w.toArray(), plain.w.toArray());
  checkGrad(({ x, w }) => loss(checkpoint(f))({ x, w }), params, { order: 2 });
});

Deno.test("checkpoint: it leaves nothing in memory", () => {
  const x = vector(1, 2, 3);
  const before = backend.liveBytes;
  grad((x: Tensor) => sum(checkpoint(square)(x)))(x).dispose();
  assertEquals(backend.liveBytes, before);
  {
    using arena = new Arena();
    checkpoint((x: Tensor) => square(tanh(x)))(arena.follow(x));
    assertEquals(backend.liveBytes, before + 24, "inference: the result alone");
  }
  checkpoint((x: Tensor) => square(tanh(x)))(x).dispose();
  assertEquals(backend.liveBytes, before);
  const several = checkpoint((x: Tensor) => [square(x), sum(tanh(x))]);
  for (const t of several(x)) t.dispose();
  grad((x: Tensor) => several(x)[1])(x).dispose();
  assertEquals(backend.liveBytes, before);
});

Deno.test("checkpoint: the profile lists what ran inside, both times", () => {
  const x = vector(1, 2);
  using tape = new Tape({ profile: true });
  tape.watch(x);
  tape.gradient(sum(checkpoint(square)(x)), x);
  assertMatch(tape.profile(), /^square +2 /m);
});

Deno.test("checkpoint: errors", () => {
  const [x, w] = [vector(1, 2), vector(3, 4)];
  using tape = new Tape();
  tape.watch({ x, w });
  const captures = checkpoint((x: Tensor) => mul(x, w));
  assertExactError(
    () => captures(x),
    TypeError,
    "Cannot apply checkpoint: the function must be given every watched tensor as an argument: its " +
      "result, float64 [2], depends on one that it reads from outside",
  );
  const wrong = checkpoint(((_: Tensor) => 3) as unknown as (x: Tensor) => Tensor);
  assertExactError(
    () => wrong(x),
    TypeError,
    "Cannot apply checkpoint: it takes tensors in nested objects and arrays: it is the number 3",
  );
  const late = checkpoint((async (x: Tensor) => await x) as unknown as (x: Tensor) => Tensor);
  assertExactError(
    () => late(x),
    TypeError,
    "Cannot apply checkpoint: the function must return a tensor: got a promise; it must not be " +
      "async",
  );
  let calls = 0;
  const impure = checkpoint((x: Tensor) => calls++ === 0 ? x : sum(x));
  const y = impure(x);
  assertExactError(
    () => tape.gradient(sum(y), x),
    ShapeError,
    "Cannot compute gradient: seed must have y's shape and dtype: seed is float64 [2], y is " +
      "float64 []",
  );
});
