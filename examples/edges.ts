/**
 * Edges: a filter for vertical ones, a filter for horizontal ones, and one that is learned.
 *
 *     deno run examples/edges.ts
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
import { beside, draw, house, show, tiles } from "./edges/pictures.ts";

/** A filter as a matrix, made into `[KH, KW, C, O]`. */
function filter(rows: number[][]): Tensor {
  return tensor(rows.flat(), { shape: [rows.length, rows[0].length, 1, 1] });
}

/** Bright left, dark right. */
export const vertical: Tensor = filter([[1, 0, -1], [1, 0, -1], [1, 0, -1]]);

/** Bright above, dark below: the same filter with rows and columns exchanged. */
export const horizontal: Tensor = transpose(vertical, [1, 0, 2, 3]);

/** What a filter finds in an image, wherever it lies within. */
export function edges(image: Tensor, w: Tensor): Tensor {
  return conv2d(image, w, { padding: "valid" });
}

/** What came of learning. */
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

/** A filter as lines of text. */
export function describe(w: Tensor): string {
  const rows = Array.from({ length: 3 }, (_, row) => w.dataSync().subarray(3 * row, 3 * row + 3));
  return rows.map((row) => [...row].map((v) => v.toFixed(2).padStart(7)).join("")).join("\n");
}

// --- The command line -----------------------------------------------------------------------------

interface Options {
  readonly seed: number;
  readonly steps: number;
}

const SIZE = 34;

const HELP = `Filters that find edges: two that are given, and one that is learned.

Usage: deno run examples/edges.ts [options]

  --seed N    decides the filter that learning starts from (default 0)
  --steps N   steps of learning (default 300)
  --help      print this

Needs no permission.
`;

function parse(args: readonly string[]): Options | "help" {
  const options = { seed: 0, steps: 300 };
  for (let i = 0; i < args.length; i += 2) {
    const [flag, value] = [args[i], Number(args[i + 1] || NaN)];
    if (flag === "--help") return "help";
    const name = flag === "--seed" ? "seed" : flag === "--steps" ? "steps" : undefined;
    if (name === undefined || !Number.isSafeInteger(value) || value < (name === "steps" ? 1 : 0)) {
      throw new RangeError(
        "Cannot read arguments: they must be --seed N, --steps N or --help, with whole numbers: " +
          `got ${args.slice(i, i + 2).join(" ")}`,
      );
    }
    options[name] = value;
  }
  return options;
}

function main(options: Options): void {
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
}

/** Leaves an image as it is, but for its border: the size of what the others find. */
const centre: Tensor = filter([[0, 0, 0], [0, 1, 0], [0, 0, 0]]);

if (import.meta.main) {
  try {
    const options = parse(Deno.args);
    if (options === "help") console.log(HELP);
    else main(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
