// Counts tests from the JUnit reports that `deno test --junit-path` writes.

/** Counts of tests by how they ended. A step of a test is a test of its own, as in the report. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Nothing counted yet. */
export const NO_TESTS: TestCounts = { passed: 0, failed: 0, skipped: 0 };

/**
 * The counts of one report.
 *
 * @throws {SyntaxError} When the text is no complete report, or its own totals contradict it: a
 * report cut short must not pass for a run with few tests.
 */
export function countTests(report: string): TestCounts {
  const root = rootElement(report);
  const total = attribute(root, "tests");
  const failed = attribute(root, "failures") + attribute(root, "errors");
  // Only the suites say how many tests were disabled; the root has no such attribute.
  const skipped = sum(elements(report, "testsuite").map((suite) => attribute(suite, "disabled")));
  const found = elements(report, "testcase").length;
  if (found !== total) fail(`the report announces ${total} tests`, `it lists ${found}`);
  if (failed + skipped > total) {
    fail(`the report announces ${total} tests`, `${failed} failed and ${skipped} were skipped`);
  }
  return { passed: total - failed - skipped, failed, skipped };
}

/** The counts of several runs together. */
export function addCounts(runs: readonly TestCounts[]): TestCounts {
  return {
    passed: sum(runs.map((run) => run.passed)),
    failed: sum(runs.map((run) => run.failed)),
    skipped: sum(runs.map((run) => run.skipped)),
  };
}

/** `"12 passed, 0 failed"`, and `", 3 skipped"` if any were. */
export function formatCounts({ passed, failed, skipped }: TestCounts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

function rootElement(report: string): string {
  const [root] = elements(report, "testsuites");
  if (root === undefined) fail("a report starts with <testsuites>", `${report.length} characters`);
  if (!report.trimEnd().endsWith("</testsuites>")) {
    fail("a report ends with </testsuites>", `it ends with ${JSON.stringify(report.slice(-20))}`);
  }
  return root;
}

/** The opening tags of a name. Text in a report is escaped: no `<` or `>` but those of tags. */
function elements(report: string, name: string): string[] {
  return report.match(new RegExp(`<${name}(?=[\\s>])[^>]*>`, "g")) ?? [];
}

function attribute(tag: string, name: string): number {
  const value = tag.match(new RegExp(`\\s${name}="(\\d+)"`))?.[1];
  if (value === undefined) fail(`${name} is a whole number`, tag);
  return Number(value);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function fail(rule: string, found: string): never {
  throw new SyntaxError(`Cannot count the tests: ${rule}: ${found}`);
}
