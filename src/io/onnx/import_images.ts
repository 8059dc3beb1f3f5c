/**
 * Operators of ONNX on images, which have channels first, and products.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { Padding } from "../../core/geometry/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { asTensor, type NodeReader, type Operator } from "./import_node.ts";

const layout = "NCHW";
type Two = readonly [number, number];

/** Two numbers for the image axes. */
function pairOf(node: NodeReader, name: string, fallback: Two): Two {
  const list = node.ints(name) ?? fallback;
  if (list.length !== 2 || list.some((n) => n < 0)) {
    return node.refuse(`have ${name} for height and width`, `[${list}]`);
  }
  return [list[0], list[1]];
}

function paddingOf(node: NodeReader): Padding {
  const auto = node.text("auto_pad", "NOTSET");
  if (auto === "SAME_UPPER") return "same";
  if (auto === "VALID") return "valid";
  if (auto !== "NOTSET") node.refuse("have auto_pad NOTSET, VALID or SAME_UPPER", auto);
  const pads = node.ints("pads") ?? [0, 0, 0, 0];
  if (pads.length !== 4 || pads.some((n) => n < 0)) {
    node.refuse("have pads for the four sides of images", `[${pads}]`);
  }
  const [top, left, bottom, right] = pads;
  return [[top, bottom], [left, right]];
}

const conv: Operator = (node) => {
  node.checkCount(2, 3);
  const options = {
    stride: pairOf(node, "strides", [1, 1]),
    dilation: pairOf(node, "dilations", [1, 1]),
    groups: node.int("group", 1),
    padding: paddingOf(node),
    layout,
  } as const;
  return ([x, w, bias]) =>
    ops.conv2d(asTensor(x), asTensor(w), { ...options, bias: bias && asTensor(bias) });
};

const convTranspose: Operator = (node) => {
  node.checkCount(2, 3);
  if (node.ints("output_shape") !== undefined) node.refuse("have no output_shape", "one");
  const options = {
    stride: pairOf(node, "strides", [1, 1]),
    dilation: pairOf(node, "dilations", [1, 1]),
    outputPadding: pairOf(node, "output_padding", [0, 0]),
    groups: node.int("group", 1),
    padding: paddingOf(node),
    layout,
  } as const;
  return ([x, w, bias]) =>
    ops.conv2dTranspose(asTensor(x), asTensor(w), { ...options, bias: bias && asTensor(bias) });
};

function poolOf(node: NodeReader) {
  node.checkCount(1, 1);
  node.expect("ceil_mode", 0);
  const [dilateHeight, dilateWidth] = pairOf(node, "dilations", [1, 1]);
  if (dilateHeight !== 1 || dilateWidth !== 1) {
    node.refuse("have dilations 1", `${dilateHeight} and ${dilateWidth}`);
  }
  if (node.ints("kernel_shape") === undefined) node.refuse("have kernel_shape", "none");
  const size = pairOf(node, "kernel_shape", [1, 1]);
  return {
    size,
    stride: pairOf(node, "strides", [1, 1]),
    padding: paddingOf(node),
    layout,
  } as const;
}

const maxPool: Operator = (node) => {
  const options = poolOf(node);
  return ([x]) => ops.maxPool(asTensor(x), options);
};

const averagePool: Operator = (node) => {
  const options = { ...poolOf(node), countPadding: node.int("count_include_pad", 0) === 1 };
  return ([x]) => ops.avgPool(asTensor(x), options);
};

const globalPool = (f: typeof ops.globalAvgPool): Operator => (node) => {
  node.checkCount(1, 1);
  return ([x]) => f(asTensor(x), { keepDims: true, layout });
};

/** A factor and a summand for each channel, by running moments. */
const batchNormalization: Operator = (node) => {
  node.checkCount(5, 5);
  node.expect("training_mode", 0);
  const epsilon = node.float("epsilon", 1e-5);
  return (inputs) => {
    const [x, scale, bias, mean, variance] = inputs.map(asTensor);
    const perChannel = (t: Tensor) => ops.reshape(t, [t.size, ...x.shape.slice(2).map(() => 1)]);
    const factor = ops.div(scale, ops.sqrt(ops.add(variance, epsilon)));
    const summand = ops.sub(bias, ops.mul(mean, factor));
    return ops.add(ops.mul(x, perChannel(factor)), perChannel(summand));
  };
};

/** `alpha A B + beta C`, with A and B transposed if asked for. */
const gemm: Operator = (node) => {
  node.checkCount(2, 3);
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const transposeA = node.int("transA", 0) !== 0;
  const transposeB = node.int("transB", 0) !== 0;
  return ([a, b, c]) => {
    const product = ops.matmul(asTensor(a), asTensor(b), { transposeA, transposeB });
    const scaled = alpha === 1 ? product : ops.mul(product, alpha);
    if (c === undefined) return scaled;
    return ops.add(scaled, beta === 1 ? asTensor(c) : ops.mul(asTensor(c), beta));
  };
};

const matmul: Operator = (node) => {
  node.checkCount(2, 2);
  return ([a, b]) => ops.matmul(asTensor(a), asTensor(b));
};

/** Operators on images, and products. */
export const imagesOperators: Readonly<Record<string, Operator>> = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  GlobalAveragePool: globalPool(ops.globalAvgPool),
  GlobalMaxPool: globalPool(ops.globalMaxPool),
  MatMul: matmul,
  MaxPool: maxPool,
};
