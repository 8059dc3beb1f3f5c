// The graph of a tape as data: which nodes there are, and which of them a link joins.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { concat, mul, ones, Tape } from "@tapegrad/tapegrad";
import { readTape } from "../../../src/plot/graph/model.ts";

Deno.test("graph: links lead from what an operation reads, the rest of many leaves included", () => {
  using tape = new Tape();
  const w = tape.watch(ones([2]));
  const first = mul(w, w);
  const constants = Array.from({ length: 30 }, () => ones([2]));
  const second = concat([first, ...constants]);
  concat([second, ...constants, first]);
  const { nodes, links } = readTape(tape, 100);
  const nameOf = (i: number) => {
    const node = nodes[i];
    if (node.kind === "op") return `${node.entry.op.name} ${node.index}`;
    if (node.kind === "more") return node.kind;
    // Constants are called as the input that reads them: x[3].
    return node.kind === "constant" && node.slot !== undefined ? "constant" : node.name;
  };
  const into = (name: string) =>
    links.filter(({ to }) => nameOf(to) === name).map(({ from }) => nameOf(from)).sort();
  const shown = (count: number) => Array(count).fill("constant");
  assertEquals(into("mul 0"), ["watched", "watched"]);
  assertEquals(into("concat 1"), ["and 23 more", ...shown(7), "mul 0"]);
  assertEquals(into("concat 2"), ["and 16 more", "concat 1", ...shown(14), "mul 0"]);
  for (const { from, slot } of links) {
    const node = nodes[from];
    if (node.kind === "op") assertStrictEquals(node.output, slot);
    else if (node.kind !== "more" && node.slot !== undefined) assertStrictEquals(node.slot, slot);
  }
});
