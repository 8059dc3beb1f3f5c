// The models of the golden files of Keras, made of our layers.

import { flatten, relu, softmax, tanh } from "../../../mod.ts";
import { inflate } from "../../../src/files/compression_streams.ts";
import {
  BatchNorm,
  Conv2d,
  Conv2dTranspose,
  Dense,
  DepthwiseConv2d,
  Dropout,
  Embedding,
  Flatten,
  GroupNorm,
  LayerNorm,
  MaxPool,
  Sequential,
} from "../../../src/nn/mod.ts";

const epsilon = 1e-3;

/** Makes the parts of the model of images, to be changed one by one. */
export const imageLayers = () => ({
  stem: Conv2d({ filters: 4, size: 3, stride: 2, padding: "same", activation: relu }),
  norm: BatchNorm({ epsilon }),
  block: Sequential([
    DepthwiseConv2d({ size: 3, padding: "same", multiplier: 2 }),
    LayerNorm({ epsilon }),
    Sequential([Conv2d({ filters: 4, size: 1, bias: false })]),
    BatchNorm({ epsilon }),
  ]),
  up: Conv2dTranspose({ filters: 6, size: 2, stride: 2 }),
  groups: GroupNorm({ groups: 3, epsilon }),
  relu,
  pool: MaxPool({ size: 2 }),
  dilated: Conv2d({ filters: 3, size: 3, dilation: 2, padding: "same", groups: 3 }),
  flatten: Flatten(),
  dropout: Dropout({ rate: 0.5 }),
  hidden: Dense({ units: 5, activation: tanh }),
  head: Dense({ units: 3 }),
  softmax,
});

/** The model of words. */
export const words = Sequential([
  Embedding({ vocabulary: 7, dimensions: 3 }),
  LayerNorm({ epsilon }),
  flatten,
  Dense({ units: 2 }),
]);

/** The model with two layers of one shape, the first of which Keras has frozen. */
export const frozen = Sequential([
  Sequential([Dense({ units: 2 }), Dense({ units: 2 })]),
  Dense({ units: 2 }),
]);

/** Unpacks the bytes of a golden file. */
export async function unpack(file: string): Promise<Uint8Array> {
  return await inflate(Uint8Array.fromBase64(file), "gzip", {
    most: 2 ** 20,
    action: "Cannot unpack",
  });
}
