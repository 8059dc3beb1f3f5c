// A program that trains, in JavaScript as Node 20 reads it: what the test of the package runs in
// Node, from the tarball, and in Deno, from the sources.

import {
  adamw,
  namedTensors,
  Random,
  randomUniform,
  relu,
  scoped,
  softmaxCE,
  Tape,
  tensor,
  useBackend,
  wasmBackend,
} from "@tapegrad/tapegrad";
import { writeSafetensors } from "@tapegrad/tapegrad/io";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  MaxPool,
  Sequential,
  trainable,
} from "@tapegrad/tapegrad/nn";
import { accuracy, fit } from "@tapegrad/tapegrad/train";

/**
 * Trains a small convolutional network with `fit`, then takes one step by hand.
 *
 * @param {{ threads: number, simd?: "relaxed" | "plain" }} options of the WASM backend.
 */
export async function train(options) {
  const backend = useBackend(wasmBackend(options));
  const random = new Random(7);
  const x = randomUniform(random, [48, 12, 12, 3]);
  const y = tensor(Int32Array.from({ length: 48 }, (_, i) => i % 4));
  const model = Sequential([
    Conv2d({ filters: 16, size: 3, padding: "same", activation: relu }),
    BatchNorm(),
    MaxPool({ size: 2 }),
    Conv2d({ filters: 16, size: 3, activation: relu }),
    Dropout({ rate: 0.25 }),
    Flatten(),
    Dense({ units: 4 }),
  ]);
  const params = model.init(random, [12, 12, 3]);
  const optimizer = adamw({ learningRate: 0.01 });
  const metrics = { accuracy: accuracy() };
  const settings = { params, optimizer, loss: softmaxCE, metrics, epochs: 3, batchSize: 16 };
  const epochs = [];
  for await (const { loss, metrics: { accuracy } } of fit(model, { x, y }, settings)) {
    epochs.push({ loss, accuracy });
  }
  const lastLoss = scoped(new Tape(), (tape) => {
    const trained = tape.watch(trainable(model, params));
    const loss = softmaxCE(model.apply(params, x), y);
    optimizer.step(trained, tape.gradient(loss, trained));
    return loss.item();
  });
  const report = { epochs, lastLoss, weights: Array.from(writeSafetensors(namedTensors(params))) };
  backend.close();
  return { simd: backend.simd, threads: backend.threads, ...report };
}
