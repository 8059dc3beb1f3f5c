/**
 * Arguments of a mapping of an op to ONNX, and helpers that mappings share.
 *
 * @module
 */
import { type GraphBuilder, isScalar, type Order, type Value } from "./graph_builder.ts";
import { formatSizes, sameSizes } from "./sizes.ts";
import { stridesOf } from "../../core/shape.ts";

/** An application of an op that is to be written as nodes. */
export interface Step<G = unknown> {
  /** Its attributes. */
  readonly g: G;
  /** Its attributes for a batch of another size; the same ones where the batch is fixed. */
  readonly other: G;
  /** Its inputs; undefined for those that are absent. */
  readonly inputs: readonly (Value | undefined)[];
  /** Its result. */
  readonly y: Value;
  /** Its name, for errors. */
  readonly op: string;
}

/** Writes an application of an op as nodes, and notes the name of its result. */
export type Mapping<G = unknown> = (graph: GraphBuilder, step: Step<G>) => void;

/** Refuses an application that ONNX has no operator for. */
export function refuse(op: string, rule: string, values: string): never {
  throw new RangeError(`Cannot export ONNX: op ${op} ${rule}: ${values}`);
}

/** An axis of an array: its size, and the number of elements after it. */
interface AxisSizes {
  readonly size: number;
  readonly inner: number;
}

/**
 * Finds the axis that has given sizes in both traces: in one alone, an axis of the batch of one
 * example looks like another of size 1.
 */
export function axisOf(
  op: string,
  { shape, traced }: Value,
  sizes: readonly [AxisSizes, AxisSizes],
  isPossible: (axis: number) => boolean = () => true,
): number {
  const strides = traced.map(stridesOf);
  const axis = shape.findIndex((_, axis) =>
    isPossible(axis) &&
    sizes.every(({ size, inner }, i) => traced[i][axis] === size && strides[i][axis] === inner)
  );
  return axis >= 0
    ? axis
    : refuse(op, "must go along the same axis of every batch", formatSizes(shape));
}

/** Makes the mapping of a function of single elements, which keeps the order of dimensions. */
export function unary<G>(
  write: (graph: GraphBuilder, x: string, step: Step<G>) => string,
): Mapping<G> {
  return (graph, step) => {
    const [x] = step.inputs as Value[];
    const order = x.data === undefined ? x.order : "plain";
    step.y.image = x.image;
    graph.set(step.y, write(graph, graph.in(order, x), step), order);
  };
}

/**
 * Makes the mapping of a function of elements of several values, which are repeated as NumPy does.
 * Where one of them has channels first, so has the result, if all others can.
 */
export function broadcasting(
  write: (graph: GraphBuilder, names: readonly string[], step: Step) => string,
): Mapping {
  return (graph, step) => {
    const inputs = step.inputs as Value[];
    const tensors = inputs.filter((x) => !isScalar(x));
    const order = commonOrder(tensors, step.y);
    const rank = Math.max(...tensors.map(({ shape }) => shape.length));
    const names = inputs.map((x) => {
      if (isScalar(x) && x.shape.length <= rank) return graph.scalar(x.data![0], x.dtype);
      return order === "first" && x.data !== undefined
        ? graph.in("first", asImages(x))
        : graph.in(order, x);
    });
    step.y.image = tensors.find(({ image }) => image !== undefined)?.image;
    graph.set(step.y, write(graph, names, step), order);
  };
}

/** Gives a constant four dimensions, so that those of images can be put in another order. */
function asImages(x: Value): Value {
  const missing = new Array<number>(4 - x.shape.length).fill(1);
  return { ...x, shape: [...missing, ...x.shape], names: new Map() };
}

/** Finds an order that all have, or that costs a constant only; else `plain`. */
function commonOrder(tensors: readonly Value[], y: Value): Order {
  const computed = tensors.filter(({ data }) => data === undefined);
  const [lead] = computed;
  if (lead === undefined || lead.order === "plain") return "plain";
  if (computed.some((x) => x.order !== lead.order)) return "plain";
  if (lead.order === "first") return "first";
  const isSame = tensors.every((x) =>
    x.data === undefined && sameSizes(x.shape, y.shape) && `${x.image}` === `${lead.image}`
  );
  return isSame ? "flat" : "plain";
}
