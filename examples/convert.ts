/**
 * Arrays from one file format to another, or what a file holds.
 *
 *     deno run -R -W examples/convert.ts weights.h5 weights.safetensors
 *     deno run -R examples/convert.ts --info model.onnx
 *     deno run examples/convert.ts --help
 *
 * Reading and writing is one call for each format, in `examples/convert/formats.ts`. The result is
 * written whole or not at all.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { cast, max, mean, min, type Tensor } from "@tapegrad/tapegrad";
import { type ArrayInfo, FileError, type FileProgress, writeFile } from "@tapegrad/tapegrad/data";
import {
  checked,
  formatOf,
  openArrays,
  type Opened,
  openKnown,
  readArrays,
} from "./convert/formats.ts";

const HELP = `Convert arrays from one file format to another.

Usage: deno run -R -W examples/convert.ts IN OUT [--name NAME]
       deno run -R examples/convert.ts --info IN

  --name NAME   only this array
  --info        print names, shapes, dtypes of the file, minima, means and maxima; write nothing
  --help        print this

Read, whatever the name: .npy .npz .safetensors .onnx .pt .pth .h5 .keras .mat and the model.json of
TensorFlow.js; of models the weights. --info also tells what other files are, and what to do with
them. Written, by the ending of the name: .npy .npz .safetensors .onnx (a model without inputs) .pt
.pth. What the library has no dtype for is converted if every value stays what it is (int64 to int32, float16 to
float32), and is an error if not. An OUT that exists is replaced.
`;

/** Size in bytes from which on reading shows its progress on a terminal. */
const LARGE = 2 ** 25;
const LONGEST_NAME = 60;

/** Options of the command line. */
interface Options {
  readonly from: string;
  readonly to: string | undefined;
  readonly name: string | undefined;
}

/** Reads the command line; undefined where help is asked for. */
export function parseOptions(args: string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const wanted = values.info ? 1 : 2;
  if (positionals.length !== wanted) {
    throw new RangeError(
      `Cannot convert: there must be ${values.info ? "one file with --info" : "two files"}: ` +
        `got ${positionals.length}; --help lists the options`,
    );
  }
  const [from, to] = positionals;
  return { from, to, name: values.name };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: "boolean" },
        info: { type: "boolean" },
        name: { type: "string" },
      },
    });
  } catch (error) {
    throw new RangeError(`Cannot convert: ${(error as Error).message}; --help lists the options`);
  }
}

/** Writes a line for each array, in columns; under them, why some could not be read. */
export async function describe(file: Opened, name?: string): Promise<string> {
  const rows: string[][] = [];
  const unread: string[] = [];
  for (const key of name === undefined ? file.names : [checked(file, name)]) {
    let row = [key, "?", "?", "?", "?", "?"];
    try {
      const info = await file.info(key);
      row = rowOf(key, info);
      row = rowOf(key, info, await file.tensor(key));
    } catch (error) {
      if (!isUsers(error)) throw error;
      unread.push(error.message);
    }
    rows.push(row);
  }
  return [table(rows), ...(file.notes ?? []), ...unread].join("\n");
}

/** Describes an array in the cells of a row; question marks where it could not be read. */
export function rowOf(
  name: string,
  { shape, storedAs }: Pick<ArrayInfo, "shape" | "storedAs">,
  x?: Tensor,
): string[] {
  const numbers = x === undefined ? ["?", "?", "?"] : statistics(x);
  return [shortened(name), `[${shape.join(", ")}]`, storedAs, ...numbers];
}

/** Writes rows in columns, under their headings. */
export function table(rows: readonly (readonly string[])[]): string {
  const lines = [["name", "shape", "dtype", "min", "mean", "max"], ...rows];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd())
    .join("\n");
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name;
}

/** Computes minimum, mean and maximum of the elements; of none there are none. */
function statistics(x: Tensor): string[] {
  if (x.size === 0) return ["-", "-", "-"];
  const floats = x.dtype.startsWith("float") ? x : cast(x, "float64");
  return [min(floats), mean(floats), max(floats)].map((y) =>
    String(Number(y.item().toPrecision(6)))
  );
}

/** Tells on a terminal how much of a large file has been read. */
function progress({ name, done, total }: FileProgress): void {
  if (total === undefined || total < LARGE || !Deno.stderr.isTerminal()) return;
  const line = done < total ? `reading ${name}: ${Math.floor(100 * done / total)}%` : "";
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${line}`));
}

async function main({ from, to, name }: Options): Promise<void> {
  const target = to === undefined ? undefined : formatOf(to);
  if (target?.write === null) {
    throw new RangeError(`Cannot convert: ${target.name} is only read: got ${to}`);
  }
  if (to === undefined || target === undefined) return await info(from, name);
  await using file = await openArrays(from, { onProgress: progress });
  const arrays = await readArrays(file, name);
  await writeFile(to, await target.write!(arrays));
  const count = Object.keys(arrays).length;
  console.log(`wrote ${count} ${count === 1 ? "array" : "arrays"} to ${to}`);
}

/** Prints what a file is, by its content, and the arrays in it. */
async function info(path: string, name: string | undefined): Promise<void> {
  const { what, advice, file } = await openKnown(path, { onProgress: progress });
  console.log(`${path}: ${what}`);
  if (file === undefined) return console.log(advice);
  await using open = file;
  console.log(await describe(open, name));
}

/** Returns true if an error is about what the user asked for or gave. */
function isUsers(error: unknown): error is Error {
  return error instanceof RangeError || error instanceof SyntaxError || error instanceof FileError;
}

if (import.meta.main) {
  try {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  } catch (error) {
    if (!isUsers(error)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
