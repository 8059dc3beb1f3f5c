/**
 * Arrangements of elements as ONNX nodes.
 *
 * @module
 */
import type {
  BroadcastGeometry,
  ConcatGeometry,
  GatherGeometry,
  PadGeometry,
  PadWithinGeometry,
  SliceGeometry,
  TransposeGeometry,
} from "../../core/geometry/mod.ts";
import { repeatedAxes } from "../../core/geometry/mod.ts";
import { stridesOf } from "../../core/shape.ts";
import { CHANNELS_FIRST, type Value } from "./graph_builder.ts";
import { isFixed, sameSizes, type Size, sizeText } from "./sizes.ts";
import { axisOf, type Mapping, refuse, type Step } from "./step.ts";

/** The end of a slice that takes all, forwards and backwards. */
const [BEYOND, BEFORE] = [2 ** 31 - 1, -(2 ** 31 - 1)];

const broadcastTo: Mapping<BroadcastGeometry> = (graph, { inputs, y }) => {
  graph.set(y, graph.node("Expand", [graph.plain(inputs[0]!), graph.shape(y.shape)]));
};

const sumTo: Mapping<BroadcastGeometry> = (graph, { g, inputs, y }) => {
  const axes = graph.ints(repeatedAxes(g.aShape, g.shape));
  const sums = graph.node("ReduceSum", [graph.plain(inputs[0]!), axes], { keepdims: 1 });
  graph.set(y, graph.reshape(sums, y.shape));
};

/** Joins arrays; images that all have channels first are joined so. */
const concat: Mapping<ConcatGeometry> = (graph, { g, inputs, y }) => {
  const parts = inputs as Value[];
  const computed = parts.filter(({ data }) => data === undefined);
  const order = computed.every((part) => part.order === "first") ? "first" : "plain";
  const axis = order === "first" ? CHANNELS_FIRST.indexOf(g.axis) : g.axis;
  const names = parts.map((part) => graph.in(order, part));
  graph.set(y, graph.node("Concat", names, { axis }), order);
};

const stack: Mapping<ConcatGeometry> = (graph, { g, inputs, y }) => {
  const axis = graph.ints([g.axis]);
  const parts = (inputs as Value[]).map((x) => graph.node("Unsqueeze", [graph.plain(x), axis]));
  graph.set(y, graph.node("Concat", parts, { axis: g.axis }));
};

/** Takes elements at indices; `x` and `indices` are the first two inputs. */
const gather: Mapping<GatherGeometry> = (graph, { g, other, inputs, y, op }) => {
  const [x, indices] = inputs as Value[];
  if (g.skip !== -1) refuse(op, "must read every index", `index ${g.skip} is left out`);
  const isBeside = (axis: number) =>
    x.traced[0].every((n, i) => i === axis || n === indices.traced[0][i]);
  const axis = axisOf(op, x, [g, other], g.alongAxis ? isBeside : undefined);
  const operator = g.alongAxis ? "GatherElements" : "Gather";
  const name = graph.node(operator, [graph.plain(x), graph.plain(indices)], { axis });
  const shape = g.alongAxis
    ? indices.shape
    : [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  graph.set(y, sameSizes(shape, y.shape) ? name : graph.reshape(name, y.shape));
};

/** Reads the row of the padding index of an embedding like any other. */
const embedding: Mapping<GatherGeometry> = (graph, step) =>
  gather(graph, { ...step, g: { ...step.g, skip: -1 } });

const pad: Mapping<PadGeometry> = (graph, { g, other, inputs, y, op }) => {
  const [x] = inputs as Value[];
  if (`${g.amounts}` !== `${other.amounts}`) {
    refuse(op, "must add as much to every batch", `[${g.amounts}] and [${other.amounts}]`);
  }
  const order = x.order === "first" ? "first" : "plain";
  const amounts = order === "first" ? CHANNELS_FIRST.map((axis) => g.amounts[axis]) : g.amounts;
  const pads = graph.ints([...amounts.map(([n]) => n), ...amounts.map(([, n]) => n)]);
  const value = graph.scalar(g.value, y.dtype);
  graph.set(y, graph.node("Pad", [graph.in(order, x), pads, value]), order);
};

const padWithin: Mapping<PadWithinGeometry> = (graph, { g, other, inputs, y, op }) => {
  const [x] = inputs as Value[];
  let name = graph.plain(x);
  g.picks.forEach(({ indices, along }, i) => {
    if (`${indices}` !== `${other.picks[i].indices}`) {
      refuse(op, "must pad every batch alike", "it pads the batch");
    }
    const axis = along.xShape.findIndex((n, i) => n !== along.shape[i]);
    name = graph.node("Gather", [name, graph.ints([...indices])], { axis });
  });
  graph.set(y, name);
};

/** Reshapes; flattened images stay in the order in which they are, see `dense`. */
const reshape: Mapping = (graph, { inputs, y }) => {
  const [x] = inputs as Value[];
  const [batch, ...image] = x.shape;
  const isFlattened = x.order === "first" && y.shape.length === 2 && image.every(isFixed) &&
    sameSizes([batch, image.reduce((n, size) => n * size, 1)], y.shape);
  if (isFlattened) {
    y.image = image;
    return graph.set(y, graph.reshape(graph.in("first", x), y.shape), "flat");
  }
  graph.set(y, graph.reshape(graph.plain(x), y.shape));
};

const transpose: Mapping<TransposeGeometry> = (graph, { g, inputs, y }) => {
  const [x] = inputs as Value[];
  // To channels first and back: the value may be there in that order already.
  if (`${g.axes}` === "0,3,1,2") return graph.set(y, graph.in("first", x));
  if (`${g.axes}` === "0,2,3,1") {
    return graph.set(y, graph.plain(x), "first");
  }
  graph.set(y, graph.transpose(graph.plain(x), g.axes));
};

const slice: Mapping<SliceGeometry> = (graph, step) => {
  const [x] = step.inputs as Value[];
  const [a, b] = [rangesOf(step.g), rangesOf(step.other)];
  const cuts = a.map((range, axis) => cutOf(step, x.shape[axis], axis, range, b[axis]))
    .map((cut, axis) => ({ ...cut, axis }))
    .filter(({ start, end, step }) => start !== 0 || end !== BEYOND || step !== 1);
  let name = graph.plain(x);
  if (cuts.length > 0) {
    const list = (read: (cut: typeof cuts[number]) => number) => graph.ints(cuts.map(read));
    name = graph.node("Slice", [
      name,
      list(({ start }) => start),
      list(({ end }) => end),
      list(({ axis }) => axis),
      list(({ step }) => step),
    ]);
  }
  const isShorter = step.g.shape.length !== step.g.counts.length;
  graph.set(step.y, isShorter ? graph.reshape(name, step.y.shape) : name);
};

interface AxisSteps {
  readonly size: number;
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Finds the range taken along each axis, from the offset of the first element. */
function rangesOf({ xShape, offset, counts, strides }: SliceGeometry): AxisSteps[] {
  const steps = stridesOf(xShape);
  return xShape.map((size, axis) => {
    const start = Math.floor(offset / steps[axis]) % Math.max(size, 1);
    return { size, start, count: counts[axis], step: Math.trunc(strides[axis] / steps[axis]) || 1 };
  });
}

/**
 * Finds the ends of a slice for batches of any size: counted from the end where that is the same.
 */
function cutOf(step: Step, size: Size, axis: number, a: AxisSteps, b: AxisSteps): Cut {
  const endOf = ({ start, count, step }: AxisSteps) => start + count * step;
  if (isFixed(size)) {
    const end = endOf(a);
    return { start: a.start, end: end < 0 ? BEFORE : end === size ? BEYOND : end, step: a.step };
  }
  const isSame = (read: (range: AxisSteps) => number) => read(a) === read(b);
  const fromEnd = (read: (range: AxisSteps) => number) =>
    isSame((range) => read(range) - range.size) ? read(a) - a.size : undefined;
  const start = isSame((range) => range.start) ? a.start : fromEnd((range) => range.start);
  const end = isSame(endOf) ? endOf(a) : fromEnd(endOf);
  if (start === undefined || end === undefined || a.step !== b.step) {
    refuse(
      step.op,
      "must take the same part of every batch",
      `axis ${axis}, of size ${sizeText(size)}, has another in each`,
    );
  }
  const isAll = end === 0 && !isSame(endOf);
  return { start, end: end < 0 && isSame(endOf) ? BEFORE : isAll ? BEYOND : end, step: a.step };
}

/** Arrangements of elements. */
export const shapeMappings = {
  broadcastTo,
  concat,
  embedding,
  flip: slice,
  gather,
  pad,
  padWithin,
  reshape,
  slice,
  stack,
  sumTo,
  transpose,
} as const;
