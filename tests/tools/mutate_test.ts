// `deno task mutate`: which faults it plants, which tests it runs, and what it says of them.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../src/random/random.ts";
import { EQUIVALENT, reasonOf } from "../../tools/mutate/equivalent.ts";
import type { Fault } from "../../tools/mutate/faults.ts";
import { parseOptions } from "../../tools/mutate/options.ts";
import { report, score } from "../../tools/mutate/report.ts";
import type { Verdict } from "../../tools/mutate/trial.ts";
import { mutationTest as test, type MutationTool } from "../support/mutation_tool.ts";

/** Kinds and the text with each fault, in their order. */
function faultsOf({ faultsIn, planted }: MutationTool, source: string): string[] {
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
