/**
 * Convolutions, pools and resampling of images as ONNX nodes, which want channels first.
 *
 * @module
 */
import type {
  Conv2dGeometry,
  Pool2dGeometry,
  ResampleGeometry,
  SparseMatrix,
  WindowGeometry,
} from "../../core/geometry/mod.ts";
import type { DType } from "../../core/dtype.ts";
import type { Attributes, GraphBuilder, Value } from "./graph_builder.ts";
import { transposeHost } from "./host_transpose.ts";
import type { Mapping } from "./step.ts";

/** Filters `[KH, KW, C / groups, O]` as `[O, C / groups, KH, KW]`. */
const FILTERS_FIRST: readonly number[] = [3, 2, 0, 1];

const conv2d = (isRelu: boolean): Mapping<Conv2dGeometry> => (graph, { g, inputs, y }) => {
  const [x, w, bias] = inputs;
  const names = [graph.in("first", x!), filtersFirst(graph, w!)];
  if (bias !== undefined) names.push(graph.plain(bias));
  const name = graph.node("Conv", names, {
    ...windowOf(g),
    dilations: [g.dilationHeight, g.dilationWidth],
    group: g.groups,
  });
  graph.set(y, isRelu ? graph.node("Relu", [name]) : name, "first");
};

/** Writes the gradient by x, which a transposed convolution is; g is that of the convolution. */
const conv2dGradX: Mapping<Conv2dGeometry> = (graph, { g, inputs, y }) => {
  const [dy, w] = inputs;
  const [before, after] = [[g.padTop, g.padLeft], endOf(g)];
  const [height, width] = [0, 1].map((axis) => {
    const size = [g.height, g.width][axis];
    const stride = [g.strideHeight, g.strideWidth][axis];
    const reach = reachOf(g)[axis];
    const made = ([g.outHeight, g.outWidth][axis] - 1) * stride + reach;
    return made - before[axis] - after[axis] - size;
  });
  // Pixels at the end that no window reaches are zeros.
  const name = graph.node("ConvTranspose", [graph.in("first", dy!), filtersFirst(graph, w!)], {
    ...windowOf(g),
    dilations: [g.dilationHeight, g.dilationWidth],
    group: g.groups,
    output_padding: [-height, -width],
  });
  graph.set(y, name, "first");
};

const pool = (operator: string): Mapping<Pool2dGeometry> => (graph, { g, inputs, y }) => {
  const counted: Attributes = g.countPadding ? { count_include_pad: 1 } : {};
  const attributes = { ...windowOf(g), ...counted };
  graph.set(y, graph.node(operator, [graph.in("first", inputs[0]!)], attributes), "first");
};

/** Resamples rows and columns, each by a product with a matrix. */
const resample: Mapping<ResampleGeometry> = (graph, { g, inputs, y }) => {
  const x = graph.in("first", inputs[0]!);
  const columns = graph.node("MatMul", [x, matrix(graph, g.horizontal, y.dtype, true)]);
  const rows = matrix(graph, g.vertical, y.dtype, false);
  graph.set(y, graph.node("MatMul", [rows, columns]), "first");
};

function matrix(
  graph: GraphBuilder,
  { columns, starts, indices, weights }: SparseMatrix,
  dtype: DType,
  isTransposed: boolean,
): string {
  const rows = starts.length - 1;
  const data = dtype === "float64"
    ? new Float64Array(rows * columns)
    : new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = starts[row]; i < starts[row + 1]; i++) {
      data[row * columns + indices[i]] += weights[i];
    }
  }
  const array = { shape: [rows, columns], dtype, data };
  const { shape, data: turned } = transposeHost(array, isTransposed ? [1, 0] : [0, 1]);
  return graph.constant(turned, shape, dtype, "resampling");
}

function filtersFirst(graph: GraphBuilder, w: Value): string {
  if (w.data === undefined) return graph.transpose(graph.plain(w), FILTERS_FIRST);
  const { dtype, data, name } = w;
  const turned = transposeHost({ shape: w.shape as number[], dtype, data }, FILTERS_FIRST);
  return graph.constant(turned.data, turned.shape, dtype, name);
}

function windowOf(g: WindowGeometry): Attributes {
  return {
    kernel_shape: [g.windowHeight, g.windowWidth],
    strides: [g.strideHeight, g.strideWidth],
    pads: [g.padTop, g.padLeft, ...endOf(g)],
  };
}

/** Counts the rows and columns over which a window reaches. */
function reachOf(g: WindowGeometry): readonly [number, number] {
  return [
    (g.windowHeight - 1) * g.dilationHeight + 1,
    (g.windowWidth - 1) * g.dilationWidth + 1,
  ];
}

/** Counts the rows below and columns on the right that the last windows need. */
function endOf(g: WindowGeometry): readonly [number, number] {
  const [reachHeight, reachWidth] = reachOf(g);
  const bottom = (g.outHeight - 1) * g.strideHeight + reachHeight - g.padTop - g.height;
  const right = (g.outWidth - 1) * g.strideWidth + reachWidth - g.padLeft - g.width;
  return [Math.max(bottom, 0), Math.max(right, 0)];
}

/** Convolutions, pools and resampling of images. */
export const imagesMappings = {
  avgPool: pool("AveragePool"),
  conv2d: conv2d(false),
  conv2dGradX,
  conv2dRelu: conv2d(true),
  maxPool: pool("MaxPool"),
  resample,
} as const;
