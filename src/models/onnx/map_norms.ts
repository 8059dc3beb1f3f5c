/**
 * Normalisation as ONNX nodes.
 *
 * @module
 */
import type { NormGeometry } from "../../core/geometry/mod.ts";
import type { DType } from "../../core/dtype.ts";
import { float, type Value } from "./graph_builder.ts";
import type { Size } from "./sizes.ts";
import type { Mapping } from "./step.ts";

/**
 * Normalises by moments that do not depend on x: a node of its own, where channels can come second.
 */
const normalizeBy: Mapping<NormGeometry> = (graph, step) => {
  const [x, moments, scale, bias] = step.inputs;
  const rank = x!.shape.length;
  const areConstant = [moments!, scale, bias].every((v) => v === undefined || v.data !== undefined);
  if (!areConstant || (rank !== 2 && rank !== 4)) return normalize(graph, step);
  const { groups, epsilon } = step.g;
  const { dtype } = step.y;
  const order = rank === 4 ? "first" : "plain";
  const channels = (values: Iterable<number>, name: string) =>
    graph.constant(floats(dtype, values), [groups], dtype, name);
  const part = (v: Value | undefined, fill: number, name: string) =>
    v === undefined ? channels(new Array(groups).fill(fill), name) : graph.plain(v);
  const { data } = moments!;
  const name = graph.node("BatchNormalization", [
    graph.in(order, x!),
    part(scale, 1, "scale"),
    part(bias, 0, "bias"),
    channels(data!.subarray(0, groups), "mean"),
    channels(data!.subarray(groups), "variance"),
  ], { epsilon: float(epsilon) });
  graph.set(step.y, name, order);
};

function floats(dtype: DType, values: Iterable<number>): Float32Array | Float64Array {
  return dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
}

/** Writes means and variances of the groups, `[2, batch, groups]`. */
const moments: Mapping<NormGeometry> = (graph, { g, other, inputs, y }) => {
  const [x] = inputs as Value[];
  const sizes = groupSizes(g, other);
  const grouped = graph.reshape(graph.plain(x), sizes);
  const average = (name: string) => graph.node("ReduceMean", [name, graph.ints([1, 3])]);
  const mean = average(grouped);
  const centred = graph.node("Sub", [grouped, mean]);
  const variance = average(graph.node("Mul", [centred, centred]));
  const row = (name: string) => graph.reshape(name, [1, sizes[0], sizes[2]]);
  graph.set(y, graph.node("Concat", [row(mean), row(variance)], { axis: 0 }));
};

const normalize: Mapping<NormGeometry> = (graph, { g, other, inputs, y }) => {
  const [x, pair, scale, bias] = inputs;
  const sizes = groupSizes(g, other);
  const perGroup = (row: number) => {
    const one = graph.node("Gather", [graph.plain(pair!), graph.ints([row])], { axis: 0 });
    return graph.reshape(one, [sizes[0], 1, sizes[2], 1]);
  };
  const perChannel = (v: Value) => graph.reshape(graph.plain(v), [sizes[2], sizes[3]]);
  const centred = graph.node("Sub", [graph.reshape(graph.plain(x!), sizes), perGroup(0)]);
  const raised = graph.node("Add", [perGroup(1), graph.scalar(g.epsilon, y.dtype)]);
  let name = graph.node("Div", [centred, graph.node("Sqrt", [raised])]);
  if (scale !== undefined) name = graph.node("Mul", [name, perChannel(scale)]);
  if (bias !== undefined) name = graph.node("Add", [name, perChannel(bias)]);
  graph.set(y, graph.reshape(name, y.shape));
};

/**
 * Computes the sizes of `[batch, positions, groups, size]`; those of one more example tell which
 * one grows.
 */
function groupSizes(g: NormGeometry, other: NormGeometry): readonly Size[] {
  const pairs = [
    [g.batch, other.batch],
    [g.positions, other.positions],
    [g.groups, other.groups],
    [g.size, other.size],
  ];
  return pairs.map(([a, b]) => a === b ? a : { perExample: b - a });
}

/** Normalisation. */
export const normsMappings = { moments, normalize, normalizeBy } as const;
