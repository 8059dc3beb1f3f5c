// Contents of a tape: entries and slots as data, in order, and nothing that backward does not read.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { Arena, conv2d, dense, mul, relu, square, sum, Tape, tensor, zeros } from "../../mod.ts";
import { ops } from "../../src/backends/mod.ts";

Deno.test("tape: entries are in the order of execution, slots in that of first use", () => {
  using tape = new Tape();
  const { w, bias } = tape.watch({ w: zeros([2, 3]), bias: zeros([3]) });
  const x = zeros([4, 2]);
  const h = dense(x, w, { bias });
  sum(relu(h));
  assertEquals(tape.entries.map(({ op }) => op.name), ["dense", "relu", "sum"]);
  assertEquals(tape.entries.map(({ inputs }) => inputs), [[2, 0, 1], [3], [4]]);
  assertEquals(tape.entries.map(({ output }) => output), [3, 4, 5]);
  assertEquals(tape.slots, [
    { shape: [2, 3], dtype: "float32", bytes: 24, kind: "watched", name: "w" },
    { shape: [3], dtype: "float32", bytes: 12, kind: "watched", name: "bias" },
    { shape: [4, 2], dtype: "float32", bytes: 32, kind: "constant", name: "" },
    { shape: [4, 3], dtype: "float32", bytes: 48, kind: "computed", name: "" },
    { shape: [4, 3], dtype: "float32", bytes: 48, kind: "computed", name: "" },
    { shape: [], dtype: "float32", bytes: 4, kind: "computed", name: "" },
  ]);
});

Deno.test("tape: an entry has its op, its attributes, and -1 for an absent input", () => {
  using tape = new Tape();
  const w = tape.watch(zeros([1, 1, 2, 3]));
  const y = conv2d(zeros([1, 4, 4, 2]), w, { stride: 2 });
  const [entry] = tape.entries;
  assertStrictEquals(entry.op as unknown, ops.conv2d);
  assertEquals(entry.inputs, [1, 0, -1]);
  const { strideHeight, padTop, yShape } = entry.attributes as typeof expected;
  const expected = { strideHeight: 2, padTop: 0, yShape: y.shape };
  assertEquals({ strideHeight, padTop, yShape }, expected);
});

Deno.test("tape: an entry keeps what backward reads, and that alone", () => {
  using tape = new Tape();
  const { x, w } = tape.watch({ x: tensor([[1, 2]]), w: tensor([[1], [1]]) });
  const y = dense(x, w);
  const h = relu(y);
  sum(h);
  const saved = tape.entries.map((entry) => entry.saved.map(({ name, tensor }) => [name, tensor]));
  assertEquals(saved.map((list) => list.map(([name]) => name)), [["x", "w"], ["x"], []]);
  assertStrictEquals(saved[0][1][1], w);
  assertStrictEquals(saved[1][0][1], y);
});

Deno.test("tape: watched tensors are named by their path", () => {
  using tape = new Tape();
  tape.watch({ conv: [{ w: zeros([]) }, { w: zeros([]) }], "a b": { c: zeros([]) } });
  tape.watch([zeros([]), [zeros([])]]);
  tape.watch(zeros([]));
  assertEquals(tape.slots.map(({ name }) => name), [
    "conv[0].w",
    "conv[1].w",
    "a b.c",
    "[0]",
    "[1][0]",
    "",
  ]);
});

Deno.test("tape: a constant that is used twice has one slot", () => {
  using tape = new Tape();
  const x = tape.watch(tensor(1));
  const constant = tensor(2);
  mul(mul(x, constant), constant);
  assertEquals(tape.slots.map(({ kind }) => kind), ["watched", "constant", "computed", "computed"]);
  assertEquals(tape.entries.map(({ inputs }) => inputs), [[0, 1], [2, 1]]);
});

Deno.test("tape: ops on nothing that is watched are not recorded", () => {
  using tape = new Tape();
  tape.watch(tensor(1));
  square(tensor(2));
  const batch = tape.adopt(tensor([1, 2]));
  const followed = square(batch);
  assertEquals([tape.entries, tape.slots.length], [[], 1]);
  assertEquals(tape.slotOf(followed), -1);
});

Deno.test("tape: a followed tensor can still be watched, a watched one still be followed", () => {
  using tape = new Tape();
  const [x, w] = [tensor(3), tensor(4)];
  tape.follow(x);
  tape.watch({ x, w });
  tape.follow(w);
  const y = mul(x, w);
  const g = tape.gradient(y, { x, w });
  assertEquals([g.x.item(), g.w.item()], [4, 3]);
});

Deno.test("tape: an arena in between records nothing and changes no gradient", () => {
  using tape = new Tape();
  const x = tape.watch(tensor([1, 2]));
  using arena = new Arena();
  arena.follow(x);
  const y = sum(square(x));
  assertEquals(tape.entries.length, 2);
  assertEquals(tape.gradient(y, x).toArray(), [2, 4]);
});
