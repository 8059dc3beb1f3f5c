// `deno task ok`: everything that must hold before a commit, step by step. A failing step does
// not stop the others, so that one run shows everything there is to mend. The last line counts
// the tests, from the JUnit reports of the runs: "N passed, N failed".

import config from "../deno.json" with { type: "json" };
import { addCounts, countTests, formatCounts, NO_TESTS, type TestCounts } from "./junit.ts";

/** One step: what follows `deno` on its command line. */
export interface Step {
  readonly args: readonly string[];
  /** Whether it runs tests, and which of them count towards the total. */
  readonly tests?: "count all" | "count failures";
}

/** What became of a step. */
export interface Outcome {
  readonly ok: boolean;
  readonly counts: TestCounts;
  /** Why a run has no counts, if it has none. */
  readonly problem?: string;
}

/** What became of a step, and how long it took. */
export interface Result extends Outcome {
  readonly step: Step;
  readonly seconds: number;
}

const STEPS: readonly Step[] = [
  { args: ["fmt", "--check"] },
  { args: ["lint"] },
  { args: ["check"] },
  { args: ["doc", "--lint", ...Object.values(config.exports)] },
  { args: ["task", "doc"] },
  // What a user runs, without any permission. The next step runs the same tests again, so only
  // what fails here counts: no test is counted twice. On all cores, which takes half the time; what
  // the next step runs looks at files, processes and the clock, and is left alone with them.
  { args: ["test", "--parallel"], tests: "count failures" },
  { args: ["task", "test"], tests: "count all" },
  { args: ["task", "test:doc"], tests: "count all" },
  { args: ["publish", "--dry-run", "--allow-dirty"] },
];

if (import.meta.main) Deno.exit(await runAll(STEPS) ? 0 : 1);

async function runAll(steps: readonly Step[]): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "tapegrad-reports-" });
  try {
    const results: Result[] = [];
    for (const [i, step] of steps.entries()) {
      results.push(await runStep(step, `${folder}/${i}.xml`));
    }
    console.log(`\n${summary(results)}`);
    return results.every(({ ok }) => ok);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runStep(step: Step, report: string): Promise<Result> {
  console.log(`\n=== ${commandLine(step)}`);
  const args = step.tests ? [...step.args, `--junit-path=${report}`] : [...step.args];
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
  const { success } = await child.status;
  const seconds = (performance.now() - start) / 1000;
  const outcome = judge(success, step.tests ? await readCounts(report) : NO_TESTS);
  return { ...outcome, step, seconds };
}

/** The counts in a report, or why there are none. */
async function readCounts(report: string): Promise<TestCounts | string> {
  try {
    return countTests(await Deno.readTextFile(report));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "the run wrote no report";
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/**
 * A step is fine when its command succeeds and its tests are counted and none failed. One that is
 * not counts as one failure at least: a type error fails the run, and no test.
 */
export function judge(success: boolean, counts: TestCounts | string): Outcome {
  if (typeof counts === "string") {
    return { ok: false, counts: { ...NO_TESTS, failed: 1 }, problem: counts };
  }
  if (success && counts.failed === 0) return { ok: true, counts };
  return { ok: false, counts: { ...counts, failed: Math.max(counts.failed, 1) } };
}

/** A line a step, and the total as the last line. */
export function summary(results: readonly Result[]): string {
  return [...results.map(describe), formatCounts(addCounts(results.map(contribution)))].join("\n");
}

function describe({ ok, step, seconds, counts, problem }: Result): string {
  const line = `${ok ? "ok  " : "FAIL"} ${seconds.toFixed(1).padStart(6)} s  ${commandLine(step)}`;
  const note = problem ?? (step.tests && formatCounts(counts));
  return note ? `${line}: ${note}` : line;
}

function contribution({ step, counts }: Result): TestCounts {
  return step.tests === "count all" ? counts : { ...NO_TESTS, failed: counts.failed };
}

function commandLine({ args }: Step): string {
  return ["deno", ...args].join(" ");
}
