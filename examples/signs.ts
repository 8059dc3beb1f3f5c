/**
 * A classifier of hand signs: which of 0 to 5 fingers does a photo show?
 *
 *     deno run examples/signs.ts                         trains on hands it draws itself
 *     deno run -R examples/signs.ts --data DIR           trains on your images
 *     deno run examples/signs.ts --help                  lists the options
 *
 * Load, model, train, evaluate: each is a few lines here; reading files, drawing hands and the
 * command line are in the pages under `examples/signs/`.
 *
 * @module
 */
import {
  adam,
  Arena,
  conv2d,
  dense,
  flatten,
  maxPool,
  Random,
  relu,
  softmaxCE,
  Tape,
  type Tensor,
  useBackend,
  zeros,
} from "@tapegrad/tapegrad";
import { glorotUniform } from "@tapegrad/tapegrad/nn";
import {
  accuracy,
  confusionMatrix,
  type EpochReport,
  formatConfusionMatrix,
  predictions,
  Progress,
} from "@tapegrad/tapegrad/train";
import { batches } from "./signs/batches.ts";
import { type Labelled, loadData, type SignsData } from "./signs/data.ts";
import { makeFolder } from "./signs/files.ts";
import { BACKENDS, HELP, type Options, parseOptions } from "./signs/options.ts";
import { writeResults } from "./signs/output.ts";
import { terminal } from "./signs/terminal.ts";
import { UsageError } from "./signs/usage_error.ts";

// --- Model: two convolutions, each with relu and pooling, and a dense layer -----------------

interface Params {
  conv1: Tensor;
  conv2: Tensor;
  dense: { w: Tensor; bias: Tensor };
}

function initialParams(
  random: Random,
  [height, width, channels]: number[],
  classes: number,
): Params {
  const pooled = (size: number) => Math.ceil(Math.ceil(size / 8) / 4);
  const features = pooled(height) * pooled(width) * 16;
  return {
    conv1: glorotUniform(random, [4, 4, channels, 8]),
    conv2: glorotUniform(random, [2, 2, 8, 16]),
    dense: { w: glorotUniform(random, [features, classes]), bias: zeros([classes]) },
  };
}

function model(params: Params, x: Tensor): Tensor {
  let y = relu(conv2d(x, params.conv1, { padding: "same" }));
  y = maxPool(y, { size: 8, padding: "same" });
  y = relu(conv2d(y, params.conv2, { padding: "same" }));
  y = maxPool(y, { size: 4, padding: "same" });
  return dense(flatten(y), params.dense.w, { bias: params.dense.bias });
}

// --- Train: minibatches in a new order every epoch, Adam --------------------------------------

interface Training {
  history: EpochReport[];
  /** The graph of one step, as Mermaid source. */
  graph: string;
}

function train(params: Params, { images, labels }: Labelled, options: Options): Training {
  const random = new Random(options.seed).split("order");
  const optimizer = adam({ learningRate: options.learningRate });
  const progress = new Progress({
    epochs: options.epochs,
    examples: labels.length,
    output: terminal,
  });
  const history: EpochReport[] = [];
  let graph = "";
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const order = random.split(epoch).permutation(labels.length);
    for (const batch of batches({ images, labels }, options.batch, order)) {
      using tape = new Tape();
      tape.watch(params);
      tape.adopt(batch);
      const logits = model(params, batch.x);
      const loss = softmaxCE(logits, batch.labels);
      optimizer.step(params, tape.gradient(loss, params));
      graph ||= tape.toMermaid();

      const truth = batch.labels.dataSync();
      const right = accuracy(predictions(logits), truth) * truth.length;
      progress.step({ examples: truth.length, loss: loss.item(), right });
    }
    history.push(progress.endEpoch());
  }
  return { history, graph };
}

// --- Evaluate: the class of every image ----------------------------------------------------------

function predict(params: Params, set: Labelled): Int32Array {
  const classes = new Int32Array(set.labels.length);
  let done = 0;
  for (const batch of batches(set, 128)) {
    using arena = new Arena();
    arena.adopt(batch);
    const found = predictions(model(params, batch.x));
    classes.set(found, done);
    done += found.length;
  }
  return classes;
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

  const random = new Random(options.seed).split("weights");
  const params = initialParams(random, data.train.images.shape.slice(1), data.classes.length);
  const training = train(params, data.train, options);

  const found = predict(params, data.test);
  const trainAccuracy = accuracy(predict(params, data.train), data.train.labels);
  const testAccuracy = accuracy(found, data.test.labels);
  const confusion = confusionMatrix(found, data.test.labels, data.classes.length);
  console.log(`train accuracy ${trainAccuracy.toFixed(3)}`);
  console.log(`test accuracy  ${testAccuracy.toFixed(3)}\n`);
  console.log(formatConfusionMatrix(confusion, data.classes));

  if (options.out !== undefined) {
    const { conv1, conv2, dense } = params;
    const weights = { conv1, conv2, "dense.w": dense.w, "dense.bias": dense.bias };
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
