// Every picture of README.md and docs/, by the name of its file. What is computed for them is exact,
// in float64 or shown with few digits, so that every machine draws the same.

import {
  abs,
  concat,
  conv2d,
  grad,
  linspace,
  max,
  mul,
  namedTensors,
  Random,
  slice,
  softmaxCE,
  sum,
  Tape,
  type Tensor,
  tensor,
  zeros,
} from "@tapegrad/tapegrad";
import { resizeImages } from "@tapegrad/tapegrad/data";
import { Conv2d, Dense, Flatten, Sequential } from "@tapegrad/tapegrad/nn";
import {
  confusion,
  curves,
  filters,
  graph,
  histogram,
  imageGrid,
  type Picture,
  type ThemeName,
} from "@tapegrad/tapegrad/plot";
import { confusionMatrix } from "@tapegrad/tapegrad/train";
import { rowOf, table } from "../../examples/convert.ts";
import { swish } from "../../examples/custom_op.ts";
import { drawDigits } from "../../examples/digits/drawn.ts";
import { edges, horizontal, vertical } from "../../examples/edges.ts";
import { handSigns } from "../../examples/signs/hands.ts";
import { draw, house } from "../../examples/edges/pictures.ts";
import { initParams, simpleConvNet } from "../../examples/simple_convnet.ts";
import { steps } from "../../examples/step_by_step.ts";
import run from "./signs.json" with { type: "json" };
import { terminal } from "./terminal.ts";

/** Draws a picture for a background. */
export type Drawing = (theme: ThemeName) => Picture;

/** The pictures, by the names of their files without the ending. */
export const DRAWINGS: Readonly<Record<string, Drawing>> = {
  "tape": drawTape,
  "convert": drawConvert,
  "custom_op": drawSwish,
  "edges": drawEdges,
  "mnist": drawMnist,
  "signs": drawSigns,
  "simple_convnet": drawSimpleConvNet,
  "step_by_step": drawSteps,
  "tutorial_confusion": drawConfusion,
  "tutorial_filters": (theme) => {
    const w = tensor(run.weights["conv1.w"], { shape: [3, 3, 3, 8] });
    return filters(w, { title: "conv1.w: 8 filters for red, green and blue", width: 480, theme });
  },
  "tutorial_loss": (theme) =>
    curves({ training: run.losses }, {
      title: "Loss",
      xLabel: "epoch",
      yLabel: "cross entropy",
      width: 480,
      height: 300,
      theme,
    }),
  "tutorial_weights": (theme) =>
    histogram(run.weights, { title: "Weights", width: 480, height: 300, theme }),
};

/** Hands that the training is tested on; they do not depend on those it is trained on. */
const hands = handSigns({ train: 1, test: 60 });

/** Draws the call of conv2d that docs/architecture.md follows. */
function drawTape(theme: ThemeName): Picture {
  using tape = new Tape();
  const { w, bias } = tape.watch({ w: zeros([2, 2, 1, 1]), bias: zeros([1]) });
  const x = zeros([1, 3, 3, 1]);
  sum(conv2d(x, w, { bias, padding: "same" }));
  return graph(tape, { backward: true, theme });
}

function drawConvert(theme: ThemeName): Picture {
  const model = Sequential({
    conv1: Conv2d({ filters: 8, size: 3 }),
    flatten: Flatten(),
    dense: Dense({ units: 6 }),
  });
  const params = namedTensors(model.init(new Random(0), [16, 16, 3]));
  const command = "$ deno run -R examples/convert.ts --info signs.safetensors";
  const rows = Object.entries(params)
    .map(([name, x]) => rowOf(name, { shape: x.shape, storedAs: x.dtype }, x));
  const kind = "signs.safetensors: a safetensors file";
  return terminal([command, kind, ...table(rows).split("\n")], { title: command, theme });
}

function drawSwish(theme: ThemeName): Picture {
  const x = linspace(-6, 6, 121, { dtype: "float64" });
  const at = [...x.dataSync()];
  const slope = grad((x: Tensor) => sum(swish(x)))(x);
  const bend = grad((x: Tensor) => sum(grad((x: Tensor) => sum(swish(x)))(x)))(x);
  const series = {
    swish: { x: at, y: [...swish(x).dataSync()] },
    "its gradient": { x: at, y: [...slope.dataSync()] },
    "and the gradient's": { x: at, y: [...bend.dataSync()], dashed: true },
  };
  return curves(series, { xLabel: "x", width: 480, height: 300, theme });
}

function drawEdges(theme: ThemeName): Picture {
  const image = draw(house, 66);
  const found = [vertical, horizontal].map((w) => {
    const size = abs(edges(image, w));
    return mul(size, 1 / max(size).item());
  });
  const within = slice(image, [null, [1, -1], [1, -1]]); // no edges are found at the border
  const images = concat([within, ...found], { axis: 0 });
  const classes = ["image", "vertical edges", "horizontal edges"];
  return imageGrid(images, { labels: [0, 1, 2], classes, scale: 2, theme });
}

function drawMnist(theme: ThemeName): Picture {
  const { images, labels } = drawDigits(16, 0, 1);
  return imageGrid(images, { labels: [...labels], columns: 8, scale: 2, theme });
}

/** Draws hand signs; small, because every pixel is in the file. */
function drawSigns(theme: ThemeName): Picture {
  const { xTest, yTest, imageShape } = hands;
  const count = 12;
  const bytes = xTest.subarray(0, count * 64 * 64 * 3);
  const images = tensor(bytes, { shape: [count, ...imageShape] });
  return imageGrid(resizeImages(images, [40, 40]), {
    labels: [...yTest.subarray(0, count)],
    predictions: run.found.slice(0, count),
    columns: 6,
    scale: 2,
    theme,
  });
}

function drawConfusion(theme: ThemeName): Picture {
  const { yTest, classes } = hands;
  const matrix = confusionMatrix(run.found, yTest, classes.length);
  return confusion(matrix, classes, { title: "Test images", width: 480, theme });
}

function drawSimpleConvNet(theme: ThemeName): Picture {
  const sizes = { filters: 30, filterSize: 5, hidden: 100, classes: 10 };
  const params = initParams({ inputShape: [1, 28, 28], ...sizes }, new Random(0));
  using tape = new Tape();
  tape.watch(params);
  const x = zeros([1, 1, 28, 28]);
  softmaxCE(simpleConvNet.apply(params, x), tensor([0], { dtype: "int32" }));
  return graph(tape, { maxOps: 6, theme });
}

function drawSteps(theme: ThemeName): Picture {
  const lines = steps().slice(3, 8).flatMap(({ name, found, expected }) => {
    const numbers = (values: ArrayLike<number>) =>
      Array.from(values).slice(0, 4).map((v) => v.toFixed(5).padStart(9)).join(" ");
    return [`ok  ${name}`, `    found    ${numbers(found)}`, `    expected ${numbers(expected)}`];
  });
  const command = "$ deno run examples/step_by_step.ts";
  return terminal([command, ...lines], { title: command, theme });
}
