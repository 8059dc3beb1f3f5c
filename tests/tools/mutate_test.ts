// `deno task mutate`: which faults it plants, which tests it runs, and what it says of them.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Random } from "../../src/random/random.ts";
import { EQUIVALENT, reasonOf } from "../../tools/mutate/equivalent.ts";
import type { Fault } from "../../tools/mutate/faults.ts";
import { HELP, parseOptions } from "../../tools/mutate/options.ts";
import { report, score } from "../../tools/mutate/report.ts";
import type { Verdict } from "../../tools/mutate/trial.ts";
import { ifPossible, type Needs } from "../support/permissions.ts";

/** Permissions to load the parser of TypeScript, which reads variables of the environment. */
const PARSER = { read: true, env: true } as const;
/** Permissions for running tests in a project. */
const NEEDS = { ...PARSER, write: true, run: true } as const;

/** Loads what loads the parser, in tests that may. */
async function loaded() {
  const [tool, choice, faults, sight, tree, trial] = await Promise.all([
    import("../../tools/mutate.ts"),
    import("../../tools/mutate/choice.ts"),
    import("../../tools/mutate/faults.ts"),
    import("../../tools/mutate/sight.ts"),
    import("../../tools/mutate/tree.ts"),
    import("../../tools/mutate/trial.ts"),
  ]);
  return { ...tool, ...choice, ...faults, ...sight, ...tree, ...trial };
}

type Tool = Awaited<ReturnType<typeof loaded>>;

/** A test of the tool, skipped where it may not be loaded. */
function test(
  name: string,
  fn: (tool: Tool) => void | Promise<void>,
  { needs = PARSER, effort }: { needs?: Needs; effort?: "full" } = {},
): Deno.TestDefinition {
  return ifPossible({ name, needs, effort, fn: async () => await fn(await loaded()) });
}

/** Kinds and the text with each fault, in their order. */
function faultsOf({ faultsIn, planted }: Tool, source: string): string[] {
  return faultsIn("a.ts", source).map((fault) => `${fault.kind}: ${planted(source, fault)}`);
}

Deno.test(test("faults: each kind, where there is one", (tool) => {
  const expected: readonly (readonly [source: string, faults: readonly string[]])[] = [
    ["p(x + at);", [
      "drops a statement: ;",
      "drops an offset: p(x);",
      "flips an operator: p(x - at);",
    ]],
    ["a = b * c;", ["drops a statement: ;", "flips an operator: a = b / c;"]],
    ["const a = -b;", ["flips an operator: const a = b;"]],
    ["const a = i < n;", ["shifts a bound: const a = i <= n;"]],
    ["const a = i >= n;", ["shifts a bound: const a = i > n;"]],
    ["const a = i === n;", ["turns a comparison: const a = i !== n;"]],
    ["const a = [h, g.w];", ["swaps an axis: const a = [g.w, h];"]],
    ["const a = g.outHeight;", ["swaps an axis: const a = g.outWidth;"]],
    ["k.free(x);", ["drops a free: ;"]],
    ["await file.close();", ["drops a free: ;"]],
    ["for (;;) { continue; }", ["drops a statement: for (;;) { ; }"]],
    ["function f() { if (a) return b; }", ["skips a guard: function f() { ; }"]],
    ["function f(a = true) {}", ["changes a default: function f(a = false) {}"]],
    ["const { a = 0 } = b;", ["changes a default: const { a = 1 } = b;"]],
    ["const a = b ?? 1e-5;", ["changes a default: const a = b ?? 0.00002;"]],
    ["const a = b.every(f);", ["asks for the other: const a = b.some(f);"]],
    ["const a = 7;", ["changes a constant: const a = 8;"]],
    ["const a = b && !c;", [
      "changes a condition: const a = b || !c;",
      "changes a condition: const a = b && c;",
    ]],
    ["const a = b ? c : d;", [
      "changes a condition: const a = (c);",
      "changes a condition: const a = (d);",
    ]],
  ];
  for (const [source, faults] of expected) assertEquals(faultsOf(tool, source), faults, source);
}));

Deno.test(test("faults: none in types, imports, texts and names that are declared", (tool) => {
  const without = [
    'import { a, b } from "c";',
    "type A = [1, 2];",
    "interface A { width: 1 }",
    "let a: 1 | 2;",
    'const a = "b" + c;',
    "const a = `b${c}` + d + e;",
    "const a = [b, b];",
    "class A extends B { constructor() { super(); } }",
    '"use strict";',
    "@inline class A {}",
    "switch (a) { default: break; }",
  ];
  for (const source of without) assertEquals(faultsOf(tool, source), [], source);
}));

Deno.test(test("faults: the lines that change, with their number", ({ faultsIn }) => {
  const source = "const a = 1;\n  if (a > b) {\n    return;\n  }\nc();\n";
  const [, bound, guard] = faultsIn("a.ts", source)
    .toSorted((a, b) => a.line - b.line || b.start - a.start);
  assertEquals([guard.line, guard.before, guard.after], [
    2,
    "  if (a > b) {\n    return;\n  }",
    "  ;",
  ]);
  assertEquals([bound.line, bound.before, bound.after], [2, "  if (a > b) {", "  if (a >= b) {"]);
  assertEquals(guard.kind, "skips a guard");
}));

Deno.test(
  test("drawn: kinds take turns, others with another seed, all where there are too few", ({ drawn, faultsIn }) => {
    const source = `${"a = b;\n".repeat(30)}${"k.free(a);\n".repeat(5)}const c = 1;`;
    const all = faultsIn("a.ts", source);
    const kinds = (faults: readonly Fault[]) =>
      Object.values(Object.groupBy(faults, ({ kind }) => kind)).map((some) => some?.length).sort();
    const few = drawn(all, 9, new Random(1));
    assertEquals(kinds(few), [1, 4, 4]);
    assertEquals(drawn(all, 9, new Random(1)), few);
    assert(drawn(all, 9, new Random(2)).some((fault, i) => fault.start !== few[i].start));
    assertEquals(new Set(drawn(all, 100, new Random(1))), new Set(all));
  }),
);

Deno.test("parseOptions: paths, values in both forms, defaults", () => {
  const usual = {
    paths: ["src", "ops", "tools"],
    since: undefined,
    faults: 40,
    seed: 1,
    jobs: navigator.hardwareConcurrency,
    seconds: 60,
    atLeast: 95,
    list: false,
  };
  assertEquals(parseOptions([]), usual);
  assertEquals(parseOptions(["./ops/a.ts", "--since", "main", "--seed=7", "--list"]), {
    ...usual,
    paths: ["ops/a.ts"],
    since: "main",
    seed: 7,
    list: true,
  });
  const others = ["--faults", "0", "--jobs", "3", "--seconds", "0", "--at-least", "80"];
  assertEquals(parseOptions(others), {
    ...usual,
    faults: 0,
    jobs: 3,
    seconds: Infinity,
    atLeast: 80,
  });
  assertEquals(parseOptions(["src", "--help"]), undefined);
});

Deno.test("parseOptions: refuses what it does not know", () => {
  const refused: readonly (readonly [args: string[], message: string])[] = [
    [["--fault", "3"], "options must be those of --help: --fault"],
    [["-h"], "options must be those of --help: -h"],
    [["--faults"], "--faults must have a value: none"],
    [["--since="], "--since must have a value: none"],
    [["--seed", "x"], "--seed must be a whole number: x"],
    [["--seconds=-1"], "--seconds must be a whole number: -1"],
  ];
  for (const [args, message] of refused) {
    assertThrows(() => parseOptions(args), RangeError, `Cannot plant faults: ${message}`);
  }
});

Deno.test(
  test("reasonOf: a fault by its file and lines, however they are indented", ({ faultsIn }) => {
    const [fault] = faultsIn("a.ts", "  const a  =  1;");
    const known = { file: "a.ts", before: "const a = 1;", after: "const a = 2;", reason: "why" };
    assertEquals(reasonOf(fault, [known]), "why");
    assertEquals(reasonOf(fault, [{ ...known, file: "b.ts" }]), undefined);
    assertEquals(reasonOf(fault, [{ ...known, after: "const a = 3;" }]), undefined);
    assertEquals(reasonOf(fault, [{ ...known, before: "const b = 1;" }]), undefined);
  }),
);

Deno.test(
  test("reasonOf: what is listed is a fault that would be planted", async ({ faultsIn }) => {
    for (const known of EQUIVALENT) {
      const source = await Deno.readTextFile(new URL(`../../${known.file}`, import.meta.url));
      const found = faultsIn(known.file, source).filter((fault) => reasonOf(fault, [known]));
      assertEquals(found.length, 1, `${known.file} has no such line any more: ${known.before}`);
    }
  }),
);

Deno.test(
  test("report: survivors with their change, shares without what was not built", ({ faultsIn }) => {
    const verdict = (file: string, outcome: Verdict["outcome"]): Verdict => ({
      fault: faultsIn(file, "const a = 1;")[0],
      outcome,
      seenBy: 5,
      ran: 2,
    });
    const kernel = "src/backends/wasm/kernels/a.ts";
    const verdicts = [
      verdict("src/core/geometry/a.ts", "caught"),
      verdict("src/core/a.ts", "survived"),
      verdict("ops/images/a.ts", "caught"),
      verdict(kernel, "not built"),
      verdict("ops/images/a.ts", "caught"),
    ];
    assertEquals(score(verdicts), 75);
    assertEquals(score([]), 100);
    assertEquals(
      report(verdicts),
      `
src/core/a.ts:1 changes a constant: survived, 2 of 5 test files ran
- const a = 1;
+ const a = 2;

| Folder | Faults | Caught | Share |
| --- | --- | --- | --- |
| ops/ | 2 | 2 | 100.0 % |
| src/backends/wasm/kernels/ | 0 | 0 | 100.0 % |
| src/core/ | 2 | 1 | 50.0 % |
| all | 4 | 3 | 75.0 % |`,
    );
  }),
);

/** A project of two modules, of which one test sees one and another both. */
const PROJECT: Readonly<Record<string, string>> = {
  "deno.json": "{}",
  "src/far.ts": "export const far = (a: number) => a < 3;\n",
  "src/sum.ts": 'import { far } from "./far.ts";\n' +
    "export const sum = (a: number, b: number) => far(a) ? a + b : 0;\n",
  "src/made.ts": "/**\n * Written by\n * `deno task generate`.\n */\nexport const made = 1;\n",
  "tests/all_test.ts": 'import { far } from "../src/far.ts";\n' +
    'Deno.test("far", () => { if (!far(1)) throw new Error(); });\n',
  "tests/sum_test.ts": 'import { sum } from "../src/sum.ts";\n' +
    'Deno.test("sum", () => { if (sum(1, 2) !== 3) throw new Error(); });\n',
};

/** Makes the project in a folder of its own, with a commit of it, and removes it afterwards. */
async function withProject(run: (root: URL) => Promise<void>): Promise<void> {
  const root = new URL(`file://${await Deno.makeTempDir({ prefix: "tapegrad-project-" })}/`);
  try {
    for (const [path, text] of Object.entries(PROJECT)) {
      await Deno.mkdir(new URL("./", new URL(path, root)), { recursive: true });
      await Deno.writeTextFile(new URL(path, root), text);
    }
    const author = ["-c", "user.name=n", "-c", "user.email=n@example.org"];
    const commit = [...author, "commit", "--quiet", "--message", "Add all"];
    for (const args of [["init", "--quiet"], ["add", "."], commit]) {
      const { success } = await new Deno.Command("git", { args, cwd: root }).output();
      assert(success, `git ${args[0]}`);
    }
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Runs a function; the folders that it made for a time. */
async function foldersMadeBy(run: () => Promise<void>): Promise<string[]> {
  const { makeTempDir } = Deno;
  const made: string[] = [];
  Deno.makeTempDir = async (options) => {
    const folder = await makeTempDir(options);
    made.push(folder);
    return folder;
  };
  try {
    await run();
    return made;
  } finally {
    Deno.makeTempDir = makeTempDir;
  }
}

Deno.test(
  test(
    "faultsAt: of changed lines alone, of new files, and of none that a program writes",
    ({ faultsAt }) =>
      withProject(async (root) => {
        const files = async (paths: string[], since?: string) =>
          (await faultsAt(root, paths, since)).map(({ file, line }) => `${file}:${line}`);
        assertEquals(new Set(await files(["src"])), new Set(["src/far.ts:1", "src/sum.ts:2"]));
        assertEquals(new Set(await files(["src/far.ts"])), new Set(["src/far.ts:1"]));
        assertEquals(await files(["src"], "HEAD"), []);
        await Deno.writeTextFile(new URL("src/new.ts", root), "export const a = 1;\n");
        const far = `${PROJECT["src/far.ts"]}export const b = 2;\n`;
        await Deno.writeTextFile(new URL("src/far.ts", root), far);
        assertEquals(await files(["src"], "HEAD"), ["src/far.ts:2", "src/new.ts:1"]);
        assertEquals(await files(["tests"], "HEAD"), []);
      }),
    { needs: NEEDS },
  ),
);

Deno.test(
  test(
    "Sight: those that load a file, the one of its name first",
    ({ Sight }) =>
      withProject(async (root) => {
        const sight = await Sight.of(["tests/all_test.ts", "tests/sum_test.ts"], root);
        assertEquals(sight.testsOf("src/sum.ts", PROJECT["src/sum.ts"]), ["tests/sum_test.ts"]);
        assertEquals(sight.testsOf("src/far.ts", PROJECT["src/far.ts"]), [
          "tests/all_test.ts",
          "tests/sum_test.ts",
        ]);
        assertEquals(sight.testsOf("src/none.ts", ""), []);
      }),
    { needs: NEEDS },
  ),
);

Deno.test(
  test(
    "mutate: lists what survives, exits by the share, leaves the files alone and no copy",
    ({ main }) =>
      withProject(async (root) => {
        const run = async (...args: string[]) => {
          const { result, text } = await printed(() => main(args, root));
          return { code: result, text };
        };
        const folders = await foldersMadeBy(async () => {
          const { code, text } = await run("src", "--faults", "5", "--jobs", "2");
          assertEquals(code, 1);
          assertStringIncludes(text, "5 of 7 faults, drawn from the seed 1");
          assertStringIncludes(
            text,
            "src/far.ts:1 shifts a bound: survived, 2 of 2 test files ran",
          );
          assertStringIncludes(text, "+ export const far = (a: number) => a <= 3;");
          const caught = "caught by tests/sum_test.ts, 1 of 1 test files ran";
          assertStringIncludes(text, `src/sum.ts:2 drops an offset: ${caught}`);
          assertStringIncludes(text, `src/sum.ts:2 flips an operator: ${caught}`);
        });
        assertEquals((await run("src/far.ts", "--faults=1", "--at-least", "0")).code, 0);
        assertEquals((await run("src/sum.ts", "--faults=2", "--list")).text.split("\n").length, 7);
        for (const [path, content] of Object.entries(PROJECT)) {
          assertEquals(await Deno.readTextFile(new URL(path, root)), content, path);
        }
        assertEquals(folders.length, 3);
        for (const folder of folders) {
          await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
        }
        assertEquals(await run("--help"), { code: 0, text: HELP });
      }),
    { needs: NEEDS, effort: "full" },
  ),
);

Deno.test(
  test(
    "Trials: a fault that hangs is caught, and a test that fails without it is not asked",
    ({ faultsIn, Tree, Trials }) =>
      withProject(async (root) => {
        const files = [...Object.keys(PROJECT), "tests/red_test.ts", "tests/loop_test.ts"];
        await Deno.writeTextFile(new URL("tests/red_test.ts", root), "throw new Error();\n");
        const loop = 'import { far } from "../src/far.ts";\nwhile (!far(1));\n';
        await Deno.writeTextFile(new URL("tests/loop_test.ts", root), loop);
        const [clean, tree] = await Promise.all([
          Tree.copyOf(root, files),
          Tree.copyOf(root, files),
        ]);
        try {
          const { signal } = new AbortController();
          const trials = new Trials(clean, { seconds: 60, patience: 0.5 }, signal);
          const source = PROJECT["src/far.ts"];
          const fault = faultsIn("src/far.ts", source).find(({ kind }) =>
            kind === "changes a constant"
          )!;
          const hangs: Fault = { ...fault, text: "0" };
          const tests = ["tests/red_test.ts", "tests/loop_test.ts", "tests/all_test.ts"];
          assertEquals(await trials.judge(hangs, tree, tests), {
            fault: hangs,
            outcome: "caught",
            by: "tests/loop_test.ts",
            seenBy: 3,
            ran: 1,
          });
          assertEquals((await trials.judge(fault, tree, tests)).outcome, "survived");
          assertEquals(await trials.unusable(), ["tests/red_test.ts"]);
          const wrongType: Fault = { ...fault, text: '"3"' };
          assertEquals((await trials.judge(wrongType, tree, [])).by, "types");
          assertEquals(await Deno.readTextFile(new URL("src/far.ts", tree.root)), source);
        } finally {
          await Promise.all([clean.remove(), tree.remove()]);
        }
      }),
    { needs: NEEDS, effort: "full" },
  ),
);

/** Runs a function; what it prints, in place of printing it. */
async function printed<T>(run: () => Promise<T>): Promise<{ result: T; text: string }> {
  const { log } = console;
  const texts: string[] = [];
  console.log = (text: string) => texts.push(text);
  try {
    const result = await run();
    return { result, text: texts.join("\n") };
  } finally {
    console.log = log;
  }
}
