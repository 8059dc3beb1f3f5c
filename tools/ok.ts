// `deno task ok` and `deno task quick`: what must hold before a commit and after every change, step
// by step. A failing step does not stop the others, so that one run shows everything there is to
// mend. The last line counts the tests, from the JUnit reports of the runs: "N passed, N failed".

import { SEED } from "../tests/support/effort.ts";
import { addCounts, countTests, formatCounts, NO_TESTS, type TestCounts } from "./junit.ts";
import { OK, QUICK, type Step } from "./steps.ts";

/** Outcome of a step. */
export interface Outcome {
  readonly ok: boolean;
  readonly counts: TestCounts;
  /** Reason that a run has no counts, if it has none. */
  readonly problem?: string;
}

/** Outcome of a step, with its time. */
export interface Result extends Outcome {
  readonly step: Step;
  readonly seconds: number;
}

/** Runs `deno` with arguments and more variables; resolves to whether it succeeded. */
export type Execute = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<boolean>;

/** Exit code for arguments that are not known. */
const USAGE = 2;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the steps that the arguments ask for; resolves to the exit code. */
export async function main(args: readonly string[], execute: Execute = run): Promise<number> {
  const [mode, ...rest] = args;
  if (rest.length > 0 || (mode !== undefined && mode !== "--quick")) {
    console.error("Usage: deno task ok, or deno task quick");
    return USAGE;
  }
  console.log(`Random samples are drawn from the seed ${SEED}: TAPEGRAD_SEED sets another`);
  return await runAll(mode === "--quick" ? QUICK : OK, execute) ? 0 : 1;
}

/** Runs all steps, one after the other; resolves to whether all of them are fine. */
export async function runAll(steps: readonly Step[], execute: Execute): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "tapegrad-reports-" });
  try {
    const results: Result[] = [];
    for (const [i, step] of steps.entries()) {
      results.push(await runStep(step, `${folder}/${i}.xml`, execute));
    }
    console.log(`\n${summary(results)}`);
    return results.every(({ ok }) => ok);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runStep(step: Step, report: string, execute: Execute): Promise<Result> {
  console.log(`\n=== ${commandLine(step)}`);
  const args = step.tests ? [...step.args, `--junit-path=${report}`] : [...step.args];
  const start = performance.now();
  const success = await execute(args, step.env ?? {});
  const seconds = (performance.now() - start) / 1000;
  const outcome = judge(success, step.tests ? await readCounts(report) : NO_TESTS);
  return { ...outcome, step, seconds };
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], env, stdin: "null" });
  return (await command.spawn().status).success;
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
 * Judges a step: it is fine when its command succeeds and its tests are counted and none failed. One
 * that is not counts as one failure at least: a type error fails the run, and no test.
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

/** Command line of a step as it could be typed; long lists of files are cut short. */
export function commandLine({ args, env = {} }: Step): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const words = args.filter((arg) => !arg.startsWith("--ignore=") && !arg.includes("/"));
  return [...variables, "deno", ...words, ...(words.length < args.length ? ["…"] : [])].join(" ");
}
