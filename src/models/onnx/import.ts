/**
 * `importOnnx`: a model from an ONNX file, to be applied or trained further.
 *
 * @module
 */
import type { Backend } from "../../backends/kernels.ts";
import { adoptLike } from "../../core/arena.ts";
import { tensor } from "../../core/create.ts";
import { ShapeError } from "../../core/errors.ts";
import { formatShape } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import type { TensorsByName } from "./export.ts";
import { arrayOperators } from "./import_arrays.ts";
import { elementwiseOperators } from "./import_elementwise.ts";
import { imagesOperators } from "./import_images.ts";
import {
  asTensor,
  hostInts,
  NodeReader,
  type NodeValue,
  type Operator,
  type Run,
} from "./import_node.ts";
import { normsOperators } from "./import_norms.ts";
import { resizeOperators } from "./import_resize.ts";
import type { Refuse } from "./message_reader.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "./model.ts";
import { readModel } from "./read_model.ts";
import { shown } from "./read_tensor.ts";

/** Settings of {@link importOnnx}. */
export interface ImportOnnxOptions extends FileOptions {
  /** Backend of the weights; the one in use by default. */
  readonly backend?: Backend;
}

/** An input or a result of a file. */
export interface OnnxValueInfo {
  /** Its name. */
  readonly name: string;
  /** Sizes, or names of those that are not fixed; undefined where the file does not tell. */
  readonly shape: readonly (number | string)[] | undefined;
  /** Kind of its elements: `float32`, `int64`, … */
  readonly elements: string;
}

/** A model from a file. */
export interface OnnxImport {
  /** The weights by their names in the file; they are yours to train, keep and dispose of. */
  readonly params: Record<string, Tensor>;
  /** Inputs of the model. */
  readonly inputs: readonly OnnxValueInfo[];
  /** Results of the model. */
  readonly outputs: readonly OnnxValueInfo[];
  /**
   * Applies the model: to its only input, or to inputs by name. Returns its first result. The
   * order of dimensions is that of the file: images are `[N, C, H, W]`.
   */
  apply(params: Readonly<Record<string, Tensor>>, inputs: TensorsByName): Tensor;
  /** Applies the model, and returns all results, by name. */
  applyAll(
    params: Readonly<Record<string, Tensor>>,
    inputs: TensorsByName,
  ): Record<string, Tensor>;
}

/**
 * Imports a model from an ONNX file, such as PyTorch and Keras write, to be applied or trained
 * further.
 *
 * Its operators become ops of the library, on images with channels first; so it has gradients.
 * `params` are the float constants with dimensions, but for the running moments of batch
 * normalisation and what settings operators have as inputs: those stay as they are. Versions 7 to
 * 23 of the operators are read. A loop, a branch, an operator that is not known or a setting that
 * the library does not have is an error. Nothing in a file is run.
 *
 * @example
 * ```ts
 * import { dense, tensor, zeros } from "@tapegrad/tapegrad";
 * import { exportOnnx, importOnnx } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { w: tensor([[1], [2]]), bias: tensor([3]) };
 * const file = exportOnnx((x) => dense(x, params.w, params), zeros([1, 2]), { params });
 * const model = await importOnnx(file); // await importOnnx("model.onnx")
 * assertEquals(Object.keys(model.params), ["w", "bias"]);
 * assertEquals(model.apply(model.params, tensor([[1, 1], [0, 1]])).toArray(), [[6], [5]]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes`, `onProgress`, `backend`.
 * @returns the weights, and a function that applies the model with them.
 * @throws {SyntaxError} if the file is malformed or has what the library does not.
 * @throws {FileError} if it cannot be opened.
 */
export async function importOnnx(
  input: FileInput,
  options: ImportOnnxOptions = {},
): Promise<OnnxImport> {
  const { bytes, name } = await readWhole(input, "ONNX", options);
  return build(readModel(bytes, name), name, options.backend);
}

const operators: ReadonlyMap<string, Operator> = new Map([
  ...Object.entries(elementwiseOperators),
  ...Object.entries(imagesOperators),
  ...Object.entries(arrayOperators),
  ...Object.entries(normsOperators),
  ...Object.entries(resizeOperators),
]);

/** Operators of which all results may be read. */
const WITH_RESULTS: readonly string[] = ["Split"];

/** Inputs that are settings, or are not learnt: from the first of these on. */
const SETTINGS: ReadonlyMap<string, number> = new Map([
  ["BatchNormalization", 3],
  ["Clip", 1],
  ["Pad", 1],
  ["Resize", 1],
  ["Upsample", 1],
]);

/** A node that can be applied. */
interface Step {
  readonly run: Run;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function build(model: OnnxModel, name: string, backend: Backend | undefined): OnnxImport {
  const refuse: Refuse = (rule, found) => {
    throw new SyntaxError(`Cannot read ${name}: ${rule}: ${found}`);
  };
  const constants = constantsOf(model, refuse);
  const nodes = model.nodes.filter(({ operator }) => operator !== "Constant");
  const steps = stepsOf({ ...model, nodes }, constants, refuse);
  const fixed = new Set(
    nodes.flatMap(({ operator, inputs }) => inputs.slice(SETTINGS.get(operator) ?? inputs.length)),
  );
  const weights = new Set(model.initializers.map((constant) => constant.name));
  const isParam = ({ name, elements, shape }: OnnxTensor) =>
    weights.has(name) && !fixed.has(name) && elements.startsWith("float") && shape.length > 0;
  const params: [string, Tensor][] = [];
  const kept = new Map<string, NodeValue>();
  for (const [key, constant] of constants) {
    const { elements, shape, data } = constant;
    if (elements === "int64") kept.set(key, hostInts(Array.from(data), shape));
    else if (isParam(constant)) params.push([key, tensor(data, { shape, backend })]);
    else kept.set(key, tensor(data, { shape, backend }));
  }
  const applyAll: OnnxImport["applyAll"] = (given, inputs) =>
    run(model, steps, kept, params.map(([key]) => key), given, inputs);
  return {
    params: Object.fromEntries(params),
    inputs: model.inputs,
    outputs: model.outputs,
    applyAll,
    apply: (given, inputs) => Object.values(applyAll(given, inputs))[0],
  };
}

/** Collects constants by name: those of the graph, and what `Constant` nodes make. */
function constantsOf(model: OnnxModel, refuse: Refuse): Map<string, OnnxTensor> {
  const constants = new Map<string, OnnxTensor>();
  const add = (name: string, constant: OnnxTensor) => {
    if (name === "" || constants.has(name)) {
      refuse("constants must have names, each another one", `a second ${shown(name)}`);
    }
    constants.set(name, constant);
  };
  for (const constant of model.initializers) add(constant.name, constant);
  for (const node of model.nodes) {
    if (node.operator !== "Constant") continue;
    const reader = new NodeReader(node, model.opset, constants, refuse);
    const value = reader.tensor("value") ?? numberOf(reader);
    if (value === undefined) return reader.refuse("have a value", "none that is read");
    add(node.outputs[0] ?? "", value);
  }
  return constants;
}

/** Reads a constant that is given as a number, or a list of them. */
function numberOf(node: NodeReader): OnnxTensor | undefined {
  const [float, int, ints] = [
    node.float("value_float", undefined),
    node.int("value_int", undefined),
    node.ints("value_ints"),
  ];
  if (float !== undefined) {
    return { name: "", elements: "float32", shape: [], data: Float32Array.of(float) };
  }
  if (int !== undefined) {
    return { name: "", elements: "int64", shape: [], data: Float64Array.of(int) };
  }
  return ints &&
    { name: "", elements: "int64", shape: [ints.length], data: Float64Array.from(ints) };
}

/**
 * Makes the steps of nodes in order; each reads what is there before it, and makes one value that
 * is read.
 */
function stepsOf(
  { nodes, opset, inputs, outputs }: OnnxModel,
  constants: ReadonlyMap<string, OnnxTensor>,
  refuse: Refuse,
): Step[] {
  if (outputs.length === 0) refuse("a graph must have results", "none");
  const known = new Set([...constants.keys(), ...inputs.map(({ name }) => name)]);
  const read = new Set([
    ...nodes.flatMap((node) => node.inputs),
    ...outputs.map(({ name }) => name),
  ]);
  const steps = nodes.map((node): Step => {
    const operator = operators.get(node.operator);
    if (operator === undefined) {
      return refuse("operators must be among those of the library", shown(node.operator));
    }
    checkNames(node, known, read, refuse);
    const outputs = WITH_RESULTS.includes(node.operator) ? node.outputs : [node.outputs[0]];
    for (const name of outputs) known.add(name);
    const reader = new NodeReader(node, opset, constants, refuse);
    return { run: operator(reader), inputs: node.inputs, outputs };
  });
  const lost = outputs.find(({ name }) => !known.has(name));
  if (lost !== undefined) refuse("results must be made by a node", `${shown(lost.name)} is not`);
  return steps;
}

function checkNames(
  { operator, inputs, outputs }: OnnxNode,
  known: ReadonlySet<string>,
  read: ReadonlySet<string>,
  refuse: Refuse,
): void {
  const missing = inputs.find((name) => name !== "" && !known.has(name));
  if (missing !== undefined) {
    refuse("nodes must read what is made before them", `${operator} reads ${shown(missing)}`);
  }
  const [first = "", ...others] = outputs;
  const isMany = WITH_RESULTS.includes(operator);
  const named = isMany ? outputs : [first];
  const twice = named.find((name, i) => name === "" || known.has(name) || named.indexOf(name) < i);
  if (twice !== undefined || named.length === 0) {
    refuse("results must have names, each another one", `a second ${shown(twice ?? "")}`);
  }
  if (isMany) return;
  const second = others.find((name) => name !== "" && read.has(name));
  if (second !== undefined) {
    refuse(`of what ${operator} makes only the first must be read`, shown(second));
  }
}

function run(
  { inputs, outputs }: OnnxModel,
  steps: readonly Step[],
  constants: ReadonlyMap<string, NodeValue>,
  paramNames: readonly string[],
  params: Readonly<Record<string, Tensor>>,
  given: TensorsByName,
): Record<string, Tensor> {
  const values = new Map<string, NodeValue>(constants);
  for (const name of paramNames) values.set(name, checkTensor("params", name, params[name]));
  const byName = given instanceof Tensor && inputs.length > 0 ? { [inputs[0].name]: given } : given;
  for (const { name, shape } of inputs) {
    const x = checkTensor("inputs", name, (byName as Readonly<Record<string, Tensor>>)[name]);
    checkInput(name, x, shape);
    values.set(name, x);
  }
  for (const { run, inputs, outputs } of steps) {
    const made = run(inputs.map((name) => name === "" ? undefined : values.get(name)));
    const results = Array.isArray(made) ? made as readonly NodeValue[] : [made as NodeValue];
    outputs.forEach((name, i) => values.set(name, results[i]));
  }
  const like = [...values.values()].find((value) => value instanceof Tensor);
  return Object.fromEntries(outputs.map(({ name }) => {
    const value = values.get(name)!;
    const isFresh = !(value instanceof Tensor) && like !== undefined;
    return [name, isFresh ? adoptLike(like, asTensor(value)) : asTensor(value)];
  }));
}

function checkTensor(what: string, name: string, value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw new TypeError(
    `Cannot apply ONNX model: ${what} must have a tensor for every name: ` +
      `nothing for ${shown(name)}`,
  );
}

function checkInput(
  name: string,
  x: Tensor,
  shape: readonly (number | string)[] | undefined,
): void {
  const fits = shape === undefined || shape.length === x.rank &&
      shape.every((size, i) => typeof size === "string" || size === x.shape[i]);
  if (fits) return;
  throw new ShapeError(
    `Cannot apply ONNX model: inputs must have the shapes of the file: ${name} is ` +
      `${formatShape(x.shape)}, the file has [${shape.join(", ")}]`,
  );
}
