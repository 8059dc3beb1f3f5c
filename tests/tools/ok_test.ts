// `deno task ok` counts what ran: from reports as Deno writes them, and never too little; it fails
// when anything fails, and runs what it should.

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  commandLine,
  type Execute,
  judge,
  main,
  type Result,
  runAll,
  summary,
} from "../../tools/ok.ts";
import { OK, QUICK, SERIAL, type Step } from "../../tools/steps.ts";
import { ifPossible } from "../support/permissions.ts";
import {
  addCounts,
  countTests,
  formatCounts,
  NO_TESTS,
  type TestCounts,
} from "../../tools/junit.ts";

/**
 * Report as Deno 2.9 writes it: a step is a test case, its parent fails with it, text is escaped.
 */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="2" errors="1" time="0.011">
    <testsuite name="./a_test.ts" tests="5" disabled="1" errors="1" failures="2">
        <testcase name="plain &lt;testcase &gt; &quot;q&quot;" classname="./a_test.ts" time="0.000">
        </testcase>
        <testcase name="steps" classname="./a_test.ts" time="0.002" line="3" col="6">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="steps &gt; one" classname="./a_test.ts" time="0.000" line="3" col="43">
            <failure message="Error: &lt;testcase name=&quot;x&quot;/&gt;">tests="9"</failure>
        </testcase>
        <testcase name="ignored" classname="./a_test.ts" time="0.000" line="4" col="6">
            <skipped/>
        </testcase>
        <testcase name="cancelled" classname="./a_test.ts" time="0.000" line="5" col="6">
            <error message="Cancelled"/>
        </testcase>
    </testsuite>
    <testsuite name="./b_test.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="plain" classname="./b_test.ts" time="0.000" line="1" col="6">
        </testcase>
    </testsuite>
</testsuites>
`;

const EMPTY = `<testsuites name="deno test" tests="0" failures="0" errors="0" time="0.000">
</testsuites>`;

Deno.test("countTests: passed, failed with errors, skipped", () => {
  assertEquals(countTests(REPORT), { passed: 2, failed: 3, skipped: 1 });
  assertEquals(countTests(EMPTY), NO_TESTS);
});

Deno.test("countTests: a report that is cut short or contradicts itself is an error", () => {
  const broken: [string, string][] = [
    ["", "a report starts with <testsuites>: 0 characters"],
    ["not found", "a report starts with <testsuites>: 9 characters"],
    [REPORT.slice(0, -20), "a report ends with </testsuites>"],
    [REPORT.replace('tests="6"', 'tests="7"'), "the report announces 7 tests: it lists 6"],
    [REPORT.replace('tests="6"', 'tests="many"'), "tests is a whole number: <testsuites"],
    [REPORT.replace(' errors="1"', ""), "errors is a whole number: <testsuites"],
    [
      REPORT.replace('failures="2"', 'failures="6"'),
      "the report announces 6 tests: 7 failed and 1 were skipped",
    ],
  ];
  for (const [report, message] of broken) {
    assertThrows(() => countTests(report), SyntaxError, `Cannot count the tests: ${message}`);
  }
});

Deno.test("formatCounts: skipped tests are told apart, when there are any", () => {
  const counts = addCounts([{ passed: 1, failed: 2, skipped: 0 }, {
    passed: 10,
    failed: 20,
    skipped: 3,
  }]);
  assertEquals(formatCounts(counts), "11 passed, 22 failed, 3 skipped");
  assertEquals(formatCounts({ ...counts, skipped: 0 }), "11 passed, 22 failed");
});

const GOOD: TestCounts = { passed: 5, failed: 0, skipped: 1 };

Deno.test("judge: whatever goes wrong is at least one failure", () => {
  assertEquals(judge(true, GOOD), { ok: true, counts: GOOD });
  assertEquals(judge(false, GOOD), { ok: false, counts: { ...GOOD, failed: 1 } });
  assertEquals(judge(false, { ...GOOD, failed: 4 }), {
    ok: false,
    counts: { ...GOOD, failed: 4 },
  });
  assertEquals(judge(true, { ...GOOD, failed: 4 }).ok, false);
  assertEquals(judge(true, "the run wrote no report"), {
    ok: false,
    counts: { passed: 0, failed: 1, skipped: 0 },
    problem: "the run wrote no report",
  });
});

Deno.test("summary: counts every test once and every failure", () => {
  const result = (args: string[], tests: Step["tests"], counts: TestCounts): Result => ({
    step: { args, tests },
    seconds: 1.25,
    ...judge(true, counts),
  });
  const lint: Result = { step: { args: ["lint"] }, seconds: 0.5, ...judge(false, NO_TESTS) };
  assertEquals(
    summary([
      lint,
      result(["test"], "count failures", { passed: 4, failed: 0, skipped: 2 }),
      result(["task", "test"], "count all", { passed: 6, failed: 0, skipped: 0 }),
    ]),
    `FAIL    0.5 s  deno lint
ok      1.3 s  deno test: 4 passed, 0 failed, 2 skipped
ok      1.3 s  deno task test: 6 passed, 0 failed
6 passed, 1 failed`,
  );
});

/** A report of some tests that passed and some that failed. */
function reportOf(passed: number, failed: number): string {
  const test = '<testcase name="x"></testcase>\n'.repeat(passed + failed);
  return `<testsuites tests="${passed + failed}" failures="${failed}" errors="0">
<testsuite tests="${passed + failed}" disabled="0" errors="0" failures="${failed}">
${test}</testsuite>
</testsuites>`;
}

/** Outcome of a step that only seems to run. */
interface Fake {
  readonly succeeds: boolean;
  /** Text that the step leaves as its report; none by default. */
  readonly report?: string;
}

/** Runs nothing: a step comes out as the fake of its first argument says. */
function fakes(outcomes: Readonly<Record<string, Fake>>, seen: string[][] = []): Execute {
  return async (args, env) => {
    seen.push([...Object.entries(env).flat(), ...args]);
    const { succeeds, report } = outcomes[args[0]];
    const path = args.find((arg) => arg.startsWith("--junit-path="))?.split("=")[1];
    if (report !== undefined && path !== undefined) await Deno.writeTextFile(path, report);
    return succeeds;
  };
}

/** Runs a function and returns the lines that it printed, in place of printing them. */
async function printed<T>(run: () => Promise<T>): Promise<{ result: T; lines: string[] }> {
  const { log } = console;
  const texts: string[] = [];
  console.log = (text: string) => texts.push(text);
  try {
    const result = await run();
    return { result, lines: texts.join("\n").split("\n") };
  } finally {
    console.log = log;
  }
}

const NEEDS = { read: true, write: true } as const;

const STEPS: readonly Step[] = [
  { args: ["fmt"] },
  { args: ["lint"] },
  { args: ["once"], tests: "count failures" },
  { args: ["test"], tests: "count all", env: { NAME: "value" } },
];

const FINE: Readonly<Record<string, Fake>> = {
  fmt: { succeeds: true },
  lint: { succeeds: true },
  once: { succeeds: true, report: reportOf(3, 0) },
  test: { succeeds: true, report: reportOf(5, 0) },
};

Deno.test(ifPossible({
  name: "runAll: fine when every step is, and each runs once with its environment",
  needs: NEEDS,
  async fn() {
    const seen: string[][] = [];
    const { result, lines } = await printed(() => runAll(STEPS, fakes(FINE, seen)));
    assertEquals(result, true);
    assertEquals(lines.at(-1), "5 passed, 0 failed");
    const isReport = (word: string) => word.startsWith("--junit-path=");
    assertEquals(seen.map((words) => words.filter((word) => !isReport(word))), [
      ["fmt"],
      ["lint"],
      ["once"],
      ["NAME", "value", "test"],
    ]);
    assertEquals(seen.map((words) => words.some(isReport)), [false, false, true, true]);
    assert(new Set(seen.flat().filter(isReport)).size === 2, "a report of its own for each step");
  },
}));

Deno.test(ifPossible({
  name: "runAll: one step that fails fails all, and the others still run",
  needs: NEEDS,
  async fn() {
    const failing: readonly [step: string, fake: Fake, last: string][] = [
      ["fmt", { succeeds: false }, "5 passed, 1 failed"],
      ["lint", { succeeds: false }, "5 passed, 1 failed"],
      ["once", { succeeds: false, report: reportOf(1, 2) }, "5 passed, 2 failed"],
      ["once", { succeeds: false, report: reportOf(3, 0) }, "5 passed, 1 failed"],
      ["once", { succeeds: true }, "5 passed, 1 failed"], // no report
      ["test", { succeeds: false, report: reportOf(4, 1) }, "4 passed, 1 failed"],
      ["test", { succeeds: true, report: reportOf(4, 1) }, "4 passed, 1 failed"],
      ["test", { succeeds: false, report: reportOf(5, 0) }, "5 passed, 1 failed"],
      ["test", { succeeds: true }, "0 passed, 1 failed"], // no report
      ["test", { succeeds: true, report: reportOf(5, 0).slice(0, -9) }, "0 passed, 1 failed"],
    ];
    for (const [step, fake, last] of failing) {
      const seen: string[][] = [];
      const run = fakes({ ...FINE, [step]: fake }, seen);
      const { result, lines } = await printed(() => runAll(STEPS, run));
      assertEquals([result, lines.at(-1)], [false, last], JSON.stringify([step, fake]));
      assertEquals(seen.length, STEPS.length);
    }
  },
}));

Deno.test(ifPossible({
  name: "main: the exit code says whether all steps are fine",
  needs: NEEDS,
  async fn() {
    const all = (succeeds: boolean): Execute => async (args) => {
      const path = args.find((arg) => arg.startsWith("--junit-path="))?.split("=")[1];
      if (path !== undefined) await Deno.writeTextFile(path, reportOf(2, 0));
      return succeeds || args[0] !== "publish" && args[0] !== "lint";
    };
    for (const [args, last] of [[[], "6 passed, 0 failed"], [["--quick"], "2 passed, 0 failed"]]) {
      const fine = await printed(() => main(args as string[], all(true)));
      assertEquals([fine.result, fine.lines.at(-1)], [0, last]);
      assertEquals((await printed(() => main(args as string[], all(false)))).result, 1);
    }
  },
}));

Deno.test(ifPossible({
  name: "main: the program ends with the exit code, here that of arguments it does not know",
  needs: { read: true, run: true },
  async fn() {
    const program = new URL("../../tools/ok.ts", import.meta.url);
    const args = ["run", "--quiet", "--no-check", program.href, "--all"];
    const { code } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
    assertEquals(code, 2);
  },
}));

Deno.test("steps: all that must hold before a commit, in this order", () => {
  assertEquals(OK.map(commandLine), [
    "deno fmt --check",
    "deno lint",
    "deno check --quiet",
    "deno doc --lint …",
    "deno task doc",
    "deno test --parallel --no-check --quiet --reporter=dot",
    "deno test --allow-all --parallel --no-check --quiet --reporter=dot …",
    "deno test --allow-all --no-check --quiet --reporter=dot …",
    "deno task test:doc --parallel --quiet --reporter=dot",
    "deno publish --dry-run --allow-dirty",
  ]);
  assertEquals(OK.map(({ tests }) => tests ?? "none"), [
    ...Array(5).fill("none"),
    "count failures",
    ...Array(3).fill("count all"),
    "none",
  ]);
  // What one pass leaves out is what the other runs.
  assertEquals(OK[6].args.at(-1), `--ignore=${SERIAL.join(",")}`);
  assertEquals(OK[7].args.slice(-SERIAL.length), SERIAL);
  assertEquals(OK.every(({ env }) => env === undefined), true, "TAPEGRAD_EFFORT=high reaches all");
});

Deno.test("steps: format, lint, types and every test at quick effort after a change", () => {
  assertEquals(QUICK.map(commandLine), [
    "deno fmt --check",
    "deno lint",
    "deno check --quiet",
    "TAPEGRAD_EFFORT=quick deno test --allow-all --parallel --no-check --quiet --reporter=dot",
  ]);
  assertEquals(QUICK.at(-1)?.tests, "count all");
});

Deno.test(ifPossible({
  name: "steps: the tests that run one after another are there",
  needs: { read: true },
  async fn() {
    for (const path of SERIAL) await Deno.stat(new URL(`../../${path}`, import.meta.url));
  },
}));
