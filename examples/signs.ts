/**
 * A classifier of hand signs: which of 0 to 5 fingers does a photo show?
 *
 *     deno run examples/signs.ts                         trains on hands it draws itself
 *     deno run -R examples/signs.ts --data DIR           trains on your images
 *     deno run examples/signs.ts --help                  lists the options
 *
 * Data, model, training, evaluation: each is a few lines here; reading files, drawing hands and the
 * command line are in the pages under `examples/signs/`.
 *
 * @module
 */
import { adam, Random, relu, softmaxCE, Tape, useBackend } from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import { Conv2d, Dense, Flatten, MaxPool, Sequential } from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  type BatchSource,
  classAccuracy,
  confusionMatrix,
  fit,
  formatConfusionMatrix,
  predict,
  predictions,
  progressBar,
} from "@tapegrad/tapegrad/train";
import { type Labelled, loadData, type SignsData } from "./signs/data.ts";
import { makeFolder } from "./signs/files.ts";
import { BACKENDS, HELP, type Options, parseOptions } from "./signs/options.ts";
import { type Epoch, writeResults } from "./signs/output.ts";
import { terminal } from "./signs/terminal.ts";
import { UsageError } from "./signs/usage_error.ts";

// --- Data: batches of images scaled to [0, 1], in a new order every epoch -------------------------

function dataset({ images, labels }: Labelled) {
  const isBytes = images.dtype === "uint8" || images.dtype === "int32";
  return arrayDataset({ x: images, y: labels }).normalise({ scale: isBytes ? 255 : 1 });
}

// --- Model: two convolutions, each with relu and pooling, and a dense layer -----------------------

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

type SignsModel = ReturnType<typeof smallModel>;
type Params = ReturnType<SignsModel["init"]>;

/** The graph of one step of training, as Mermaid source. */
async function graphOf(model: SignsModel, params: Params, data: BatchSource): Promise<string> {
  for await (const { x, y } of data.batches({ epoch: 1 })) {
    using tape = new Tape();
    tape.watch(params);
    tape.adopt({ x, y });
    softmaxCE(model.apply(params, x), y);
    return tape.toMermaid();
  }
  return "";
}

// --- Train, then ask for the class of every image -------------------------------------------------

async function train(model: SignsModel, params: Params, set: Labelled, options: Options) {
  const data = dataset(set).shuffle().batch(options.batch);
  const graph = await graphOf(model, params, data);
  const training = fit(model, data, {
    params,
    loss: softmaxCE,
    optimizer: adam({ learningRate: options.learningRate }),
    epochs: options.epochs,
    metrics: { accuracy: classAccuracy() },
    seed: options.seed,
    callbacks: [progressBar({ output: terminal })],
  });
  const history: Epoch[] = [];
  for await (const { epoch, loss, metrics, examples, seconds } of training) {
    history.push({ epoch, loss, accuracy: metrics.accuracy, speed: examples / seconds });
  }
  return { history, graph };
}

async function classesOf(model: SignsModel, params: Params, set: Labelled): Promise<Int32Array> {
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
  useBackend(BACKENDS[options.backend]());
  const data = await loadData(options.data, options.seed);
  console.log(describe(data));

  const model = smallModel(data.classes.length);
  const random = new Random(options.seed).split("weights");
  const params = model.init(random, data.train.images.shape.slice(1));
  const training = await train(model, params, data.train, options);

  const found = await classesOf(model, params, data.test);
  const trainAccuracy = accuracy(await classesOf(model, params, data.train), data.train.labels);
  const testAccuracy = accuracy(found, data.test.labels);
  const confusion = confusionMatrix(found, data.test.labels, data.classes.length);
  console.log(`train accuracy ${trainAccuracy.toFixed(3)}`);
  console.log(`test accuracy  ${testAccuracy.toFixed(3)}\n`);
  console.log(formatConfusionMatrix(confusion, data.classes));

  if (options.out !== undefined) {
    const { conv1, conv2, dense } = params;
    const weights = {
      conv1: conv1.w,
      conv2: conv2.w,
      "dense.w": dense.w,
      "dense.bias": dense.bias!,
    };
    const results = { ...training, weights, trainAccuracy, testAccuracy, confusion };
    const files = await writeResults(options.out, { ...results, test: data.test, found });
    console.log(`\nwrote ${files.join(", ")} to ${options.out}`);
  }
}

if (import.meta.main) {
  try {
    const options = parseOptions(Deno.args);
    if (options === undefined) console.log(HELP);
    else await main(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
