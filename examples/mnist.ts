/**
 * A convolutional network for MNIST: the one that the Keras documentation and many courses begin
 * with.
 *
 *     deno run examples/mnist.ts                         trains on digits it draws itself
 *     deno run -R examples/mnist.ts --data DIR           trains on MNIST, or a set of its form
 *     mpirun -n 4 deno run --allow-ffi examples/mnist.ts --distributed
 *                                                        trains on four ranks
 *     deno run examples/mnist.ts --help                  lists the options, and where MNIST is
 *
 * Data, model, training, evaluation; reading files and drawing digits are in `examples/digits/`.
 *
 * @module
 */
import { cosineDecay, namedTensors, Random, relu, rmsprop, softmaxCE } from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import { type Group, singleGroup } from "@tapegrad/tapegrad/distributed";
import { writeSafetensors } from "@tapegrad/tapegrad/io";
import { Conv2d, Dense, Flatten, MaxPool, Sequential, summary } from "@tapegrad/tapegrad/nn";
import { LiveReport } from "@tapegrad/tapegrad/plot";
import {
  accuracy,
  confusionMatrix,
  evaluate,
  fit,
  formatConfusionMatrix,
  progressBar,
} from "@tapegrad/tapegrad/train";
import { type DigitsData, loadDigits } from "./digits/data.ts";
import {
  trainingFlags,
  trainingHelp,
  type TrainingOptions,
  trainingOptions,
} from "./digits/options.ts";
import { useNamedBackend } from "./shared/backend.ts";
import { makeFolder, writeWhole } from "./shared/files.ts";
import { parseFlags, SERVE_FLAGS, SERVE_HELP, servingOf, withPort } from "./shared/flags.ts";
import { type Labelled, scaleOf } from "./shared/labelled.ts";
import { serve, type ServeOptions, untilStopped } from "./shared/live.ts";
import { runProgram } from "./shared/program.ts";
import {
  joinRanks,
  RANK_FLAGS,
  RANK_HELP,
  type RankOptions,
  rankOptions,
  resumed,
} from "./shared/ranks.ts";
import { terminal } from "./shared/terminal.ts";
import { percent, sectionsOf } from "./shared/training_report.ts";

// --- Data: batches of images from 0 to 1, in a new order every epoch ------------------------------

/** Makes the images to train on; with `augment`, no image comes twice alike. */
function trainingSet({ images, labels }: Labelled, { batch, augment }: Options) {
  const dataset = arrayDataset({ x: images, y: labels })
    .normalize({ scale: scaleOf(images) }).shuffle();
  const varied = augment
    ? dataset.augment({ shift: 2, rotate: 10, scale: 0.1, shear: 8 })
    : dataset;
  return varied.batch(batch);
}

function testSet({ images, labels }: Labelled) {
  return arrayDataset({ x: images, y: labels }).normalize({ scale: scaleOf(images) }).batch(256);
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

/** Trains on a data set; returns the model, and accuracy and confusion matrix of its test images. */
export async function run(
  { train, test, classes }: DigitsData,
  options: Options,
  live: LiveReport = new LiveReport({ title: "Digits" }),
  group: Group = singleGroup(),
) {
  const model = network(classes);
  const imageShape = train.images.shape.slice(1);
  const params = model.init(new Random(options.seed).split("weights"), imageShape);
  if (group.rank === 0) console.log(`\n${summary(model, imageShape)}\n`);

  const data = trainingSet(train, options);
  const steps = options.epochs * data.count;
  const optimizer = rmsprop({
    learningRate: cosineDecay({ start: options.learningRate, steps }),
    rule: "keras",
  });
  const { callbacks, state } = await resumed(options, { params, optimizer, group });
  const training = fit(model, data, {
    params,
    loss: softmaxCE,
    optimizer,
    epochs: options.epochs,
    metrics: { accuracy: accuracy() },
    seed: options.seed,
    callbacks: [progressBar({ output: terminal, unit: "images" }), live.callback, ...callbacks],
    signal: live.signal,
    group,
    ...state,
  });
  await Array.fromAsync(untilStopped(training, live));

  const metrics = { accuracy: accuracy(), confusion: confusionMatrix() };
  const scores = await evaluate(model, testSet(test), { params, loss: softmaxCE, metrics, group });
  return { ...scores.metrics, model, params };
}

async function main(options: Options): Promise<void> {
  if (options.out !== undefined) await makeFolder(options.out); // fails before, not after training
  using group = joinRanks(options);
  const backend = await useNamedBackend(options);
  const live = new LiveReport({ title: "Digits", hosts: [options.serve?.host ?? ""] });
  const serving = group.rank === 0 && options.serve && await serve(live, options.serve);
  const data = await loadDigits(options.data, options.seed);
  const { train, test, source } = data;
  const say = group.rank === 0 ? console.log : () => {};
  say(source);
  say(`${train.labels.length} images to train on, ${test.labels.length} to test`);

  live.show(["training"], `${source}; computed on ${backend}`);
  const start = performance.now();
  const { accuracy, confusion, model, params } = await run(data, options, live, group);
  if (group.rank > 0) return; // the first tells for all
  console.log(`\ntest accuracy ${accuracy.toFixed(4)}`);
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} seconds\n`);
  const classes = confusion.map((_, digit) => String(digit));
  console.log(formatConfusionMatrix(confusion, classes));

  const { out, epochs, batch, learningRate, seed } = options;
  if (out !== undefined || options.serve !== undefined) {
    const augment = options.augment ? "yes" : "no";
    const settings = { augment, epochs, batch, learningRate, seed, ranks: group.size };
    const results = { "test accuracy": percent(accuracy) };
    live.show(
      await sectionsOf({ model, params, test, classes, results, settings, batch: options.batch }),
    );
  }
  if (out !== undefined) {
    await writeWhole(`${out}/weights.safetensors`, writeSafetensors(namedTensors(params)));
    await writeWhole(`${out}/report.html`, live.html());
    console.log(`\nwrote weights.safetensors, report.html to ${out}`);
  }
  if (serving) await serving.untilInterrupted();
}

// --- The command line -----------------------------------------------------------------------------

/** Images in a step by default. */
const BATCH = 64;

const HELP = `Train a convolutional network on MNIST.

Usage: deno run [-R] [-W] [-N] examples/mnist.ts [options]

${trainingHelp(BATCH, "RMSprop")}
  --out DIR         write weights and report.html to a folder (needs -W)
${SERVE_HELP}
${RANK_HELP}
  --help            print this

Without options it draws its own digits and needs no permission. MNIST is at
https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz, and
Fashion-MNIST, which has the same form, at
https://github.com/zalandoresearch/fashion-mnist.
`;

/** Options of the command line. */
export interface Options extends Omit<TrainingOptions, "threads">, RankOptions {
  /** A folder for weights and the report; nothing is written where there is none. */
  readonly out?: string;
  /** Address at which the training is shown while it runs; undefined to show it nowhere. */
  readonly serve?: ServeOptions;
}

/** Reads options from arguments; undefined where help was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const flags = parseFlags(withPort(args), {
    ...trainingFlags(BATCH),
    out: { type: "string" },
    ...SERVE_FLAGS,
    ...RANK_FLAGS,
    help: { type: "boolean", default: false },
  });
  if (flags.help) return undefined;
  return {
    ...trainingOptions(flags),
    out: flags.out,
    serve: servingOf(flags),
    ...rankOptions(flags),
  };
}

if (import.meta.main) {
  await runProgram(async () => {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  });
}
