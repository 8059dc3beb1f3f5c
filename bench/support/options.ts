/**
 * The command line of the benches: options by table, and the help that the table gives.
 *
 * @module
 */

/** An option that is there or not. */
export interface Flag {
  readonly kind: "flag";
  readonly help: string;
}

/** An option with a value. */
export interface Value {
  readonly kind: "value";
  /** Word for the value in the help. */
  readonly placeholder: string;
  readonly default: string;
  readonly help: string;
}

/** All options of a program by name. */
export type OptionTable = Readonly<Record<string, Flag | Value>>;

/** Values of a command line: flags as booleans, values as texts. */
export type Options<T extends OptionTable> = {
  readonly [Name in keyof T]: T[Name] extends Flag ? boolean : string;
};

/** Raised where a command line cannot be understood; its message is for the user. */
export class UsageError extends RangeError {
  override readonly name = "UsageError";
}

/** Reads `--name`, `--name value` and `--name=value`. */
export function parseOptions<T extends OptionTable>(
  table: T,
  args: readonly string[],
): Options<T> {
  const found: Record<string, boolean | string> = {};
  for (const [name, option] of Object.entries(table)) {
    found[name] = option.kind === "flag" ? false : option.default;
  }
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, inline] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = Object.hasOwn(table, name ?? "") ? table[name] : undefined;
    if (option === undefined) throw new UsageError(`Unknown option ${word}; --help lists them`);
    found[name] = option.kind === "flag" ? true : inline ?? valueAfter(name, rest);
  }
  return found as Options<T>;
}

/** Writes the help text of a program. */
export function helpText(usage: string, table: OptionTable): string {
  const rows = Object.entries(table).map(([name, option]) => {
    const left = option.kind === "flag" ? `--${name}` : `--${name} ${option.placeholder}`;
    const note = option.kind === "value" && option.default !== "" ? ` (${option.default})` : "";
    return [left, option.help + note];
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [usage, "", ...rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`)].join("\n");
}

/** Reads a number that an option must hold. */
export function numberOf(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < least) {
    throw new UsageError(`--${name} must be a number of at least ${least}: got "${text}"`);
  }
  return value;
}

/** Reads whole numbers, separated by commas, that an option must hold. */
export function integersOf(name: string, text: string, least: number): number[] {
  const values = text.split(",").map((part) => numberOf(name, part, least));
  const broken = values.find((value) => !Number.isInteger(value));
  if (broken === undefined) return [...new Set(values)];
  throw new UsageError(`--${name} must hold whole numbers: got ${broken}`);
}

/** Reads a regular expression that an option must hold; an empty one matches everything. */
export function patternOf(name: string, text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch {
    throw new UsageError(`--${name} must be a regular expression: got "${text}"`);
  }
}

/** Runs a program; a command line that cannot be understood ends it with status 2. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

function valueAfter(name: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined) throw new UsageError(`--${name} needs a value`);
  return value;
}
