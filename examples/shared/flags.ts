/**
 * Command lines of the examples: values that are what they should be, and errors of one line.
 *
 * @module
 */
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { UsageError } from "./usage_error.ts";

/** Reads flags; one that is not in the table is an error. */
export function parseFlags<const Flags extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Flags,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    const [reason] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`Cannot read the command line: ${reason}; --help lists the options`);
  }
}

/** Reads the integer that a flag holds. */
export function integer(name: string, text: string, low: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= low) return value;
  throw new UsageError(
    `Cannot use --${name}: it must be an integer of at least ${low}: got ${text}`,
  );
}

/** Reads the number above 0 that a flag holds. */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`Cannot use --${name}: it must be a number above 0: got ${text}`);
}

/** Reads the word that a flag holds, one of several. */
export function oneOf<Word extends string>(
  name: string,
  text: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot use --${name}: it must be one of ${words.join(", ")}: got ${text}`,
  );
}

/** Flags of programs that can serve a report of their training. */
export const SERVE_FLAGS = {
  serve: { type: "string" },
  host: { type: "string", default: "localhost" },
} as const;

/** Help on these flags. */
export const SERVE_HELP =
  `  --serve [PORT]    show the training in the browser while it runs, with buttons
                    to pause and to stop it (needs -N; port 8000 by default)
  --host NAME       serve to others, at this address (default localhost)`;

/** Adds its port to `--serve` in arguments. */
export function withPort(args: readonly string[]): string[] {
  const isAlone = (i: number) => args[i] === "--serve" && !/^\d+$/.test(args[i + 1] ?? "");
  return args.flatMap((arg, i) => isAlone(i) ? [arg, "8000"] : [arg]);
}

/** Reads the address to serve at; undefined where nothing is served. */
export function servingOf(
  { serve, host }: { readonly serve?: string; readonly host: string },
): { readonly port: number; readonly host: string } | undefined {
  if (serve === undefined) return undefined;
  const port = integer("serve", serve, 0);
  if (port <= 65535) return { port, host };
  throw new UsageError(`Cannot use --serve: it must be a port, 0 to 65535: got ${serve}`);
}
