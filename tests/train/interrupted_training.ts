// A training with a bar, that is interrupted in its third step as by Ctrl+C. With an argument the
// program listens itself, and trains to the end.

import process from "node:process";
import { Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
import { Dense } from "@tapegrad/tapegrad/nn";
import { type Callback, fit, progressBar } from "@tapegrad/tapegrad/train";

if (Deno.args.length > 0) process.on("SIGINT", () => {});

const model = Dense({ units: 2 });
const interrupting: Callback = {
  async step({ step }) {
    if (step !== 3) return;
    Deno.kill(Deno.pid, "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 500)); // for the signal to come
  },
};
await fit(model, { x: tensor([[1], [2], [3], [4]]), y: tensor(new Int32Array(4)) }, {
  params: model.init(new Random(0), [1]),
  loss: softmaxCE,
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 1,
  batchSize: 1,
  callbacks: [progressBar(), interrupting],
});
console.log("trained");
