// The notebooks in examples/notebooks: what is stored in them is what their cells give, in Deno's own
// kernel, in order; and the pages that they are made of hold together.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DenoKernel } from "../../tools/notebooks/kernel.ts";
import {
  type Cell,
  formatNotebook,
  parseNotebook,
  type RunCell,
} from "../../tools/notebooks/notebook.ts";
import { moduleOf, parsePage } from "../../tools/notebooks/page.ts";
import { fileOf, FOLDER, NOTEBOOKS, pageOf, runCells, runPage } from "../../tools/notebooks/run.ts";
import { Socket } from "../../tools/notebooks/zeromq.ts";
import { differences } from "../support/notebooks.ts";
import { ifPossible } from "../support/permissions.ts";

const ROOT = new URL("../../", import.meta.url);

/** Permissions for running a kernel. */
const NEEDS = { read: true, write: true, run: true, net: ["127.0.0.1"] } as const;

for (const name of NOTEBOOKS) {
  Deno.test(ifPossible({
    name: `notebooks: ${name}.ipynb holds what its cells give`,
    effort: "full",
    needs: NEEDS,
    async fn() {
      const stored = parseNotebook(await Deno.readTextFile(fileOf(name)));
      const faults = differences(stored, await runPage(name));
      assertEquals(faults, [], `it is stale: run deno task notebooks ${name}`);
    },
  }));

  Deno.test(ifPossible({
    name:
      `notebooks: ${name}.ipynb is written as Jupyter writes it, and holds no path of a machine`,
    needs: { read: true },
    async fn() {
      const text = (await Deno.readTextFile(fileOf(name))).replaceAll("\r\n", "\n");
      const cells = parseNotebook(text);
      assertEquals(text, formatNotebook(cells));
      for (const { id } of cells) assert(/^[a-zA-Z0-9-_]{1,64}$/.test(id), id);
      assertEquals(new Set(cells.map(({ id }) => id)).size, cells.length);
      for (const path of ["file://", Deno.cwd()]) assert(!text.includes(path), path);
    },
  }));
}

Deno.test(ifPossible({
  name: "notebooks: every notebook has a page, and every page a notebook",
  needs: { read: true },
  async fn() {
    const files = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name).sort();
    assertEquals(files, NOTEBOOKS.flatMap((name) => [`${name}.ipynb`, `${name}.md`]).sort());
  },
}));

const code = (id: string, source: string): Cell => ({ kind: "code", id, source });

Deno.test(ifPossible({
  name: "notebooks: cells share what they declare, and show their last value",
  needs: NEEDS,
  async fn() {
    const picture = `{ [Symbol.for("Jupyter.display")]: () => ({ "image/svg+xml": "<svg/>" }) }`;
    const cells = await runCells([
      code(
        "a",
        "const x: number = await Promise.resolve(2);\nfunction twice(y: number) { return 2 * y; }",
      ),
      { kind: "markdown", id: "b", source: "twice(x);" },
      code("c", `console.log("one");\nconsole.log("two");\ntwice(x);`),
      code("d", `(${picture})`),
      code("e", `console.error("no");\nimport { sum } from "@tapegrad/tapegrad";\nlet z = sum;`),
      code("f", "z.name;"),
    ], ROOT);
    const result = (count: number, data: object) => ({
      output_type: "execute_result",
      data,
      metadata: {},
      execution_count: count,
    });
    assertEquals(cells.map(({ outputs }) => outputs as unknown), [
      [],
      [],
      [
        { output_type: "stream", name: "stdout", text: "one\ntwo\n" },
        result(2, { "text/plain": "4" }),
      ],
      [result(3, { "image/svg+xml": "<svg/>" })],
      [{ output_type: "stream", name: "stderr", text: "no\n" }],
      [result(5, { "text/plain": `"sum"` })],
    ]);
  },
}));

Deno.test(ifPossible({
  name: "notebooks: a training shows its progress",
  needs: NEEDS,
  async fn() {
    await using kernel = await DenoKernel.start(ROOT);
    const outputs = await kernel.run(`
      import { Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
      import { Dense } from "@tapegrad/tapegrad/nn";
      import { fit, progressBar } from "@tapegrad/tapegrad/train";
      const model = Dense({ units: 2 });
      const reports = fit(model, { x: tensor([[1]]), y: tensor([0], { dtype: "int32" }) }, {
        params: model.init(new Random(0), [1]),
        loss: softmaxCE,
        optimizer: sgd({ learningRate: 1 }),
        epochs: 2,
        callbacks: [progressBar()],
      });
      for await (const _report of reports);`);
    const text = outputs.map((output) => "text" in output ? output.text : "").join("");
    assertMatch(text, /^epoch 1\/2 {2}loss .*\nepoch 2\/2 {2}loss .*\n$/);
  },
}));

Deno.test(ifPossible({
  name: "notebooks: no output is lost or told of another cell",
  needs: NEEDS,
  async fn() {
    await using kernel = await DenoKernel.start(ROOT);
    for (let i = 0; i < 50; i++) {
      const outputs = await kernel.run(`console.log(${i}); console.log("then"); ${i} + 1;`);
      assertEquals(outputs.map((output) => "text" in output ? output.text : output.output_type), [
        `${i}\nthen\n`,
        "execute_result",
      ]);
    }
  },
}));

Deno.test(ifPossible({
  name:
    "notebooks: a cell that throws is named; one that clears its output or does not end is refused",
  needs: NEEDS,
  async fn() {
    await assertRejects(
      () => runCells([code("fine", "1"), code("faulty", `throw new RangeError("too far");`)], ROOT),
      TypeError,
      "Cannot run cell faulty: it must not throw: RangeError: too far\n",
    );
    await using kernel = await DenoKernel.start(ROOT);
    await assertRejects(
      () => kernel.run(`await Deno.jupyter.broadcast("clear_output", { wait: false });`),
      TypeError,
      "Cannot run cell: outputs must be text, values, pictures or errors: got clear_output",
    );
    await assertRejects(
      () => kernel.run("while (true);", { timeout: 200 }),
      RangeError,
      "Cannot run cell: it must be done in 200 ms: it was not",
    );
  },
}));

Deno.test(ifPossible({
  name: "notebooks: what is no kernel is refused, and one that goes away is noticed",
  needs: { net: ["127.0.0.1"] },
  async fn() {
    const http = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n".repeat(3));
    await serveOnce(http, async (port) => {
      await assertRejects(
        () => Socket.connect(port, "SUB"),
        TypeError,
        "Cannot connect: the other side must speak ZMTP 3: it begins with 72,84,84,80,",
      );
    });
    await serveOnce(http.subarray(0, 5), async (port) => {
      await assertRejects(
        () => Socket.connect(port, "DEALER"),
        TypeError,
        "Cannot read message: the connection must be open: it has ended",
      );
    });
  },
}));

Deno.test(ifPossible({
  name: "notebooks: a planted fault in what is stored is seen",
  needs: { read: true },
  async fn() {
    const text = await Deno.readTextFile(fileOf("own_op"));
    const cells = parseNotebook(text);
    const faultsOf = (faulty: string) => differences(parseNotebook(faulty), cells).join("\n");
    assertEquals(faultsOf(text), "");
    const plant = (from: string, to: string) => {
      assert(text.includes(from), `nothing to change: ${from}`);
      return text.replace(from, to);
    };
    // A number, a stroke of a picture, a word of prose, a line of code, a missing output.
    for (
      const [from, to] of [
        ["1.70807", "1.70808"],
        [`width=\\"640\\"`, `width=\\"641\\"`],
        ["prove", "show"],
        ["Math.sin(a * v)", "Math.cos(a * v)"],
        [`"name": "stdout"`, `"name": "stderr"`],
        [`"id": "the-operation"`, `"id": "another"`],
      ]
    ) {
      assert(faultsOf(plant(from, to)) !== "", `${from} -> ${to}`);
    }
    const told = faultsOf(plant("1.70807", "1.70808"));
    assertStringIncludes(told, "the-operation-2: output 1: ");
    assertStringIncludes(told, "1.70808");
  },
}));

Deno.test("notebooks: differences are told", () => {
  const cell = (id: string, source: string, text?: string) => ({
    ...code(id, source),
    outputs: text === undefined ? [] : [{ output_type: "stream", name: "stdout", text } as const],
  });
  const stored = [cell("a", "1", "x\n"), cell("b", "2")];
  assertEquals(differences(stored, stored), []);
  assertEquals(differences(stored, [cell("a", "1", "y\n"), cell("b", "2")]), [
    String.raw`a: output 1: text: from character 0: "y\n", stored is "x\n"`,
  ]);
  assertEquals(differences(stored, [cell("a", "1"), cell("c", "3")]), [
    "a: has 0 outputs, stored are 1",
    "c: is not stored",
  ]);
  assertEquals(differences(stored, stored.toReversed()), [
    `the order of cells: from character 0: "b a", stored is "a b"`,
  ]);
  assertEquals(differences(stored, stored.slice(1)).length, 1);
});

Deno.test("notebooks: a page is prose and code, named after its headings", () => {
  const page = `# A *title*, 1

Prose.

\`\`\`ts
const a = 1;

a;
\`\`\`

\`\`\`ts
a + 1;
\`\`\`

~~~~sh
\`\`\`ts
not a cell
~~~~

## A title 1

\`\`\`ts
\`\`\`
`;
  assertEquals(parsePage(page), [
    { kind: "markdown", id: "a-title-1", source: "# A *title*, 1\n\nProse." },
    { kind: "code", id: "a-title-1-2", source: "const a = 1;\n\na;" },
    { kind: "code", id: "a-title-1-3", source: "a + 1;" },
    {
      kind: "markdown",
      id: "a-title-1-4",
      source: "~~~~sh\n```ts\nnot a cell\n~~~~\n\n## A title 1",
    },
  ]);
  assertEquals(parsePage(page.replaceAll("\n", "\r\n")), parsePage(page));
});

Deno.test("notebooks: files are read as they were written", () => {
  const cells: RunCell[] = [
    { kind: "markdown", id: "a", source: "# A\n\nB", outputs: [] },
    {
      kind: "code",
      id: "b",
      source: "1;\n2;",
      outputs: [
        { output_type: "stream", name: "stderr", text: "one\r\ntwo\u2028\n\nthree" },
        {
          output_type: "execute_result",
          data: { "application/json": { z: ["1", "2"] }, "text/plain": "a\nb\n", "text/html": "" },
          metadata: {},
          execution_count: 1,
        },
        { output_type: "error", ename: "RangeError", evalue: "no", traceback: ["a", "b"] },
      ],
    },
  ];
  const text = formatNotebook(cells);
  assertEquals(parseNotebook(text), cells);
  assertStringIncludes(text, `"source": [\n    "# A\\n",\n    "\\n",\n    "B"\n   ]`);
  assert(text.endsWith(`"nbformat": 4,\n "nbformat_minor": 5\n}\n`));
});

Deno.test(ifPossible({
  name: "notebooks: every page is well typed, and one that is not is seen",
  effort: "full",
  needs: { read: true, write: true, run: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of NOTEBOOKS) {
        const cells = parsePage(await Deno.readTextFile(pageOf(name)));
        await Deno.writeTextFile(`${folder}/${name}.ts`, moduleOf(cells, FOLDER));
      }
      const faulty = [
        code("a", `import { sum } from "@tapegrad/tapegrad";`),
        code("b", `import { steps } from "../step_by_step.ts";\nconst text: string = steps();`),
        code("c", "sum(text);"),
      ];
      await Deno.writeTextFile(`${folder}/faulty.ts`, moduleOf(faulty, FOLDER));
      const errors = await typeErrors(
        [...NOTEBOOKS, "faulty"].map((name) => `${folder}/${name}.ts`),
      );
      assertStringIncludes(errors, "Type 'Result[]' is not assignable to type 'string'");
      assertStringIncludes(errors, "'string' is not assignable to parameter of type 'Tensor'");
      assertStringIncludes(errors, "Found 2 errors.");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

/** Serves bytes to the first that connects, and ends. */
async function serveOnce(bytes: Uint8Array, use: (port: number) => Promise<void>): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then(async (connection) => {
    await connection.write(bytes);
    await connection.closeWrite();
    return connection;
  });
  await use(listener.addr.port);
  (await served).close();
}

/** Checks the types of modules with the project's settings, and returns the errors. */
async function typeErrors(files: readonly string[]): Promise<string> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "--config", "deno.json", ...files],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stderr);
}
