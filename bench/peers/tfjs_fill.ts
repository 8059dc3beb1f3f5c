/**
 * Kernels that TensorFlow.js's WASM backend lacks, composed of those it has: the gradient of
 * filters, which is missing, and faster gradients of images and of pools. It ships none of this.
 *
 * Convolutions must have stride 1 and pools windows that do not overlap, as in the models here.
 *
 * @module
 */
import type { KernelConfig, Tf, TfTensor } from "./tfjs_library.ts";

type Kernel = (tf: Tf) => KernelConfig["kernelFunc"];

/** Registers the kernels under the names that the gradients of the library call. */
export function fillGaps(tf: Tf): void {
  const backendName = tf.getBackend();
  const kernels = {
    Conv2DBackpropFilter: gradFilter,
    Conv2DBackpropInput: gradInput,
    MaxPoolGrad: gradPool,
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    registerTidy(tf, kernelName, backendName, kernel);
  }
}

function registerTidy(tf: Tf, kernelName: string, backendName: string, kernel: Kernel): void {
  const compute = kernel(tf);
  const kernelFunc: KernelConfig["kernelFunc"] = (call) => tf.tidy(() => compute(call));
  tf.registerKernel({ kernelName, backendName, kernelFunc });
}

/** Adds zeros before and after, of which there are `total` along both axes of an image. */
function padded(tf: Tf, x: TfTensor, before: number[], total: number[]): TfTensor {
  if (total.every((n) => n === 0)) return x;
  const [top, left] = before;
  const rows: [number, number] = [top, total[0] - top];
  const columns: [number, number] = [left, total[1] - left];
  return tf.pad(x, [[0, 0], rows, columns, [0, 0]]);
}

/**
 * Counts the zeros along both axes that a stride-1 convolution of `x` with `w` must have had to
 * give `y`.
 */
function padsOf(x: number[], w: number[], y: number[]): number[] {
  return [0, 1].map((axis) => y[axis + 1] + w[axis] - 1 - x[axis + 1]);
}

/**
 * Computes `dw`, which is a convolution: channels are its batch, the batch its channels, `dy` its
 * filters.
 */
const gradFilter: Kernel = (tf) => ({ inputs: { x, dy }, attrs: { filterShape, strides } }) => {
  requireUnit(strides);
  const pads = padsOf(x.shape, filterShape, dy.shape);
  const images = padded(tf, x, pads.map((n) => n >> 1), pads);
  const turned = tf.transpose(images, [3, 1, 2, 0]);
  const dw = tf.conv2d(turned, tf.transpose(dy, [1, 2, 0, 3]), 1, "valid");
  return tf.transpose(dw, [1, 2, 0, 3]);
};

/**
 * Computes `dx`, which is the convolution of `dy`, fully padded, with the filters turned by half a
 * circle.
 */
const gradInput: Kernel = (tf) => ({ inputs: { dy, filter }, attrs: { inputShape, strides } }) => {
  requireUnit(strides);
  const size = filter.shape.slice(0, 2);
  const pads = padsOf(inputShape, filter.shape, dy.shape);
  const before = size.map((n, axis) => n - 1 - (pads[axis] >> 1));
  const total = size.map((n, axis) => 2 * (n - 1) - pads[axis]);
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(padded(tf, dy, before, total), turned, 1, "valid");
};

/**
 * Passes on `dy` where the input equals the maximum of its window; each of several equal maxima
 * gets all of it, which only matters where relu's gradient is 0 anyway.
 */
const gradPool: Kernel = (tf) => ({ inputs: { dy, input, output }, attrs: { filterSize } }) => {
  const [n, height, width, channels] = input.shape;
  const size = typeof filterSize === "number" ? [filterSize, filterSize] : filterSize;
  const rows = dy.shape[1] * size[0];
  const columns = dy.shape[2] * size[1];
  const whole = rows === height && columns === width;
  const seen = whole ? input : tf.slice(input, [0, 0, 0, 0], [n, rows, columns, channels]);
  const spread = (x: TfTensor) => tf.image.resizeNearestNeighbor(x, [rows, columns]);
  const chosen = tf.cast(tf.equal(seen, spread(output)), "float32");
  const dx = tf.mul(chosen, spread(dy));
  return whole ? dx : padded(tf, dx, [0, 0], [height - rows, width - columns]);
};

function requireUnit(strides: number | number[]): void {
  if ([strides].flat().some((stride) => stride !== 1)) throw new RangeError("stride must be 1");
}
