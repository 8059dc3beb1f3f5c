// Activations of layers and of conv2d and dense: `relu` and "relu" are part of the product's kernel,
// any other function follows it, and all ways give the same numbers.

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  type Activation,
  conv2d,
  dense,
  Random,
  referenceBackend,
  relu,
  scoped,
  tanh,
  Tape,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import { Conv2d, Conv2dTranspose, Dense, DepthwiseConv2d, type Layer } from "@tapegrad/tapegrad/nn";
import { countingBackend } from "../support/counting_backend.ts";

type WithWeights = Layer<{ readonly w: Tensor; readonly bias: Tensor | null }>;

const FUSED: readonly Activation[] = [relu, "relu"];
const around = (x: Tensor) => relu(x);

const MAKERS: Readonly<Record<string, (activation?: Activation) => WithWeights>> = {
  Conv2d: (activation) => Conv2d({ filters: 3, size: [2, 1], activation }),
  Dense: (activation) => Dense({ units: 3, activation }),
  DepthwiseConv2d: (activation) => DepthwiseConv2d({ size: [1, 2], multiplier: 3, activation }),
  Conv2dTranspose: (activation) => Conv2dTranspose({ filters: 3, size: [2, 3], activation }),
};

/** Runs a layer on an image of both signs: its result, the kernels that ran, the recorded ops. */
function run(layer: WithWeights) {
  const backend = countingBackend();
  const params = layer.init(new Random(1), [4, 5, 2], { backend });
  const x = tensor(Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)), {
    shape: [1, 4, 5, 2],
    backend,
  });
  return scoped(new Tape(), (tape) => {
    tape.watch(params);
    backend.clear();
    const y = layer.apply(params, x);
    const kernels = backend.log.filter((name) => name !== "free");
    return { y: y.toArray(), kernels, ops: tape.entries.map(({ op }) => op.name) };
  });
}

for (const [name, kernel] of [["Conv2d", "conv2d"], ["Dense", "matmul"]] as const) {
  Deno.test(`activation: ${name} computes relu in the kernel of the product, however it is named`, () => {
    const apart = run(MAKERS[name](around));
    assertEquals(apart.kernels, [kernel, "unary relu"]);
    for (const activation of FUSED) {
      const fused = run(MAKERS[name](activation));
      assertEquals(fused.kernels, [kernel]);
      assertEquals(fused.ops.filter((op) => op === "relu"), []);
      assertEquals(fused.y, apart.y);
    }
  });
}

for (const [name, make] of Object.entries(MAKERS)) {
  Deno.test(`activation: ${name} takes a function, a name or none`, () => {
    const plain = run(make());
    const shown = tensor(plain.y as number[], { backend: referenceBackend() });
    assertEquals(run(make("linear")).y, plain.y);
    assertEquals(run(make(tanh)).y, tanh(shown).toArray());
    for (const activation of [...FUSED, around]) {
      assertEquals(run(make(activation)).y, relu(shown).toArray());
    }
    assertNotEquals(plain.y, relu(shown).toArray());
    assertThrows(() => run(make("tanh" as "relu")), RangeError, 'or a function: got "tanh"');
  });
}

Deno.test("activation: conv2d and dense take relu itself for its name, in both layouts", () => {
  const x = tensor([1, -2, 3, -4, 5, -6], { shape: [1, 2, 3, 1] });
  const w = tensor([1, -1], { shape: [1, 2, 1, 1] });
  const filters = tensor([1, -1], { shape: [1, 1, 1, 2] });
  const image = tensor([1, -2, 3, -4, 5, -6], { shape: [1, 1, 2, 3] });
  const opsOf = (f: () => Tensor) =>
    scoped(new Tape(), (tape) => {
      tape.watch({ x, w, filters, image });
      f();
      return tape.entries.map(({ op }) => op.name);
    });
  for (const activation of FUSED) {
    assertEquals(opsOf(() => conv2d(x, w, { activation })), ["conv2dRelu"]);
    const columns = tensor([[1, -2]]);
    assertEquals(dense(columns, tensor([[1], [1]]), { activation }).toArray(), [[0]]);
    const channelsFirst = opsOf(() => conv2d(image, filters, { activation, layout: "NCHW" }));
    assertEquals(channelsFirst.filter((op) => /relu/i.test(op)), ["conv2dRelu"]);
  }
  assertEquals(opsOf(() => conv2d(x, w, { activation: around })), ["conv2d", "relu"]);
  const last = opsOf(() => conv2d(image, filters, { activation: tanh, layout: "NCHW" }));
  assertEquals(last.at(-1), "tanh");
});
