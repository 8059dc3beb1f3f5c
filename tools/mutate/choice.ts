// Faults to plant: all that a set of files admits, or some of them, drawn at random.

import type { Random } from "../../src/random/random.ts";
import { type Fault, faultsIn } from "./faults.ts";
import { filesOf, git } from "./tree.ts";

/** Head of a file that is written by a program. */
const WRITTEN = /\bwritten by `deno task generate/i;
const HEAD = 400;

/** Lines of a file by their numbers, from 1. */
type Lines = ReadonlySet<number> | "all";

/** All faults that files of TypeScript at these paths admit; of changed lines alone with `since`. */
export async function faultsAt(
  root: URL,
  paths: readonly string[],
  since?: string,
): Promise<Fault[]> {
  const changed = since === undefined ? undefined : await changedLines(root, since);
  const faults: Fault[] = [];
  for (const file of (await filesOf(root, paths)).filter((path) => path.endsWith(".ts"))) {
    const lines = changed?.get(file);
    if (changed !== undefined && lines === undefined) continue;
    const source = await Deno.readTextFile(new URL(file, root));
    if (WRITTEN.test(source.slice(0, HEAD).replace(/[\s*]+/g, " "))) continue;
    faults.push(...faultsIn(file, source).filter(({ line }) => isIn(line, lines)));
  }
  return faults;
}

function isIn(line: number, lines: Lines = "all"): boolean {
  return lines === "all" || lines.has(line);
}

/** Draws so many faults, of each kind as many as of the others while there are any. */
export function drawn(faults: readonly Fault[], count: number, random: Random): Fault[] {
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()]
    .map((ofKind) => Array.from(random.permutation(ofKind.length), (i) => ofKind[i]));
  const chosen: Fault[] = [];
  for (let round = 0; chosen.length < Math.min(count, faults.length); round++) {
    chosen.push(...kinds.flatMap((ofKind) => ofKind.slice(round, round + 1)));
  }
  return chosen.slice(0, count);
}

/** Lines that were added or changed since a revision, by file; those not committed among them. */
async function changedLines(root: URL, since: string): Promise<Map<string, Lines>> {
  const diff = await git(root, ["diff", "--no-color", "--no-ext-diff", "-U0", since, "--"]);
  const added = await git(root, ["ls-files", "-z", "--others", "--exclude-standard"]);
  const lines = new Map<string, Set<number> | "all">();
  for (const file of added.split("\0")) lines.set(file, "all");
  let current: Set<number> | undefined;
  for (const line of diff.split("\n")) {
    const file = /^\+\+\+ b\/(.*)$/.exec(line)?.[1];
    if (file !== undefined) lines.set(file, current = new Set());
    const [, start, count = "1"] = /^@@ \S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (start === undefined) continue;
    for (let i = 0; i < Number(count); i++) current?.add(Number(start) + i);
  }
  return lines;
}
