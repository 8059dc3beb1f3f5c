// The network made by hand: its layers are those of the library, its gradients right, and it learns.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { conv2d, maxPool, Random, tensor } from "@tapegrad/tapegrad";
import {
  convolution,
  gradientCheck,
  initParams,
  loadParams,
  pooling,
  saveParams,
} from "../../examples/simple_convnet.ts";
import { ifPossible } from "../support/permissions.ts";
import { dataReason, runExample, runPermitted } from "./run_example.ts";

/** A part of MNIST; not part of the project. */
const MNIST = "../shared/data/mnist";
const NEEDS = { run: true, read: true } as const;
const SIZES = {
  inputShape: [1, 10, 10],
  filters: 3,
  filterSize: 3,
  hidden: 5,
  classes: 4,
} as const;

const accuracyIn = (text: string) => Number(text.match(/test accuracy +([\d.]+)/)?.[1]);

Deno.test("simple convnet example: its layers are conv2d and maxPool of NCHW", () => {
  const quarters = (shape: number[]) => {
    const size = shape.reduce((a, b) => a * b);
    return tensor(Float32Array.from({ length: size }, (_, i) => (i * 7 % 25 - 12) / 4), { shape });
  };
  const [x, w, b] = [quarters([2, 3, 6, 7]), quarters([4, 3, 2, 3]), quarters([4])];
  const expected = conv2d(x, w, { bias: b, layout: "NCHW" });
  assertEquals(convolution(x, w, b).toArray(), expected.toArray());
  assertEquals(pooling(x, 2).toArray(), maxPool(x, { size: 2, layout: "NCHW" }).toArray());
});

Deno.test("simple convnet example: backpropagation agrees with differences for every parameter", () => {
  const distances = gradientCheck(1);
  assertEquals(Object.keys(distances), ["W1", "b1", "W2", "b2", "W3", "b3"]);
  for (const [name, distance] of Object.entries(distances)) {
    assert(distance < 1e-9, `${name}: ${distance}`);
  }
});

Deno.test(ifPossible({
  name: "simple convnet example: parameters are saved and loaded bit for bit",
  needs: { read: true, write: true },
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const [saved, loaded] = [1, 2].map((seed) => initParams(SIZES, new Random(seed)));
      await saveParams(`${folder}/params.safetensors`, saved);
      await loadParams(`${folder}/params.safetensors`, loaded);
      for (const name of ["W1", "b1", "W2", "b2", "W3", "b3"] as const) {
        assertEquals(loaded[name].dataSync(), saved[name].dataSync());
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

Deno.test(ifPossible({
  name: "simple convnet example: learns drawn digits without any permission",
  effort: "full",
  needs: NEEDS,
  async fn() {
    const { code, stdout, stderr } = await runExample("simple_convnet.ts", "--epochs", "2");
    assertEquals([code, stderr], [0, ""]);
    const test = accuracyIn(stdout);
    assert(test > 0.9, `test accuracy after 2 epochs is ${test}`);
  },
}));

Deno.test(ifPossible({
  name: "simple convnet example: learns real digits",
  needs: NEEDS,
  skip: dataReason(MNIST),
  async fn() {
    const args = ["--data", MNIST, "--epochs", "1"];
    const { code, stdout } = await runPermitted(["-R"], "simple_convnet.ts", ...args);
    assertEquals(code, 0);
    const test = accuracyIn(stdout);
    assert(test > 0.85, `test accuracy after an epoch is ${test}`);
  },
}));

Deno.test(ifPossible({
  name: "simple convnet example: explains itself, and says in one line what is wrong",
  needs: NEEDS,
  async fn() {
    const { stdout } = await runExample("simple_convnet.ts", "--help");
    for (const flag of ["data", "augment", "epochs", "batch", "lr", "seed", "save", "load"]) {
      assertStringIncludes(stdout, `  --${flag} `);
    }
    const wrong = await runExample("simple_convnet.ts", "--load", "here");
    assertEquals([wrong.code, wrong.stderr], [
      1,
      "Cannot read here: permission is missing: run  " +
      "deno run -R examples/simple_convnet.ts --load here\n",
    ]);
  },
}));
