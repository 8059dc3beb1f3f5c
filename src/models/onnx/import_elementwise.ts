/**
 * Operators of ONNX on single elements, by the ops that they are here.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { DType } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
import { asTensor, hostInts, isHost, type NodeReader, type Operator } from "./import_node.ts";
import { ELEMENTS } from "./schema.ts";

type Function1 = (x: Tensor) => Tensor;
type Function2 = (a: Tensor, b: Tensor) => Tensor;

const one = (read: (node: NodeReader) => Function1): Operator => (node) => {
  node.checkCount(1, 1);
  const f = read(node);
  return ([x]) => f(asTensor(x));
};

const two = (f: Function2, ofInts?: (a: number, b: number) => number): Operator => (node) => {
  node.checkCount(2, 2);
  return ([a, b]) => {
    if (ofInts !== undefined && isHost(a) && isHost(b) && a.data.length === b.data.length) {
      return hostInts(a.data.map((value, i) => ofInts(value, b.data[i])), a.shape);
    }
    return f(...alike(asTensor(a), asTensor(b)));
  };
};

/** Brings two values to one dtype: integers of constants take that of what they meet. */
function alike(a: Tensor, b: Tensor): [Tensor, Tensor] {
  if (a.dtype === b.dtype) return [a, b];
  return a.dtype === "int32" ? [ops.cast(a, b.dtype), b] : [a, ops.cast(b, a.dtype)];
}

/** Applies a function of two to one operand or more, two at a time. */
const several = (f: Function2): Operator => (node) => {
  node.checkCount(1, Infinity);
  return (inputs) => inputs.map(asTensor).reduce((a, b) => f(...alike(a, b)));
};

const clip: Operator = (node) => {
  node.checkCount(1, 3);
  const isOld = node.opset < 11;
  const low = (isOld ? node.float("min", undefined) : node.number(1)) ?? -Infinity;
  const high = (isOld ? node.float("max", undefined) : node.number(2)) ?? Infinity;
  if (!(low <= high)) node.refuse("have bounds in order", `${low} and ${high}`);
  return ([x]) => ops.clip(asTensor(x), low, high);
};

const DTYPES: ReadonlyMap<number, DType | "bool"> = new Map<number, DType | "bool">([
  [ELEMENTS.float32, "float32"],
  [ELEMENTS.float16, "float32"], // as constants are read
  [ELEMENTS.float64, "float64"],
  [ELEMENTS.int32, "int32"],
  [ELEMENTS.int64, "int32"],
  [ELEMENTS.uint8, "uint8"],
  [ELEMENTS.bool, "bool"],
]);

/** Converts to another kind of elements; true becomes 1, as bytes. */
const cast: Operator = (node) => {
  node.checkCount(1, 1);
  const to = DTYPES.get(node.int("to", 0));
  if (to === undefined) return node.refuse("cast to a known kind", `${node.int("to", 0)}`);
  return ([x]) => {
    if (isHost(x) && to === "int32") return x;
    return to === "bool" ? ops.notEqual(asTensor(x), 0) : ops.cast(asTensor(x), to);
  };
};

const where: Operator = (node) => {
  node.checkCount(3, 3);
  return ([condition, a, b]) => ops.where(asTensor(condition), ...alike(asTensor(a), asTensor(b)));
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

/** Computes `atanh(x)`, by the logarithm that is exact near 0. */
const atanh: Function1 = (x) => ops.mul(ops.sub(ops.log1p(x), ops.log1p(ops.neg(x))), 0.5);

/** Operators on single elements. */
export const elementwiseOperators: Readonly<Record<string, Operator>> = {
  Abs: one(() => ops.abs),
  Add: two(ops.add, (a, b) => a + b),
  And: two(ops.logicalAnd),
  Atanh: one(() => atanh),
  Cast: cast,
  Ceil: one(() => ops.ceil),
  Celu: one((node) => {
    const alpha = node.float("alpha", 1);
    return (x) => ops.mul(ops.elu(ops.div(x, alpha)), alpha);
  }),
  Clip: clip,
  Cos: one(() => ops.cos),
  Div: two(ops.div, (a, b) => Math.trunc(a / b)),
  Elu: one((node) => {
    const alpha = node.float("alpha", 1);
    return (x) => ops.elu(x, { alpha });
  }),
  Equal: two(ops.equal),
  Erf: one(() => ops.erf),
  Exp: one(() => ops.exp),
  Floor: one(() => ops.floor),
  Gelu: one((node) => {
    const approximate = node.text("approximate", "none") === "tanh" ? "tanh" : "none";
    return (x) => ops.gelu(x, { approximate });
  }),
  Greater: two(ops.greater),
  GreaterOrEqual: two(ops.greaterEqual),
  HardSigmoid: hardSigmoid,
  HardSwish: one(() => ops.hardSwish),
  LeakyRelu: one((node) => {
    const slope = node.float("alpha", 0.01);
    return (x) => ops.leakyRelu(x, { slope });
  }),
  Less: two(ops.less),
  LessOrEqual: two(ops.lessEqual),
  Log: one(() => ops.log),
  Max: several(ops.maximum),
  Min: several(ops.minimum),
  Mish: one(() => ops.mish),
  Mul: two(ops.mul, (a, b) => a * b),
  Neg: one(() => ops.neg),
  Not: one(() => ops.logicalNot),
  Or: two(ops.logicalOr),
  PRelu: prelu,
  Pow: two(ops.pow),
  Reciprocal: one(() => (x) => ops.div(1, x)),
  Relu: one(() => ops.relu),
  Round: one(() => ops.round),
  Selu: selu,
  Sigmoid: one(() => ops.sigmoid),
  Sign: one(() => ops.sign),
  Sin: one(() => ops.sin),
  Softplus: one(() => ops.softplus),
  Softsign: one(() => (x) => ops.div(x, ops.add(ops.abs(x), 1))),
  Sqrt: one(() => ops.sqrt),
  Sub: two(ops.sub, (a, b) => a - b),
  Sum: several(ops.add),
  Tan: one(() => ops.tan),
  Tanh: one(() => ops.tanh),
  ThresholdedRelu: one((node) => {
    const alpha = node.float("alpha", 1);
    return (x) => ops.where(ops.greater(x, alpha), x, 0);
  }),
  Where: where,
};
