/**
 * Products and probabilities as ONNX nodes.
 *
 * @module
 */
import type { MatmulGeometry, RowsGeometry } from "../../core/geometry/mod.ts";
import type { GraphBuilder, Value } from "./graph_builder.ts";
import { transposeHost } from "./host_transpose.ts";
import type { Mapping } from "./step.ts";

/**
 * Writes a dense layer. Rows of flattened images are read in the order in which they are: the
 * weights' rows follow.
 */
const dense = (isRelu: boolean): Mapping<MatmulGeometry> => (graph, { inputs, y }) => {
  const [x, w, bias] = inputs as Value[];
  const isFlat = x.order === "flat" && w.data !== undefined;
  const names = isFlat
    ? [graph.in("flat", x), graph.plain(rowsByChannel(w, x.image!))]
    : [graph.plain(x), graph.plain(w)];
  if (bias !== undefined) names.push(graph.plain(bias));
  const name = graph.node("Gemm", names);
  graph.set(y, isRelu ? graph.node("Relu", [name]) : name);
};

/** Puts weights of rows in the order H, W, C into the order C, H, W. */
function rowsByChannel(w: Value, [height, width, channels]: readonly number[]): Value {
  const outputs = w.shape[1] as number;
  const shape = [height, width, channels, outputs];
  const { data } = transposeHost({ shape, dtype: w.dtype, data: w.data! }, [2, 0, 1, 3]);
  return { ...w, data, names: new Map() };
}

const matmul: Mapping<MatmulGeometry> = (graph, { g, inputs, y }) => {
  const [a, b] = inputs as Value[];
  const isPair = a.shape.length === 2 && b.shape.length === 2;
  if (isPair) {
    const turns = { transA: Number(g.transposeA), transB: Number(g.transposeB) };
    graph.set(y, graph.node("Gemm", [graph.plain(a), graph.plain(b)], turns));
    return;
  }
  const names = [matrices(graph, a, g.transposeA), matrices(graph, b, g.transposeB)];
  graph.set(y, graph.node("MatMul", names));
};

/** Names matrices, or their transposes. */
function matrices(graph: GraphBuilder, x: Value, isTransposed: boolean): string {
  if (!isTransposed) return graph.plain(x);
  const axes = x.shape.map((_, i) => i);
  return graph.transpose(graph.plain(x), [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

/**
 * Applies an operator along the last dimension, which is the second one of images with channels
 * first.
 */
const alongLast = (operator: string): Mapping<RowsGeometry> => (graph, { inputs, y }) => {
  const [x] = inputs as Value[];
  const order = x.order === "first" ? "first" : "plain";
  graph.set(
    y,
    graph.node(operator, [graph.in(order, x)], { axis: order === "first" ? 1 : -1 }),
    order,
  );
};

/** Products and probabilities. */
export const linalgMappings = {
  dense: dense(false),
  denseRelu: dense(true),
  logSoftmax: alongLast("LogSoftmax"),
  matmul,
  softmax: alongLast("Softmax"),
} as const;
