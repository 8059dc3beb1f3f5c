// Tests that need a permission or a file: skipped, with the reason in their name, where it is
// missing. So `deno test` passes with no flag and still says what it left out.

import { EFFORT } from "./effort.ts";

/**
 * Permission to ask for: everything of a kind, or some paths, programs, hosts or variables of it.
 */
export type Need = true | readonly string[];

/** The permissions a test needs. */
export type Needs = Readonly<
  Partial<Record<"read" | "write" | "run" | "env" | "net" | "sys" | "ffi", Need>>
>;

/** A test and what it needs. */
export interface NeedyTest extends Omit<Deno.TestDefinition, "ignore"> {
  /** The permissions without which the test is skipped. */
  needs: Needs;
  /** Another reason to skip the test, if there is one: a data set that is not there. */
  skip?: string;
  /** Leaves the test out at quick effort: it starts programs that take long. */
  effort?: "full";
}

/**
 * Makes the definition of a test that is skipped, visibly, where what it needs is missing. For
 * `Deno.test`, which is called in the test file so that reports name that file.
 */
export function ifPossible(
  { needs, skip, effort, ...definition }: NeedyTest,
): Deno.TestDefinition {
  const isLeftOut = effort === "full" && EFFORT === "quick";
  const reason = skip ?? missing(needs) ?? (isLeftOut ? "quick effort" : undefined);
  if (reason === undefined) return definition;
  return { ...definition, name: `${definition.name} (skipped: ${reason})`, ignore: true };
}

/** Lists the flags that are missing, as in "needs --allow-read --allow-run"; nothing if none is. */
export function missing(
  needs: Needs,
  isGranted: (permission: Deno.PermissionDescriptor) => boolean = granted,
): string | undefined {
  const flags = Object.entries(needs)
    .filter(([name, need]) => !descriptors(name, need).every(isGranted))
    .map(([name, need]) => need === true ? `--allow-${name}` : `--allow-${name}=${need}`);
  return flags.length === 0 ? undefined : `needs ${flags.join(" ")}`;
}

function granted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

/** Deno's names for the part of a permission that can be granted alone. */
const PART: Record<string, string> = {
  read: "path",
  write: "path",
  run: "command",
  env: "variable",
  net: "host",
  sys: "kind",
  ffi: "path",
};

function descriptors(name: string, need: Need): Deno.PermissionDescriptor[] {
  const parts = need === true ? [{}] : need.map((part) => ({ [PART[name]]: part }));
  return parts.map((part) => ({ name, ...part }) as Deno.PermissionDescriptor);
}
