// Small trainings of the shapes of the examples: without and with batch normalisation.

import { adam, Random, relu, rmsprop, softmaxCE } from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  GlobalAvgPool,
  type Layer,
  MaxPool,
  Sequential,
} from "@tapegrad/tapegrad/nn";

/** Names of the models: as those of the examples, smaller. */
export type ModelName = "S" | "M" | "deep" | "dropout";

const IMAGE = [12, 12, 3] as const;
const CLASSES = 5;

/** Makes a model by its name. */
export function modelNamed(name: ModelName): Layer<unknown> {
  switch (name) {
    case "S":
      return Sequential({
        conv1: Conv2d({ filters: 4, size: 4, padding: "same", bias: false, activation: relu }),
        pool1: MaxPool({ size: 4, padding: "same" }),
        flatten: Flatten(),
        dense: Dense({ units: CLASSES }),
      });
    case "M":
      return Sequential({
        conv1: Conv2d({ filters: 8, size: 3, activation: relu }),
        pool1: MaxPool({ size: 2 }),
        conv2: Conv2d({ filters: 16, size: 3, activation: relu }),
        flatten: Flatten(),
        dense1: Dense({ units: 16, activation: relu }),
        dense2: Dense({ units: CLASSES }),
      });
    case "deep":
      return Sequential({
        block1: normalizedConv(8),
        pool1: MaxPool({ size: 2 }),
        block2: normalizedConv(16),
        mean: GlobalAvgPool(),
        dense: Dense({ units: CLASSES }),
      });
    case "dropout":
      return Sequential({ flatten: Flatten(), drop: Dropout(), dense: Dense({ units: CLASSES }) });
  }
}

function normalizedConv(filters: number) {
  const conv = Conv2d({ filters, size: 3, padding: "same", bias: false });
  return Sequential({ conv, norm: BatchNorm(), relu });
}

/** Makes an optimizer for a model. */
export function optimizerFor(name: ModelName) {
  return name === "M" ? rmsprop({ learningRate: 1e-3 }) : adam({ learningRate: 3e-3 });
}

/** Makes parameters of a model, the same for a seed. */
export function paramsOf(model: Layer<unknown>, seed: number): unknown {
  return model.init(new Random(seed), IMAGE);
}

/** Makes images of classes that can be told apart, and their labels. */
export function makeExamples(count: number, seed: number) {
  const random = new Random(seed);
  const size = IMAGE.reduce((a, b) => a * b, 1);
  const y = Int32Array.from({ length: count }, () => random.integer(CLASSES));
  const x = new Float32Array(count * size);
  for (let i = 0; i < x.length; i++) {
    const label = y[Math.floor(i / size)];
    x[i] = random.uniform(0, 1) + (Math.floor(i % size / 36) % CLASSES === label ? 0.4 : 0);
  }
  return { x: { shape: [count, ...IMAGE], dtype: "float32", data: x }, y } as const;
}

/** Makes shuffled, augmented batches of images. */
export function batchesOf(count: number, batch: number) {
  const { x, y } = makeExamples(count, 1);
  return arrayDataset({ x, y }).shuffle().augment({ flip: "horizontal" }).batch(batch);
}

export const loss = softmaxCE;
