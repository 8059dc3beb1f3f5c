// `deno task mutate` in a small project: what it plants, runs and reports, and what it leaves behind.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Fault } from "../../tools/mutate/faults.ts";
import { HELP } from "../../tools/mutate/options.ts";
import { mutationTest as test, PARSER } from "../support/mutation_tool.ts";

/** Permissions for running tests in a project. */
const NEEDS = { ...PARSER, write: true, run: true } as const;

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
