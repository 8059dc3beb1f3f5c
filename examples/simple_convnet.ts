/**
 * A convolutional network made by hand, as in chapter 7 of K. Saitoh, "Deep Learning from Scratch":
 * convolution, pooling and affine layers of matrix products, and no layer of the library.
 *
 *     conv 30 × 5 × 5 - relu - max pool 2 - affine 100 - relu - affine 10 - softmax
 *
 *     deno run examples/simple_convnet.ts                        trains on digits it draws itself
 *     deno run -R examples/simple_convnet.ts --data DIR          trains on MNIST
 *     deno run examples/simple_convnet.ts --help                 lists the options
 *
 * Images are `[N, C, H, W]` and filters `[O, C, KH, KW]`, as in the book. The book writes a backward
 * pass for each layer; here the tape knows it, and the book's gradient check says that it is right.
 *
 * @module
 */
import {
  abs,
  adam,
  assign,
  cosineDecay,
  dense,
  flatten,
  type FloatDType,
  im2col,
  max,
  mean,
  Random,
  randomNormal,
  relu,
  reshape,
  softmaxCE,
  sub,
  Tape,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import { numericalGradient } from "@tapegrad/tapegrad/testing";
import {
  accuracy,
  evaluate,
  fit,
  loadCheckpoint,
  progressBar,
  saveCheckpoint,
} from "@tapegrad/tapegrad/train";
import { type DigitsData, loadDigits } from "./digits/data.ts";
import {
  trainingFlags,
  trainingHelp,
  type TrainingOptions,
  trainingOptions,
} from "./digits/options.ts";
import { useNamedBackend } from "./shared/backend.ts";
import { explained, parsed } from "./shared/files.ts";
import { parseFlags } from "./shared/flags.ts";
import { type Labelled, scaleOf } from "./shared/labelled.ts";
import { runProgram } from "./shared/program.ts";
import { terminal } from "./shared/terminal.ts";

// --- Layers: each a matrix product of windows that im2col has written out as rows -----------------

/**
 * Applies every filter to every window: `[N, C, H, W]` -> `[N, O, OH, OW]`; w is `[O, C, KH, KW]`.
 */
export function convolution(x: Tensor, w: Tensor, b: Tensor): Tensor {
  const [filters, , ...size] = w.shape as [number, number, number, number];
  const rows = im2col(x, { size, layout: "NCHW" }); // a row for each window, [N OH OW, C KH KW]
  const columns = transpose(reshape(w, [filters, -1])); // a column for each filter
  const [height, width] = windowsIn(x, size, 1);
  const y = reshape(dense(rows, columns, { bias: b }), [-1, height, width, filters]);
  return transpose(y, [0, 3, 1, 2]);
}

/** Takes the largest of each window: `[N, C, H, W]` -> `[N, C, H / size, W / size]`. */
export function pooling(x: Tensor, size: number): Tensor {
  const channels = x.shape[1];
  const rows = im2col(x, { size, stride: size, layout: "NCHW" });
  const windows = reshape(rows, [-1, size * size]); // now a row for each window and channel
  const [height, width] = windowsIn(x, [size, size], size);
  return transpose(reshape(max(windows, { axis: 1 }), [-1, height, width, channels]), [0, 3, 1, 2]);
}

/** Connects every input to every output: `[N, ...]` -> `[N, O]`; w is `[I, O]`. */
export function affine(x: Tensor, w: Tensor, b: Tensor): Tensor {
  return dense(flatten(x), w, { bias: b });
}

function windowsIn(x: Tensor, size: readonly [number, number], stride: number): [number, number] {
  const [, , height, width] = x.shape;
  const places = (whole: number, part: number) => Math.floor((whole - part) / stride) + 1;
  return [places(height, size[0]), places(width, size[1])];
}

// --- The network ----------------------------------------------------------------------------------

/** Sizes of the network. */
export interface Sizes {
  /** `[C, H, W]`. */
  readonly inputShape: readonly [channels: number, height: number, width: number];
  readonly filters: number;
  readonly filterSize: number;
  readonly hidden: number;
  readonly classes: number;
}

/** The parameters, with the book's names. */
export interface Params {
  readonly W1: Tensor;
  readonly b1: Tensor;
  readonly W2: Tensor;
  readonly b2: Tensor;
  readonly W3: Tensor;
  readonly b3: Tensor;
}

/** Draws normal weights with deviation 0.01, and biases of 0. */
export function initParams(sizes: Sizes, random: Random, dtype: FloatDType = "float32"): Params {
  const { inputShape: [channels, height, width], filters, filterSize, hidden, classes } = sizes;
  const side = (pixels: number) => Math.floor((pixels - filterSize + 1) / 2);
  const weights = (...shape: number[]) => randomNormal(random, shape, { std: 0.01, dtype });
  return {
    W1: weights(filters, channels, filterSize, filterSize),
    b1: zeros([filters], { dtype }),
    W2: weights(filters * side(height) * side(width), hidden),
    b2: zeros([hidden], { dtype }),
    W3: weights(hidden, classes),
    b3: zeros([classes], { dtype }),
  };
}

/** Scores of the classes; softmax is in the loss. Anything with `apply` is a model for `fit`. */
export const simpleConvNet = {
  apply({ W1, b1, W2, b2, W3, b3 }: Params, x: Tensor): Tensor {
    const features = pooling(relu(convolution(x, W1, b1)), 2);
    return affine(relu(affine(features, W2, b2)), W3, b3);
  },
};

// --- The gradient check: backpropagation against numerical differentiation ------------------------

/**
 * Computes for each parameter the mean distance of the two gradients, on one small random image.
 */
export function gradientCheck(seed: number): Record<keyof Params, number> {
  const sizes = { filters: 10, filterSize: 3, hidden: 10, classes: 10 };
  const random = new Random(seed).split("check");
  const params = initParams({ inputShape: [1, 10, 10], ...sizes }, random, "float64");
  const x = tensor(Float64Array.from({ length: 100 }, () => random.uniform()), {
    shape: [1, 1, 10, 10],
  });
  const label = tensor([1], { dtype: "int32" });
  const loss = (p: Params) => softmaxCE(simpleConvNet.apply(p, x), label);

  using tape = new Tape();
  const exact = tape.gradient(loss(tape.watch(params)), params);
  const numerical = numericalGradient(loss, params);
  const names = Object.keys(params) as (keyof Params)[];
  const distances = names.map((name) => {
    return [name, mean(abs(sub(exact[name], numerical[name]))).item()] as const;
  });
  return Object.fromEntries(distances) as Record<keyof Params, number>;
}

// --- Training -------------------------------------------------------------------------------------

/** Makes batches of images from 0 to 1, the channels in front; to train on, in random order. */
function trainingSet({ images, labels }: Labelled, { batch, augment }: Options) {
  const dataset = arrayDataset({ x: images, y: labels })
    .normalize({ scale: scaleOf(images) }).shuffle();
  const varied = augment
    ? dataset.augment({ shift: 2, rotate: 10, scale: 0.1, shear: 8 })
    : dataset;
  return varied.batch(batch).map(channelsFirst);
}

function testSet({ images, labels }: Labelled) {
  return arrayDataset({ x: images, y: labels })
    .normalize({ scale: scaleOf(images) }).batch(200).map(channelsFirst);
}

function channelsFirst({ x, y }: { x: Tensor; y: Tensor }) {
  return { x: transpose(x, [0, 3, 1, 2]), y };
}

/** Draws first parameters for a data set. */
export function paramsFor({ train, classes }: DigitsData, seed: number): Params {
  const [, height, width, channels] = train.images.shape;
  const sizes = { filters: 30, filterSize: 5, hidden: 100, classes };
  const random = new Random(seed).split("weights");
  return initParams({ inputShape: [channels, height, width], ...sizes }, random);
}

/** Trains the parameters, in place. */
export async function train(params: Params, set: Labelled, options: Options): Promise<void> {
  const data = trainingSet(set, options);
  const steps = options.epochs * data.count;
  const training = fit(simpleConvNet, data, {
    params,
    loss: softmaxCE,
    optimizer: adam({ learningRate: cosineDecay({ start: options.learningRate, steps }) }),
    epochs: options.epochs,
    metrics: { accuracy: accuracy() },
    seed: options.seed,
    callbacks: [progressBar({ output: terminal, unit: "images" })],
  });
  await Array.fromAsync(training);
}

/** Computes the share of images that are classified right. */
export async function accuracyOf(params: Params, set: Labelled): Promise<number> {
  const metrics = { accuracy: accuracy() };
  const scores = await evaluate(simpleConvNet, testSet(set), { params, loss: softmaxCE, metrics });
  return scores.metrics.accuracy;
}

// --- Saving and loading ---------------------------------------------------------------------------

/** Writes parameters to a file, whole or not at all. */
export async function saveParams(path: string, params: Params): Promise<void> {
  await explained(
    "write",
    path,
    ["-R", "-W"],
    () => saveCheckpoint(path, { params: { ...params } }),
  );
}

/** Puts the parameters of a file in place of these. */
export async function loadParams(path: string, params: Params): Promise<void> {
  await parsed(path, async (bytes) => {
    const saved = await loadCheckpoint(new File([bytes], path)) as unknown as {
      readonly params: Params;
    };
    assign(params, saved.params);
  });
}

// --- The program ----------------------------------------------------------------------------------

async function main(options: Options): Promise<void> {
  console.log("mean distance of the gradients by backpropagation and by differences:");
  for (const [name, distance] of Object.entries(gradientCheck(options.seed))) {
    console.log(`  ${name}  ${distance.toExponential(1)}`);
  }

  await useNamedBackend(options);
  const data = await loadDigits(options.data, options.seed);
  console.log(`\n${data.source}`);
  console.log(`${data.train.labels.length} images to train on, ${data.test.labels.length} to test`);
  const params = paramsFor(data, options.seed);
  const start = performance.now();
  if (options.load !== undefined) await loadParams(options.load, params);
  else await train(params, data.train, options);
  console.log(`\ntrain accuracy ${(await accuracyOf(params, data.train)).toFixed(4)}`);
  console.log(`test accuracy  ${(await accuracyOf(params, data.test)).toFixed(4)}`);
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} seconds`);
  if (options.save !== undefined) await saveParams(options.save, params);
}

/** Images in a step by default. */
const BATCH = 100;

const HELP = `Train the SimpleConvNet of "Deep Learning from Scratch", and check its gradients.

Usage: deno run [-R] [-W] examples/simple_convnet.ts [options]

${trainingHelp(BATCH, "Adam")}
  --save FILE       write the parameters to a safetensors file (needs -R -W)
  --load FILE       read parameters instead of training (needs -R)
  --help            print this

Without options it draws its own digits and needs no permission.
`;

/** Options of the command line. */
export interface Options extends TrainingOptions {
  readonly save: string | undefined;
  readonly load: string | undefined;
}

/** Reads options from arguments; undefined where help was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(args, {
    ...trainingFlags(BATCH),
    save: { type: "string" },
    load: { type: "string" },
    help: { type: "boolean", default: false },
  });
  if (flags.help) return undefined;
  return {
    ...trainingOptions(flags),
    save: flags.save,
    load: flags.load,
  };
}

if (import.meta.main) {
  await runProgram(async () => {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  });
}
