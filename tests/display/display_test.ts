// Display of tensors, tapes and profiles in a notebook, where nothing that draws is loaded.

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import {
  type Backend,
  type DType,
  ones,
  referenceBackend,
  square,
  sum,
  tanh,
  Tape,
  type Tensor,
  tensor,
  wasmBackend,
  zeros,
} from "../../mod.ts";
import { htmlTable } from "../../src/display/markup.ts";

/** Returns the forms that Deno's Jupyter kernel would get. */
function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
}

/** Reads the texts of the cells of a table, row by row. */
function cellsOf(html: string): string[][] {
  return [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g)].map(([, text]) => text)
  );
}

/** Reads the lines round a table. */
function linesOf(html: string): string[] {
  return [...html.matchAll(/<div>(.*?)<\/div>/g)].map(([, text]) => text);
}

Deno.test("display: a tensor of up to two dimensions is a table", () => {
  const matrix = shown(tensor([[1, -2.5, NaN], [1e9, 0.1, Infinity]]));
  assertEquals(
    matrix["text/plain"],
    "Tensor float32 [2, 3]\n[[  1.0e+0,  -2.5e+0,      NaN],\n [  1.0e+9,   1.0e-1, Infinity]]",
  );
  assertEquals(linesOf(matrix["text/html"]), ["Tensor float32 [2, 3]"]);
  assertEquals(cellsOf(matrix["text/html"]), [
    ["", "0", "1", "2"],
    ["0", "1", "-2.5", "NaN"],
    ["1", "1000000000", "0.1", "Infinity"],
  ]);
  const row = shown(tensor([7, 8], { dtype: "int32" }))["text/html"];
  assertEquals(linesOf(row), ["Tensor int32 [2]"]);
  assertEquals(cellsOf(row), [["0", "1"], ["7", "8"]]);
  const scalar = shown(tensor(0.5, { dtype: "float64" }))["text/html"];
  assertEquals([linesOf(scalar), cellsOf(scalar)], [["Tensor float64 []"], [["0.5"]]]);
});

Deno.test("display: of more dimensions the text is shown, images are not guessed", () => {
  const images = shown(ones([2, 4, 4, 3]));
  const { "text/plain": text, "text/html": html } = images;
  const head = "Tensor float32 [2, 4, 4, 3]";
  assertEquals(html, `<div>${head}</div><pre>${text.slice(head.length + 1)}</pre>`);
  assertStringIncludes(text, `${head}\n[[[[1, 1, 1],\n   [1, 1, 1],\n`);
  assertEquals(Object.keys(images), ["text/plain", "text/html"]);
  const small = shown(tensor([[[1, 2]]]))["text/html"];
  assertEquals(small, "<div>Tensor float32 [1, 1, 2]</div><pre>[[[1, 2]]]</pre>");
});

Deno.test("display: an empty tensor, one that has been freed", () => {
  for (const shape of [[0], [0, 3], [3, 0], [2, 0, 2]]) {
    const { "text/html": html, "text/plain": text } = shown(zeros(shape));
    assertEquals(linesOf(html), [`Tensor float32 [${shape.join(", ")}]`, "no elements"]);
    assertEquals(text, `Tensor float32 [${shape.join(", ")}] []`);
  }
  const freed = tensor([[1]]);
  freed.dispose();
  assertEquals(shown(freed), {
    "text/plain": "Tensor float32 [1, 1] (disposed)",
    "text/html": "<div>Tensor float32 [1, 1], disposed: its memory has been freed</div>",
  });
});

Deno.test("display: of a large tensor the corner is shown, on every backend and dtype alike", () => {
  for (const backend of [referenceBackend(), wasmBackend()]) {
    for (const dtype of ["float32", "float64", "int32", "uint8"] satisfies DType[]) {
      const data = Array.from({ length: 30 * 40 }, (_, i) => i % 200);
      const html = shown(tensor(data, { shape: [30, 40], dtype, backend }))["text/html"];
      const cells = cellsOf(html);
      assertEquals([cells.length, cells[0].length], [21, 13]);
      assertEquals(cells[4].slice(0, 4), ["3", "120", "121", "122"]);
      assertEquals(linesOf(html)[1], "20 of 30 rows, 12 of 40 columns are shown");
    }
  }
  const long = shown(zeros([1000]))["text/html"];
  assertEquals(linesOf(long)[1], "12 of 1,000 columns are shown");
  assertEquals(linesOf(shown(zeros([1000, 2]))["text/html"])[1], "20 of 1,000 rows are shown");
});

Deno.test("display: nothing of a large tensor is copied that is not shown", () => {
  const reference = referenceBackend();
  const read: number[] = [];
  const kernels = {
    ...reference.kernels,
    read: (x: Parameters<typeof reference.kernels.read>[0]) => {
      read.push(x.shape.reduce((a, b) => a * b, 1));
      return reference.kernels.read(x);
    },
  };
  const backend: Backend = { ...reference, kernels };
  const huge = zeros([1000, 1000], { backend });
  const before = reference.liveBytes;
  String(huge);
  shown(huge);
  shown(zeros([10, 100, 100], { backend }));
  assertEquals(Math.max(...read), 20 * 12);
  assertEquals(read.reduce((a, b) => a + b), 36 + 36 + 20 * 12 + 2 * 6 ** 3);
  assertEquals(reference.liveBytes - before, 4 * 100_000, "what was read is freed");
});

/** Records a tape of n + 1 operations. */
function chain(n: number): Tape {
  const tape = new Tape();
  let y: Tensor = tape.watch({ w: ones([2]) }).w;
  for (let i = 0; i < n; i++) y = tanh(y);
  sum(y);
  return tape;
}

Deno.test("display: a tape is a line in logs, in notebooks a table and a drawing for Mermaid", () => {
  using tape = chain(2);
  const line = "Tape of 3 ops, 20 bytes of results; 1 watched tensors, 8 bytes";
  assertEquals([String(tape), Deno.inspect(tape)], [line, line]);
  assertEquals(shown(tape), {
    "text/plain": tape.summary(),
    "text/markdown": `\`\`\`mermaid\n${tape.toMermaid()}\`\`\`\n`,
  });
});

Deno.test("display: of a deep tape, and of one that has ended, there is a line", () => {
  using deep = chain(200);
  assertEquals(shown(deep), { "text/plain": String(deep) });
  const ended = chain(1);
  ended.dispose();
  assertEquals(shown(ended), { "text/plain": "Tape (ended)" });
});

Deno.test("display: a profile is a table", () => {
  using tape = new Tape({ profile: true });
  const x = tape.watch(tensor(3));
  tape.gradient(square(x), x);
  const { "text/plain": text, "text/html": html } = shown(tape.profiler!);
  assertEquals(text, tape.profile());
  assertEquals(String(tape.profiler), text);
  const [head, ...rows] = cellsOf(html);
  assertEquals(head, ["op", "calls", "ms", "of it backward", "rate"]);
  assertEquals(rows.map(([op]) => op).sort(), ["mul", "square"]);
});

Deno.test("display: markup in texts is escaped", () => {
  const text = `<img src=x onerror="alert('1')">&`;
  const escaped = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";
  const html = htmlTable({
    caption: text,
    headings: [text],
    rows: [[text]],
    align: "l",
    note: text,
  });
  assertFalse(html.includes("<img"));
  assertEquals(html.split(escaped).length - 1, 4);
  assertStringIncludes(html, `<th style="text-align:left">${escaped}</th>`);
});
