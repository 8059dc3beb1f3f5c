/**
 * Operators of ONNX that take integers as well as floats: arithmetic, questions, choices, casts.
 *
 * Where all inputs are integers on the host, so is the result.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import type { FloatDType } from "../../core/dtype.ts";
import type { Tensor } from "../../core/tensor.ts";
import {
  byDoubles,
  castInts,
  combined,
  power,
  quotient,
  restOf,
  truncated,
} from "./device_ints.ts";
import type { HostInts } from "./host_ints.ts";
import { arithmetic, ask, calculate, mapInts, questions } from "./host_math.ts";
import { type IntKind, isIntKind, whole } from "./int_kinds.ts";
import type { NodeReader, Operator, Run } from "./import_node.ts";
import { type ElementKind, KINDS } from "./schema.ts";
import { alike, areHost, asFloats, asNumber, asTensor, type NodeValue } from "./values.ts";

type Function1 = (x: Tensor) => Tensor;
type Function2 = (a: Tensor, b: Tensor) => Tensor;
type OfTensors = (kind: IntKind, a: Tensor, b: Tensor) => Tensor;

/** Applies a function of one input, by an op that takes integers too, which `ofInts` may replace. */
const one = (
  name: keyof typeof arithmetic,
  f: Function1,
  ofInts: (kind: IntKind, x: Tensor) => Tensor = (kind, x) => castInts(f(x), kind),
): Operator =>
(node) => {
  node.checkCount(1, 1);
  const kind = node.intKind(0);
  return ([x]) => {
    if (kind === undefined) return f(asTensor(x));
    const inputs = [x];
    return areHost(inputs) ? calculate(inputs, kind, arithmetic[name]) : ofInts(kind, asTensor(x));
  };
};

/** Applies a function of two operands to values of one kind. */
function applyTwo(
  name: keyof typeof arithmetic,
  kind: ElementKind | undefined,
  f: Function2,
  ofInts: OfTensors,
): (a: NodeValue | undefined, b: NodeValue | undefined) => NodeValue {
  return (a, b) => {
    const inputs = [a, b];
    if (isIntKind(kind) && areHost(inputs)) return calculate(inputs, kind, arithmetic[name]);
    const [left, right] = inputs.map(asTensor);
    return isIntKind(kind) ? ofInts(kind, left, right) : f(...pairOf(left, right));
  };
}

const two =
  (name: keyof typeof arithmetic, f: Function2, ofInts: OfTensors): Operator => (node) => {
    node.checkCount(2, 2);
    const apply = applyTwo(name, kindOf(node, [0, 1]), f, ofInts);
    return ([a, b]) => apply(a, b);
  };

/** Applies a function of two to one operand or more, two at a time. */
const several =
  (name: keyof typeof arithmetic, f: Function2, ofInts: OfTensors): Operator => (node) => {
    node.checkCount(1, Infinity);
    const apply = applyTwo(name, kindOf(node, [0]), f, ofInts);
    return ([first, ...others]) => others.reduce<NodeValue>((a, b) => apply(a, b), first!);
  };

/** Finds the kind of integers that inputs have, or of the first input that has floats. */
function kindOf(node: NodeReader, inputs: readonly number[]): ElementKind | undefined {
  const kinds = inputs.map((i) => node.kind(i));
  return kinds.find((kind) => !isIntKind(kind)) ?? kinds[0];
}

/** Brings two tensors to one dtype: an integer takes that of floats, the second that of the first. */
function pairOf(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const [left, right] = alike([a, b]);
  return [left, right];
}

const sumOf = (f: Function2): OfTensors => (kind, a, b) => combined(kind, f, a, b);
const largest = (f: Function2): OfTensors => (_, a, b) => f(...pairOf(a, b));

/** Computes powers, of the kind of their bases, whatever the kind of the exponents. */
const pow: Operator = (node) => {
  node.checkCount(2, 2);
  const [kind, isWhole] = [node.intKind(0), node.intKind(1) !== undefined];
  return ([base, exponent]) => {
    const inputs = [base, exponent];
    if (kind === undefined) {
      const x = asTensor(base);
      return ops.pow(x, ops.cast(asTensor(exponent), x.dtype));
    }
    if (areHost(inputs)) return calculate(inputs, kind, arithmetic.Pow);
    return power(kind, asTensor(base), asTensor(exponent), isWhole);
  };
};

/** Computes the mean of one operand or more. */
const mean: Operator = (node) => {
  const sum = sums(node);
  return (inputs) => ops.div(asTensor(sum(inputs) as NodeValue), inputs.length);
};

const sums = several("Add", ops.add, sumOf(ops.add));

/** Computes the rest of a division: of the sign of the dividend where a setting says so. */
const mod: Operator = (node) =>
  node.int("fmod", 0) === 0
    ? two("Mod", ops.mod, restOf(ops.mod))(node)
    : two("Fmod", ops.fmod, restOf(ops.fmod))(node);

const question = (name: keyof typeof questions, f: Function2): Operator => (node) => {
  node.checkCount(2, 2);
  return (inputs) =>
    areHost(inputs)
      ? ask(inputs, questions[name])
      : f(...pairOf(asTensor(inputs[0]), asTensor(inputs[1])));
};

const not: Operator = (node) => {
  node.checkCount(1, 1);
  return (inputs) =>
    areHost(inputs)
      ? mapInts(inputs, "bool", (a) => a === 0 ? 1 : 0)
      : ops.logicalNot(asTensor(inputs[0]));
};

const where: Operator = (node) => {
  node.checkCount(3, 3);
  const kind = node.intKind(1);
  return (inputs) => {
    if (kind !== undefined && areHost(inputs)) {
      return mapInts(inputs, kind, (condition, a, b) => condition === 0 ? b : a);
    }
    const [condition, a, b] = inputs.map(asTensor);
    return ops.where(condition, ...pairOf(a, b));
  };
};

/** Clips between two bounds; where they are out of order all is the upper one. */
const clip: Operator = (node) => {
  node.checkCount(1, 3);
  const kind = node.intKind(0);
  const isOld = node.opset < 11;
  const [below, above] = [node.float("min", -Infinity), node.float("max", Infinity)];
  return ([x, low, high]) => {
    const least = isOld || low === undefined ? below : asNumber("min", low);
    const most = isOld || high === undefined ? above : asNumber("max", high);
    return clipped(x, Math.min(least, most), most, kind);
  };
};

function clipped(
  x: NodeValue | undefined,
  low: number,
  high: number,
  kind: IntKind | undefined,
): NodeValue {
  if (kind === undefined) return ops.clip(asTensor(x), low, high);
  const inputs = [x];
  if (areHost(inputs)) return calculate(inputs, kind, (_, v) => Math.min(Math.max(v, low), high));
  return byDoubles(kind, (doubles) => ops.clip(doubles, low, high), asTensor(x));
}

/** Returns the dtype of a kind of floats. */
function floatOf(kind: ElementKind): FloatDType {
  return kind === "float64" ? "float64" : "float32"; // float16 as constants are read
}

/** Converts values of one kind to another. */
function converted(from: ElementKind | undefined, to: ElementKind): Run {
  return ([x]) => {
    const inputs = [x];
    if (areHost(inputs)) return hostAs(inputs[0], to);
    const value = asTensor(x);
    if (!isIntKind(to)) return ops.cast(value, floatOf(to));
    return isIntKind(from) ? castInts(value, to) : truncated(value, to);
  };
}

function hostAs(x: HostInts, to: ElementKind): NodeValue {
  if (!isIntKind(to)) return asFloats(x, floatOf(to));
  // A number that 64 bits hold stays as it is, beyond 2^53 too: it may be the end of a slice.
  const isKept = to === "int64" || to === x.kind;
  return isKept ? { ...x, kind: to } : calculate([x], to, (_, v) => whole(to, v));
}

const cast: Operator = (node) => {
  node.checkCount(1, 1);
  const to = castKind(node);
  if (to === undefined) return node.refuse("cast to a known kind", `${node.int("to", 0)}`);
  return converted(node.kind(0), to);
};

/** Returns the kind that a cast is to; undefined for one that is not known. */
export function castKind(node: NodeReader): ElementKind | undefined {
  return KINDS.get(node.int("to", 0));
}

const castLike: Operator = (node) => {
  node.checkCount(2, 2);
  return converted(node.kind(0), node.kind(1) ?? "float32");
};

/** Operators that take integers as well as floats. */
export const arithmeticOperators: Readonly<Record<string, Operator>> = {
  Abs: one("Abs", ops.abs),
  Add: two("Add", ops.add, sumOf(ops.add)),
  And: question("And", ops.logicalAnd),
  Cast: cast,
  CastLike: castLike,
  Clip: clip,
  Div: two("Div", ops.div, quotient),
  Equal: question("Equal", ops.equal),
  Greater: question("Greater", ops.greater),
  GreaterOrEqual: question("GreaterOrEqual", ops.greaterEqual),
  Less: question("Less", ops.less),
  LessOrEqual: question("LessOrEqual", ops.lessEqual),
  Max: several("Max", ops.maximum, largest(ops.maximum)),
  Mean: mean,
  Min: several("Min", ops.minimum, largest(ops.minimum)),
  Mod: mod,
  Mul: two("Mul", ops.mul, sumOf(ops.mul)),
  Neg: one("Neg", ops.neg),
  Not: not,
  Or: question("Or", ops.logicalOr),
  Pow: pow,
  Relu: one("Relu", ops.relu, (_, x) => ops.maximum(x, 0)),
  Sign: one("Sign", ops.sign),
  Sub: two("Sub", ops.sub, sumOf(ops.sub)),
  Sum: sums,
  Where: where,
  Xor: question("Xor", ops.logicalXor),
};
