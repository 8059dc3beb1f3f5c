/**
 * A convolutional network for MNIST: the one that the Keras documentation and many courses begin
 * with.
 *
 *     deno run examples/mnist.ts                         trains on digits it draws itself
 *     deno run -R examples/mnist.ts --data DIR           trains on MNIST, or a set of its form
 *     deno run examples/mnist.ts --help                  lists the options, and where MNIST is
 *
 * Data, model, training, evaluation; reading files and drawing digits are in `examples/digits/`.
 *
 * @module
 */
import { cosineDecay, Random, relu, rmsprop, softmaxCE } from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import { Conv2d, Dense, Flatten, MaxPool, Sequential, summary } from "@tapegrad/tapegrad/nn";
import {
  classAccuracy,
  confusion,
  evaluate,
  fit,
  formatConfusionMatrix,
  progressBar,
} from "@tapegrad/tapegrad/train";
import { type DigitsData, loadDigits } from "./digits/data.ts";
import { integer, parseFlags, positive } from "./shared/flags.ts";
import { type Labelled, scaleOf } from "./shared/labelled.ts";
import { runProgram } from "./shared/program.ts";
import { terminal } from "./shared/terminal.ts";

// --- Data: batches of images from 0 to 1, in a new order every epoch ------------------------------

/** Images to train on; with `augment`, no image comes twice alike. */
function trainingSet({ images, labels }: Labelled, { batch, augment }: Options) {
  const dataset = arrayDataset({ x: images, y: labels })
    .normalise({ scale: scaleOf(images) }).shuffle();
  const varied = augment
    ? dataset.augment({ shift: 2, rotate: 10, scale: 0.1, shear: 8 })
    : dataset;
  return varied.batch(batch);
}

function testSet({ images, labels }: Labelled) {
  return arrayDataset({ x: images, y: labels }).normalise({ scale: scaleOf(images) }).batch(256);
}

// --- Model: three convolutions, two pools, two dense layers ---------------------------------------

function network(classes: number) {
  return Sequential({
    conv1: Conv2d({ filters: 32, size: 3, activation: relu }),
    pool1: MaxPool({ size: 2 }),
    conv2: Conv2d({ filters: 64, size: 3, activation: relu }),
    pool2: MaxPool({ size: 2 }),
    conv3: Conv2d({ filters: 64, size: 3, activation: relu }),
    flatten: Flatten(),
    dense1: Dense({ units: 64, activation: relu }),
    dense2: Dense({ units: classes }),
  });
}

// --- Train, then measure --------------------------------------------------------------------------

/** Trains on a data set; returns accuracy and confusion matrix of its test images. */
export async function run({ train, test, classes }: DigitsData, options: Options) {
  const model = network(classes);
  const imageShape = train.images.shape.slice(1);
  const params = model.init(new Random(options.seed).split("weights"), imageShape);
  console.log(`\n${summary(model, imageShape)}\n`);

  const data = trainingSet(train, options);
  const steps = options.epochs * data.count;
  const training = fit(model, data, {
    params,
    loss: softmaxCE,
    optimizer: rmsprop({
      learningRate: cosineDecay({ start: options.learningRate, steps }),
      rule: "keras",
    }),
    epochs: options.epochs,
    metrics: { accuracy: classAccuracy() },
    seed: options.seed,
    callbacks: [progressBar({ output: terminal })],
  });
  await Array.fromAsync(training);

  const metrics = { accuracy: classAccuracy(), confusion: confusion() };
  return (await evaluate(model, testSet(test), { params, loss: softmaxCE, metrics })).metrics;
}

async function main(options: Options): Promise<void> {
  const data = await loadDigits(options.data, options.seed);
  const { train, test, source } = data;
  console.log(source);
  console.log(`${train.labels.length} images to train on, ${test.labels.length} to test`);

  const start = performance.now();
  const { accuracy, confusion } = await run(data, options);
  console.log(`\ntest accuracy ${accuracy.toFixed(4)}`);
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} seconds\n`);
  console.log(formatConfusionMatrix(confusion, confusion.map((_, digit) => String(digit))));
}

// --- The command line -----------------------------------------------------------------------------

const HELP = `Train a convolutional network on MNIST.

Usage: deno run [-R] examples/mnist.ts [options]

  --data DIR|FILE   real images instead of drawn ones (needs -R): a folder with
                    train-images-idx3-ubyte train-labels-idx1-ubyte
                    t10k-images-idx3-ubyte t10k-labels-idx1-ubyte, plain or .gz,
                    or Keras's mnist.npz
  --augment         shift, turn, enlarge and slant the training images at random
  --epochs N        passes over the training images (default 5)
  --batch N         images in a step (default 64)
  --lr NUMBER       learning rate of RMSprop at the start; it falls to 0 along a
                    cosine (default 0.001)
  --seed N          seed of weights, order and drawn digits (default 0)
  --help            print this

Without options it draws its own digits and needs no permission. MNIST is at
https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz, and
Fashion-MNIST, which has the same form, at
https://github.com/zalandoresearch/fashion-mnist.
`;

/** What the user asked for. */
export interface Options {
  readonly data: string | undefined;
  readonly augment: boolean;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** Options from arguments; undefined where help was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(args, {
    data: { type: "string" },
    augment: { type: "boolean", default: false },
    epochs: { type: "string", default: "5" },
    batch: { type: "string", default: "64" },
    lr: { type: "string", default: "0.001" },
    seed: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  });
  if (flags.help) return undefined;
  return {
    data: flags.data,
    augment: flags.augment,
    epochs: integer("epochs", flags.epochs, 1),
    batch: integer("batch", flags.batch, 1),
    learningRate: positive("lr", flags.lr),
    seed: integer("seed", flags.seed, 0),
  };
}

if (import.meta.main) {
  await runProgram(async () => {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  });
}
