// Gradients from a tape, in the structure that was asked for, as often as asked for.

import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  add,
  conv2d,
  dense,
  exp,
  mul,
  relu,
  reshape,
  square,
  sub,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";

Deno.test("tape: watch returns the very structure it was given", () => {
  using tape = new Tape();
  const w = tensor([1, 2]);
  const params = { w, layers: [{ bias: tensor(0) }, { bias: null }], none: undefined };
  assertStrictEquals(tape.watch(params), params);
  assertStrictEquals(tape.watch(w), w);
  const list = [w];
  assertStrictEquals(tape.watch(list), list);
  assertEquals(tape.watch({}), {});
});

Deno.test("tape: gradients of a tensor, a list, nested objects and lists come as they were", () => {
  using tape = new Tape();
  const [a, b, c] = tape.watch([tensor([1, 2]), tensor(3), tensor([[4]])]);
  const y = sum(add(mul(a, b), mul(c, a)));
  assertEquals(tape.gradient(y, a).toArray(), [7, 7]);
  assertEquals(tape.gradient(y, [c, a]).map((t) => t.toArray()), [[[3]], [7, 7]]);
  const { outer, list, none, absent } = tape.gradient(y, {
    outer: { inner: { a } },
    list: [b, { c }] as [Tensor, { c: Tensor }],
    none: null,
    absent: undefined,
  });
  assertEquals(outer.inner.a.toArray(), [7, 7]);
  assertEquals([list[0].toArray(), list[1].c.toArray()], [3, [[3]]]);
  assertEquals([none, absent], [null, undefined]);
  assertEquals(tape.gradient(y, []), []);
  assertEquals(tape.gradient(y, {}), {});
});

Deno.test("tape: a gradient has the shape, dtype and backend of its tensor", () => {
  using tape = new Tape();
  for (const dtype of ["float32", "float64"] as const) {
    const w = tape.watch(zeros([2, 1, 3], { dtype }));
    const dw = tape.gradient(sum(exp(w)), w);
    assertEquals([dw.shape, dw.dtype], [[2, 1, 3], dtype]);
    assertStrictEquals(dw.backend, w.backend);
    assertEquals(dw.toArray(), [[[1, 1, 1]], [[1, 1, 1]]]);
  }
});

Deno.test("tape: what y does not depend on has a gradient of zeros", () => {
  using tape = new Tape();
  const [used, unused, behind] = tape.watch([tensor([1, 2]), zeros([2, 2]), tensor([5, 5, 5])]);
  const y = sum(used);
  sum(behind); // recorded, but leads elsewhere
  const [a, b, c] = tape.gradient(y, [used, unused, behind]);
  assertEquals([a.toArray(), b.toArray(), c.toArray()], [[1, 1], [[0, 0], [0, 0]], [0, 0, 0]]);
  assertEquals(b.dtype, "float32");
});

Deno.test("tape: an op that has no gradient for an input gives that input zeros", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([-1, 2]));
  const y = relu(x);
  const dx = tape.gradient(sum(y), x);
  assertEquals(dx.toArray(), [0, 1]);
});

Deno.test("tape: a tensor may be watched twice", () => {
  using tape = new Tape();
  const w = tensor([2, 3]);
  tape.watch({ first: w });
  const y = sum(square(w));
  tape.watch({ second: w });
  assertEquals(tape.slots.filter(({ kind }) => kind === "watched").map(({ name }) => name), [
    "first",
  ]);
  assertEquals(tape.gradient(y, w).toArray(), [4, 6]);
});

Deno.test("tape: a tensor that is in the structure twice gets its whole gradient twice", () => {
  using tape = new Tape();
  const w = tape.watch(tensor([2, 3]));
  const { a, b } = tape.gradient(sum(square(w)), { a: w, b: w });
  assertEquals([a.toArray(), b.toArray()], [[4, 6], [4, 6]]);
});

Deno.test("tape: tensors can be watched one after the other, before they are used", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(2));
  const h = square(x);
  const later = tape.watch(tensor(3));
  assertEquals(tape.gradient(mul(h, later), later).item(), 4);
});

Deno.test("tape: the seed weighs the outputs", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2, 3]));
  const y = square(x);
  const seed = tensor([1, 10, 100]);
  assertEquals(tape.gradient(y, x, { seed }).toArray(), [2, 40, 600]);
  assertEquals(seed.toArray(), [1, 10, 100], "the seed is left alone");
  assertEquals(tape.gradient(sum(y), x, { seed: tensor(0.5) }).toArray(), [1, 2, 3]);
  assertEquals(tape.gradient(y, y, { seed }).toArray(), [1, 10, 100]);
});

Deno.test("tape: y may have any shape of one element", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([[3]]));
  assertEquals(tape.gradient(square(x), x).toArray(), [[6]]);
});

Deno.test("tape: y may be a watched tensor itself", () => {
  using tape = new Tape();
  const [x, other] = tape.watch([tensor(3), tensor([1, 2])]);
  const [dx, zero] = tape.gradient(x, [x, other]);
  assertEquals([dx.toArray(), zero.toArray()], [1, [0, 0]]);
});

Deno.test("tape: intermediate results are sources too", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const h = square(x);
  const z = mul(h, h);
  const y = sum(z);
  const g = tape.gradient(y, { x, h, z, y });
  assertEquals(g.y.toArray(), 1);
  assertEquals(g.z.toArray(), [1, 1]);
  assertEquals(g.h.toArray(), [2, 8]);
  assertEquals(g.x.toArray(), [4, 32]);
  assertEquals(tape.gradient(y, h).toArray(), [2, 8], "alone, too");
});

Deno.test("tape: gradients can be taken again and again, and of other results", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const h = square(x);
  const [first, second] = [sum(h), sum(mul(h, x))];
  for (let round = 0; round < 3; round++) {
    assertEquals(tape.gradient(first, x).toArray(), [2, 4]);
    assertEquals(tape.gradient(second, x).toArray(), [3, 12]);
  }
});

Deno.test("tape: taking a gradient records nothing on the tape it is taken of", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  const y = sum(square(x));
  const [entries, slots] = [tape.entries.length, tape.slots.length];
  const dx = tape.gradient(y, x);
  sum(dx);
  assertEquals([tape.entries.length, tape.slots.length], [entries, slots]);
  assertEquals(tape.slotOf(dx), -1);
});

Deno.test("tape: ops after y do not change its gradient", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(3));
  const y = square(x);
  mul(y, y);
  mul(x, 100);
  assertEquals(tape.gradient(y, x).item(), 6);
});

Deno.test("tape: an absent optional input has no gradient, a present one has", () => {
  using tape = new Tape();
  const { x, w, bias } = tape.watch({
    x: tensor([[1, 2]]),
    w: tensor([[1, 0], [0, 1]]),
    bias: tensor([1, 1]),
  });
  const without = tape.gradient(sum(dense(x, w)), { x, w, bias });
  assertEquals(without.bias.toArray(), [0, 0]);
  assertEquals(without.w.toArray(), [[1, 1], [2, 2]]);
  const withBias = tape.gradient(sum(dense(x, w, { bias })), { x, w, bias });
  assertEquals(withBias.bias.toArray(), [1, 1]);
  assertEquals(withBias.x.toArray(), [[1, 1]]);
});

Deno.test("tape: the same tensor as several inputs of one op gets all their gradients", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([[2]]));
  assertEquals(tape.gradient(mul(x, x), x).toArray(), [[4]]);
  assertEquals(tape.gradient(sub(x, x), x).toArray(), [[0]]);
  const bias = reshape(x, [1]);
  assertEquals(tape.gradient(dense(x, x, { bias }), x).toArray(), [[5]]);
  const image = reshape(x, [1, 1, 1, 1]);
  assertEquals(tape.gradient(conv2d(image, image), x).toArray(), [[4]]);
});

Deno.test("tape: independent tapes take note of the same op, each for what it watches", () => {
  using first = new Tape();
  using second = new Tape();
  const [a, b] = [tensor(2), tensor(3)];
  first.watch(a);
  second.watch(b);
  const y = mul(a, b);
  assertEquals([first.entries.length, second.entries.length], [1, 1]);
  assertEquals(first.gradient(y, a).item(), 3);
  assertEquals(second.gradient(y, b).item(), 2);
});

Deno.test("tape: a tensor watched by two tapes has a gradient of each, first and second order", () => {
  using outer = new Tape();
  using inner = new Tape();
  const x = tensor(2);
  outer.watch(x);
  inner.watch(x);
  const y = mul(square(x), x);
  const dx = inner.gradient(y, x);
  assertEquals([outer.gradient(y, x).item(), dx.item()], [12, 12]);
  assertEquals(outer.gradient(dx, x).item(), 12, "6 x");
  // It works the other way round as well: neither is the outer one by nature.
  assertEquals(inner.gradient(outer.gradient(y, x), x).item(), 12);
});
