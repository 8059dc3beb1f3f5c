// Names from files on their way to terminals, notebooks, pictures and pages: no control character
// comes through, and no markup but the library's own.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  add,
  cast,
  grad,
  mul,
  namedTensors,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "@tapegrad/tapegrad";
import {
  imageFolder,
  readCsv,
  readNpz,
  writeCsv,
  writeFile,
  writeNpz,
} from "@tapegrad/tapegrad/data";
import { exportOnnx, importOnnx, readSafetensors, writeSafetensors } from "@tapegrad/tapegrad/io";
import { Dense, Sequential, summary } from "@tapegrad/tapegrad/nn";
import {
  type EpochReport,
  formatConfusionMatrix,
  loadCheckpoint,
  progressBar,
  TrainingHistory,
} from "@tapegrad/tapegrad/train";
import { formatProfile } from "../../src/display/profile.ts";
import { EFFORT, SEED } from "../support/effort.ts";
import { HOSTILE_PIECES, malformedNames } from "../support/malformed_names.ts";
import { ifPossible } from "../support/permissions.ts";

/** Single pieces first, and then so many made of several. */
const NAMES = malformedNames(EFFORT === "quick" ? 300 : 2000, SEED);

/** Characters that a terminal obeys, line feeds of the library's own layout apart. */
const OBEYED = /[\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]|(?!\n)\p{Cc}/u;

function assertPlain(text: string, lines?: number): void {
  assert(!OBEYED.test(text), JSON.stringify(text));
  if (lines !== undefined) assertEquals(text.split("\n").length, lines, JSON.stringify(text));
}

/** Checks an error as it is printed: its message in one line, its causes too. */
function assertPlainError(error: Error): void {
  assertPlain(error.message, 1);
  assertPlain(Deno.inspect(error, { colors: false }));
}

/** Names that can be a key beside `__proto__`, which literals do not set. */
const keyed = <Value>(name: string, value: Value) => Object.fromEntries([[name, value]]);

Deno.test("malformed names: tables of text have the lines that they should have", () => {
  for (const name of NAMES) {
    assertPlain(formatConfusionMatrix([[1, 2], [3, 4]], [name, "b"]), 4);
    const row = { op: name, calls: 1, milliseconds: 1, backwardMilliseconds: 0 };
    assertPlain(formatProfile([{ ...row, flops: 0, bytes: 8, fallbacks: 0 }]), 5);
  }
});

Deno.test("malformed names: layers in summaries, logs and notebooks", () => {
  for (const name of NAMES) {
    const model = Sequential(keyed(name, Dense({ units: 1 })));
    assertPlain(summary(model, [1]), 7);
    assertPlain(Deno.inspect(model), 4);
    const shown = (model as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]();
    assertPlain(shown["text/plain"], 4);
    assertMarkup(shown["text/html"]);
  }
});

/** The tags that notebooks get. */
const TAG = /<\/?(div|table|thead|tbody|tr|th|td)( style="[a-z0-9:;. -]*")?>/g;

function assertMarkup(html: string): void {
  assert(!/[<>]/.test(html.replace(TAG, "")), html);
}

Deno.test("malformed names: the graph of a tape keeps its lines in Mermaid and Graphviz", () => {
  const [node, edge] = [
    /^ {2}n\d+(\(\["T"\]\):::parameter|\[\("T"\)\]:::constant|\["T"\]:::op)$/,
    /^ {2}n\d+ -->\|"[abx]"\| n\d+$/,
  ];
  const text = /"((?![`%{}"'<>&;$*:!~^@#])[^\p{Cc}]|#(quot|lt|gt|\d+);|<br\/>)*"/gu;
  for (const name of NAMES) {
    using tape = new Tape();
    const params = tape.watch(keyed(name, zeros([2])));
    sum(mul(params[name], tensor([1, 2])));
    const lines = tape.toMermaid().split("\n").slice(4, -1)
      .map((line) => line.replace(text, (found) => /^"[abx]"$/.test(found) ? found : '"T"'));
    assertEquals(lines.length, 7);
    for (const line of lines.slice(0, 4)) assert(node.test(line), line);
    for (const line of lines.slice(4)) assert(edge.test(line), line);
    assertPlain(tape.toMermaid());
    assertPlain(tape.toDot(), 13);
    assertPlain(tape.summary());
  }
});

Deno.test("malformed names: a notebook's drawing stays inside its fence", () => {
  for (const name of NAMES) {
    using tape = new Tape();
    tape.watch(keyed(name, zeros([2])));
    const shown = (tape as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]();
    const markdown = shown["text/markdown"];
    assertEquals(markdown.match(/`+|~~~+/g), ["```", "```"]);
    assert(markdown.startsWith("```mermaid\n") && markdown.endsWith("\n```\n"));
    assertPlain(shown["text/plain"]);
  }
});

Deno.test("malformed names: metrics in the progress line and in the history", () => {
  for (const name of NAMES) {
    for (const isTerminal of [false, true]) {
      let written = "";
      const output = { write: (text: string) => (written += text), isTerminal, columns: 200 };
      const bar = progressBar({ output, unit: name });
      const training = {
        ...{ size: 1, params: {}, optimizer: { state() {} } },
        ...{ epochs: 1, seed: 0, history: [] },
      };
      const metrics = keyed(name, 0.5);
      const report: EpochReport = {
        ...{ epoch: 1, loss: 1, metrics, validation: undefined },
        ...{ steps: 1, examples: 1, seconds: 1 },
      };
      bar.start!(training);
      bar.epoch!(report, training);
      assertPlain(written.replace(/^\r/, "").replace(/\n$/, ""), 1);
      assertPlain(String(new TrainingHistory([report])), 3);
    }
  }
});

Deno.test("malformed names: errors that name a file", async () => {
  for (const name of NAMES) {
    const bad = new TextEncoder().encode("x");
    assertPlainError(await assertRejects(() => readCsv(bad, { name }), SyntaxError));
    assertPlainError(await assertRejects(() => readNpz(bad, { name }), SyntaxError));
    assertPlainError(await assertRejects(() => readSafetensors(bad, { name }), SyntaxError));
    assertPlainError(await assertRejects(() => importOnnx(bad, { name }), SyntaxError));
    assertPlainError(await assertRejects(() => readNpz(new File([bad], name)), SyntaxError));
  }
});

Deno.test(ifPossible({
  name: "malformed names: errors of the file system, and their causes",
  needs: { read: true, write: true },
  fn: async () => {
    for (const name of NAMES) {
      const path = `/no-such-folder-7/${name}`;
      assertPlainError(await assertRejects(() => readNpz(path), Error));
      assertPlainError(await assertRejects(() => imageFolder(path), Error));
      assertPlainError(await assertRejects(() => writeFile(path, "x"), Error));
      assertPlainError(await assertRejects(() => loadCheckpoint(path), Error));
    }
  },
}));

Deno.test("malformed names: errors about what a file holds", async () => {
  const safe = NAMES.filter((name) => !/\p{Cs}|\0/u.test(name) && name !== "__proto__");
  for (const name of safe) {
    const cell = `"${name.replaceAll('"', '""')}"\n`;
    const csv = readCsv(new TextEncoder().encode(cell));
    assertPlainError(await assertRejects(() => csv, SyntaxError));
    const file = writeSafetensors(keyed(name, zeros([2])));
    const tensors = readSafetensors(file, { maxElements: 1 });
    assertPlainError(await assertRejects(() => tensors, RangeError));
    const npz = await readNpz(await writeNpz(keyed(name, zeros([2]))));
    assertEquals(Object.keys(npz), [name]);
  }
});

Deno.test("malformed names: errors about parameters", async () => {
  const onnx = exportOnnx((x) => add(x, 1), zeros([2]));
  const model = await importOnnx(onnx);
  for (const name of NAMES) {
    const twice = { ...keyed(name, { b: zeros([1]) }), ...keyed(`${name}.b`, zeros([1])) };
    assertPlainError(assertThrows(() => namedTensors(twice), Error));
    const wrong = keyed(name, 3 as unknown as Tensor);
    assertPlainError(assertThrows(() => namedTensors(wrong), TypeError));
    const f = (p: Record<string, Tensor>) => sum(cast(p[name], "float32"));
    assertPlainError(assertThrows(() => grad(f)(keyed(name, tensor(["1" as never]))), Error));
    assertPlainError(assertThrows(() => model.apply(model.params, keyed(name, 3 as never)), Error));
  }
});

Deno.test("malformed names: no name is a formula in a spreadsheet, and all come back", async () => {
  const names = [...NAMES, "'=a", "''=a", "'a", " =a", "\uff1da", "-", "'"];
  for (const name of names.filter((name) => !/\p{Cs}/u.test(name))) {
    const text = writeCsv(zeros([1, 2]), { columns: [name, "b"] });
    const first = text.replace(/^"/, "");
    assert(!/^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(first), JSON.stringify(text));
    const { columns } = await readCsv(new TextEncoder().encode(text), { header: true });
    assertEquals(columns, [name, "b"]);
  }
});

Deno.test("malformed names: the samples have every kind of trouble", () => {
  assert(HOSTILE_PIECES.every((piece) => NAMES.includes(piece)));
  assert(new Set(NAMES).size > 0.95 * NAMES.length);
});
