// One picture of each kind, to be drawn as PNG in different places and compared.

import { matmul, mul, ones, sum, Tape } from "../../mod.ts";
import {
  confusion,
  curves,
  featureMaps,
  filters,
  graph,
  histogram,
  imageGrid,
  overlay,
  type Picture,
  profile,
  sideBySide,
} from "../../src/plot/mod.ts";

function values(shape: number[], f: (i: number) => number) {
  const length = shape.reduce((a, b) => a * b, 1);
  return { shape, dtype: "float32" as const, data: Float32Array.from({ length }, (_, i) => f(i)) };
}

/** Records a tape with a parameter that is used twice, one that is used once, and constants. */
function sampleTape(): Tape {
  const tape = new Tape();
  const { w, conv } = tape.watch({ w: ones([2, 2]), conv: { w: ones([2, 2]) } });
  sum(mul(matmul(matmul(ones([3, 2]), w), w), matmul(ones([3, 2]), conv.w)));
  return tape;
}

/** Draws the pictures, by name. */
export function samplePictures(): Record<string, Picture> {
  const images = values([6, 8, 8, 3], (i) => (i * 29 % 101) / 100);
  const labels = [0, 1, 2, 0, 1, 2];
  const options = { labels, predictions: [0, 1, 1, 0, 2, 2], classes: ["cat", "dog", "owl"] };
  return {
    curves: curves({ loss: [3, 2, 1.5, 1.2] }, { title: "Loss", xLabel: "epoch" }),
    confusion: confusion([[8, 2], [1, 9]], ["cat", "dog"], { width: 300 }),
    histogram: histogram({ w: values([50], (i) => Math.sin(i)).data }, { width: 300, height: 200 }),
    imageGrid: imageGrid(images, { ...options, title: "Images", scale: 8 }),
    overlay: overlay(images, values([6, 8, 8], (i) => i % 64), { scale: 6, theme: "dark" }),
    filters: filters(values([3, 3, 1, 6], (i) => Math.sin(i))),
    featureMaps: featureMaps({ conv: values([1, 8, 8, 4], (i) => Math.cos(i)) }),
    graph: graph(sampleTape(), { backward: true, maxOps: 3 }),
    profile: profile([{
      op: "conv2d",
      calls: 2,
      milliseconds: 3,
      backwardMilliseconds: 1,
      flops: 1e9,
      bytes: 1e6,
      fallbacks: 0,
    }], { width: 400, theme: "dark" }),
    sideBySide: sideBySide({
      before: values([1, 8, 8, 1], (i) => i / 63),
      after: values([1, 8, 8, 1], (i) => i - 32),
    }),
  };
}
