/**
 * Inputs and first weights of the models, from a seed: the same for everybody who runs the bench.
 *
 * @module
 */
import { Random } from "@tapegrad/tapegrad";
import { type Arrays, type HostArray, writeArrays } from "./arrays.ts";

/** The models: S is the small classifier of signs, M a usual network for handwritten digits. */
export type Model = "S" | "M";

/** Images of a training step. */
export const BATCH = 64;

/**
 * Adam and RMSprop divide by the root of moments that may be almost zero: where a model has such
 * gradients, roundings grow and losses part. With these seeds they do not.
 */
const SEEDS: Record<Model, number> = { S: 1, M: 3 };

/** Shapes in the layout of the library: images NHWC, filters HWIO, dense weights IO. */
const SHAPES: Record<Model, Readonly<Record<string, readonly number[]>>> = {
  S: {
    x: [BATCH, 64, 64, 3],
    conv1: [4, 4, 3, 8],
    conv2: [2, 2, 8, 16],
    dense: [64, 6],
    bias: [6],
  },
  M: {
    x: [BATCH, 28, 28, 1],
    conv1: [3, 3, 1, 32],
    bias1: [32],
    conv2: [3, 3, 32, 64],
    bias2: [64],
    conv3: [3, 3, 64, 64],
    bias3: [64],
    dense4: [576, 64],
    bias4: [64],
    dense5: [64, 10],
    bias5: [10],
  },
};

const CLASSES: Record<Model, number> = { S: 6, M: 10 };

/** Writes the arrays of a model into a folder; returns the path that peers read them from. */
export async function writeInputs(folder: string, model: Model): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/${model}`;
  await writeArrays(path, makeInputs(model));
  return path;
}

/** Makes images `x`, `labels` and weights of a model. */
export function makeInputs(model: Model, seed = SEEDS[model]): Arrays {
  const random = new Random(seed).split(model);
  const labels = Int32Array.from({ length: BATCH }, () => random.integer(CLASSES[model]));
  const arrays: Record<string, HostArray> = { labels: { shape: [BATCH], data: labels } };
  for (const [name, shape] of Object.entries(SHAPES[model])) {
    const [low, high] = rangeOf(name, shape);
    const size = shape.reduce((product, n) => product * n, 1);
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) data[i] = random.uniform(low, high);
    arrays[name] = { shape, data };
  }
  return arrays;
}

/** Finds the range of values: images are from 0 to 1, biases 0, weights by Glorot's rule. */
function rangeOf(name: string, shape: readonly number[]): readonly [number, number] {
  if (name === "x") return [0, 1];
  if (shape.length === 1) return [0, 0];
  const taps = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const limit = Math.sqrt(6 / (taps * (shape.at(-2)! + shape.at(-1)!)));
  return [-limit, limit];
}
