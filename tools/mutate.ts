// `deno task mutate`: plants faults and lists those that no test has found. `--help` says how.

import { Random } from "../src/random/random.ts";
import { drawn, faultsAt } from "./mutate/choice.ts";
import { reasonOf } from "./mutate/equivalent.ts";
import type { Fault } from "./mutate/faults.ts";
import { HELP, type MutateOptions, parseOptions } from "./mutate/options.ts";
import { describe, difference, report, score, verdictLine } from "./mutate/report.ts";
import { Sight } from "./mutate/sight.ts";
import { filesOf, Tree } from "./mutate/tree.ts";
import { Trials, type Verdict } from "./mutate/trial.ts";

const ROOT = new URL("../", import.meta.url);

/** Exit code for arguments that are not known. */
const USAGE = 2;

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Does what the arguments ask for; resolves to the exit code. */
export async function main(args: readonly string[], root: URL = ROOT): Promise<number> {
  let options: MutateOptions | undefined;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return USAGE;
  }
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const faults = await chosen(root, options);
  if (options.list) {
    for (const fault of faults) console.log(`${describe(fault)}\n${difference(fault)}`);
    return 0;
  }
  const verdicts = await untilInterrupted((stop) => tryAll(root, faults, options, stop));
  console.log(report(verdicts));
  return score(verdicts) >= options.atLeast ? 0 : 1;
}

/** The faults to plant: some of those that there are, without those that change nothing. */
async function chosen(root: URL, options: MutateOptions): Promise<Fault[]> {
  const all = await faultsAt(root, options.paths, options.since);
  const real = all.filter((fault) => reasonOf(fault) === undefined);
  const faults = options.faults === 0
    ? real
    : drawn(real, options.faults, new Random(options.seed));
  console.log(
    `${faults.length} of ${all.length} faults, drawn from the seed ${options.seed}; ` +
      `${all.length - real.length} are known to change nothing`,
  );
  return faults;
}

/** Runs what Ctrl+C stops: the report is then of what was tried so far. */
async function untilInterrupted<T>(run: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    return await run(controller.signal);
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** Tries the faults, several at a time, each in a copy of the project. */
async function tryAll(
  root: URL,
  faults: readonly Fault[],
  { jobs, seconds }: MutateOptions,
  stop: AbortSignal,
): Promise<Verdict[]> {
  const files = await filesOf(root);
  const tests = files.filter((file) => /^tests\/.*_test\.ts$/.test(file));
  const sight = await Sight.of(tests, root);
  const trees = await Promise.all(
    Array.from({ length: 1 + Math.min(jobs, faults.length) }, () => Tree.copyOf(root, files)),
  );
  try {
    const trials = new Trials(trees[0], { seconds }, stop);
    const waiting = faults.values();
    const verdicts: Verdict[] = [];
    await Promise.all(
      trees.slice(1).map(async (tree) => {
        for (const fault of waiting) {
          const seers = sight.testsOf(
            fault.file,
            await Deno.readTextFile(new URL(fault.file, root)),
          );
          const verdict = await trials.judge(fault, tree, seers);
          if (stop.aborted) break;
          verdicts.push(verdict);
          console.log(`${verdicts.length}/${faults.length} ${verdictLine(verdict)}`);
        }
      }),
    );
    const unusable = stop.aborted ? [] : await trials.unusable(); // a run that is stopped fails
    for (const test of unusable) console.log(`${test} fails without a fault`);
    return verdicts.sort((a, b) => faults.indexOf(a.fault) - faults.indexOf(b.fault));
  } finally {
    await Promise.all(trees.map((tree) => tree.remove()));
  }
}
