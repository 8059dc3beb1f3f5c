// Options of `deno task mutate`.

/** Faults to plant, and the effort to make for each. */
export interface MutateOptions {
  /** Files and folders to plant in. */
  readonly paths: readonly string[];
  /** Plants only in lines that changed since this revision. */
  readonly since?: string;
  /** Number of faults, drawn at random; all if it is 0. */
  readonly faults: number;
  readonly seed: number;
  /** Number of faults that are tried at the same time. */
  readonly jobs: number;
  /** Seconds that the tests of one fault may take. */
  readonly seconds: number;
  /** Percentage of faults that must be caught. */
  readonly atLeast: number;
  /** Lists the faults, and plants none. */
  readonly list: boolean;
}

/** Text of `--help`. */
export const HELP = `Usage: deno task mutate [PATH…] [options]

Plants faults in files of src, ops and tools, one at a time, in copies of the tree, and runs the
tests that can see them, the nearest first, until one fails. Lists the faults that none has found,
and the share that was caught for each folder.

  PATH              files and folders to plant in; src, ops and tools without any
  --since REV       only in lines that changed since a revision: of a branch, --since main
  --faults N        number of faults, drawn at random, each kind as often (default 40); 0 for all
  --seed N          other faults (default 1)
  --jobs N          faults that are tried at the same time (default: one for each core)
  --seconds N       time for the tests of one fault (default 60); 0 for all tests that can see it
  --at-least N      fails if less than so many percent are caught (default 95)
  --list            lists the faults, and plants none
  --help            prints this

Tests run at full effort; TAPEGRAD_EFFORT names another. What cannot be told from the original is
listed in tools/mutate/equivalent.ts, with the reason, and does not count.`;

const NUMBERS = { faults: 40, seed: 1, jobs: 0, seconds: 60, "at-least": 95 };

/**
 * Options from the words after the task.
 *
 * @returns the options, or `undefined` where help is asked for.
 * @throws {RangeError} for a word that is not known or a value that does not fit.
 */
export function parseOptions(args: readonly string[]): MutateOptions | undefined {
  const numbers: Record<keyof typeof NUMBERS, number> = { ...NUMBERS };
  const paths: string[] = [];
  let since: string | undefined, list = false;
  const words = args.flatMap((word) => word.startsWith("--") ? word.split(/=(.*)/s, 2) : [word]);
  while (words.length > 0) {
    const word = words.shift()!;
    const name = word.slice(2);
    if (word === "--help") return undefined;
    if (word === "--list") list = true;
    else if (word === "--since") since = valueOf(word, words.shift());
    else if (Object.hasOwn(NUMBERS, name) && word.startsWith("--")) {
      numbers[name as keyof typeof NUMBERS] = wholeNumber(word, valueOf(word, words.shift()));
    } else if (word.startsWith("-")) refuse("options must be those of --help", word);
    else paths.push(word.replace(/^\.\//, ""));
  }
  return {
    paths: paths.length > 0 ? paths : ["src", "ops", "tools"],
    since,
    faults: numbers.faults,
    seed: numbers.seed,
    jobs: numbers.jobs || navigator.hardwareConcurrency,
    seconds: numbers.seconds || Infinity,
    atLeast: numbers["at-least"],
    list,
  };
}

function valueOf(word: string, value: string | undefined): string {
  if (value === undefined || value === "") refuse(`${word} must have a value`, "none");
  return value;
}

function wholeNumber(word: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) refuse(`${word} must be a whole number`, value);
  return Number(value);
}

function refuse(rule: string, got: string): never {
  throw new RangeError(`Cannot plant faults: ${rule}: ${got}`);
}
