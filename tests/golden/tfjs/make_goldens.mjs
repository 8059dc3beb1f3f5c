// Writes goldens.ts beside this file: models as TensorFlow.js saves them, with what they predict.
//
// Run, in this folder: npm install --no-save @tensorflow/tfjs@4.22.0 && node make_goldens.mjs
//
// Weights of a graph model and quantised ones are written by the formulas of the converter, which is
// a program of Python, and decoded by TensorFlow.js itself.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const tf = createRequire(import.meta.url)("@tensorflow/tfjs"); // no dependency of this project

await tf.setBackend("cpu");
let seed = 5;
const draw = (below) => (seed = (seed * 16807) % 2147483647) % below;
const { layers } = tf;

function images() {
  const model = tf.sequential({ name: "chain" });
  model.add(layers.conv2d({
    inputShape: [9, 8, 3],
    filters: 6,
    kernelSize: [3, 2],
    strides: 2,
    activation: "relu6",
    name: "stem",
  }));
  model.add(layers.batchNormalization({ scale: false }));
  model.add(layers.separableConv2d({ filters: 5, kernelSize: 3, padding: "same" }));
  model.add(layers.prelu({ sharedAxes: [1, 2] }));
  model.add(layers.upSampling2d({ size: [2, 2] }));
  model.add(layers.zeroPadding2d({ padding: [[1, 0], [0, 2]] }));
  model.add(layers.cropping2D({ cropping: [[0, 1], [1, 0]] }));
  model.add(layers.averagePooling2d({ poolSize: 2, padding: "same" }));
  model.add(layers.dropout({ rate: 0.3 }));
  model.add(layers.leakyReLU({ alpha: 0.1 }));
  model.add(layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: "same" }));
  model.add(layers.depthwiseConv2d({ kernelSize: 3, useBias: false, activation: "hardSigmoid" }));
  model.add(layers.maxPooling2d({ poolSize: 2 }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 7, activation: "softsign" }));
  model.add(layers.layerNormalization());
  model.add(layers.dense({ units: 3, activation: "softmax" }));
  return model;
}

function branches() {
  const x = tf.input({ shape: [6, 7, 2], name: "picture" });
  const shared = layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", name: "shared" });
  const first = layers.conv2d({ filters: 2, kernelSize: 1, name: "first" }).apply(x);
  const [a, b] = [shared.apply(x), shared.apply(first)];
  const block = tf.sequential({ name: "block" });
  block.add(layers.conv2d({ inputShape: [6, 7, 4], filters: 4, kernelSize: 1, activation: "elu" }));
  const inner = block.apply(a);
  const y = layers.concatenate().apply([
    layers.add().apply([a, b, inner]),
    layers.multiply().apply([a, b]),
    layers.average().apply([a, b]),
    layers.maximum().apply([a, b]),
    layers.minimum().apply([a, b]),
  ]);
  const z = layers.globalAveragePooling2d({}).apply(y);
  return tf.model({ inputs: x, outputs: layers.dense({ units: 2, name: "out" }).apply(z) });
}

function words() {
  const model = tf.sequential();
  model.add(layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 12 }));
  model.add(layers.conv1d({ filters: 5, kernelSize: 3, activation: "tanh" }));
  model.add(layers.maxPooling1d({ poolSize: 2 }));
  model.add(layers.globalAveragePooling1d());
  model.add(layers.repeatVector({ n: 2 }));
  model.add(layers.permute({ dims: [2, 1] }));
  model.add(layers.reshape({ targetShape: [10] }));
  model.add(layers.dense({ units: 2, activation: "sigmoid" }));
  return model;
}

function recurrent() {
  const model = tf.sequential();
  model.add(layers.lstm({ inputShape: [5, 3], units: 4, returnSequences: true }));
  model.add(layers.gru({ units: 3, returnSequences: true, goBackwards: true }));
  model.add(layers.simpleRNN({ units: 4, activation: "relu" }));
  model.add(layers.dense({ units: 2 }));
  return model;
}

function fill(model) {
  model.setWeights(model.getWeights().map((w, i) => {
    const low = model.weights[i].name.includes("variance") ? 16 : -32;
    const data = Float32Array.from({ length: w.size }, () => (low + draw(32 - low)) / 32);
    return tf.tensor(data, w.shape);
  }));
  return model;
}

const packed = (bytes) => gzipSync(Buffer.from(bytes)).toString("base64");

async function golden(model, x) {
  let files;
  await fill(model).save({
    save: (artifacts) => {
      const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy } = artifacts;
      const bytes = new Uint8Array(tf.io.CompositeArrayBuffer?.join(weightData) ?? weightData);
      // As the converter does: files of at most so many bytes, which cut weights in pieces.
      const size = 1000;
      const count = Math.ceil(bytes.length / size);
      const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
      const weightsManifest = [{ paths, weights: weightSpecs }];
      const json = { format, generatedBy, convertedBy, modelTopology, weightsManifest };
      files = { "model.json": packed(JSON.stringify(json)) };
      paths.forEach((path, i) => files[path] = packed(bytes.slice(i * size, (i + 1) * size)));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  const y = model.predict(x);
  return {
    files,
    x: [...x.dataSync()],
    xShape: x.shape,
    y: [...y.dataSync()],
    yShape: y.shape,
  };
}

const quarters = (shape) =>
  tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => (draw(25) - 12) / 4), shape);

function graph() {
  const specs = [
    { name: "dense/kernel", shape: [2, 3], dtype: "float32", quantization: { dtype: "uint8", scale: 0.0625, min: -4 } },
    { name: "conv/bias", shape: [4], dtype: "float32", quantization: { dtype: "uint16", scale: 0.001, min: 0.5 } },
    { name: "half", shape: [3], dtype: "float32", quantization: { dtype: "float16", original_dtype: "float32" } },
    { name: "whole", shape: [2], dtype: "int32" },
    { name: "texts", shape: [2], dtype: "string" },
    { name: "flags", shape: [3], dtype: "bool" },
    { name: "counted", shape: [2], dtype: "int32", quantization: { dtype: "uint8", scale: 2.5, min: -3 } },
    { name: "plain", shape: [], dtype: "float32" },
  ];
  const parts = [
    Uint8Array.of(0, 64, 65, 128, 254, 255),
    new Uint8Array(Uint16Array.of(0, 1, 1000, 65535).buffer),
    new Uint8Array(Uint16Array.of(0x3c00, 0xc100, 0x0001).buffer),
    new Uint8Array(Int32Array.of(-7, 2 ** 30).buffer),
    Uint8Array.of(2, 0, 0, 0, 104, 105, 0, 0, 0, 0),
    Uint8Array.of(1, 0, 1),
    Uint8Array.of(1, 200),
    new Uint8Array(Float32Array.of(1.5).buffer),
  ];
  const bytes = Buffer.concat(parts);
  const decoded = tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs);
  const json = {
    format: "graph-model",
    modelTopology: { node: [{ name: "x", op: "Placeholder" }], versions: { producer: 1 } },
    weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights: specs }],
  };
  const values = Object.fromEntries(
    specs.filter(({ dtype }) => dtype !== "string")
      .map(({ name }) => [name, [...decoded[name].dataSync()]]),
  );
  return {
    files: { "model.json": packed(JSON.stringify(json)), "group1-shard1of1.bin": packed(bytes) },
    values,
  };
}

const goldens = {
  images: await golden(images(), quarters([2, 9, 8, 3])),
  branches: await golden(branches(), quarters([2, 6, 7, 2])),
  words: await golden(words(), tf.tensor(Array.from({ length: 36 }, () => draw(9)), [3, 12])),
  recurrent: await golden(recurrent(), quarters([2, 5, 3])),
  graph: graph(),
};
writeFileSync(
  "goldens.ts",
  `// Made by make_goldens.mjs beside this file, with TensorFlow.js ${tf.version.tfjs}. Do not edit.

/** Files of a model, compressed by gzip as base64. */
export type Files = Readonly<Record<string, string>>;

/** A model, inputs, and what TensorFlow.js makes of them. */
export interface Golden {
  files: Files;
  x: number[];
  xShape: number[];
  y: number[];
  yShape: number[];
}

interface Goldens {
  images: Golden;
  branches: Golden;
  words: Golden;
  recurrent: Golden;
  graph: { files: Files; values: Record<string, number[]> };
}

/** Models as files. */
export const goldens: Goldens = ${JSON.stringify(goldens, null, 1)};
`,
);
