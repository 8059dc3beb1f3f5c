/**
 * `exportOnnx`: a model, or any function of ops, as an ONNX file.
 *
 * The function is run twice, on batches that differ by one example: what is different in the second
 * trace is what grows with the batch.
 *
 * @module
 */
import { checkFunction } from "../../core/check_kinds.ts";
import { checkOptions } from "../../core/options.ts";
import type { TypedArray } from "../../core/dtype.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { leavesOf, mapStructure } from "../../core/structure.ts";
import { tensor } from "../../core/create.ts";
import type { Tensor } from "../../core/tensor.ts";
import { CHANNELS_FIRST, GraphBuilder, type Value } from "./graph_builder.ts";
import { isOurs, mappingOf } from "./mappings.ts";
import type { OnnxNode, OnnxValue } from "./model.ts";
import { IR_VERSION, OPSET } from "./schema.ts";
import { type Batches, fixedShape, growingShape, type Size, sizeText } from "./sizes.ts";
import { type Trace, trace, type TracedSlot } from "./trace.ts";
import { reasonOf } from "./unmapped.ts";
import { writeModel } from "./write_model.ts";

/** Settings of {@link exportOnnx}. */
export interface ExportOnnxOptions {
  /**
   * Let the first dimension of inputs be a batch of any size; true by default. With false the file
   * takes exactly the shapes of the inputs.
   */
  readonly dynamicBatch?: boolean;
  /**
   * Order of the dimensions of images that the file takes and gives: `"NHWC"`, as the function
   * does, by default; with `"NCHW"` every input and result of four dimensions has channels first.
   */
  readonly layout?: "NHWC" | "NCHW";
  /** Parameters of the model: their paths (`conv1.w`) are the names of the weights in the file. */
  readonly params?: unknown;
}

/** Inputs and results of {@link exportOnnx}: a tensor, or tensors by name. */
export type TensorsByName = Tensor | Readonly<Record<string, Tensor>>;

/**
 * Exports a model, or any function of ops, as an ONNX file.
 *
 * The function is traced: which ops it applies must not depend on the values of its inputs. Weights
 * are in the file. Images are transposed where convolutions begin and end, not at each of them;
 * filters, and the rows of a dense layer after `flatten`, are transposed when they are written.
 * Opset 18, IR version 8. An input that is a single tensor is called `x`, a result `y`.
 *
 * - **Edge cases**: NaN that is cast to an integer, and which of NaNs wins a maximum, are left to
 *   the runtime.
 * - **Source**: the specification of ONNX, https://onnx.ai.
 *
 * @example
 * ```ts
 * import { Random, relu, zeros } from "@tapegrad/tapegrad";
 * import { exportOnnx } from "@tapegrad/tapegrad/io";
 * import { Conv2d, Dense, Flatten, Sequential } from "@tapegrad/tapegrad/nn";
 * import { assertEquals } from "@std/assert";
 *
 * const model = Sequential({
 *   conv: Conv2d({ filters: 4, size: 3, activation: relu }),
 *   flatten: Flatten(),
 *   dense: Dense({ units: 2 }),
 * });
 * const params = model.init(new Random(0), [8, 8, 1]);
 * const file = exportOnnx((x) => model.apply(params, x), zeros([1, 8, 8, 1]), { params });
 * assertEquals(file.subarray(0, 2), Uint8Array.of(8, 8)); // field 1, the IR version, is 8
 * ```
 *
 * @param f a function of tensors that applies ops; its parameters are constants.
 * @param inputs what f is given: a tensor, or tensors by name, of the shapes and dtypes to come.
 * @param options `dynamicBatch` (true by default), `layout` ("NHWC" by default), `params`.
 * @returns the bytes of the file.
 * @throws {RangeError} if an op has no mapping to ONNX, which the error names; if what f does
 * depends on the size of the batch; if layout is none.
 * @throws {ShapeError} if inputs have no batch, or batches of different sizes.
 * @throws {TypeError} if inputs or results are no tensors by name.
 */
export function exportOnnx<S extends TensorsByName>(
  f: (inputs: S) => TensorsByName,
  inputs: S,
  options: ExportOnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  options = checkOptions("export ONNX", options, "dynamicBatch? layout params");
  checkFunction("export ONNX", "f", f, "(x) => model.apply(params, x)");
  const { dynamicBatch = true, layout = "NHWC", params = {} } = options;
  if (layout !== "NHWC" && layout !== "NCHW") {
    throw new RangeError(
      `Cannot export ONNX: layout must be "NHWC" or "NCHW": got ${JSON.stringify(layout)}`,
    );
  }
  const first = trace(f, inputs, params);
  if (!dynamicBatch) return write(first, first, [0, 0], layout);
  const batch = batchOf(inputs);
  return write(first, traceNext(f, inputs, params), [batch, batch + 1], layout);
}

/** Finds the size of the batch, which all inputs have. */
function batchOf(inputs: unknown): number {
  const leaves = leavesOf("export ONNX", inputs);
  const batch = leaves[0]?.tensor.shape[0];
  const odd = leaves.find(({ tensor: { shape } }) => shape.length === 0 || shape[0] !== batch);
  if (batch >= 1 && odd === undefined) return batch;
  const { path, tensor } = odd ?? leaves[0] ?? { path: "inputs", tensor: { shape: [] } };
  throw new ShapeError(
    `Cannot export ONNX: the first dimension of every input must be one batch of at least one ` +
      `example, unless dynamicBatch is false: ${path || "x"} is ${formatShape(tensor.shape)}`,
  );
}

/** Traces a batch with the last example twice. */
function traceNext<S>(f: (inputs: S) => unknown, inputs: S, params: unknown): Trace {
  const made: Tensor[] = [];
  const next = mapStructure("export ONNX", inputs, (x) => {
    const [batch, ...rest] = x.shape;
    const data = x.dataSync();
    const longer = new (data.constructor as new (length: number) => TypedArray)(
      data.length / batch * (batch + 1),
    );
    longer.set(data);
    longer.set(data.subarray(data.length - data.length / batch), data.length);
    made.push(tensor(longer, { shape: [batch + 1, ...rest], backend: x.backend }));
    return made[made.length - 1];
  });
  try {
    return trace(f, next, params);
  } finally {
    for (const x of made) x.dispose();
  }
}

function write(
  a: Trace,
  b: Trace,
  batches: Batches,
  layout: "NHWC" | "NCHW",
): Uint8Array<ArrayBuffer> {
  checkSameSteps(a, b);
  const names = a.inputs.map(({ name }) => name);
  const values = a.slots.map((slot, i) => valueOf(slot, b.slots[i], batches));
  const graph = new GraphBuilder([...names, ...a.outputs.map(({ name }) => name)], names[0]);
  const isFirst = ({ shape }: Value) => layout === "NCHW" && shape.length === 4;
  for (const { name, slot } of a.inputs) {
    graph.set(values[slot], name, isFirst(values[slot]) ? "first" : "plain");
  }
  a.steps.forEach(({ op, attributes, inputs, output }, i) => {
    const mapping = mappingOf(op);
    if (mapping === undefined) {
      const reason = isOurs(op) ? `: ${reasonOf(op.name)}` : "";
      throw new RangeError(
        `Cannot export ONNX: every op must have a mapping: ${op.name} has none${reason}`,
      );
    }
    mapping(graph, {
      g: attributes,
      other: b.steps[i].attributes,
      inputs: inputs.map((slot) => slot < 0 ? undefined : constantFor(graph, values[slot])),
      y: values[output],
      op: op.name,
    });
  });
  const results = a.outputs.map(({ name, slot }) => {
    const value = values[slot];
    return { name, value, made: graph.in(isFirst(value) ? "first" : "plain", value) };
  });
  return writeModel({
    irVersion: IR_VERSION,
    opset: OPSET,
    nodes: withResultNames(graph.nodes, results),
    initializers: graph.constants,
    inputs: a.inputs.map(({ name, slot }) => describe(name, values[slot], isFirst(values[slot]))),
    outputs: results.map(({ name, value }) => describe(name, value, isFirst(value))),
  });
}

/** Checks that a function does the same to every batch. */
function checkSameSteps(a: Trace, b: Trace): void {
  const text = ({ steps, outputs }: Trace) =>
    JSON.stringify([steps.map(({ op, inputs, output }) => [op.name, inputs, output]), outputs]);
  if (a === b || text(a) === text(b)) return;
  throw new RangeError(
    "Cannot export ONNX: the function must apply the same ops to batches of any size, unless " +
      `dynamicBatch is false: it applies ${a.steps.length} to one and ${b.steps.length} to another`,
  );
}

function valueOf(a: TracedSlot, b: TracedSlot | undefined, batches: Batches): Value {
  const shape = b && growingShape(a.shape, b.shape, batches);
  const { dtype, data, name } = a;
  if (shape === undefined || !isSameConstant(data, b?.data)) {
    throw new RangeError(
      "Cannot export ONNX: sizes must grow with the batch, and constants must not depend on it, " +
        `unless dynamicBatch is false: ${dtype} ${formatShape(a.shape)} becomes ` +
        `${b?.dtype} ${b && formatShape(b.shape)} with one example more`,
    );
  }
  const traced = [a.shape, b!.shape] as const;
  return { shape, traced, dtype, data, name, names: new Map(), order: "plain" };
}

/** Returns true if elements are the same; of a constant that grows, all elements there are. */
function isSameConstant(a: TypedArray | undefined, b: TypedArray | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  if (a.length === b.length) return a.every((v, i) => Object.is(v, b[i]));
  return [...a, ...b].every((v) => Object.is(v, b[0]));
}

/** Writes a constant; one whose shape grows with the batch is one number, expanded. */
function constantFor(graph: GraphBuilder, value: Value): Value {
  if (value.data === undefined || fixedShape(value.shape) !== undefined) return value;
  const one = graph.scalar(value.data[0], value.dtype);
  const computed: Value = { ...value, data: undefined, names: new Map() };
  graph.set(computed, graph.node("Expand", [one, graph.shape(value.shape)]));
  return computed;
}

interface Result {
  readonly name: string;
  readonly value: Value;
  readonly made: string;
}

/** Calls results by their names, where nothing else is; else by a copy. */
function withResultNames(nodes: readonly OnnxNode[], results: readonly Result[]): OnnxNode[] {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const { name, made: from } of results) {
    if (made.has(from) && !renamed.has(from)) renamed.set(from, name);
    else {copies.push({
        operator: "Identity",
        inputs: [from],
        outputs: [name],
        attributes: new Map(),
      });}
  }
  const rename = (name: string) => renamed.get(name) ?? name;
  return [...nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
}

function describe(name: string, { shape, dtype }: Value, isFirst: boolean): OnnxValue {
  const sizes: readonly Size[] = isFirst ? CHANNELS_FIRST.map((axis) => shape[axis]) : shape;
  return { name, elements: dtype, shape: sizes.map(sizeText) };
}
