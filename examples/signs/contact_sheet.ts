/**
 * Writes a sheet of drawn hands as a PNG file, to look at what the classifier learns from.
 *
 *     deno run -W=out examples/signs/contact_sheet.ts out/hands.png --count 16 --seed 0
 *
 * @module
 */

import { tensor } from "@tapegrad/tapegrad";
import { writePng } from "@tapegrad/tapegrad/data";
import { parseArgs } from "node:util";
import { handSigns } from "./hands.ts";
import { contactSheet, rowsByClass } from "./sheet.ts";
import { UsageError } from "../shared/usage_error.ts";

export { contactSheet, rowsByClass };

const HELP = `Write a contact sheet of drawn hands: a row for every count of raised fingers.

Usage: deno run -W=DIR examples/signs/contact_sheet.ts DIR/FILE.png [options]

  --count N   hands in a row (default 16)
  --seed N    seed of the hands (default 0)
  --scale N   enlarge every pixel N times (default 2)
  --help      print this
`;

const FLAGS = {
  count: { type: "string", default: "16" },
  seed: { type: "string", default: "0" },
  scale: { type: "string", default: "2" },
  help: { type: "boolean", default: false },
} as const;

interface Options {
  path: string;
  count: number;
  seed: number;
  scale: number;
}

/** Writes the file's bytes: every class has a row with its first `count` images. */
export async function drawSheet(
  { count, seed, scale }: Omit<Options, "path">,
): Promise<Uint8Array> {
  const { xTrain, yTrain, imageShape, classes } = handSigns({ train: 6 * count, test: 0, seed });
  const order = rowsByClass(yTrain, classes.length, count);
  const sheet = contactSheet(xTrain, { imageShape, columns: count, order, scale });
  return await writePng(tensor(sheet.data, { shape: [sheet.height, sheet.width, 3] }));
}

function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseFlags(args);
  if (values.help) return undefined;
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0 || !path.endsWith(".png")) {
    const got = positionals.length === 0 ? "nothing" : positionals.join(" ");
    throw new UsageError(`Cannot write a sheet: one path that ends in .png is needed: got ${got}`);
  }
  return {
    path,
    count: integer("count", values.count, 1, 1000),
    seed: integer("seed", values.seed, 0, Number.MAX_SAFE_INTEGER),
    scale: integer("scale", values.scale, 1, 16),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true });
  } catch (error) {
    const [reason] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`Cannot read the command line: ${reason}; --help lists the options`);
  }
}

function integer(name: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new UsageError(
    `Cannot use --${name}: it must be an integer from ${low} to ${high}: got ${text}`,
  );
}

function write(path: string, content: Uint8Array): void {
  const folder = path.replace(/[^\\/]*$/, "") || ".";
  try {
    Deno.writeFileSync(path, content);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotCapable
      ? `permission is missing: run  ` +
        `deno run -W=${folder} examples/signs/contact_sheet.ts ${Deno.args.join(" ")}`
      : error instanceof Deno.errors.NotFound
      ? `there is no folder ${folder}`
      : (error as Error).message;
    throw new UsageError(`Cannot write ${path}: ${reason}`, { cause: error });
  }
}

if (import.meta.main) {
  try {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else write(options.path, await drawSheet(options));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
