/**
 * A classifier of hand signs: which of 0 to 5 fingers does a photo show?
 *
 *     deno run examples/signs.ts                         trains on hands it draws itself
 *     deno run -R examples/signs.ts --data DIR           trains on your images
 *     deno run examples/signs.ts --model deep            a larger model: slower, and seldom wrong
 *     mpirun -n 4 deno run --allow-ffi examples/signs.ts --distributed
 *                                                        trains on four ranks
 *     deno run examples/signs.ts --help                  lists the options
 *
 * Data, models, training, evaluation: each is a few lines here; drawing hands and the command line are
 * in the pages under `examples/signs/`, what all examples need under `examples/shared/`.
 *
 * @module
 */
import {
  adam,
  adamw,
  oneCycle,
  type Optimizer,
  Random,
  relu,
  softmaxCE,
  Tape,
} from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  GlobalAvgPool,
  type Layer,
  MaxPool,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import type { Group } from "@tapegrad/tapegrad/distributed";
import { LiveReport } from "@tapegrad/tapegrad/plot";
import {
  accuracy,
  type BatchSource,
  confusionMatrix,
  fit,
  formatConfusionMatrix,
  predict,
  predictions,
  progressBar,
} from "@tapegrad/tapegrad/train";
import { useNamedBackend } from "./shared/backend.ts";
import { makeFolder } from "./shared/files.ts";
import { type Labelled, scaleOf } from "./shared/labelled.ts";
import { serve, untilStopped } from "./shared/live.ts";
import { runProgram } from "./shared/program.ts";
import { joinRanks, resumed } from "./shared/ranks.ts";
import { terminal } from "./shared/terminal.ts";
import { percent, sectionsOf } from "./shared/training_report.ts";
import { loadData, type SignsData } from "./signs/data.ts";
import { HELP, type Options, parseOptions } from "./signs/options.ts";
import { type Epoch, writeResults } from "./signs/output.ts";

// --- Data: batches of images scaled to [0, 1], in a new order every epoch -------------------------

function dataset({ images, labels }: Labelled) {
  return arrayDataset({ x: images, y: labels }).normalize({ scale: scaleOf(images) });
}

/**
 * Makes the images to train on. For the deep model none comes twice alike, or it would learn them
 * by heart.
 */
function trainingSet(set: Labelled, { model, batch }: Options) {
  const shuffled = dataset(set).shuffle();
  if (model === "small") return shuffled.batch(batch);
  const [, height, width] = set.images.shape;
  return shuffled.augment({
    shift: [height / 12, width / 12],
    rotate: 12,
    scale: 0.12,
    flip: "horizontal", // a left hand shows as many fingers as a right one
    fill: "edge",
    brightness: 0.15,
    contrast: 0.15,
    saturation: 0.15,
  }).batch(batch);
}

// --- Models ---------------------------------------------------------------------------------------

/** Makes two convolutions, each with relu and pooling, and a dense layer. */
function smallModel(classes: number) {
  return Sequential({
    conv1: Conv2d({ filters: 8, size: 4, padding: "same", bias: false, activation: relu }),
    pool1: MaxPool({ size: 8, padding: "same" }),
    conv2: Conv2d({ filters: 16, size: 2, padding: "same", bias: false, activation: relu }),
    pool2: MaxPool({ size: 4, padding: "same" }),
    flatten: Flatten(),
    dense: Dense({ units: classes }),
  });
}

/**
 * Makes four convolutions whose channels are normalised over the batch, and their mean over the
 * image.
 */
export function deepModel(classes: number) {
  return Sequential({
    block1: normalizedConv(16),
    pool1: MaxPool({ size: 2 }),
    block2: normalizedConv(32),
    pool2: MaxPool({ size: 2 }),
    block3: normalizedConv(64),
    pool3: MaxPool({ size: 2 }),
    block4: normalizedConv(128),
    mean: GlobalAvgPool(),
    dense: Dense({ units: classes }),
  });
}

function normalizedConv(filters: number) {
  const conv = Conv2d({ filters, size: 3, padding: "same", bias: false });
  return Sequential({ conv, norm: BatchNorm(), relu });
}

/**
 * Makes the optimizer: the small model learns at one rate; that of the deep one rises and falls.
 */
function optimizerFor({ model, learningRate }: Options, steps: number): Optimizer {
  if (model === "small") return adam({ learningRate });
  return adamw({ learningRate: oneCycle({ max: learningRate, steps }), weightDecay: 0.01 });
}

/** Writes the graph of one step of training, as Mermaid source. */
async function graphOf<P>(model: Layer<P>, params: P, data: BatchSource): Promise<string> {
  for await (const { x, y } of data.batches({ epoch: 1 })) {
    using tape = new Tape();
    tape.watch(params);
    tape.adopt({ x, y });
    softmaxCE(model.apply(params, x, { train: true, updates: null }), y);
    return tape.toMermaid();
  }
  return "";
}

// --- Train, then ask for the class of every image -------------------------------------------------

async function train<P>(
  model: Layer<P>,
  params: P,
  set: Labelled,
  options: Options,
  live: LiveReport,
  group: Group,
) {
  const data = trainingSet(set, options);
  const graph = await graphOf(model, params, data);
  const optimizer = optimizerFor(options, options.epochs * data.count);
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
  const history: Epoch[] = [];
  for await (const report of untilStopped(training, live)) {
    const { epoch, loss, metrics, examples, seconds } = report;
    history.push({ epoch, loss, accuracy: metrics.accuracy, speed: examples / seconds });
  }
  return { history, graph };
}

async function classesOf<P>(model: Layer<P>, params: P, set: Labelled): Promise<Int32Array> {
  using scores = await predict(model, dataset(set).batch(128), { params });
  return predictions(scores);
}

function describe({ train, test, classes, source }: SignsData): string {
  const [, ...image] = train.images.shape;
  return `${source}\n${train.labels.length} images to train on, ${test.labels.length} to test, ` +
    `${image.join(" × ")}, ${classes.length} classes`;
}

async function main(options: Options): Promise<void> {
  if (options.out !== undefined) await makeFolder(options.out); // fails before, not after training
  using group = joinRanks(options);
  const backend = await useNamedBackend(options);
  const live = new LiveReport({ title: "Hand signs", hosts: [options.serve?.host ?? ""] });
  const serving = group.rank === 0 && options.serve && await serve(live, options.serve);
  const data = await loadData(options.data, options.seed);
  if (group.rank === 0) console.log(describe(data));
  live.show(["training"], `${data.source}; computed on ${backend}`);
  const classes = data.classes.length;
  if (options.model === "deep") await run(deepModel(classes), data, options, live, group);
  else await run(smallModel(classes), data, options, live, group);
  if (serving) await serving.untilInterrupted();
}

/** Settings of the run, for its report. */
function settingsOf(options: Options, { size: ranks }: Group) {
  const { model, epochs, batch, learningRate, seed, backend } = options;
  return { model, epochs, batch, learningRate, seed, backend, ranks };
}

/** Trains a model, and says how well it does. */
async function run<P>(
  model: Layer<P>,
  data: SignsData,
  options: Options,
  live: LiveReport,
  group: Group,
): Promise<void> {
  const random = new Random(options.seed).split("weights");
  const params = model.init(random, data.train.images.shape.slice(1));
  const training = await train(model, params, data.train, options, live, group);
  if (group.rank > 0) return; // the first tells for all

  const found = await classesOf(model, params, data.test);
  const trainAccuracy = accuracy(await classesOf(model, params, data.train), data.train.labels);
  const testAccuracy = accuracy(found, data.test.labels);
  const confusion = confusionMatrix(found, data.test.labels, data.classes.length);
  console.log(`train accuracy ${trainAccuracy.toFixed(3)}`);
  console.log(`test accuracy  ${testAccuracy.toFixed(3)}\n`);
  console.log(formatConfusionMatrix(confusion, data.classes));

  if (options.out === undefined && options.serve === undefined) return;
  const results = {
    "test accuracy": percent(testAccuracy),
    "train accuracy": percent(trainAccuracy),
  };
  const settings = settingsOf(options, group);
  const trained = { model, params, ...data, results, settings, batch: options.batch };
  live.show(await sectionsOf(trained));
  if (options.out === undefined) return;
  const files = await writeResults(options.out, {
    ...training,
    params,
    trainAccuracy,
    testAccuracy,
    confusion,
    test: data.test,
    found,
    page: live.html(),
  });
  console.log(`\nwrote ${files.join(", ")} to ${options.out}`);
}

if (import.meta.main) {
  await runProgram(async () => {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  });
}
