// Steps of `deno task ok` and `deno task quick`, in their order.

import config from "../deno.json" with { type: "json" };

/** Command line after `deno`, with what the run of a step needs. */
export interface Step {
  readonly args: readonly string[];
  /** Tests of the step that count towards the total, if it runs any. */
  readonly tests?: "count all" | "count failures";
  /** Variables to add to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Tests that get the machine for themselves, one file after another: they start programs and
 * browsers, kill them, wait for the clock, or count what the whole process holds.
 */
export const SERIAL: readonly string[] = [
  "tests/backends/native/backend_test.ts",
  "tests/backends/native/fuzz_test.ts",
  "tests/backends/wasm/idle_threads_test.ts",
  "tests/backends/wasm/threads_test.ts",
  "tests/browser",
  "tests/core/finalizer_test.ts",
  "tests/distributed/mpi_abi_test.ts",
  "tests/distributed/mpi_kill_test.ts",
  "tests/distributed/mpi_node_test.ts",
  "tests/distributed/mpi_test.ts",
  "tests/distributed/two_hosts_test.ts",
  "tests/examples/questions_test.ts",
  "tests/files/atomic_file_test.ts",
  "tests/package/package_test.ts",
  "tests/tools/notebooks_test.ts",
  "tests/train/checkpoint_kill_test.ts",
  "tests/train/progress_test.ts",
];

/** A character a test, and in full only what fails. */
const SHORT = ["--quiet", "--reporter=dot"];

/** The same, of files whose types have been checked by a step before. */
const CHECKED = ["--no-check", ...SHORT];

const FORMAT_LINT_TYPES: readonly Step[] = [
  { args: ["fmt", "--check"] },
  { args: ["lint"] },
  { args: ["check", "--quiet"] },
];

/** After every change: types, lint and every test once, at quick effort. */
export const QUICK: readonly Step[] = [
  ...FORMAT_LINT_TYPES,
  {
    args: ["test", "--allow-all", "--parallel", ...CHECKED],
    tests: "count all",
    env: { TAPEGRAD_EFFORT: "quick" },
  },
];

/** Before a commit: everything that must hold. */
export const OK: readonly Step[] = [
  ...FORMAT_LINT_TYPES,
  { args: ["doc", "--lint", ...Object.values(config.exports)] },
  { args: ["task", "doc"] },
  // The suite as a user runs it, without any permission and so at quick effort. The next two run
  // the same tests again, so that only what fails here counts: no test is counted twice.
  { args: ["test", "--parallel", ...CHECKED], tests: "count failures" },
  {
    args: ["test", "--allow-all", "--parallel", ...CHECKED, `--ignore=${SERIAL.join(",")}`],
    tests: "count all",
  },
  { args: ["test", "--allow-all", ...CHECKED, ...SERIAL], tests: "count all" },
  { args: ["task", "test:doc", "--parallel", ...SHORT], tests: "count all" },
  { args: ["publish", "--dry-run", "--allow-dirty"] },
];
