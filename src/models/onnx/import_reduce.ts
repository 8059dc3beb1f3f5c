/**
 * Operators of ONNX along axes: reductions, running sums, probabilities, sums of products.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { byDoubles } from "./device_ints.ts";
import { reduceInts } from "./host_ints.ts";
import { reductions } from "./host_math.ts";
import { type IntKind, isIntKind, whole } from "./int_kinds.ts";
import type { Operator } from "./import_node.ts";
import { listOf, shapeOf } from "./import_shapes.ts";
import { asNumber, asTensor, axesOf, axisOf, isHost, type NodeValue } from "./values.ts";

type Reduction = (x: Tensor, options: { axis?: readonly number[]; keepDims: boolean }) => Tensor;

/**
 * Reduces along given axes, or all. Where a node asks that nothing be done without axes, each
 * element is a row of its own.
 */
const reduce = (name: keyof typeof reductions, f: Reduction): Operator => (node) => {
  node.checkCount(1, 2);
  const keepDims = node.int("keepdims", 1) !== 0;
  const isNothing = node.int("noop_with_empty_axes", 0) !== 0;
  const axesIn = listOf(node, "axes", 1);
  const kind = node.intKind(0);
  return (inputs) => {
    const [x] = inputs;
    const shape = shapeOf(x);
    const list = axesOf(axesIn(inputs) ?? [], shape.length);
    if (list.length === 0 && isNothing) return reduced(x, kind, name, f, [], true);
    const axes = list.length === 0 ? shape.map((_, i) => i) : list;
    return reduced(x, kind, name, f, axes, keepDims);
  };
};

function reduced(
  x: NodeValue | undefined,
  kind: IntKind | undefined,
  name: keyof typeof reductions,
  f: Reduction,
  axis: readonly number[],
  keepDims: boolean,
): NodeValue {
  const onHost = reductions[name];
  if (isHost(x)) return reduceInts(x, axis, keepDims, (row) => whole(x.kind, onHost(x.kind, row)));
  const value = asTensor(x);
  if (axis.length > 0) return reducedTensor(value, kind, f, { axis, keepDims });
  // A dimension of size 1 behind all others, which the reduction takes away.
  const rows = ops.reshape(value, [...value.shape, 1]);
  return reducedTensor(rows, kind, f, { axis: [value.rank], keepDims: false });
}

function reducedTensor(
  x: Tensor,
  kind: IntKind | undefined,
  f: Reduction,
  options: { axis: readonly number[]; keepDims: boolean },
): Tensor {
  if (!isIntKind(kind)) return f(x, options);
  return byDoubles(kind, (doubles) => f(doubles, options), x);
}

/** Finds positions in float64, which has all integers that there are. */
const argMax = (f: typeof ops.argMax): Operator => (node) => {
  node.checkCount(1, 1);
  node.expect("select_last_index", 0);
  const [axis, keepDims] = [node.int("axis", 0), node.int("keepdims", 1) !== 0];
  const kind = node.intKind(0);
  return ([x]) => {
    const value = asTensor(x);
    const numbers = kind === undefined ? value : ops.cast(value, "float64");
    return f(numbers, { axis: axisOf(axis, value.rank), keepDims });
  };
};

const cumsum: Operator = (node) => {
  node.checkCount(2, 2);
  const exclusive = node.int("exclusive", 0) !== 0;
  const reverse = node.int("reverse", 0) !== 0;
  const kind = node.intKind(0);
  return ([x, axis]) => {
    const value = asTensor(x);
    const options = { axis: axisOf(asNumber("axis", axis), value.rank), exclusive, reverse };
    if (kind === undefined) return ops.cumsum(value, options);
    return byDoubles(kind, (doubles) => ops.cumsum(doubles, options), value);
  };
};

/** Applies a function along an axis; before version 13 along all from it on. */
const alongAxis = (f: (x: Tensor) => Tensor): Operator => (node) => {
  node.checkCount(1, 1);
  const isOld = node.opset < 13;
  const axis = node.int("axis", isOld ? 1 : -1);
  return ([x]) => {
    const value = asTensor(x);
    const at = isOld && axis === value.rank ? axis : axisOf(axis, value.rank);
    if (at === value.rank - 1) return f(value);
    if (isOld) {
      const rows = [sizeOf(value.shape.slice(0, at)), sizeOf(value.shape.slice(at))];
      return ops.reshape(f(ops.reshape(value, rows)), value.shape);
    }
    const axes = value.shape.map((_, i) => i).with(at, value.rank - 1).with(-1, at);
    return ops.transpose(f(ops.transpose(value, axes)), axes);
  };
};

const einsum: Operator = (node) => {
  node.checkCount(1, Infinity);
  const equation = node.text("equation", "");
  const kind = node.intKind(0);
  return (inputs) => {
    const tensors = inputs.map(asTensor);
    if (kind === undefined) return ops.einsum(equation, ...tensors);
    return byDoubles(kind, (...doubles) => ops.einsum(equation, ...doubles), ...tensors);
  };
};

/** Operators along axes. */
export const reduceOperators: Readonly<Record<string, Operator>> = {
  ArgMax: argMax(ops.argMax),
  ArgMin: argMax(ops.argMin),
  CumSum: cumsum,
  Einsum: einsum,
  LogSoftmax: alongAxis(ops.logSoftmax),
  ReduceL1: reduce("ReduceL1", (x, options) => ops.norm(x, { p: 1, ...options })),
  ReduceL2: reduce("ReduceL2", (x, options) => ops.norm(x, options)),
  ReduceLogSum: reduce("ReduceLogSum", (x, options) => ops.log(ops.sum(x, options))),
  ReduceLogSumExp: reduce("ReduceLogSumExp", ops.logSumExp),
  ReduceMax: reduce("ReduceMax", ops.max),
  ReduceMean: reduce("ReduceMean", ops.mean),
  ReduceMin: reduce("ReduceMin", ops.min),
  ReduceProd: reduce("ReduceProd", ops.prod),
  ReduceSum: reduce("ReduceSum", ops.sum),
  ReduceSumSquare: reduce("ReduceSumSquare", (x, options) => ops.sum(ops.square(x), options)),
  Softmax: alongAxis(ops.softmax),
};
