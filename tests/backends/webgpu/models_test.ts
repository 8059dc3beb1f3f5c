// Larger models on a graphics device: a residual network of 20 layers by `fit`, two layers of a
// transformer by hand. Nothing runs on the host, and losses are those of WASM.

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  adam,
  add,
  type Backend,
  dense,
  dropout,
  embedding,
  gelu,
  layerNorm,
  matmul,
  mul,
  Random,
  randomNormal,
  relu,
  reshape,
  sgd,
  softmax,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
  transpose,
  useBackend,
  wasmBackend,
} from "@tapegrad/tapegrad";
import {
  BatchNorm,
  Conv2d,
  Dense,
  GlobalAvgPool,
  Residual,
  Sequential,
} from "@tapegrad/tapegrad/nn";
import { fit } from "@tapegrad/tapegrad/train";
import { webgpuBackend } from "@tapegrad/tapegrad/webgpu";
import { currentBackend } from "../../../src/core/backend.ts";
import { webgpuTest } from "../../support/webgpu.ts";

/** Trains on a backend; returns the loss of each step. */
type Train = () => Promise<number[]>;

async function on(backend: Backend, train: Train): Promise<number[]> {
  const before = currentBackend();
  useBackend(backend);
  try {
    return await train();
  } finally {
    useBackend(before);
  }
}

function convolution(filters: number, size: number, stride: number) {
  return [Conv2d({ filters, size, stride, padding: "same", bias: false }), BatchNorm()] as const;
}

function block(filters: number, stride: number) {
  const body = Sequential([
    ...convolution(filters, 3, stride),
    relu,
    ...convolution(filters, 3, 1),
  ]);
  const shortcut = Sequential([...convolution(filters, 1, stride)]);
  return [stride === 1 ? Residual(body) : Residual(body, { shortcut }), relu] as const;
}

const trainResidualNetwork: Train = async () => {
  const stages = [[4, 1], [8, 2], [16, 2]] as const;
  const blocks = stages.flatMap(([filters, stride]) =>
    [stride, 1, 1].flatMap((first) => [...block(filters, first)])
  );
  const model = Sequential([
    ...convolution(4, 3, 1),
    relu,
    ...blocks,
    GlobalAvgPool(),
    Dense({ units: 5 }),
  ]);
  const random = new Random(3);
  const shape = [12, 9, 9, 3];
  const pixels = Float32Array.from({ length: 12 * 9 * 9 * 3 }, () => random.uniform());
  const data = {
    x: { shape, dtype: "float32" as const, data: pixels },
    y: {
      shape: [12],
      dtype: "int32" as const,
      data: Int32Array.from(pixels.slice(0, 12), (v) => v * 5),
    },
  };
  const losses: number[] = [];
  await Array.fromAsync(fit(model, data, {
    params: model.init(new Random(1), [9, 9, 3]),
    loss: softmaxCE,
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true }),
    epochs: 1,
    batchSize: 4,
    callbacks: [{ step: ({ loss }) => void losses.push(loss) }],
  }));
  return losses;
};

const [BATCH, LENGTH, WIDTH, HEADS, WORDS] = [3, 7, 12, 2, 11];

const LAYER_SHAPES = {
  scale1: [WIDTH],
  bias1: [WIDTH],
  query: [WIDTH, WIDTH],
  key: [WIDTH, WIDTH],
  value: [WIDTH, WIDTH],
  out: [WIDTH, WIDTH],
  scale2: [WIDTH],
  bias2: [WIDTH],
  up: [WIDTH, 4 * WIDTH],
  down: [4 * WIDTH, WIDTH],
} as const;

type LayerParams = Readonly<Record<keyof typeof LAYER_SHAPES, Tensor>>;

function layerParams(random: Random): LayerParams {
  return Object.fromEntries(
    Object.entries(LAYER_SHAPES).map(([name, shape]) => [
      name,
      randomNormal(random, shape, { mean: name.startsWith("scale") ? 1 : 0, std: 0.2 }),
    ]),
  ) as LayerParams;
}

function heads(x: Tensor): Tensor {
  return transpose(reshape(x, [BATCH, LENGTH, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);
}

function layer(p: LayerParams, x: Tensor, random: Random): Tensor {
  const normal = layerNorm(x, { scale: p.scale1, bias: p.bias1 });
  const [q, k, v] = [p.query, p.key, p.value].map((w) => heads(matmul(normal, w)));
  const weights = softmax(mul(matmul(q, k, { transposeB: true }), Math.sqrt(HEADS / WIDTH)));
  const mixed = reshape(transpose(matmul(weights, v), [0, 2, 1, 3]), [BATCH, LENGTH, WIDTH]);
  const y = add(x, dropout(matmul(mixed, p.out), { rate: 0.1, random }));
  const inner = gelu(dense(layerNorm(y, { scale: p.scale2, bias: p.bias2 }), p.up));
  return add(y, dense(inner, p.down));
}

const trainTransformer: Train = async () => {
  const random = new Random(5);
  const params = {
    words: randomNormal(random, [WORDS, WIDTH], { std: 0.3 }),
    places: randomNormal(random, [LENGTH, WIDTH], { std: 0.3 }),
    layers: [layerParams(random), layerParams(random)],
  };
  const ids = Int32Array.from({ length: BATCH * LENGTH }, (_, i) => i * 5 % WORDS);
  const x = tensor(ids, { shape: [BATCH, LENGTH] });
  const y = tensor(ids.map((id) => (id + 1) % WORDS), { shape: [BATCH, LENGTH] });
  const optimizer = adam({ learningRate: 1e-3 });
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    using tape = new Tape();
    const { words, places, layers } = tape.watch(params);
    let hidden = add(embedding(x, words), places);
    for (const p of layers) hidden = layer(p, hidden, new Random(step));
    const loss = softmaxCE(matmul(hidden, words, { transposeB: true }), y);
    optimizer.step(params, tape.gradient(loss, params));
    losses.push((await loss.data())[0]);
  }
  return losses;
};

const MODELS: Readonly<Record<string, Train>> = {
  "a residual network of 20 layers": trainResidualNetwork,
  "two layers of a transformer": trainTransformer,
};

for (const [name, train] of Object.entries(MODELS)) {
  Deno.test(webgpuTest(`webgpu trains ${name} with nothing on the host`, async () => {
    using backend = await webgpuBackend();
    using wasm = wasmBackend({ threads: 1, simd: "plain" });
    const [found, expected] = [await on(backend, train), await on(wasm, train)];
    assertEquals(found.length, 3);
    found.forEach((loss, i) => assertAlmostEquals(loss, expected[i], 1e-4 * expected[i]));
    assertEquals([...backend.fallbacks!.calls], []);
  }));
}
