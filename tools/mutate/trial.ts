// Trials: a fault is planted, and tests run until one of them fails or the time for them is over.

import type { Fault } from "./faults.ts";
import type { Tree } from "./tree.ts";

/** Outcome of a fault. */
export interface Verdict {
  readonly fault: Fault;
  /** `not built` is no fault that could reach anybody, as the compiler of the kernels refuses it. */
  readonly outcome: "caught" | "survived" | "not built";
  /** Test that failed, or `types`; none for those that survived. */
  readonly by?: string;
  /** Number of test files that could see it, and of those that ran. */
  readonly seenBy: number;
  readonly ran: number;
}

/** Run of a test file: its success and its time. */
interface Run {
  readonly success: boolean;
  readonly seconds: number;
}

/** Time that runs may take, in seconds. */
export interface Limits {
  /** For the tests of one fault together; what has begun then is finished. */
  readonly seconds: number;
  /** For one test file, in addition to some times what it usually takes; then it hangs. */
  readonly patience?: number;
}

/** A run with a fault may take so many times as long as without. */
const TIMES = 4;
const PATIENCE = 20;
/** Seconds that a run without a fault may take. */
const USUAL_LIMIT = 300;

/** Runs tests with and without faults. */
export class Trials {
  readonly #clean: Tree;
  readonly #limits: Limits;
  readonly #stop: AbortSignal;
  readonly #usual = new Map<string, Promise<Run>>();

  /**
   * Makes trials that have run nothing yet.
   *
   * @param clean copy without faults: what fails there says nothing of a fault.
   * @param stop ends what runs; verdicts that come afterwards mean nothing.
   */
  constructor(clean: Tree, limits: Limits, stop: AbortSignal) {
    this.#clean = clean;
    this.#limits = limits;
    this.#stop = stop;
  }

  /** Plants a fault in a copy and finds out whether one of the tests, in their order, fails. */
  async judge(fault: Fault, tree: Tree, tests: readonly string[]): Promise<Verdict> {
    const verdict = await tree.withFault(fault, async (): Promise<Verdict> => {
      let ran = 0, spent = 0;
      for (const test of tests) {
        if (spent >= this.#limits.seconds) break;
        const usual = await this.#withoutFault(test);
        if (!usual.success) continue;
        const limit = TIMES * usual.seconds + (this.#limits.patience ?? PATIENCE);
        const { success, seconds } = await this.#runTest(tree, test, limit);
        ran++;
        spent += seconds;
        if (!success) return { fault, outcome: "caught", by: test, seenBy: tests.length, ran };
      }
      if (!await this.#checkTypes(tree, fault.file)) {
        return { fault, outcome: "caught", by: "types", seenBy: tests.length, ran };
      }
      return { fault, outcome: "survived", seenBy: tests.length, ran };
    });
    return verdict ?? { fault, outcome: "not built", seenBy: tests.length, ran: 0 };
  }

  /** Test files that failed without a fault. */
  async unusable(): Promise<string[]> {
    const runs = await Promise.all([...this.#usual].map(async ([test, run]) => ({
      test,
      ...await run,
    })));
    return runs.filter(({ success }) => !success).map(({ test }) => test).sort();
  }

  #withoutFault(test: string): Promise<Run> {
    const run = this.#usual.get(test) ?? this.#runTest(this.#clean, test, USUAL_LIMIT);
    this.#usual.set(test, run);
    return run;
  }

  /** Runs a test file, at full effort unless the environment names another. */
  async #runTest(tree: Tree, test: string, limit: number): Promise<Run> {
    const start = performance.now();
    const args = ["test", "--allow-all", "--no-check", "--quiet", "--fail-fast", test];
    const success = await this.#succeeds(tree, args, limit);
    return { success, seconds: (performance.now() - start) / 1000 };
  }

  /** Checks the types of a file, if it is one that Deno compiles. */
  #checkTypes(tree: Tree, file: string): Promise<boolean> {
    if (file.startsWith("src/backends/wasm/kernels/")) return Promise.resolve(true);
    return this.#succeeds(tree, ["check", "--quiet", file], USUAL_LIMIT);
  }

  /** Runs Deno in a group of processes of its own, which ends when the time is over. */
  async #succeeds(tree: Tree, args: string[], limit: number): Promise<boolean> {
    if (this.#stop.aborted) return false;
    const child = new Deno.Command(Deno.execPath(), {
      args,
      env: { NO_COLOR: "1", TAPEGRAD_EFFORT: Deno.env.get("TAPEGRAD_EFFORT") ?? "" },
      cwd: tree.root,
      detached: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const end = () => endGroup(child);
    const timer = setTimeout(end, 1000 * limit);
    this.#stop.addEventListener("abort", end);
    try {
      return (await child.status).success;
    } finally {
      clearTimeout(timer);
      this.#stop.removeEventListener("abort", end);
    }
  }
}

/** Ends a process and those that it started; Windows has no groups, and ends the first alone. */
function endGroup(child: Deno.ChildProcess): void {
  if (Deno.build.os === "windows") child.kill("SIGKILL");
  else Deno.kill(-child.pid, "SIGKILL");
}
