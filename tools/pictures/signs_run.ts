// Results of the training of docs/tutorial.md for its pictures: kept in signs.json, because the
// training takes long, and another processor would give other last digits.

import { adam, Random, relu, softmaxCE } from "@tapegrad/tapegrad";
import { arrayDataset } from "@tapegrad/tapegrad/data";
import { Conv2d, Dense, Flatten, MaxPool, Sequential } from "@tapegrad/tapegrad/nn";
import { fit, predict, predictions } from "@tapegrad/tapegrad/train";
import { handSigns } from "../../examples/signs/hands.ts";

/** Results of a training that pictures show. */
export interface SignsRun {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** The predicted class of each test image. */
  readonly found: readonly number[];
  /** Weights by their names. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

/** Trains as the tutorial does. */
export async function trainSigns(): Promise<SignsRun> {
  const { xTrain, yTrain, xTest, yTest, imageShape, classes } = handSigns({
    train: 240,
    test: 60,
  });
  const dataset = (data: Uint8Array, labels: Int32Array) => {
    const images = { shape: [labels.length, ...imageShape], dtype: "uint8", data } as const;
    return arrayDataset({ x: images, y: labels }).normalize();
  };
  const model = Sequential({
    conv1: Conv2d({ filters: 8, size: 3, padding: "same", activation: relu }),
    pool1: MaxPool({ size: 4 }),
    conv2: Conv2d({ filters: 16, size: 3, padding: "same", activation: relu }),
    pool2: MaxPool({ size: 4 }),
    flatten: Flatten(),
    dense: Dense({ units: classes.length }),
  });
  const params = model.init(new Random(1), imageShape);
  const optimizer = adam({ learningRate: 0.008 });
  const training = fit(model, dataset(xTrain, yTrain).shuffle().batch(32), {
    params,
    loss: softmaxCE,
    optimizer,
    epochs: 12,
  });
  const reports = await Array.fromAsync(training);
  const scores = await predict(model, dataset(xTest, yTest).batch(60), { params });
  const rounded = (values: Iterable<number>) =>
    Array.from(values, (value) => Number(value.toFixed(4)));
  return {
    losses: rounded(reports.map(({ loss }) => loss)),
    found: [...predictions(scores)],
    weights: {
      "conv1.w": rounded(params.conv1.w.dataSync()),
      "conv2.w": rounded(params.conv2.w.dataSync()),
    },
  };
}
