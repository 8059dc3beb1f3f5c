/**
 * The larger models with this library.
 *
 * @module
 */
import {
  adam,
  add,
  Arena,
  type Backend,
  batchNorm,
  conv2d,
  conv2dTranspose,
  dense,
  depthwiseConv2d,
  type FloatDType,
  globalAvgPool,
  matmul,
  mse,
  relu,
  sgd,
  sigmoid,
  slice,
  softmaxCE,
  Tape,
  type Tensor,
  tensor,
} from "@tapegrad/tapegrad";
import type { Arrays, HostArray } from "./arrays.ts";
import { BLOCKS, type LargerModel, SEPARABLE, STAGES } from "./larger.ts";

type Params = Readonly<Record<string, Tensor>>;
/** The loss of a batch. */
type Loss = (p: Params, x: Tensor, labels: Tensor) => Tensor;

/** A pixel more on each side. */
const ONE_AROUND = [[1, 1], [1, 1]] as const;

/** Normalises what a convolution gives by the moments of the batch. */
function normalize(p: Params, name: string, y: Tensor): Tensor {
  return batchNorm(y, { scale: p[`${name}.scale`], bias: p[`${name}.bias`] }).y;
}

function conv(p: Params, name: string, x: Tensor, stride = 1): Tensor {
  const w = p[`${name}.w`];
  const padding = w.shape[0] === 1 ? "valid" : ONE_AROUND;
  return normalize(p, name, conv2d(x, w, { stride, padding }));
}

const resnet: Loss = (p, x, labels) => {
  let y = relu(conv(p, "stem", x));
  STAGES.forEach((_, stage) => {
    for (let block = 0; block < BLOCKS; block++) {
      const name = `${stage}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const inner = relu(conv(p, `${name}.first`, y, stride));
      const skip = stride === 1 ? y : conv(p, `${name}.skip`, y, stride);
      y = relu(add(conv(p, `${name}.second`, inner), skip));
    }
  });
  return softmaxCE(dense(globalAvgPool(y), p["dense.w"], { bias: p["dense.bias"] }), labels);
};

const mobilenet: Loss = (p, x, labels) => {
  let y = relu(conv(p, "stem", x));
  SEPARABLE.forEach(({ stride }, i) => {
    const w = p[`${i}.depthwise.w`];
    y = depthwiseConv2d(y, w, { stride, padding: ONE_AROUND });
    y = relu(normalize(p, `${i}.depthwise`, y));
    y = relu(conv(p, `${i}.pointwise`, y));
  });
  return softmaxCE(dense(globalAvgPool(y), p["dense.w"], { bias: p["dense.bias"] }), labels);
};

const autoencoder: Loss = (p, x) => {
  const window = { stride: 2, padding: ONE_AROUND };
  const down = (y: Tensor, name: string) =>
    conv2d(y, p[`${name}.w`], { ...window, bias: p[`${name}.bias`], activation: "relu" });
  const up = (y: Tensor, name: string) =>
    conv2dTranspose(y, p[`${name}.w`], { ...window, bias: p[`${name}.bias`] });
  const code = down(down(x, "down1"), "down2");
  return mse(sigmoid(up(relu(up(code, "up1")), "up2")), x);
};

/** Makes what does a step and returns the loss before it, or an element of the product. */
export function makeLargerStep(
  model: LargerModel,
  arrays: Arrays,
  backend: Backend,
  dtype: FloatDType = "float32",
): () => number {
  const { x: images, labels: classes, ...weights } = arrays;
  const put = ({ shape, data }: HostArray) => tensor(data, { shape, dtype, backend });
  const params: Params = Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [name, put(w)]),
  );
  const x = put(images);
  if (model === "matmul") return () => product(x, params.w);
  const labels = tensor(classes.data, { shape: classes.shape, backend });
  const optimizer = model === "autoencoder"
    ? adam({ learningRate: 1e-3 })
    : sgd({ learningRate: 0.01, momentum: 0.9 });
  const lossOf = { resnet, mobilenet, autoencoder }[model];
  return () => {
    using tape = new Tape();
    tape.watch(params);
    const loss = lossOf(params, x, labels);
    optimizer.step(params, tape.gradient(loss, params));
    return loss.item();
  };
}

function product(a: Tensor, b: Tensor): number {
  using arena = new Arena();
  arena.follow(a);
  return slice(matmul(a, b), [[0, 1], [0, 1]]).item();
}
