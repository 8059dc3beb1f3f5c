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
import { FileError, writeFile } from "@tapegrad/tapegrad/data";
import { type Arrays, formatOf } from "./convert/formats.ts";

const HELP = `Convert arrays from one file format to another.

Usage: deno run -R -W examples/convert.ts IN OUT [--name NAME]
       deno run -R examples/convert.ts --info IN

  --name NAME   only this array
  --info        print names, shapes, dtypes, minima, means and maxima; write nothing
  --help        print this

Formats, by the ending of the name: .npy .npz .safetensors .onnx, and to read .h5 .hdf5.
Of a model in ONNX the weights are read; arrays are written as a model without inputs.
`;

/** What the command line asks for. */
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

/** Only the array of a name, if one is asked for. */
export function choose(arrays: Arrays, name: string | undefined): Arrays {
  if (name === undefined) return arrays;
  if (Object.hasOwn(arrays, name)) return { [name]: arrays[name] };
  throw new RangeError(
    `Cannot convert: --name must be that of an array in the file, one of ` +
      `${Object.keys(arrays).join(", ").slice(0, 200) || "none"}: got ${name}`,
  );
}

/** A line for each array, in columns. */
export function table(arrays: Arrays): string {
  const rows = Object.entries(arrays).map(([name, x]) => [
    name,
    `[${x.shape.join(", ")}]`,
    x.dtype,
    ...statistics(x),
  ]);
  const lines = [["name", "shape", "dtype", "min", "mean", "max"], ...rows];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines
    .map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd())
    .join("\n");
}

/** Minimum, mean and maximum of the elements; of none there are none. */
function statistics(x: Tensor): string[] {
  if (x.size === 0) return ["-", "-", "-"];
  const floats = x.dtype.startsWith("float") ? x : cast(x, "float64");
  return [min(floats), mean(floats), max(floats)].map((y) =>
    String(Number(y.item().toPrecision(6)))
  );
}

async function main({ from, to, name }: Options): Promise<void> {
  const target = to === undefined ? undefined : formatOf(to);
  if (target?.write === null) {
    throw new RangeError(`Cannot convert: ${target.name} is only read: got ${to}`);
  }
  const arrays = choose(await formatOf(from).read(from), name);
  if (to === undefined || target === undefined) return console.log(table(arrays));
  await writeFile(to, await target.write!(arrays));
  console.log(`wrote ${Object.keys(arrays).length} arrays to ${to}`);
}

if (import.meta.main) {
  try {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  } catch (error) {
    const isUsers = error instanceof RangeError || error instanceof SyntaxError ||
      error instanceof FileError;
    if (!isUsers) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
