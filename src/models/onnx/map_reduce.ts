/**
 * Elements along axes made one, as ONNX nodes.
 *
 * @module
 */
import type { CumsumGeometry, ReduceGeometry } from "../../core/geometry/mod.ts";
import { CHANNELS_FIRST, type GraphBuilder, type Value } from "./graph_builder.ts";
import { elementsOf } from "./schema.ts";
import { isFixed, sameSizes } from "./sizes.ts";
import { axisOf, type Mapping, refuse } from "./step.ts";

/**
 * Reduces along axes, which ONNX takes as an input. Images with channels first stay so, or lose
 * what makes them images in an order that is the same either way.
 */
const along = (operator: string): Mapping<ReduceGeometry> => (graph, { g, inputs, y }) => {
  const [x] = inputs as Value[];
  const isKept = g.shape.length === g.keptShape.length;
  const remaining = CHANNELS_FIRST.filter((axis) => !g.axes.includes(axis));
  const isOrdered = isKept || remaining.every((axis, i) => i === 0 || axis > remaining[i - 1]);
  const isFirst = x.order === "first" && isOrdered;
  const axes = isFirst ? g.axes.map((axis) => CHANNELS_FIRST.indexOf(axis)) : g.axes;
  const order = isFirst && isKept ? "first" : "plain";
  if (axes.length === 0) return graph.set(y, widened(graph, x, y, "plain"));
  const name = widened(graph, x, y, isFirst ? "first" : "plain");
  const result = graph.node(operator, [name, graph.ints(axes)], { keepdims: Number(isKept) });
  graph.set(y, result, order);
};

/** Widens the elements of x to those of the result: the sum of bytes is int32. */
function widened(graph: GraphBuilder, x: Value, y: Value, order: "plain" | "first"): string {
  const name = graph.in(order, x);
  return x.dtype === y.dtype ? name : graph.node("Cast", [name], { to: elementsOf(y.dtype) });
}

/** Writes positions, which ONNX has along one axis only: several are made one, the last. */
const argMax: Mapping<ReduceGeometry> = (graph, { g, inputs, y }) => {
  const [x] = inputs as Value[];
  const kept = x.shape.map((_, i) => i).filter((i) => !g.axes.includes(i));
  let [name, axis] = [graph.plain(x), g.axes[0]];
  if (g.axes.length !== 1) {
    name = graph.transpose(name, [...kept, ...g.axes]);
    name = graph.reshape(name, [...kept.map((i) => x.shape[i]), countOf(x, g.axes)]);
    axis = kept.length;
  }
  const position = graph.node("ArgMax", [name], { axis, keepdims: 0 });
  const narrow = graph.node("Cast", [position], { to: elementsOf("int32") });
  const shape = kept.map((i) => x.shape[i]);
  graph.set(y, sameSizes(shape, y.shape) ? narrow : graph.reshape(narrow, y.shape));
};

/** Multiplies sizes, one of which may grow. */
function countOf(x: Value, axes: readonly number[]) {
  const sizes = axes.map((axis) => x.shape[axis]);
  const count = sizes.reduce<number>((n, size) => n * (isFixed(size) ? size : size.perExample), 1);
  return sizes.every(isFixed) ? count : { perExample: count };
}

const cumsum: Mapping<CumsumGeometry> = (graph, { g, other, inputs, y, op }) => {
  const [x] = inputs as Value[];
  if (g.length !== other.length) refuse(op, "must not sum along the batch", "it grows");
  const sizesOf = ({ length, inner }: CumsumGeometry) => ({ size: length, inner });
  const axis = axisOf(op, x, [sizesOf(g), sizesOf(other)]);
  const name = graph.node("CumSum", [graph.plain(x), graph.scalar(axis, "int32")], {
    exclusive: Number(g.exclusive),
    reverse: Number(g.reverse),
  });
  graph.set(y, name);
};

/** Reduces elements along axes to one. */
export const reduceMappings = {
  argMax,
  cumsum,
  max: along("ReduceMax"),
  mean: along("ReduceMean"),
  min: along("ReduceMin"),
  prod: along("ReduceProd"),
  sum: along("ReduceSum"),
} as const;
