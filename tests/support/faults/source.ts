// Faults in the source of pictures and explanations, and the checks that must find them. A copy of
// the library with one line changed is loaded and checked.

import type { Library } from "../explain_checks.ts";
import { explainChecks } from "../explain_checks.ts";
import { chartChecks } from "../chart_checks.ts";
import { mapChecks } from "../map_checks.ts";
import { type Drawing, pictureChecks } from "../picture_checks.ts";

/** A line of the source that is changed for a wrong one. */
export interface SourceFault {
  readonly fault: string;
  /** Path of the file in `src/`. */
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  /** The name of a check that fails. */
  readonly foundBy:
    | keyof typeof pictureChecks
    | keyof typeof mapChecks
    | keyof typeof chartChecks
    | keyof typeof explainChecks;
}

const GRID = "an image grid has every image, its pixels as they are";
const MARKS = "an image grid marks wrong predictions, with a frame and a sign, and no others";
const WORST = "an image grid shows the worst first";
const FILTERS = "filters: every weight where it is, blue below zero and vermilion above";
const MAPS = "feature maps: every value of the image that is asked for, in colours of its layer";
const OVERLAY = "an overlay has each image, and next to it grey with heat";
const BESIDE = "side by side: images as they are, results in colours, at one scale";
const LEGIBLE = "an image grid can be read, with 6, 10 and 100 classes, in any size";
const SALIENCY = "saliency of a linear model is its weights, exactly";
const CAM = "Grad-CAM of a model that is known: weights, relu, size, and the last convolution";

/** The faults. */
export const sourceFaults: readonly SourceFault[] = [
  {
    fault: "wrong predictions have no frame",
    file: "plot/tiles.ts",
    right: "tile.isWrong ? drawFrame(",
    wrong: "!tile ? drawFrame(",
    foundBy: MARKS,
  },
  {
    fault: "right predictions have a cross too",
    file: "plot/image_labels.ts",
    right: 'wrong ? "wrong" as const : "right" as const',
    wrong: '"wrong" as const',
    foundBy: MARKS,
  },
  {
    fault: "the sign of right and wrong is one and the same, but for its colour",
    file: "plot/tiles.ts",
    right: "m-4 0l3 4l5 -8",
    wrong: "m-4 -4l8 8m0 -8l-8 8",
    foundBy: MARKS,
  },
  {
    fault: "the label is compared with that of the next image",
    file: "plot/image_labels.ts",
    right: "labels[i] !== predictions[i]",
    wrong: "labels[(i + 1) % labels.length] !== predictions[i]",
    foundBy: MARKS,
  },
  {
    fault: "the best come first",
    file: "plot/image_labels.ts",
    right: "Number(badness(b) > badness(a)) - Number(badness(b) < badness(a))",
    wrong: "Number(badness(b) < badness(a)) - Number(badness(b) > badness(a))",
    foundBy: WORST,
  },
  {
    fault: "NaN is no bad loss",
    file: "plot/image_labels.ts",
    right: "Number.isNaN(losses[i]) ? Infinity",
    wrong: "Number.isNaN(losses[i]) ? 0",
    foundBy: WORST,
  },
  {
    fault: "images are mirrored",
    file: "formats/png/encoder.ts",
    right: "const line = data.subarray(row * length, (row + 1) * length);",
    wrong:
      "const line = data.slice(row * length, (row + 1) * length); if (unit === 1) line.reverse();",
    foundBy: GRID,
  },
  {
    fault: "the first image is shown for all",
    file: "plot/image_values.ts",
    right: "data[i * size + j] / white",
    wrong: "data[j] / white",
    foundBy: GRID,
  },
  {
    fault: "the scale is off by one",
    file: "plot/bitmap.ts",
    right: "width: width * scale,",
    wrong: "width: width * (scale + 1),",
    foundBy: GRID,
  },
  {
    fault: "columns of tiles are too close",
    file: "plot/tiles.ts",
    right: "const x = MARGIN + i * (cell + GAP);",
    wrong: "const x = MARGIN + i * (cell - 1);",
    foundBy: GRID,
  },
  {
    fault: "texts are not cut to their tile",
    file: "plot/tiles.ts",
    right: "fitText(text, room - left + 0.01, TILE_FONT)",
    wrong: "text",
    foundBy: LEGIBLE,
  },
  {
    fault: "rows have no place for the lines below",
    file: "plot/tiles.ts",
    right: "y += height + 6 + lines * LINE_HEIGHT + GAP;",
    wrong: "y += height + 6 + GAP;",
    foundBy: LEGIBLE,
  },
  {
    fault: "curves are a step to the right of the axis",
    file: "plot/curves.ts",
    right: "(i) => axes.y(values[i]),",
    wrong: "(i) => axes.y(values[Math.max(i - 1, 0)]),",
    foundBy: "curves are where the axes say",
  },
  {
    fault: "a scale ends a hundredth too low",
    file: "plot/axes.ts",
    right: "top + (1 - spec.y.at(value)) * inner",
    wrong: "top + (1 - spec.y.at(value) * (value < 2 ? 1 : 1.01)) * inner",
    foundBy: "curves are where the axes say",
  },
  {
    fault: "bars overlap",
    file: "plot/histogram.ts",
    right: "`H${formatNumber(edge(i + 1))}`",
    wrong: "`H${formatNumber(edge(i + 1.2))}`",
    foundBy: "bars of a histogram are as high as their counts, and next to one another",
  },
  {
    fault: "a bar counts what is in the one before",
    file: "plot/histogram.ts",
    right: "const bin = Math.floor((data[i] - low) / (high - low) * bins);",
    wrong: "const bin = Math.ceil((data[i] - low) / (high - low) * bins);",
    foundBy: "bars of a histogram are as high as their counts, and next to one another",
  },
  {
    fault: "predicted classes are down, true ones across",
    file: "plot/confusion.ts",
    right: "const [x, y] = [left + j * cell, top + i * cell];",
    wrong: "const [y, x] = [top + j * cell, left + i * cell];",
    foundBy: "cells of a confusion matrix are in the row of the true class, none over another",
  },
  {
    fault: "filters are turned on their side",
    file: "plot/filters.ts",
    right: "data[((row * width + column) * allInputs + input) * allOutputs + output]",
    wrong: "data[((column * height + row) * allInputs + input) * allOutputs + output]",
    foundBy: FILTERS,
  },
  {
    fault: "filters and their input channels are mixed up",
    file: "plot/filters.ts",
    right:
      "for (let output = 0; output < outputs; output++) {\n    for (let input = 0; input < inputs; input++) {",
    wrong:
      "for (let input = 0; input < inputs; input++) {\n    for (let output = 0; output < outputs; output++) {",
    foundBy: FILTERS,
  },
  {
    fault: "the colours of filters are not centred at zero",
    file: "plot/value_colours.ts",
    right: "const size = Math.max(Math.abs(low), Math.abs(high));\n  return makeColours(-size,",
    wrong: "const size = Math.max(Math.abs(low), Math.abs(high));\n  return makeColours(low,",
    foundBy: FILTERS,
  },
  {
    fault: "blue and vermilion are exchanged",
    file: "plot/colour_map.ts",
    right: "Math.round(Math.min(Math.max(share, 0), 1) * (LEVELS - 1))",
    wrong: "Math.round((1 - Math.min(Math.max(share, 0), 1)) * (LEVELS - 1))",
    foundBy: FILTERS,
  },
  {
    fault: "images of a mosaic are a pixel too far right",
    file: "plot/mosaic.ts",
    right: "((top + row) * width + left + column) * channels",
    wrong: "((top + row) * width + left + column + 1) * channels",
    foundBy: FILTERS,
  },
  {
    fault: "feature maps are always those of the first image",
    file: "plot/feature_maps.ts",
    right: "data.subarray(image * data.length / shape[0], (image + 1) * data.length / shape[0])",
    wrong: "data.subarray(0, data.length / shape[0])",
    foundBy: MAPS,
  },
  {
    fault: "channels are taken for pixels",
    file: "plot/feature_maps.ts",
    right: "own[i * channels + channel]",
    wrong: "own[channel * height * width + i]",
    foundBy: MAPS,
  },
  {
    fault: "heat covers what has none",
    file: "plot/overlay.ts",
    right: "HOTTEST * share), 3 * i)",
    wrong: "HOTTEST), 3 * i)",
    foundBy: OVERLAY,
  },
  {
    fault: "heat is that of the image before",
    file: "plot/overlay.ts",
    right: "data.subarray(i * size, (i + 1) * size)",
    wrong: "data.subarray(0, size)",
    foundBy: OVERLAY,
  },
  {
    fault: "every column has a scale of its own",
    file: "plot/side_by_side.ts",
    right: "column.draw(i, x, y + HEAD + i * rowHeight, scale)",
    wrong: "column.draw(i, x, y + HEAD + i * rowHeight, scale * 4 / column.width)",
    foundBy: BESIDE,
  },
  {
    fault: "rows overlap",
    file: "plot/side_by_side.ts",
    right: "* scale + BETWEEN;",
    wrong: "* scale - BETWEEN;",
    foundBy: BESIDE,
  },
  {
    fault: "saliency keeps the sign",
    file: "nn/explain/saliency.ts",
    right: "max(abs(dx), { axis: 3 })",
    wrong: "max(dx, { axis: 3 })",
    foundBy: SALIENCY,
  },
  {
    fault: "saliency is the mean over channels",
    file: "nn/explain/saliency.ts",
    right: 'import { max } from "../../../ops/reduce/max.ts";',
    wrong: 'import { mean as max } from "../../../ops/reduce/mean.ts";',
    foundBy: SALIENCY,
  },
  {
    fault: "the predicted class is explained whatever is asked for",
    file: "nn/explain/scores.ts",
    right: "classes === undefined",
    wrong: "classes === undefined || scores",
    foundBy: SALIENCY,
  },
  {
    fault: "all examples are explained by the class of the first",
    file: "nn/explain/scores.ts",
    right: "return Array.from(classes);",
    wrong: "return Array.from(classes, () => classes[0]);",
    foundBy: SALIENCY,
  },
  {
    fault: "Grad-CAM has no relu",
    file: "nn/explain/grad_cam.ts",
    right: "relu(sum(mul(weights, maps), { axis: 3, keepDims: true }))",
    wrong: "sum(mul(weights, maps), { axis: 3, keepDims: true })",
    foundBy: CAM,
  },
  {
    fault: "Grad-CAM weighs each pixel of its own",
    file: "nn/explain/grad_cam.ts",
    right: "mul(weights, maps)",
    wrong: "mul(gradient, maps)",
    foundBy: "Grad-CAM is PyTorch's, of every layer",
  },
  {
    fault: "Grad-CAM is not smooth",
    file: "nn/explain/grad_cam.ts",
    right: 'mode: "bilinear"',
    wrong: 'mode: "nearest"',
    foundBy: CAM,
  },
  {
    fault: "the last convolution is that of a shortcut",
    file: "nn/explain/grad_cam.ts",
    right: " && !/(^|\\.)shortcut(\\.|$)/.test(path)",
    wrong: "",
    foundBy: CAM,
  },
  {
    fault: "activations are those before the layer",
    file: "nn/layer.ts",
    right: "options.scope?.leave(y);",
    wrong: "options.scope?.leave(x);",
    foundBy: "activations are what the layers make, one after the other",
  },
];

/** Runs a check by its name on a library. */
export function runCheck(name: SourceFault["foundBy"], plot: Drawing, library: Library): void {
  if (name in explainChecks) explainChecks[name as keyof typeof explainChecks](library);
  else {({ ...pictureChecks, ...mapChecks, ...chartChecks })[name as keyof typeof pictureChecks](
      plot,
    );}
}
