/**
 * Operators of ONNX that normalise.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { NodeReader, Operator } from "./import_node.ts";
import { asTensor, axisOf } from "./values.ts";

/** Shapes one number for each channel, the second dimension of x. */
function perChannel(values: Tensor, x: Tensor): Tensor {
  return ops.reshape(values, [values.size, ...x.shape.slice(2).map(() => 1)]);
}

/** Computes a factor and a summand for each channel, by running moments. */
const batchNormalization: Operator = (node) => {
  node.checkCount(5, 5);
  node.expect("training_mode", 0);
  node.expect("spatial", 1);
  const epsilon = node.float("epsilon", 1e-5);
  return (inputs) => {
    const [x, scale, bias, mean, variance] = inputs.map(asTensor);
    const factor = ops.div(scale, ops.sqrt(ops.add(variance, epsilon)));
    const summand = ops.sub(bias, ops.mul(mean, factor));
    return ops.add(ops.mul(x, perChannel(factor, x)), perChannel(summand, x));
  };
};

const layerNormalization: Operator = (node) => {
  node.checkCount(2, 3);
  const [axis, epsilon] = [node.int("axis", -1), node.float("epsilon", 1e-5)];
  return ([x, scale, bias]) =>
    ops.layerNorm(asTensor(x), {
      axis,
      epsilon,
      scale: asTensor(scale),
      bias: bias && asTensor(bias),
    });
};

/** Normalises groups of channels of each example; `countOf` reads their number. */
const groups = (countOf: (node: NodeReader) => number | undefined): Operator => (node) => {
  node.checkCount(3, 3);
  const count = countOf(node);
  const epsilon = node.float("epsilon", 1e-5);
  return (inputs) => {
    const [x, scale, bias] = inputs.map(asTensor);
    const last = x.shape.map((_, i) => i).filter((i) => i !== 1).concat(1);
    const back = x.shape.map((_, i) => last.indexOf(i));
    const y = ops.groupNorm(ops.transpose(x, last), {
      groups: count ?? x.shape[1],
      epsilon,
      // Before version 21 there was a factor for each group, not for each channel.
      scale: scale.size === x.shape[1] ? scale : ops.repeat(scale, x.shape[1] / scale.size),
      bias: bias.size === x.shape[1] ? bias : ops.repeat(bias, x.shape[1] / bias.size),
    });
    return ops.transpose(y, back);
  };
};

const localResponseNormalization: Operator = (node) => {
  node.checkCount(1, 1);
  const size = node.int("size", undefined);
  // An even size reaches farther after a channel in ONNX, before it in PyTorch's function.
  if (size === undefined || size % 2 === 0) return node.refuse("have an odd size", `${size}`);
  const options = {
    size,
    alpha: node.float("alpha", 1e-4),
    beta: node.float("beta", 0.75),
    bias: node.float("bias", 1),
  };
  return ([x]) => {
    const value = asTensor(x);
    const axes = value.shape.map((_, i) => i);
    const last = axes.filter((i) => i !== 1).concat(1);
    const y = ops.localResponseNorm(ops.transpose(value, last), options);
    return ops.transpose(y, axes.map((i) => last.indexOf(i)));
  };
};

/** Computes `x / norm`, along an axis; where all is 0 it stays so. */
const lpNormalization: Operator = (node) => {
  node.checkCount(1, 1);
  const [axis, p] = [node.int("axis", -1), node.int("p", 2)];
  if (p !== 1 && p !== 2) return node.refuse("have p 1 or 2", `${p}`);
  return ([x]) => {
    const value = asTensor(x);
    const options = { axis: axisOf(axis, value.rank), keepDims: true };
    const norm = ops.norm(value, { p, ...options });
    return ops.div(value, ops.where(ops.equal(norm, 0), 1, norm));
  };
};

/** Operators that normalise. */
export const normsOperators: Readonly<Record<string, Operator>> = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groups((node) =>
    node.int("num_groups", undefined) ?? node.refuse("have num_groups", "none")
  ),
  InstanceNormalization: groups(() => undefined),
  LRN: localResponseNormalization,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
};
