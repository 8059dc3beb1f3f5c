// Faults planted in the kernels of arrays, matrices and losses: mistakes people make, each with the
// checks that must find it.

import type { ActivationParameters, Kernels, NdArray } from "../../../src/backends/kernels.ts";
import { mapElements } from "./faulty_backend.ts";
import type { KernelFault } from "./kernel_fault.ts";

const DIFFERENCES = "gradients are those of central differences";
const FLOAT32 = "gradients in float32 are those of central differences";
const REFERENCE = "outputs and gradients equal the reference's";
const NAN = "NaN reaches what depends on it";
const PRODUCTS = "matrix products of odd shapes are by definition";
const REDUCTIONS = "reductions are by definition";
const ROWS = "softmax and its cross entropy are by definition";

/** Faults of matrix products, softmax and the cross entropy. */
export const rowFaults: readonly KernelFault[] = [
  {
    fault: "matmul drops the flag of a transposed a",
    plant: (k) => ({
      matmul: (a, b, bias, g) => k.matmul(a, b, bias, { ...g, transposeA: false }),
    }),
    ops: ["matmul", "dense"],
    foundBy: [DIFFERENCES, PRODUCTS, REFERENCE],
  },
  {
    fault: "matmul drops the flag of a transposed b",
    plant: (k) => ({
      matmul: (a, b, bias, g) => k.matmul(a, b, bias, { ...g, transposeB: false }),
    }),
    ops: ["matmul", "dense"],
    foundBy: [DIFFERENCES, PRODUCTS],
  },
  {
    fault: "matmul drops the flag of a transposed b, in float32 alone",
    plant: (k) => ({
      matmul: (a, b, bias, g) => {
        const transposeB = g.transposeB && a.dtype !== "float32";
        return k.matmul(a, b, bias, { ...g, transposeB });
      },
    }),
    ops: ["matmul", "dense"],
    foundBy: [FLOAT32],
  },
  {
    fault: "exp keeps four digits, in float32 alone",
    plant: (k) => ({
      unary: (kind, x) => {
        const y = k.unary(kind, x);
        if (kind !== "exp" || x.dtype !== "float32") return y;
        return mapElements(k, y, (value) => Number(value.toPrecision(4)));
      },
    }),
    ops: ["exp"],
    foundBy: [FLOAT32],
  },
  {
    fault: "matmul multiplies every matrix by the first of b",
    plant: (k) => ({
      matmul: (a, b, bias, g) => {
        const batch = g.batch && { ...g.batch, b: g.batch.b.map(() => 0) };
        return k.matmul(a, b, bias, { ...g, batch });
      },
    }),
    ops: ["matmul"],
    foundBy: [DIFFERENCES, "batches of matrices are products of pairs"],
  },
  {
    fault: "matmul sums in too few digits",
    plant: (k) => ({
      matmul: (a, b, bias, g) =>
        mapElements(k, k.matmul(a, b, bias, g), (y) => Number(y.toPrecision(5))),
    }),
    ops: [],
    foundBy: ["matrix products of real data are within their rounding bound"],
  },
  {
    fault: "softmaxCE ignores the smoothing, and so does its gradient",
    plant: (k) => ({
      softmaxCE: (logits, labels, weights, g) =>
        k.softmaxCE(logits, labels, weights, { ...g, labelSmoothing: 0 }),
      softmaxCEGrad: (dy, logits, labels, weights, g) =>
        k.softmaxCEGrad(dy, logits, labels, weights, { ...g, labelSmoothing: 0 }),
    }),
    ops: ["softmaxCE"],
    foundBy: [ROWS, REFERENCE],
  },
  {
    fault: "softmaxCEGrad ignores the smoothing",
    plant: (k) => ({
      softmaxCEGrad: (dy, logits, labels, weights, g) =>
        k.softmaxCEGrad(dy, logits, labels, weights, { ...g, labelSmoothing: 0 }),
    }),
    ops: ["softmaxCE"],
    foundBy: [DIFFERENCES, ROWS],
  },
  {
    fault: "softmaxCEGrad forgets the division by the sum of the exponentials",
    plant: (k) => ({
      softmaxCEGrad: (dy, logits, labels, weights, g) =>
        k.binary(
          "add",
          k.softmaxCEGrad(dy, logits, labels, weights, g),
          k.binary("sub", k.unary("exp", logits), k.softmax(logits, g), alike(logits.shape)),
          alike(logits.shape),
        ),
    }),
    ops: ["softmaxCE"],
    foundBy: [DIFFERENCES, ROWS],
  },
  {
    fault: "softmaxCE does not subtract the maximum",
    plant: (k) => ({
      softmaxCE: (logits, labels, weights, g) =>
        mapElements(k, k.softmaxCE(logits, labels, weights, g), (y, row) => {
          const exps = k.read(k.unary("exp", logits)).subarray(row * g.columns);
          return Number.isFinite(exps[0]) ? y : Infinity;
        }),
    }),
    ops: [],
    foundBy: ["what overflows does so as IEEE 754 says, the rest does not"],
  },
  {
    fault: "logSoftmax subtracts a sum that has lost its digits",
    plant: (k) => ({
      logSoftmax: (x, g) => {
        const values = k.read(x);
        return mapElements(k, k.logSoftmax(x, g), (y, i) => {
          return values[i] - Math.fround(values[i] - y);
        });
      },
    }),
    ops: [],
    foundBy: ["large logits keep their digits"],
  },
  {
    fault: "softmax takes NaN for 0",
    plant: (k) => ({
      softmax: (x, g) => k.softmax(mapElements(k, k.copy(x), (v) => Number.isNaN(v) ? 0 : v), g),
    }),
    ops: ["softmax"],
    foundBy: [NAN],
  },
];

/** Faults of elementwise ops, reductions, rearrangements and the rest. */
export const arrayFaults: readonly KernelFault[] = [
  {
    fault: "sum is the mean",
    plant: (k) => ({ reduce: (kind, x, g) => k.reduce(kind === "sum" ? "mean" : kind, x, g) }),
    ops: ["sum", "sumTo", "dense"],
    foundBy: [DIFFERENCES, REDUCTIONS, "sums of real data are within their rounding bound"],
  },
  {
    fault: "the gradient of max goes to the last of tied maxima",
    plant: (k) => ({
      maxGrad: (dy, x, g) => {
        const isOfAll = g.axes.length === x.shape.length;
        return isOfAll ? reversed(k, k.maxGrad(dy, reversed(k, x), g)) : k.maxGrad(dy, x, g);
      },
    }),
    ops: [],
    foundBy: [REDUCTIONS],
  },
  {
    fault: "the last of tied maxima is found",
    plant: (k) => ({
      argMax: (x, g) => mapElements(k, k.argMax(reversed(k, x), g), (at) => g.count - 1 - at),
    }),
    ops: [],
    foundBy: [REDUCTIONS],
  },
  {
    fault: "products leave out zeros",
    plant: (k) => ({
      reduce: (kind, x, g) =>
        k.reduce(kind, kind === "prod" ? mapElements(k, k.copy(x), (v) => v || 1) : x, g),
    }),
    ops: ["prod"],
    foundBy: [DIFFERENCES, REFERENCE, REDUCTIONS],
  },
  {
    fault: "running sums count their own element, exclusive or not",
    plant: (k) => ({ cumsum: (x, g) => k.cumsum(x, { ...g, exclusive: false }) }),
    ops: ["cumsum"],
    foundBy: [REFERENCE, REDUCTIONS],
  },
  {
    fault: "the derivative of relu at 0 is 1",
    plant: (k) => ({
      activationGrad: (kind, dy, x, parameters) => {
        const dx = k.activationGrad(kind, dy, x, parameters);
        if (kind !== "relu") return dx;
        const [gradient, at] = [k.read(dy), k.read(x)];
        return mapElements(k, dx, (value, i) => at[i] === 0 ? gradient[i] : value);
      },
    }),
    ops: [],
    foundBy: ["kinks have the gradient of their lower side"],
  },
  {
    fault: "relu makes 0 of NaN",
    plant: (k) => ({
      unary: (kind, x, parameters) => {
        const y = k.unary(kind, x, parameters);
        return kind === "relu" ? mapElements(k, y, (value) => value || 0) : y;
      },
    }),
    ops: ["relu"],
    foundBy: [NAN, "what overflows does so as IEEE 754 says, the rest does not"],
  },
  {
    fault: "tanh is too coarse",
    plant: (k) => ({
      unary: (kind, x, parameters) => {
        const y = k.unary(kind, x, parameters);
        return kind === "tanh" ? mapElements(k, y, (value) => Number(value.toPrecision(5))) : y;
      },
    }),
    ops: ["tanh"],
    foundBy: ["smooth functions are right to some roundings", DIFFERENCES],
  },
  {
    fault: "mod has the sign of the dividend",
    plant: (k) => ({
      binary: (kind, a, b, g) => k.binary(kind === "mod" ? "fmod" : kind, a, b, g),
    }),
    ops: ["mod"],
    foundBy: [REFERENCE, "what overflows does so as IEEE 754 says, the rest does not"],
  },
  {
    fault: "cosh overflows where exp does",
    plant: (k) => ({
      unary: (kind, x, parameters) => {
        const y = k.unary(kind, x, parameters);
        if (kind !== "cosh") return y;
        return mapElements(k, y, (value) => value > 1.7e38 ? Infinity : value);
      },
    }),
    ops: [],
    foundBy: ["smooth functions are right to some roundings"],
  },
  {
    fault: "round takes halves up",
    plant: (k) => ({
      unary: (kind, x, parameters) =>
        kind === "round" ? mapElements(k, k.copy(x), Math.round) : k.unary(kind, x, parameters),
    }),
    ops: [],
    foundBy: ["kinks have the gradient of their lower side"],
  },
  {
    fault: "parameters are not passed on",
    plant: (k) => ({
      unary: (kind, x, parameters = {}) => k.unary(kind, x, allOnes(parameters)),
      activationGrad: (kind, dy, x, parameters) =>
        k.activationGrad(kind, dy, x, allOnes(parameters)),
    }),
    ops: ["leakyRelu", "elu", "clip"],
    foundBy: [REFERENCE, "kinks have the gradient of their lower side"],
  },
  {
    fault: "softplus overflows",
    plant: (k) => ({
      unary: (kind, x, parameters) =>
        kind === "softplus"
          ? mapElements(k, k.copy(x), (v) => Math.log(1 + Math.exp(v)))
          : k.unary(kind, x, parameters),
    }),
    ops: [],
    foundBy: ["what overflows does so as IEEE 754 says, the rest does not"],
  },
  {
    fault: "a choice reads the condition the wrong way round",
    plant: (k) => ({
      where: (condition, a, b, { shape, shapes: [of, aShape, bShape] }) =>
        k.where(condition, b, a, { shape, shapes: [of, bShape, aShape] }),
    }),
    ops: ["where", "maximum", "less"],
    foundBy: [REFERENCE, "kinks have the gradient of their lower side"],
  },
  {
    fault: "less is less or equal",
    plant: (k) => ({
      compare: (kind, a, b, g) => k.compare(kind === "less" ? "lessEqual" : kind, a, b, g),
    }),
    ops: [],
    foundBy: ["kinks have the gradient of their lower side"],
  },
  {
    fault: "binary ops take a row for a column",
    plant: (k) => ({
      binary: (kind, a, b, g) => k.binary(kind, a, b, { ...g, bStrides: g.bStrides.toReversed() }),
    }),
    ops: ["add", "mul"],
    foundBy: ["elementwise ops broadcast by definition", REFERENCE],
  },
  {
    fault: "transpose applies the inverse order",
    plant: (k) => ({
      transpose: (x, g) => {
        const axes = g.axes.map((_, i) => g.axes.indexOf(i));
        const strides = g.axes.map((_, i) => g.strides[axes[axes[i]]]);
        return k.transpose(x, { ...g, strides });
      },
    }),
    ops: ["transpose"],
    foundBy: ["elements move by definition", REFERENCE],
  },
  {
    fault: "pad fills with zeros whatever is asked for",
    plant: (k) => ({ pad: (x, g) => k.pad(x, { ...g, value: 0 }) }),
    ops: ["pad"],
    foundBy: ["elements move by definition", REFERENCE],
  },
  {
    fault: "integers are multiplied as floats",
    plant: (k) => ({
      binary: (kind, a, b, g) => {
        const y = k.binary(kind, a, b, g);
        if (kind !== "mul" || a.dtype !== "int32" || y.shape.length === 0) return y;
        const [left, right] = [k.read(a), k.read(b)];
        return mapElements(k, y, (_, i) => left[i] * right[i]);
      },
    }),
    ops: [],
    foundBy: ["integers wrap around"],
  },
  {
    fault: "casts to integers round",
    plant: (k) => ({
      cast: (x, dtype) =>
        dtype === "int32" || dtype === "uint8"
          ? k.cast(mapElements(k, k.copy(x), Math.round), dtype)
          : k.cast(x, dtype),
    }),
    ops: [],
    foundBy: ["casts cut off and wrap around"],
  },
  {
    fault: "memory is never given back",
    plant: () => ({ free: () => {} }),
    ops: [],
    foundBy: ["memory that is freed is not in use"],
  },
];

function reversed(k: Kernels, x: NdArray): NdArray {
  return k.create({ shape: x.shape, dtype: x.dtype, data: k.read(x).reverse() });
}

function alike(shape: readonly number[]) {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((size, n) => size * n, 1));
  return { shape, aShape: shape, bShape: shape, aStrides: strides, bStrides: strides };
}

/** Makes parameters of the same names, all of them 1. */
function allOnes(parameters: ActivationParameters): ActivationParameters {
  return Object.fromEntries(Object.keys(parameters).map((name) => [name, 1]));
}
