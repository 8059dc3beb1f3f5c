/**
 * Operators of ONNX on single floats, by the ops that they are here.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { Tensor } from "../../core/tensor.ts";
import { functionNames } from "./function_names.ts";
import type { NodeReader, Operator } from "./import_node.ts";
import { asTensor } from "./values.ts";

type Function1 = (x: Tensor) => Tensor;

const one = (read: (node: NodeReader) => Function1): Operator => (node) => {
  node.checkCount(1, 1);
  const f = read(node);
  return ([x]) => f(asTensor(x));
};

/** `min(max(alpha x + beta, 0), 1)`; the op of the library for its own numbers. */
const hardSigmoid = one((node) => {
  const [alpha, beta] = [node.float("alpha", 0.2), node.float("beta", 0.5)];
  if (Math.abs(alpha - 1 / 6) < 1e-7 && beta === 0.5) return ops.hardSigmoid;
  return (x) => ops.clip(ops.add(ops.mul(x, alpha), beta), 0, 1);
});

const selu = one((node) => {
  const [gamma, alpha] = [
    node.float("gamma", 1.0507009873554805),
    node.float("alpha", 1.6732632423543772),
  ];
  return (x) => ops.mul(ops.elu(x, { alpha }), gamma);
});

const prelu: Operator = (node) => {
  node.checkCount(2, 2);
  return ([x, slope]) => {
    const value = asTensor(x);
    return ops.where(ops.less(value, 0), ops.mul(value, asTensor(slope)), value);
  };
};

/** Operators on single floats. */
export const elementwiseOperators: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(
    functionNames().map(([op, operator]) => [operator, one(() => ops[op])]),
  ),
  Celu: one((node) => {
    const alpha = node.float("alpha", 1);
    return (x) => ops.mul(ops.elu(ops.div(x, alpha)), alpha);
  }),
  Elu: one((node) => {
    const alpha = node.float("alpha", 1);
    return (x) => ops.elu(x, { alpha });
  }),
  Gelu: one((node) => {
    const approximate = node.choice("approximate", ["none", "tanh"]);
    return (x) => ops.gelu(x, { approximate });
  }),
  HardSigmoid: hardSigmoid,
  IsInf: one((node) => {
    const [below, above] = [node.int("detect_negative", 1), node.int("detect_positive", 1)];
    if (below !== 0 && above !== 0) return ops.isInf;
    if (below === 0 && above === 0) return (x) => ops.less(x, -Infinity);
    return (x) => ops.equal(x, below === 0 ? Infinity : -Infinity);
  }),
  IsNaN: one(() => ops.isNaN),
  LeakyRelu: one((node) => {
    const slope = node.float("alpha", 0.01);
    return (x) => ops.leakyRelu(x, { slope });
  }),
  PRelu: prelu,
  Selu: selu,
  Softsign: one(() => (x) => ops.div(x, ops.add(ops.abs(x), 1))),
  ThresholdedRelu: one((node) => {
    const alpha = node.float("alpha", 1);
    return (x) => ops.where(ops.greater(x, alpha), x, 0);
  }),
};
