/**
 * The report of a trained classifier of images: what it is, where it errs, what it looks at, what it
 * costs, and how to train it again.
 *
 * @module
 */
import {
  Arena,
  namedTensors,
  Random,
  softmax,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import type { HostArray } from "@tapegrad/tapegrad/data";
import { activations, gradCam, type Layer, saliency } from "@tapegrad/tapegrad/nn";
import {
  type Block,
  confusion,
  featureMaps,
  filters,
  graph,
  imageGrid,
  overlay,
  profile,
  type Section,
} from "@tapegrad/tapegrad/plot";
import { classScores, confusionMatrix, predict, predictions } from "@tapegrad/tapegrad/train";
import { describeBackend } from "./backend.ts";
import { theCommand } from "./files.ts";
import { type Labelled, scaleOf } from "./labelled.ts";

/** A trained classifier, and what its report says. */
export interface Trained<P> {
  readonly model: Layer<P>;
  readonly params: P;
  /** Images that it was not trained with. */
  readonly test: Labelled;
  readonly classes: readonly string[];
  /** Results that matter most, by name. */
  readonly results: Readonly<Record<string, string | number>>;
  /** Options of the run, by name. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Images in a step. */
  readonly batch: number;
}

const WORST = 12;
const EXPLAINED = 6;
const MOST_CLASSES = 12;
const theme = "auto";

/** Writes a share as people read it. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Makes the sections of the report; the training has its place among them. */
export async function sectionsOf<P>(trained: Trained<P>): Promise<(Section | "training")[]> {
  const { test, results } = trained;
  const scores = await scoresOf(trained);
  const isLarge = trained.classes.length > 12;
  const matrix = confusionMatrix(scores.found, test.labels, trained.classes.length);
  const width = isLarge ? 880 : 440;
  const picture = confusion(matrix, trained.classes, { title: "Test images", theme, width });
  const table = classTable(matrix, trained.classes);
  return [
    {
      title: "Result",
      content: [
        { tiles: results },
        ...(isLarge ? [picture, table] : [{ beside: [picture, table] }]),
      ],
    },
    "training",
    { title: "Worst mistakes", content: mistakes(trained, scores) },
    { title: "What it has learned", content: insideOf(trained) },
    { title: "What it looks at", content: explain(trained) },
    { title: "Where the time goes", content: await stepOf(trained) },
    { title: "How to reproduce", content: reproduce(trained) },
  ];
}

/** Lists how well each class is found, the worst first. */
function classTable(matrix: number[][], classes: readonly string[]): Block {
  const rows = classScores(matrix).map(({ precision, recall, f1 }, i) => ({
    f1,
    cells: [classes[i], percent(precision), percent(recall), f1.toFixed(3)],
  }));
  rows.sort((a, b) => a.f1 - b.f1);
  const more = rows.length > MOST_CLASSES ? `, the ${MOST_CLASSES} worst` : "";
  return {
    table: rows.slice(0, MOST_CLASSES).map(({ cells }) => cells),
    head: ["class", "precision", "recall", "F1"],
    caption: `How well each class is found${more}.`,
  };
}

/** Scores of the model for every test image. */
interface Scores {
  readonly found: Int32Array;
  /** The probability of the predicted class. */
  readonly sure: number[];
  readonly losses: number[];
}

async function scoresOf<P>({ model, params, test }: Trained<P>): Promise<Scores> {
  const x = batchOf(test, Array.from(test.labels.keys()));
  using logits = await predict(model, x, { params });
  using probabilities = softmax(logits);
  const found = predictions(logits);
  const [, classes] = logits.shape;
  const values = probabilities.dataSync();
  const at = (i: number, label: number) => values[i * classes + label];
  return {
    found,
    sure: Array.from(found, (label, i) => at(i, label)),
    losses: Array.from(test.labels, (label, i) => -Math.log(Math.max(at(i, label), 1e-30))),
  };
}

/** Takes some of the images, from 0 to 1. */
function batchOf({ images }: Labelled, which: readonly number[]): HostArray {
  const scale = scaleOf(images);
  const [, ...shape] = images.shape;
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float32Array(which.length * size);
  which.forEach((image, i) => {
    for (let j = 0; j < size; j++) data[i * size + j] = images.data[image * size + j] / scale;
  });
  return { shape: [which.length, ...shape], dtype: "float32", data };
}

function mistakes<P>({ test, classes }: Trained<P>, scores: Scores): Block[] {
  const { found, sure, losses } = scores;
  const wrong = Array.from(test.labels.keys()).filter((i) => found[i] !== test.labels[i])
    .sort((a, b) => losses[b] - losses[a]);
  if (wrong.length === 0) return ["There are none: every test image has its class."];
  const shown = wrong.slice(0, WORST);
  const pick = (values: ArrayLike<number>) => shown.map((i) => values[i]);
  const picture = imageGrid(batchOf(test, shown), {
    labels: pick(test.labels),
    predictions: pick(found),
    losses: pick(losses),
    classes,
    theme,
    columns: 6,
  });
  const rows = shown.map((i) => [
    `image ${i}`,
    classes[test.labels[i]],
    classes[found[i]],
    percent(sure[i]),
    losses[i].toFixed(2),
  ]);
  const head = ["test image", "is", "taken for", "probability of that", "loss"];
  const caption = `${wrong.length} of ${found.length} are wrong; the worst are those with the ` +
    "largest loss, -log of the probability of the true class.";
  return [{ picture, caption }, { table: rows, head }];
}

/** Filters of the first convolution, and what every layer makes of an image. */
function insideOf<P>({ model, params, test, classes }: Trained<P>): Block[] {
  const weights = Object.entries(namedTensors(params)).find(([, w]) => w.rank === 4);
  const blocks: Block[] = weights === undefined ? [] : [{
    picture: filters(weights[1], { title: `Filters: ${weights[0]}`, theme, width: 440 }),
    caption: "Each filter of the first convolution as a small picture of what it answers to.",
  }];
  using arena = new Arena();
  arena.follow(params);
  const x = arena.adopt(tensorOf(batchOf(test, [0])));
  const made = Object.entries(activations(model, params, x)).filter(([, y]) => y.rank > 1);
  // A Sequential makes what its last layer makes: that is shown once.
  const maps = Object.fromEntries(
    made.filter(([, y], i) => i === 0 || !areSame(y, made[i - 1][1])),
  );
  const picture = featureMaps(maps, {
    title: "The first test image, layer by layer",
    theme,
    limit: 16,
    classes,
  });
  const caption =
    "What every layer makes of it: bright is much, the scale of each is at its right.";
  return [...blocks, { picture, caption }];
}

function areSame(a: Tensor, b: Tensor): boolean {
  const [values, others] = [a.dataSync(), b.dataSync()];
  return a.shape.join() === b.shape.join() && values.every((value, i) => value === others[i]);
}

function tensorOf({ data, shape }: HostArray): Tensor {
  return tensor(data as Float32Array, { shape: [...shape] });
}

/**
 * Draws heat over some test images: pixels that the score depends on, places that speak for the
 * class.
 */
function explain<P>({ model, params, test, classes }: Trained<P>): Block[] {
  const which = Array.from({ length: Math.min(EXPLAINED, test.labels.length) }, (_, i) => i);
  const images = batchOf(test, which);
  using arena = new Arena();
  arena.follow(params);
  const x = arena.adopt(tensorOf(images));
  const predicted = predictions(model.apply(params, x));
  const labels = which.map((i) => test.labels[i]);
  const options = { labels, predictions: predicted, classes, theme, width: 440 } as const;
  return [{
    pictures: [
      {
        picture: overlay(images, saliency(model, params, x), { ...options, title: "Saliency" }),
        caption: "How much the score of the predicted class changes with each pixel.",
      },
      {
        picture: overlay(images, gradCam(model, params, x), { ...options, title: "Grad-CAM" }),
        caption: "Where the last convolution found what speaks for the predicted class.",
      },
    ],
  }];
}

/**
 * Runs a step of training, forward and backward, and shows its time by operation, and its graph.
 */
function stepOf<P>({ model, params, test, batch }: Trained<P>): Block[] {
  const which = Array.from({ length: Math.min(batch, test.labels.length) }, (_, i) => i);
  const run = (isProfiled: boolean) => {
    using tape = new Tape({ profile: isProfiled });
    const trainable = model.trainable?.(params) ?? params;
    tape.watch(trainable);
    tape.follow(params);
    const x = tape.adopt(tensorOf(batchOf(test, which)));
    const y = tape.adopt(tensor(which.map((i) => test.labels[i]), { dtype: "int32" }));
    const logits = model.apply(params, x, { train: true, random: new Random(0), updates: null });
    tape.gradient(softmaxCE(logits, y), trainable);
    if (!isProfiled) return [];
    return [
      { picture: profile(tape.profiler!.rows, { title: "A step, by operation", theme }) },
      {
        picture: graph(tape, { title: "The graph of a step", theme, backward: true }),
        caption: "Forward on the left, backward on the right; what took longer is redder.",
      },
    ];
  };
  for (let i = 0; i < 3; i++) run(false); // the first steps wait for memory and compilers
  return [`A step of ${which.length} images, without the optimizer.`, ...run(true)];
}

function reproduce<P>({ settings, params }: Trained<P>): Block[] {
  const { backend } = Object.values(namedTensors(params))[0];
  return [
    "The same command gives the same numbers, bit for bit, on any number of threads.",
    { code: theCommand() },
    {
      facts: {
        ...settings,
        backend: describeBackend(backend),
        machine: `${Deno.build.target}, ${navigator.hardwareConcurrency} logical cores`,
        versions: `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
      },
    },
  ];
}
