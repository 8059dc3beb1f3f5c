// tape.profile(): what is counted, how it is printed.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  apply,
  checkpoint,
  conv2d,
  defineOp,
  dense,
  grad,
  mul,
  type ProfiledOp,
  type ProfiledRun,
  referenceBackend,
  relu,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import { ops } from "../../src/backends/mod.ts";
import type { AnyOp } from "../../src/core/op_contract.ts";
import { Profiler } from "../../src/core/profiler.ts";
import { formatProfile } from "../../src/display/profile.ts";
import { assertExactError } from "../support/exact_error.ts";

const backend = referenceBackend();

Deno.test("profile: the text, the slowest op first, with the rate that tells more", () => {
  const profiler = new Profiler();
  profiler.add("relu", 1, 0, 4e6);
  profiler.add("conv2d", 2, 6e9, 1e6);
  profiler.add("relu", 2, 0, 8e6);
  profiler.add("conv2d", 3, 4e9, 1e6);
  profiler.add("reshape", 0, 0, 8);
  assertEquals(
    formatProfile(profiler.rows),
    [
      "op       calls     ms    share            rate",
      "──────────────────────────────────────────────",
      "conv2d       2  5.000   62.5 %  2000.0 GFLOP/s",
      "relu         2  3.000   37.5 %        4.0 GB/s",
      "reshape      1  0.000    0.0 %",
      "total        5  8.000  100.0 %",
      "",
    ].join("\n"),
  );
});

Deno.test("profile: every op, forward and backward, with its calls, bytes and operations", () => {
  const x = tensor([[1, -2, 3]], { backend });
  const w = tensor([[1, 2], [3, 4], [5, 6]], { backend });
  using tape = new Tape({ profile: true });
  tape.watch(w);
  tape.gradient(sum(relu(dense(x, w))), w);
  const rows = new Map(tape.profiler!.rows.map((row) => [row.op, row]));
  assertEquals(rows.get("dense")?.calls, 1);
  assertEquals(rows.get("dense")?.flops, 2 * 1 * 3 * 2);
  assertEquals(rows.get("dense")?.bytes, 4 * (3 + 6 + 2));
  assertEquals(rows.get("reluGrad")?.calls, 1);
  assertEquals(rows.get("matmul")?.flops, 12, "the gradient of w");
  const lines = tape.profile().trimEnd().split("\n");
  assertEquals(lines.length, 2 + rows.size + 1);
  assertMatch(lines[0], /^op +calls +ms +share +rate$/);
  assertMatch(lines.at(-1)!, /^total +\d+ +\d+\.\d{3} +100\.0 %$/);
});

Deno.test("profile: ops of one's own are listed by their names, with their operations", () => {
  const op = defineOp({
    name: "busy",
    inputs: ["x"],
    reads: [],
    forward: (k, { x }, times: number) => {
      for (let i = 0; i < times; i++) k.free(k.copy(x));
      return k.copy(x);
    },
    backward: (dy) => ({ x: () => dy }),
    flops: (times) => 1e6 * times,
  });
  using tape = new Tape({ profile: true });
  const x = tape.watch(tensor([1, 2], { backend }));
  apply(op, { x }, 3);
  const [row] = tape.profiler!.rows;
  assertEquals([row.op, row.calls, row.flops], ["busy", 1, 3e6]);
  assertMatch(tape.profile(), /^busy +1 .*GFLOP\/s$/m);
});

Deno.test("profile: gradients of gradients are timed on the tape that asked", () => {
  const x = tensor([[1, 2]], { backend });
  const w = tensor([[3], [4]], { backend });
  using tape = new Tape({ profile: true });
  tape.watch(w);
  const dw = grad((w: Tensor) => sum(dense(x, w)))(w);
  tape.follow(dw);
  assert(tape.profiler!.rows.some(({ op }) => op === "dense"));
});

Deno.test("profile: whoever multiplies counts", () => {
  const heavy = /^(conv|dense|matmul|depthwise|batchMatmul)/i;
  const table: readonly AnyOp[] = Object.values(ops) as unknown as AnyOp[];
  const without = table.filter(({ name, flops }) => heavy.test(name) && flops === undefined);
  assertEquals(without.map(({ name }) => name), []);
  const g = { x: tensor([1], { shape: [1, 1, 1, 1], backend }) };
  using tape = new Tape({ profile: true });
  tape.watch(g);
  conv2d(g.x, g.x);
  assertEquals(tape.profiler!.rows[0].flops, 2);
});

Deno.test("profile: a tape without one says so", () => {
  using tape = new Tape();
  assertExactError(
    () => tape.profile(),
    TypeError,
    "Cannot profile: the tape must have been made with new Tape({ profile: true }): it was not, " +
      "no time was taken",
  );
});

/** Lists the kernels that ran for each entry: `conv2d 1 backward: conv2dGradW`. */
function runsOf(tape: Tape): string[] {
  return tape.profiler!.runs.map(({ entry, pass, input, ops }) => {
    const name = entry < 0 ? "nothing" : tape.entries[entry].op.name;
    const of = pass === "backward" ? ` ${input}` : "";
    return [`${name}${of}:`, ...ops.map(({ op }) => op)].join(" ");
  });
}

Deno.test("profile: what ran for each entry, and for the gradient of each of its inputs", () => {
  const x = tensor([[1, -2, 3]], { backend });
  using tape = new Tape({ profile: true });
  const { w, bias } = tape.watch({
    w: tensor([[1, 2], [3, 4], [5, 6]], { backend }),
    bias: tensor([1, 2], { backend }),
  });
  const scaled = tape.follow(tensor([[1, 2, 3]], { backend }));
  const constant = mul(scaled, 2); // no gradient flows through it: no entry
  tape.gradient(sum(relu(dense(mul(x, constant), w, { bias }))), { w, bias });
  assertEquals(runsOf(tape), [
    "dense: dense",
    "relu: relu",
    "sum: sum",
    "sum 0: reshape broadcastTo",
    "relu 0: reluGrad",
    "dense 1: matmul",
    "dense 2: sum",
    "nothing: mul mul",
  ]);
  assertEquals(tape.entries.map(({ op }) => op.name), ["dense", "relu", "sum"]);
});

Deno.test("profile: a tensor used three times: sums of gradients are for the rule that they follow", () => {
  using tape = new Tape({ profile: true });
  const x = tape.watch(tensor([1, 2], { backend }));
  const y = mul(mul(x, x), x);
  tape.gradient(y, x, { seed: tensor([1, 1], { backend }) });
  tape.gradient(y, x, { seed: tensor([1, 1], { backend }) });
  const once = ["mul 0: mul", "mul 1: mul", "mul 0: mul accumulate", "mul 1: mul accumulate"];
  assertEquals(runsOf(tape), ["mul: mul", "mul: mul", ...once, ...once]);
  assertEquals(tape.profiler!.rows.find(({ op }) => op === "accumulate")?.bytes, 4 * 3 * 8);
});

Deno.test("profile: what runs inside a checkpoint is for its entry", () => {
  using tape = new Tape({ profile: true });
  const x = tape.watch(tensor([1, 2], { backend }));
  const block = checkpoint((x: Tensor) => tanh(mul(x, 2)), { name: "block" });
  tape.gradient(sum(block(x)), x);
  const [block_, , , again] = tape.profiler!.runs;
  assertEquals(runsOf(tape).slice(0, 3), [
    "block: mul tanh",
    "sum: sum",
    "sum 0: reshape broadcastTo",
  ]);
  assertEquals([block_.entry, again.entry, again.input], [0, 0, 0]);
  assertEquals(again.ops.slice(0, 2).map(({ op }) => op), ["mul", "tanh"]);
});

Deno.test("profile: the times of what ran for entries add up to those of the ops", () => {
  const x = tensor([[1, -2, 3], [0, 1, 2]], { backend });
  using tape = new Tape({ profile: true });
  const w = tape.watch(tensor([[1, 2], [3, 4], [5, 6]], { backend }));
  for (let i = 0; i < 3; i++) tape.gradient(sum(relu(dense(x, mul(w, w)))), w);
  const { rows, runs } = tape.profiler!;
  const close = (a: number, b: number) => assert(Math.abs(a - b) <= 1e-9 * b, `${a} is not ${b}`);
  const ofOp = (runs: readonly ProfiledRun[], name: string) =>
    runs.flatMap(({ ops }) => ops).filter(({ op }) => op === name);
  const total = (ops: readonly ProfiledOp[], key: "milliseconds" | "flops" | "bytes") =>
    ops.reduce((sum, op) => sum + op[key], 0);
  for (const row of rows) {
    const ops = ofOp(runs, row.op);
    assertEquals(ops.length, row.calls);
    for (const key of ["milliseconds", "flops", "bytes"] as const) close(total(ops, key), row[key]);
    const back = ofOp(runs.filter(({ pass }) => pass === "backward"), row.op);
    close(total(back, "milliseconds"), row.backwardMilliseconds);
  }
});

Deno.test("profile: a rule that throws leaves nothing behind", () => {
  const op = defineOp({
    name: "broken",
    inputs: ["x"],
    reads: [],
    forward: (k, { x }) => k.copy(x),
    backward: () => ({
      x: () => {
        throw new RangeError("no gradient");
      },
    }),
  });
  using tape = new Tape({ profile: true });
  const x = tape.watch(tensor(1, { backend }));
  const y = apply(op, { x });
  assertExactError(() => tape.gradient(y, x), RangeError, "no gradient");
  relu(x);
  assertEquals(runsOf(tape), ["broken: broken", "broken 0:", "relu: relu"]);
  assertEquals(tape.profiler!.rows.map((row) => row.backwardMilliseconds), [0, 0]);
});
