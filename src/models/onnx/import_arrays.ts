/**
 * Operators of ONNX that arrange or reduce elements, and those that compute shapes on the host.
 *
 * @module
 */
import * as ops from "../../../ops/mod.ts";
import { full } from "../../core/create.ts";
import { dtypeOf } from "../../core/dtype.ts";
import { broadcastShapes, type PadMode, type SliceRange } from "../../core/geometry/mod.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import {
  asInts,
  asTensor,
  axisOf,
  hostInts,
  isHost,
  type NodeReader,
  type NodeValue,
  type Operator,
} from "./import_node.ts";

/** Reads whole numbers from an attribute, in older versions, or from an input. */
function listOf(
  node: NodeReader,
  name: string,
  input: number,
): (inputs: readonly (NodeValue | undefined)[]) => readonly number[] | undefined {
  const fixed = node.ints(name);
  if (fixed !== undefined) return () => fixed;
  return (inputs) => inputs[input] === undefined ? undefined : asInts(inputs[input]);
}

/** Reshapes; 0 keeps a size, unless `allowzero`; one -1 is what is left. */
const reshape: Operator = (node) => {
  node.checkCount(2, 2);
  const isLiteral = node.int("allowzero", 0) !== 0;
  return ([x, shape]) => {
    const value = asTensor(x);
    const sizes = asInts(shape).map((n, i) => n === 0 && !isLiteral ? value.shape[i] : n);
    return ops.reshape(value, sizes);
  };
};

const flatten: Operator = (node) => {
  node.checkCount(1, 1);
  const axis = node.int("axis", 1);
  return ([x]) => {
    const value = asTensor(x);
    const at = axisOf(axis, value.rank);
    return ops.reshape(value, [sizeOf(value.shape.slice(0, at)), sizeOf(value.shape.slice(at))]);
  };
};

const transpose: Operator = (node) => {
  node.checkCount(1, 1);
  const axes = node.ints("perm");
  return ([x]) => ops.transpose(asTensor(x), axes);
};

const unsqueeze: Operator = (node) => {
  node.checkCount(1, 2);
  const axes = listOf(node, "axes", 1);
  return (inputs) => {
    const [x] = inputs;
    const list = axes(inputs) ?? [];
    if (isHost(x)) {
      return hostInts(
        x.data,
        new Array(x.shape.length + list.length).fill(1).with(0, x.data.length),
      );
    }
    const value = asTensor(x);
    const rank = value.rank + list.length;
    const added = new Set(list.map((axis) => axisOf(axis, rank)));
    const kept = value.shape.values();
    const shape = Array.from({ length: rank }, (_, i) => added.has(i) ? 1 : kept.next().value ?? 1);
    return ops.reshape(value, shape);
  };
};

const squeeze: Operator = (node) => {
  node.checkCount(1, 2);
  const axes = listOf(node, "axes", 1);
  return (inputs) => {
    const [x] = inputs;
    if (isHost(x)) return hostInts(x.data, x.data.length === 1 ? [] : x.shape);
    const axis = axes(inputs);
    return ops.squeeze(asTensor(x), axis === undefined ? {} : { axis });
  };
};

const concat: Operator = (node) => {
  node.checkCount(1, Infinity);
  const axis = node.int("axis", undefined);
  if (axis === undefined) return node.refuse("have axis", "none");
  return (inputs) =>
    inputs.every(isHost)
      ? hostInts(inputs.flatMap(({ data }) => data))
      : ops.concat(inputs.map(asTensor), { axis });
};

const shapeOf: Operator = (node) => {
  node.checkCount(1, 1);
  const [start, end] = [node.int("start", 0), node.int("end", undefined)];
  return ([x]) => hostInts(asTensor(x).shape.slice(start, end));
};

const gather: Operator = (node) => {
  node.checkCount(2, 2);
  const axis = node.int("axis", 0);
  return ([x, indices]) => {
    if (isHost(x) && isHost(indices)) {
      const picked = indices.data.map((i) => x.data[axisOf(i, x.data.length)]);
      return hostInts(picked, indices.shape);
    }
    const value = asTensor(x);
    const size = value.shape[axisOf(axis, value.rank)];
    const places = isHost(indices)
      ? hostInts(indices.data.map((i) => axisOf(i, size)), indices.shape)
      : indices;
    return ops.take(value, asTensor(places), { axis });
  };
};

const gatherElements: Operator = (node) => {
  node.checkCount(2, 2);
  const axis = node.int("axis", 0);
  return ([x, indices]) => ops.takeAlongAxis(asTensor(x), asTensor(indices), { axis });
};

const slice: Operator = (node) => {
  node.checkCount(1, 5);
  const [starts, ends, axes] = ["starts", "ends", "axes"].map((name, i) =>
    listOf(node, name, i + 1)
  );
  const steps = listOf(node, "steps", 4);
  return (inputs) => {
    const [x] = inputs;
    const from = starts(inputs) ?? [];
    const to = ends(inputs) ?? [];
    const along = axes(inputs) ?? from.map((_, i) => i);
    const by = steps(inputs) ?? from.map(() => 1);
    if (isHost(x)) {
      const { length } = x.data;
      const [first, last, step] = rangeOf(from[0], to[0], by[0], length);
      const end = last ?? -1;
      const count = Math.max(Math.ceil((end - first) / step), 0);
      return hostInts(Array.from({ length: count }, (_, i) => x.data[first + i * step]));
    }
    const value = asTensor(x);
    const ranges = value.shape.map((): SliceRange => null);
    along.forEach((axis, i) => {
      const at = axisOf(axis, value.rank);
      ranges[at] = rangeOf(from[i], to[i], by[i], value.shape[at]);
    });
    return ops.slice(value, ranges);
  };
};

/** Makes a range whose ends lie in the axis, as ONNX brings them there. */
function rangeOf(start: number, end: number, step: number, size: number) {
  const least = step < 0 ? -1 : 0;
  const bring = (n: number, most: number) => Math.min(Math.max(n < 0 ? n + size : n, least), most);
  const first = bring(start, step < 0 ? size - 1 : size);
  const last = bring(end, size);
  return [first, last < 0 ? null : last, step] as const;
}

/**
 * Splits into parts of given sizes, or as many equal ones as there are results, the last one
 * smaller.
 */
const split: Operator = (node) => {
  node.checkCount(1, 2);
  const axis = node.int("axis", 0);
  const parts = node.int("num_outputs", node.resultCount);
  const sizes = listOf(node, "split", 1);
  return (inputs) => {
    const x = asTensor(inputs[0]);
    const at = axisOf(axis, x.rank);
    const size = Math.ceil(x.shape[at] / parts);
    const equal = Array.from({ length: parts }, (_, i) => Math.min(size, x.shape[at] - i * size));
    return ops.split(x, sizes(inputs) ?? equal, { axis });
  };
};

const tile: Operator = (node) => {
  node.checkCount(2, 2);
  return ([x, copies]) => ops.tile(asTensor(x), asInts(copies));
};

/** Fills a shape with one number; whole ones stay on the host, where shapes are. */
const constantOfShape: Operator = (node) => {
  node.checkCount(1, 1);
  const value = node.tensor("value");
  const fill = value?.data[0] ?? 0;
  return ([shape]) => {
    const sizes = asInts(shape);
    if (value?.elements === "int64") return hostInts(new Array(sizeOf(sizes)).fill(fill), sizes);
    return full(sizes, fill, { dtype: dtypeOf(value?.data ?? new Float32Array()) });
  };
};

const expand: Operator = (node) => {
  node.checkCount(2, 2);
  return ([x, shape]) => {
    const value = asTensor(x);
    const sizes = asInts(shape);
    return ops.broadcastTo(value, broadcastShapes(value.shape, sizes) ?? sizes);
  };
};

const MODES: ReadonlyMap<string, PadMode> = new Map([
  ["constant", "constant"],
  ["reflect", "reflect"],
  ["edge", "edge"],
  ["wrap", "wrap"],
]);

const pad: Operator = (node) => {
  node.checkCount(1, 4);
  const mode = MODES.get(node.text("mode", "constant"));
  if (mode === undefined) return node.refuse("have a known mode", node.text("mode", ""));
  const amounts = listOf(node, "pads", 1);
  const axes = listOf(node, "axes", 3);
  const value = (node.opset < 11 ? node.float("value", 0) : node.number(2)) ?? 0;
  return (inputs) => {
    const x = asTensor(inputs[0]);
    const pads = amounts(inputs) ?? [];
    const along = axes(inputs) ?? x.shape.map((_, i) => i);
    const pairs = x.shape.map((): readonly [number, number] => [0, 0]);
    along.forEach((axis, i) => {
      pairs[axisOf(axis, x.rank)] = [pads[i], pads[i + along.length]];
    });
    return ops.pad(x, pairs, { mode, value });
  };
};

type Reduction = (x: Tensor, options: { axis?: readonly number[]; keepDims: boolean }) => Tensor;

const reduce = (f: Reduction): Operator => (node) => {
  node.checkCount(1, 2);
  const keepDims = node.int("keepdims", 1) !== 0;
  const isNothing = node.int("noop_with_empty_axes", 0) !== 0;
  const axes = listOf(node, "axes", 1);
  return (inputs) => {
    const list = axes(inputs) ?? [];
    if (list.length === 0 && isNothing) return asTensor(inputs[0]);
    return f(asTensor(inputs[0]), { axis: list.length === 0 ? undefined : list, keepDims });
  };
};

const argMax = (f: typeof ops.argMax): Operator => (node) => {
  node.checkCount(1, 1);
  node.expect("select_last_index", 0);
  const [axis, keepDims] = [node.int("axis", 0), node.int("keepdims", 1) !== 0];
  return ([x]) => f(asTensor(x), { axis, keepDims });
};

const cumsum: Operator = (node) => {
  node.checkCount(2, 2);
  const exclusive = node.int("exclusive", 0) !== 0;
  const reverse = node.int("reverse", 0) !== 0;
  return ([x, axis]) => ops.cumsum(asTensor(x), { axis: asInts(axis)[0], exclusive, reverse });
};

/** Applies a function along an axis; before version 13 along all from it on. */
const alongAxis = (f: (x: Tensor) => Tensor): Operator => (node) => {
  node.checkCount(1, 1);
  const isOld = node.opset < 13;
  const axis = node.int("axis", isOld ? 1 : -1);
  return ([x]) => {
    const value = asTensor(x);
    const at = axisOf(axis, value.rank);
    if (at === value.rank - 1) return f(value);
    if (isOld) {
      const rows = sizeOf(value.shape.slice(0, at));
      return ops.reshape(f(ops.reshape(value, [rows, -1])), value.shape);
    }
    const axes = value.shape.map((_, i) => i).with(at, value.rank - 1).with(-1, at);
    return ops.transpose(f(ops.transpose(value, axes)), axes);
  };
};

const same: Operator = (node) => {
  node.checkCount(1, 1);
  return ([x]) => x!;
};

/** Returns the input as it is, as after training; refuses a file that drops for ever. */
const dropout: Operator = (node) => {
  node.checkCount(1, 3);
  if (node.number(2)) node.refuse("not be in training mode", "training_mode true");
  return ([x]) => x!;
};

const einsum: Operator = (node) => {
  node.checkCount(1, Infinity);
  const equation = node.text("equation", "");
  return (inputs) => ops.einsum(equation, ...inputs.map(asTensor));
};

/** Operators on whole arrays. */
export const arrayOperators: Readonly<Record<string, Operator>> = {
  ArgMax: argMax(ops.argMax),
  ArgMin: argMax(ops.argMin),
  Concat: concat,
  ConstantOfShape: constantOfShape,
  CumSum: cumsum,
  Dropout: dropout,
  Einsum: einsum,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  GatherElements: gatherElements,
  Identity: same,
  LogSoftmax: alongAxis(ops.logSoftmax),
  Pad: pad,
  ReduceL1: reduce((x, options) => ops.norm(x, { p: 1, ...options })),
  ReduceL2: reduce((x, options) => ops.norm(x, options)),
  ReduceLogSumExp: reduce(ops.logSumExp),
  ReduceMax: reduce(ops.max),
  ReduceMean: reduce(ops.mean),
  ReduceMin: reduce(ops.min),
  ReduceProd: reduce(ops.prod),
  ReduceSum: reduce(ops.sum),
  ReduceSumSquare: reduce((x, options) => ops.sum(ops.square(x), options)),
  Reshape: reshape,
  Shape: shapeOf,
  Slice: slice,
  Softmax: alongAxis(ops.softmax),
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
