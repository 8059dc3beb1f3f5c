// Ways for rank 1 of a job of two to end, and what must come of each.

import { assert } from "@std/assert";
import { type Ended, type Implementation, type Job, runJob } from "./mpi.ts";

const PROGRAM = new URL("../distributed/programs/dying.ts", import.meta.url);

/** Seconds after which a job must be over when a rank has died. */
export const DEATH_LIMIT = 10;

/** Words about each way that must be said, once. */
export const DEATHS: Readonly<Record<string, RegExp>> = {
  throw: /Error: the cause/g,
  reject: /Error: the cause/g,
  timer: /Error: the cause/g,
  exit: /Rank 1 of 2 ended before it left the group/g,
  kill: /signal 9|EXIT CODE: 9/g,
  memory: /heap limit|out of memory/gi,
  allocation: /RangeError: Invalid typed array length/g,
  return: /rank 1 has left the group, and rank 0 waits in allReduce of 100000 elements/g,
  alike: /Error: the cause/g,
  abort: /Rank 1 of 2 aborted the job: code 7/g,
};

/** Flags of a rank that may run out of memory, soon. */
export const DYING_FLAGS = [
  "--no-check",
  "--allow-ffi",
  "--allow-read",
  "--allow-run",
  "--v8-flags=--max-old-space-size=100",
];

/** Runs a job of which rank 1 ends in some way. */
export async function die(
  implementation: Implementation,
  way: string,
  { timeout, ...more }: Partial<Job> & { readonly timeout?: string } = {},
): Promise<Ended> {
  const program = [PROGRAM, way, ...timeout === undefined ? [] : [timeout]];
  const limit = DEATH_LIMIT + 5;
  return await runJob(implementation, { ranks: 2, program, flags: DYING_FLAGS, limit, ...more });
}

/** Throws unless a job has ended in time, with a failure whose cause is told once. */
export function assertDead(
  { code, stdout, stderr, seconds }: Ended,
  way: string,
  cause: RegExp,
): void {
  const said = stdout + stderr;
  assert(code !== 0, `${way}: code ${code}\n${said}`);
  assert(seconds < DEATH_LIMIT, `${way}: ${seconds} s`);
  const times = said.match(cause)?.length ?? 0;
  const isOfLauncher = way === "kill" || way === "memory"; // it may say it in other words, too
  assert(isOfLauncher ? times > 0 : times === 1, `${way}: told ${times} times\n${said}`);
}
