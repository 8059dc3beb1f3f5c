// `deno task ok` counts what ran: from reports as Deno writes them, and never too little.

import { assertEquals, assertThrows } from "@std/assert";
import { judge, type Result, type Step, summary } from "../../tools/ok.ts";
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
