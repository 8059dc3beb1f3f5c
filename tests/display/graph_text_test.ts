// A tape as Mermaid, as Graphviz and as a table: the whole text for a small graph, and names that
// need escaping. Both languages' own parsers accept these texts (Graphviz 2.43, Mermaid 11).

import { assertEquals } from "@std/assert";
import {
  apply,
  concat,
  defineOp,
  dense,
  mul,
  relu,
  reshape,
  softmaxCE,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "../../mod.ts";

/** Records a dense layer with a relu and a sum on a new tape. */
function smallGraph(): Tape {
  const tape = new Tape();
  const { w, bias } = tape.watch({ w: zeros([2, 3]), bias: zeros([3]) });
  sum(relu(dense(zeros([4, 2]), w, { bias })));
  return tape;
}

const oddOp = defineOp({
  name: 'odd "op" <1>',
  inputs: ["in | #1", 'absent "b"?'],
  reads: [],
  forward: (k, inputs) => k.copy(inputs["in | #1"]),
  backward: (dy) => ({ "in | #1": () => dy, 'absent "b"': null }),
});

/** Records a graph in which every name asks for trouble. */
function oddGraph(): Tape {
  const tape = new Tape();
  const params: Record<string, Tensor> = { 'a "b" \\ <c>': zeros([2]) };
  tape.watch(params);
  apply(oddOp, { "in | #1": params['a "b" \\ <c>'] });
  return tape;
}

Deno.test("draw: Mermaid", () => {
  using tape = smallGraph();
  assertEquals(
    tape.toMermaid(),
    `flowchart TD
  classDef parameter fill:#fde68a,stroke:#b45309,color:#1f2937
  classDef constant fill:#e5e7eb,stroke:#6b7280,color:#1f2937
  classDef op fill:#dbeafe,stroke:#1d4ed8,color:#1f2937
  n0(["w<br/>float32 [2, 3]"]):::parameter
  n1(["bias<br/>float32 [3]"]):::parameter
  n2[("constant<br/>float32 [4, 2]")]:::constant
  n3["dense<br/>float32 [4, 3]"]:::op
  n4["relu<br/>float32 [4, 3]"]:::op
  n5["sum<br/>float32 []"]:::op
  n2 -->|"x"| n3
  n0 -->|"w"| n3
  n1 -->|"bias"| n3
  n3 -->|"x"| n4
  n4 -->|"x"| n5
`,
  );
});

const PARAMETER = 'shape=ellipse, style=filled, fillcolor="#fde68a", color="#b45309"';
const CONSTANT = 'shape=cylinder, style=filled, fillcolor="#e5e7eb", color="#6b7280"';
const OP = 'shape=box, style="filled,rounded", fillcolor="#dbeafe", color="#1d4ed8"';
const BEGIN = `digraph tape {
  rankdir=TB;
  node [fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=11];`;

Deno.test("draw: Graphviz", () => {
  using tape = smallGraph();
  assertEquals(
    tape.toDot(),
    `${BEGIN}
  n0 [label="w\\nfloat32 [2, 3]", ${PARAMETER}];
  n1 [label="bias\\nfloat32 [3]", ${PARAMETER}];
  n2 [label="constant\\nfloat32 [4, 2]", ${CONSTANT}];
  n3 [label="dense\\nfloat32 [4, 3]", ${OP}];
  n4 [label="relu\\nfloat32 [4, 3]", ${OP}];
  n5 [label="sum\\nfloat32 []", ${OP}];
  n2 -> n3 [label="x"];
  n0 -> n3 [label="w"];
  n1 -> n3 [label="bias"];
  n3 -> n4 [label="x"];
  n4 -> n5 [label="x"];
}
`,
  );
});

Deno.test("draw: names are escaped, in nodes and on edges", () => {
  using tape = oddGraph();
  assertEquals(tape.toMermaid().split("\n").slice(4), [
    '  n0(["a #quot;b#quot; \\ #lt;c#gt;<br/>float32 [2]"]):::parameter',
    '  n1["odd #quot;op#quot; #lt;1#gt;<br/>float32 [2]"]:::op',
    '  n0 -->|"in | #35;1"| n1',
    "",
  ]);
  assertEquals(tape.toDot().split("\n").slice(4), [
    `  n0 [label="a \\"b\\" \\\\ <c>\\nfloat32 [2]", ${PARAMETER}];`,
    `  n1 [label="odd \\"op\\" <1>\\nfloat32 [2]", ${OP}];`,
    '  n0 -> n1 [label="in | #1"];',
    "}",
    "",
  ]);
});

Deno.test("draw: a tensor watched without a structure is called watched", () => {
  using tape = new Tape();
  mul(tape.watch(tensor(1)), tape.watch(tensor(2)));
  assertEquals(tape.toMermaid().split("\n").slice(4), [
    '  n0(["watched<br/>float32 []"]):::parameter',
    '  n1(["watched<br/>float32 []"]):::parameter',
    '  n2["mul<br/>float32 []"]:::op',
    '  n0 -->|"a"| n2',
    '  n1 -->|"b"| n2',
    "",
  ]);
});

Deno.test("draw: an empty tape and one that has ended", () => {
  const tape = new Tape();
  const empty = `${BEGIN}\n}\n`;
  assertEquals(tape.toDot(), empty);
  tape.watch(tensor(1));
  tape.dispose();
  assertEquals(tape.toDot(), empty);
  assertEquals(tape.toMermaid().split("\n").length, 5);
});

Deno.test("draw: the table has a line for each op, and totals", () => {
  using tape = smallGraph();
  assertEquals(
    tape.summary(),
    `\
#  op     inputs                        output          bytes
─────────────────────────────────────────────────────────────
0  dense  x [4, 2], w [2, 3], bias [3]  float32 [4, 3]     48
1  relu   x [4, 3]                      float32 [4, 3]     48
2  sum    x [4, 3]                      float32 []          4
3 ops, 100 bytes of results; 2 watched tensors, 36 bytes
`,
  );
});

Deno.test("draw: the table names what an input is once, and counts shared memory once", () => {
  using tape = new Tape();
  const { conv1, images } = tape.watch({ conv1: { w: zeros([2, 3]) }, images: zeros([4, 2]) });
  reshape(dense(images, conv1.w), [3, 4]);
  assertEquals(
    tape.summary(),
    `\
#  op       inputs                           output          bytes
──────────────────────────────────────────────────────────────────
0  dense    x images [4, 2], conv1.w [2, 3]  float32 [4, 3]     48
1  reshape  x [4, 3]                         float32 [3, 4]      0
2 ops, 48 bytes of results; 2 watched tensors, 56 bytes
`,
  );
});

Deno.test("draw: the elements of a list are numbered", () => {
  using tape = new Tape();
  const { a } = tape.watch({ a: zeros([2]) });
  concat([a, zeros([1])]);
  assertEquals(
    tape.summary().split("\n")[2],
    "0  concat  x[0] a [2], x[1] [1]  float32 [3]     12",
  );
  assertEquals(tape.toMermaid().split("\n").slice(-3, -1), [
    '  n0 -->|"x[0]"| n2',
    '  n1 -->|"x[1]"| n2',
  ]);
});

Deno.test("draw: large numbers in the table are grouped", () => {
  using tape = new Tape();
  const w = tape.watch({ w: zeros([1200, 1], { dtype: "float64" }) }).w;
  const x = zeros([2, 1200], { dtype: "float64" });
  softmaxCE(dense(x, w), zeros([2], { dtype: "int32" }));
  for (let i = 0; i < 8; i++) relu(w);
  const lines = tape.summary().split("\n");
  assertEquals(lines[1].length, lines[0].length);
  assertEquals(lines.slice(4, 7), [
    " 2  mean       x [2]                      float64 []             8",
    " 3  relu       x w [1200, 1]              float64 [1200, 1]  9,600",
    " 4  relu       x w [1200, 1]              float64 [1200, 1]  9,600",
  ]);
  assertEquals(
    lines.slice(-2),
    ["11 ops, 76,840 bytes of results; 1 watched tensors, 9,600 bytes", ""],
  );
});
