// tape.profile(): what is counted, how it is printed.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  apply,
  conv2d,
  defineOp,
  dense,
  grad,
  ops,
  referenceBackend,
  relu,
  sum,
  Tape,
  type Tensor,
  tensor,
} from "../../mod.ts";
import type { AnyOp } from "../../src/core/op.ts";
import { formatProfile, Profiler } from "../../src/core/profile.ts";
import { assertExactError } from "./exact_error.ts";

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
