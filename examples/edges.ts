/**
 * Edges: a filter for vertical ones, a filter for horizontal ones, and one that is learned.
 *
 *     deno run examples/edges.ts
 *     deno run -W examples/edges.ts --out DIR   writes pictures: before and after
 *     deno run examples/edges.ts --help
 *
 * A convolution with three columns 1, 0, -1 is large where an image is brighter on the left than on
 * the right: at vertical edges. Turned on its side it finds horizontal ones. Nobody has to think of
 * such a filter: given images and where their edges are, gradient descent finds it.
 *
 * @module
 */
import {
  adam,
  conv2d,
  mean,
  Random,
  square,
  sub,
  Tape,
  type Tensor,
  tensor,
  transpose,
} from "@tapegrad/tapegrad";
import { glorotUniform } from "@tapegrad/tapegrad/nn";
import { type Picture, sideBySide } from "@tapegrad/tapegrad/plot";
import { beside, draw, house, show, tiles } from "./edges/pictures.ts";
import { makeFolder, writeWhole } from "./shared/files.ts";
import { integer, parseFlags } from "./shared/flags.ts";
import { runProgram } from "./shared/program.ts";

/** A filter as a matrix, made into `[KH, KW, C, O]`. */
function filter(rows: number[][]): Tensor {
  return tensor(rows.flat(), { shape: [rows.length, rows[0].length, 1, 1] });
}

/** Bright left, dark right. */
export const vertical: Tensor = filter([[1, 0, -1], [1, 0, -1], [1, 0, -1]]);

/** Bright above, dark below: the same filter with rows and columns exchanged. */
export const horizontal: Tensor = transpose(vertical, [1, 0, 2, 3]);

/** Applies a filter to an image, wherever it lies within. */
export function edges(image: Tensor, w: Tensor): Tensor {
  return conv2d(image, w, { padding: "valid" });
}

/** Result of learning. */
export interface Learned {
  readonly w: Tensor;
  /** The mean squared distance from the given edges, before each step. */
  readonly losses: readonly number[];
}

/** A filter of random numbers that becomes one which finds the given edges in the image. */
export function learn(image: Tensor, target: Tensor, { seed, steps }: Options): Learned {
  const params = { w: glorotUniform(new Random(seed), [3, 3, 1, 1]) };
  using optimizer = adam({ learningRate: 0.05 });
  const losses = Array.from({ length: steps }, () => {
    using tape = new Tape();
    tape.watch(params);
    const loss = mean(square(sub(edges(image, params.w), target)));
    optimizer.step(params, tape.gradient(loss, params));
    return loss.item();
  });
  return { w: params.w, losses };
}

/** Writes a filter as lines of text. */
export function describe(w: Tensor): string {
  const rows = Array.from({ length: 3 }, (_, row) => w.dataSync().subarray(3 * row, 3 * row + 3));
  return rows.map((row) => [...row].map((v) => v.toFixed(2).padStart(7)).join("")).join("\n");
}

// --- The command line -----------------------------------------------------------------------------

interface Options {
  readonly seed: number;
  readonly steps: number;
  readonly out?: string;
}

const SIZE = 34;

const HELP = `Filters that find edges: two that are given, and one that is learned.

Usage: deno run [-W] examples/edges.ts [options]

  --seed N    decides the filter that learning starts from (default 0)
  --steps N   steps of learning (default 300)
  --out DIR   write pictures as SVG: images before and after each filter (needs -W)
  --help      print this

Without --out it needs no permission.
`;

const FLAGS = {
  seed: { type: "string", default: "0" },
  steps: { type: "string", default: "300" },
  out: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Reads options from arguments; undefined where help was asked for. */
function parseOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) return undefined;
  const { out } = flags;
  return { seed: integer("seed", flags.seed, 0), steps: integer("steps", flags.steps, 1), out };
}

async function main(options: Options): Promise<void> {
  if (options.out !== undefined) await makeFolder(options.out);
  const image = draw(house, SIZE);
  const known = edges(image, vertical);
  const { w, losses } = learn(image, known, options);

  const panels: [left: string[], right: string[]][] = [
    [show("image", edges(image, centre)), show("vertical edges", known)],
    [show("horizontal edges", edges(image, horizontal)), show("learned", edges(image, w))],
  ];
  for (const [left, right] of panels) console.log(`${beside(left, right)}\n`);
  console.log(`learned from the image and its vertical edges, in ${losses.length} steps:`);
  console.log(describe(w));
  console.log(`\nloss ${losses[0].toFixed(4)} -> ${losses.at(-1)!.toExponential(1)}`);
  const unseen = draw(tiles, SIZE);
  const distance = mean(square(sub(edges(unseen, w), edges(unseen, vertical)))).item();
  console.log(`on an image that it has not seen: ${distance.toExponential(1)}`);

  if (options.out === undefined) return;
  await writeWhole(`${options.out}/house.svg`, picture("A house", image, w).svg());
  await writeWhole(`${options.out}/tiles.svg`, picture("Not seen in training", unseen, w).svg());
  console.log(`\nwrote house.svg, tiles.svg to ${options.out}`);
}

/**
 * Draws an image before and after the filters; edges on both sides of zero have colours of their
 * own.
 */
function picture(title: string, image: Tensor, learned: Tensor): Picture {
  const panels = {
    image,
    "vertical edges": edges(image, vertical),
    "horizontal edges": edges(image, horizontal),
    learned: edges(image, learned),
  };
  return sideBySide(panels, { title });
}

/** Leaves an image as it is, but for its border: the size of what the others find. */
const centre: Tensor = filter([[0, 0, 0], [0, 1, 0], [0, 0, 0]]);

if (import.meta.main) {
  await runProgram(async () => {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  });
}
