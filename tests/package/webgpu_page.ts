// The page whose size is measured: it trains on a graphics device, with the core and that backend.

import { conv2d, dense, flatten, maxPool, relu, sgd, softmaxCE } from "@tapegrad/tapegrad";
import { Random, randomNormal, scoped, Tape, tensor, useBackend } from "@tapegrad/tapegrad";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";

useBackend(await webgpuBackend());
const random = new Random(1);
const params = { conv: randomNormal(random, [3, 3, 1, 8]), w: randomNormal(random, [288, 2]) };
const x = randomNormal(random, [8, 14, 14, 1]);
const labels = tensor(Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1));
const optimizer = sgd({ learningRate: 0.01 });

for (let step = 0; step < 10; step++) {
  const loss = scoped(new Tape(), (tape) => {
    const { conv, w } = tape.watch(params);
    const images = maxPool(relu(conv2d(x, conv)), { size: 2 });
    const mean = softmaxCE(dense(flatten(images), w), labels);
    optimizer.step(params, tape.gradient(mean, params));
    return mean.data();
  });
  console.log(await loss);
}
