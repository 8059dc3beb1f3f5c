/**
 * Operators of ONNX on images, which have channels first, and products.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { Padding } from "../../core/geometry/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { byDoubles } from "./device_ints.ts";
import type { NodeReader, Operator } from "./import_node.ts";
import { asTensor } from "./values.ts";

const layout = "NCHW";
type Two = readonly [number, number];

/** Reads two numbers for the image axes. */
function pairOf(node: NodeReader, name: string, fallback: Two): Two {
  const list = node.ints(name) ?? fallback;
  if (list.length !== 2 || list.some((n) => n < 0)) {
    return node.refuse(`have ${name} for height and width`, `[${list}]`);
  }
  return [list[0], list[1]];
}

/** The padding of an image, by its height and width. */
type PaddingOf = (x: Tensor) => Padding;

/**
 * Reads the padding of the file; SAME_LOWER puts the odd pixel before, where this library has none.
 */
function paddingOf(node: NodeReader, stride: Two): (reach: Two) => PaddingOf {
  const auto = node.choice("auto_pad", ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]);
  if (auto === "SAME_UPPER") return () => () => "same";
  if (auto === "SAME_LOWER") return (reach) => (x) => lowerPadding(x, reach, stride);
  if (auto === "VALID") return () => () => "valid";
  const pads = node.ints("pads") ?? [0, 0, 0, 0];
  if (pads.length !== 4 || pads.some((n) => n < 0)) {
    node.refuse("have pads for the four sides of images", `[${pads}]`);
  }
  const [top, left, bottom, right] = pads;
  return () => () => [[top, bottom], [left, right]];
}

function lowerPadding(x: Tensor, reach: Two, stride: Two): Padding {
  const [vertical, horizontal] = [0, 1].map((axis): Two => {
    const size = x.shape[2 + axis];
    const last = (Math.ceil(size / stride[axis]) - 1) * stride[axis];
    const total = Math.max(last + reach[axis] - size, 0);
    return [Math.ceil(total / 2), Math.floor(total / 2)];
  });
  return [vertical, horizontal];
}

/** Counts the rows and columns over which a window of a size reaches. */
function reachOf(size: readonly number[], dilation: Two): Two {
  return [(size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1];
}

const conv: Operator = (node) => {
  node.checkCount(2, 3);
  const stride = pairOf(node, "strides", [1, 1]);
  const dilation = pairOf(node, "dilations", [1, 1]);
  const padding = paddingOf(node, stride);
  const options = { stride, dilation, groups: node.int("group", 1), layout } as const;
  return ([x, w, bias]) => {
    const [image, filters] = [asTensor(x), asTensor(w)];
    return ops.conv2d(image, filters, {
      ...options,
      padding: padding(reachOf(filters.shape.slice(2), dilation))(image),
      bias: bias && asTensor(bias),
    });
  };
};

const convTranspose: Operator = (node) => {
  node.checkCount(2, 3);
  if (node.ints("output_shape") !== undefined) node.refuse("have no output_shape", "one");
  if (node.text("auto_pad", "NOTSET") === "SAME_LOWER") {
    node.refuse("have auto_pad NOTSET, VALID or SAME_UPPER", "SAME_LOWER");
  }
  const stride = pairOf(node, "strides", [1, 1]);
  const padding = paddingOf(node, stride)(stride);
  const options = {
    stride,
    dilation: pairOf(node, "dilations", [1, 1]),
    outputPadding: pairOf(node, "output_padding", [0, 0]),
    groups: node.int("group", 1),
    layout,
  } as const;
  return ([x, w, bias]) =>
    ops.conv2dTranspose(asTensor(x), asTensor(w), {
      ...options,
      padding: padding(asTensor(x)),
      bias: bias && asTensor(bias),
    });
};

function poolOf(node: NodeReader) {
  node.checkCount(1, 1);
  const [dilateHeight, dilateWidth] = pairOf(node, "dilations", [1, 1]);
  if (dilateHeight !== 1 || dilateWidth !== 1) {
    node.refuse("have dilations 1", `${dilateHeight} and ${dilateWidth}`);
  }
  if (node.ints("kernel_shape") === undefined) node.refuse("have kernel_shape", "none");
  const size = pairOf(node, "kernel_shape", [1, 1]);
  const stride = pairOf(node, "strides", [1, 1]);
  const isCeil = node.int("ceil_mode", 0) !== 0;
  const padding = paddingOf(node, stride)(size);
  return {
    options: { size, stride, layout },
    /** Returns padding that a mean may count, and that of windows that go beyond it. */
    paddings(x: Tensor): readonly [counted: Padding, whole: Padding] {
      const counted = padding(x);
      return [counted, isCeil ? ceilPadding(x, counted, size, stride) : counted];
    },
  } as const;
}

/** Adds padding after the image, for windows that begin in it or before, and end beyond. */
function ceilPadding(x: Tensor, padding: Padding, size: Two, stride: Two): Padding {
  if (typeof padding === "string" && padding !== "valid") return padding; // all windows fit
  const given = Array.isArray(padding) ? padding as readonly Two[] : [[0, 0], [0, 0]];
  const [vertical, horizontal] = given.map(([before, after], axis): Two => {
    const padded = x.shape[2 + axis] + before + after;
    let last = Math.ceil(Math.max(padded - size[axis], 0) / stride[axis]) * stride[axis];
    if (last >= x.shape[2 + axis] + before) last -= stride[axis];
    return [before, after + Math.max(last + size[axis] - padded, 0)];
  });
  return [vertical, horizontal];
}

const maxPool: Operator = (node) => {
  const { options, paddings } = poolOf(node);
  return ([x]) => {
    const image = asTensor(x);
    return ops.maxPool(image, { ...options, padding: paddings(image)[1] });
  };
};

/**
 * Averages windows. Elements beyond the padding that counts never count, so that padding becomes
 * part of the image.
 */
const averagePool: Operator = (node) => {
  const { options, paddings } = poolOf(node);
  const countPadding = node.int("count_include_pad", 0) !== 0;
  return ([x]) => {
    const image = asTensor(x);
    const [counted, whole] = paddings(image);
    if (!countPadding || `${counted}` === `${whole}`) {
      return ops.avgPool(image, { ...options, padding: whole, countPadding });
    }
    const [before, after] = [counted, whole].map((padding) =>
      typeof padding === "string" ? [[0, 0], [0, 0]] : padding as readonly Two[]
    );
    const larger = ops.pad(image, [[0, 0], [0, 0], ...before as readonly Two[]]);
    const [vertical, horizontal] = [0, 1].map((axis): Two => {
      return [0, after[axis][1] - before[axis][1]];
    });
    return ops.avgPool(larger, { ...options, padding: [vertical, horizontal] });
  };
};

const globalPool = (f: typeof ops.globalAvgPool): Operator => (node) => {
  node.checkCount(1, 1);
  return ([x]) => f(asTensor(x), { keepDims: true, layout });
};

/** Computes `alpha A B + beta C`, with A and B transposed if asked for. */
const gemm: Operator = (node) => {
  node.checkCount(2, 3);
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const transposeA = node.int("transA", 0) !== 0;
  const transposeB = node.int("transB", 0) !== 0;
  const sum = (a: Tensor, b: Tensor, c?: Tensor) => {
    const product = ops.matmul(a, b, { transposeA, transposeB });
    const scaled = alpha === 1 ? product : ops.mul(product, alpha);
    return c === undefined ? scaled : ops.add(scaled, beta === 1 ? c : ops.mul(c, beta));
  };
  const kind = node.intKind(0);
  return ([a, b, c]) => {
    const [left, right, ...added] = [a, b, ...(c === undefined ? [] : [c])].map(asTensor);
    return kind === undefined
      ? sum(left, right, ...added)
      : byDoubles(kind, sum, left, right, ...added);
  };
};

const product = (a: Tensor, b: Tensor) => ops.matmul(a, b);

const matmul: Operator = (node) => {
  node.checkCount(2, 2);
  const kind = node.intKind(0);
  return ([a, b]) => {
    const factors = [asTensor(a), asTensor(b)] as const;
    return kind === undefined ? ops.matmul(...factors) : byDoubles(kind, product, ...factors);
  };
};

/** Operators on images, and products. */
export const imagesOperators: Readonly<Record<string, Operator>> = {
  AveragePool: averagePool,
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  GlobalAveragePool: globalPool(ops.globalAvgPool),
  GlobalMaxPool: globalPool(ops.globalMaxPool),
  MatMul: matmul,
  MaxPool: maxPool,
};
