/**
 * Both models, their training steps and their inference with this library.
 *
 * @module
 */
import {
  adam,
  Arena,
  type Backend,
  conv2d,
  dense,
  flatten,
  type FloatDType,
  maxPool,
  type Optimizer,
  rmsprop,
  softmax,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import type { Arrays, HostArray } from "./arrays.ts";
import type { Model } from "./inputs.ts";

/** Weights by name. */
export type Params = Readonly<Record<string, Tensor>>;

/** A model with its weights on a backend, ready to be trained. */
export interface Training {
  readonly params: Params;
  readonly x: Tensor;
  readonly labels: Tensor;
  readonly optimizer: Optimizer;
  readonly forward: (params: Params, x: Tensor) => Tensor;
}

function signs(p: Params, x: Tensor): Tensor {
  let y = conv2d(x, p.conv1, { padding: "same", activation: "relu" });
  y = maxPool(y, { size: 8, padding: "same" });
  y = conv2d(y, p.conv2, { padding: "same", activation: "relu" });
  y = maxPool(y, { size: 4, padding: "same" });
  return dense(flatten(y), p.dense, { bias: p.bias });
}

function digits(p: Params, x: Tensor): Tensor {
  let y = maxPool(conv2d(x, p.conv1, { bias: p.bias1, activation: "relu" }), { size: 2 });
  y = maxPool(conv2d(y, p.conv2, { bias: p.bias2, activation: "relu" }), { size: 2 });
  y = conv2d(y, p.conv3, { bias: p.bias3, activation: "relu" });
  y = dense(flatten(y), p.dense4, { bias: p.bias4, activation: "relu" });
  return dense(y, p.dense5, { bias: p.bias5 });
}

/** Puts a model on a backend. */
export function makeTraining(
  model: Model,
  arrays: Arrays,
  backend: Backend,
  dtype: FloatDType = "float32",
): Training {
  const { x, labels, ...weights } = arrays;
  const put = ({ shape, data }: HostArray) => tensor(data, { shape, dtype, backend });
  return {
    params: Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, put(w)])),
    x: put(x),
    labels: tensor(labels.data, { shape: labels.shape, backend }),
    optimizer: model === "S"
      ? adam({ learningRate: 0.009 })
      : rmsprop({ learningRate: 1e-3, rho: 0.9, epsilon: 1e-7 }),
    forward: model === "S" ? signs : digits,
  };
}

/**
 * Does one step; returns the loss before it.
 *
 * @param watch sees the tape before and after the gradients are computed.
 */
export function trainStep(
  { params, x, labels, optimizer, forward }: Training,
  watch?: (tape: Tape, moment: "forward" | "gradients") => void,
): number {
  using tape = new Tape();
  tape.watch(params);
  const loss = softmaxCE(forward(params, x), labels);
  watch?.(tape, "forward");
  optimizer.step(params, tape.gradient(loss, params));
  watch?.(tape, "gradients");
  return loss.item();
}

/** Computes the probabilities of images of the host. */
export function infer(
  { params, x, forward }: Training,
  images: Float32Array<ArrayBuffer>,
): Float32Array {
  using arena = new Arena();
  const shape = [images.length / (x.size / x.shape[0]), ...x.shape.slice(1)];
  const input = arena.adopt(tensor(images, { shape, backend: x.backend }));
  return softmax(forward(params, input)).dataSync() as Float32Array;
}
