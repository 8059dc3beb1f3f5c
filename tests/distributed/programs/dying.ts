// Ranks of a job of which one ends in the way that its argument names, while the others wait for it.

import { type Group, mpi } from "../../../src/distributed/mod.ts";

/** Rank that ends. */
const DYING = 1;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Fills memory until there is none. */
function fillMemory(): never {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 1e6 }, (_, i) => ({ i })));
}

/** Ways to end, by name. */
const WAYS: Readonly<Record<string, (group: Group) => unknown>> = {
  throw() {
    throw new Error("the cause");
  },
  async reject() {
    Promise.reject(new Error("the cause"));
    await pause(5000);
  },
  async timer() {
    setTimeout(() => {
      throw new Error("the cause");
    }, 1);
    await pause(5000);
  },
  exit: () => Deno.exit(0),
  kill: async () => {
    Deno.kill(Deno.pid, "SIGKILL");
    await pause(5000);
  },
  memory: fillMemory,
  allocation: () => new Float64Array(2 ** 50),
  return: () => {},
  abort: (group) => group.abort(7),
  /** All ranks together. */
  alike() {
    throw new Error("the cause");
  },
  silence: () => pause(60_000),
  /** Says that it is ready, and goes on until something else ends it. */
  loop(group) {
    console.log("ready");
    const x = new Float32Array(100_000);
    for (;;) group.allReduce(x, "max");
  },
};

async function main(way: string, timeout: number): Promise<void> {
  using group = mpi({ timeout });
  const x = new Float32Array(100_000);
  group.allReduce(x, "sum");
  if (group.rank === DYING && way !== "none") {
    await WAYS[way](group);
    return;
  }
  if (way === "loop" || way === "alike") await WAYS[way](group);
  group.allReduce(x, "mean");
  if (group.rank === 0) console.log(`fine, ${group.size} ranks`);
}

await main(Deno.args[0], Number(Deno.args[1] ?? 600));
