/**
 * Larger models: what they are made of, and their inputs and first weights from a seed. Only this
 * library and PyTorch run them.
 *
 * @module
 */
import { Random } from "@tapegrad/tapegrad";
import { type Arrays, type HostArray, writeArrays } from "./arrays.ts";
import { BATCH } from "./inputs.ts";

/**
 * Names: a ResNet-20 for images 32×32×3, a network of depthwise convolutions after MobileNet, an
 * auto-encoder of images 28×28×1, and one product of matrices.
 */
export const LARGER_MODELS = ["resnet", "mobilenet", "autoencoder", "matmul"] as const;

/** A larger model. */
export type LargerModel = typeof LARGER_MODELS[number];

/** Images of a training step of the two classifiers. */
const SMALL_BATCH = 32;
/** Rows and columns of the matrices. */
const MATRIX = 1024;
const CLASSES = 10;
const SEED = 1;

/** Channels of the three stages of ResNet-20, each of three blocks of two convolutions. */
export const STAGES = [16, 32, 64] as const;
/** Blocks of a stage. */
export const BLOCKS = 3;

/** Channels and strides of the depthwise convolutions, each followed by one of 1×1. */
export const SEPARABLE = [
  { channels: 64, stride: 1 },
  { channels: 128, stride: 2 },
  { channels: 128, stride: 1 },
  { channels: 256, stride: 2 },
  { channels: 256, stride: 1 },
] as const;
/** Channels of the convolution before them. */
const STEM = 32;

type Shapes = Record<string, readonly number[]>;

/** A filter, and what follows each batch normalisation. */
function normalized(name: string, filter: readonly number[], channels = filter[3]): Shapes {
  return { [`${name}.w`]: filter, [`${name}.scale`]: [channels], [`${name}.bias`]: [channels] };
}

function resnetShapes(): Shapes {
  const shapes: Shapes = {
    x: [SMALL_BATCH, 32, 32, 3],
    ...normalized("stem", [3, 3, 3, STAGES[0]]),
  };
  let before: number = STAGES[0];
  STAGES.forEach((channels, stage) => {
    for (let block = 0; block < BLOCKS; block++) {
      const name = `${stage}.${block}`;
      Object.assign(shapes, normalized(`${name}.first`, [3, 3, before, channels]));
      Object.assign(shapes, normalized(`${name}.second`, [3, 3, channels, channels]));
      if (before !== channels) {
        Object.assign(shapes, normalized(`${name}.skip`, [1, 1, before, channels]));
      }
      before = channels;
    }
  });
  return { ...shapes, "dense.w": [before, CLASSES], "dense.bias": [CLASSES] };
}

function mobilenetShapes(): Shapes {
  const shapes: Shapes = {
    x: [SMALL_BATCH, 32, 32, 3],
    ...normalized("stem", [3, 3, 3, STEM]),
  };
  let before = STEM;
  SEPARABLE.forEach(({ channels }, i) => {
    Object.assign(shapes, normalized(`${i}.depthwise`, [3, 3, before, 1], before));
    Object.assign(shapes, normalized(`${i}.pointwise`, [1, 1, before, channels]));
    before = channels;
  });
  return { ...shapes, "dense.w": [before, CLASSES], "dense.bias": [CLASSES] };
}

/** Shapes in the layout of the library; filters of transposed convolutions are HWOI. */
const SHAPES: Record<LargerModel, () => Shapes> = {
  resnet: resnetShapes,
  mobilenet: mobilenetShapes,
  autoencoder: () => ({
    x: [BATCH, 28, 28, 1],
    "down1.w": [4, 4, 1, 16],
    "down1.bias": [16],
    "down2.w": [4, 4, 16, 32],
    "down2.bias": [32],
    "up1.w": [4, 4, 16, 32],
    "up1.bias": [16],
    "up2.w": [4, 4, 1, 16],
    "up2.bias": [1],
  }),
  matmul: () => ({ x: [MATRIX, MATRIX], w: [MATRIX, MATRIX] }),
};

/** Tells a larger model by its name. */
export function isLarger(model: string): model is LargerModel {
  return (LARGER_MODELS as readonly string[]).includes(model);
}

/** Writes the arrays of a model into a folder; returns the path that peers read them from. */
export async function writeLargerInputs(folder: string, model: LargerModel): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/${model}`;
  await writeArrays(path, makeLargerInputs(model));
  return path;
}

/** Makes images `x`, `labels` and weights of a model. */
export function makeLargerInputs(model: LargerModel): Arrays {
  const random = new Random(SEED).split(model);
  const shapes = SHAPES[model]();
  const labels = Int32Array.from({ length: shapes.x[0] }, () => random.integer(CLASSES));
  const arrays: Record<string, HostArray> = { labels: { shape: [labels.length], data: labels } };
  for (const [name, shape] of Object.entries(shapes)) {
    const [low, high] = rangeOf(name, shape);
    const size = shape.reduce((product, n) => product * n, 1);
    const data = Float32Array.from({ length: size }, () => random.uniform(low, high));
    arrays[name] = { shape, data };
  }
  return arrays;
}

/** Range of values: scales are 1, biases 0, images from 0 to 1, weights by Glorot's rule. */
function rangeOf(name: string, shape: readonly number[]): readonly [number, number] {
  if (name.endsWith(".scale")) return [1, 1];
  if (name.endsWith(".bias")) return [0, 0];
  if (name === "x") return [0, 1];
  const taps = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const limit = Math.sqrt(6 / (taps * (shape.at(-2)! + shape.at(-1)!)));
  return [-limit, limit];
}
