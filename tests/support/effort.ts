// Effort of the tests, stated once: the number of random samples, damaged files and comparisons
// that they look at, and the seed from which the random ones are drawn.
//
// A user's plain `deno test` may not read the environment, and makes the quick effort. With that
// permission the effort is the full one, unless `TAPEGRAD_EFFORT` names another. Tests with planted
// faults never ask for it: a fault must be found at any effort.

/** Names of efforts, with what each multiplies the runs of random checks by. */
export const EFFORTS = {
  /** After every change: each check runs, on few samples. */
  quick: 1 / 6,
  /** Before a commit, and for every push. */
  full: 1,
  /** Every night, from new seeds. */
  high: 10,
} as const;

/** A name of an effort. */
export type EffortName = keyof typeof EFFORTS;

/** Seed of every run that is not told another, so that two runs look at the same samples. */
const USUAL_SEED = 1;

/** Effort of this run. */
export const EFFORT: EffortName = effortNamed(readVariable("TAPEGRAD_EFFORT"));

/** Seed of this run, for random checks. `TAPEGRAD_SEED` changes it, where it may be read. */
export const SEED: number = seedNamed(readVariable("TAPEGRAD_SEED"));

/** Number of runs at this effort, from that at full effort; 1 at least. */
export function scaled(runs: number, effort: EffortName = EFFORT): number {
  return Math.max(1, Math.ceil(runs * EFFORTS[effort]));
}

/**
 * Effort from the value of its variable: `undefined` where it may not be read.
 *
 * @throws {RangeError} if there is no such effort.
 */
export function effortNamed(value: string | undefined): EffortName {
  if (value === undefined) return "quick";
  if (value === "") return "full";
  if (Object.hasOwn(EFFORTS, value)) return value as EffortName;
  const names = Object.keys(EFFORTS).join(", ");
  throw new RangeError(`Cannot run tests: TAPEGRAD_EFFORT must be one of ${names}: ${value}`);
}

/**
 * Seed from the value of its variable.
 *
 * @throws {RangeError} if it is no whole number.
 */
export function seedNamed(value: string | undefined): number {
  if (value === undefined || value === "") return USUAL_SEED;
  if (/^-?\d{1,15}$/.test(value)) return Number(value) | 0;
  throw new RangeError(`Cannot run tests: TAPEGRAD_SEED must be a whole number: ${value}`);
}

/** Value of a variable, empty where it is not set; `undefined` where it may not be read. */
export function readVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) ?? "" : undefined;
}
