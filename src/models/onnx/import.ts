/**
 * `importOnnx`: a model from an ONNX file, to be applied or trained further.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Backend } from "../../backends/kernels.ts";
import { tensor } from "../../core/create.ts";
import type { Tensor } from "../../core/tensor.ts";
import { type FileInput, type FileOptions, readWhole } from "../../files/source.ts";
import { checkMaxElements } from "../../formats/file_limits.ts";
import { checkKind, inMemory } from "../../formats/identify/identify.ts";
import type { TensorsByName } from "./export.ts";
import type { Home } from "./host_ints.ts";
import { NodeReader } from "./import_node.ts";
import { Problems } from "./import_problems.ts";
import { type Applicable, applySteps } from "./import_run.ts";
import { stepsOf } from "./import_steps.ts";
import { isIntKind } from "./int_kinds.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "./model.ts";
import { readModel } from "./read_model.ts";
import { shown } from "./read_tensor.ts";
import { constantInts, type NodeValue } from "./values.ts";

/** The most elements of a result unless the caller says otherwise. */
const MAX_RESULT = 2 ** 28;

/** Settings of {@link importOnnx}. */
export interface ImportOnnxOptions extends FileOptions {
  /** Backend of the weights; the one in use by default. */
  readonly backend?: Backend;
  /**
   * The most elements of a result that a node makes larger than what it reads: 2^28 by default.
   * `apply` throws a RangeError before there are more.
   */
  readonly maxElements?: number;
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
 * `params` are the float constants with dimensions, those of `Constant` nodes among them, but for the
 * running moments of batch normalisation and what settings operators have as inputs: those stay as
 * they are. Versions 7 to 27 of the operators are read. Loops, branches, operators that are not known
 * and settings that the library does not have are listed in one error. Nothing in a file is run.
 *
 * Integers are `int32` or `uint8` tensors, or `float64` where one is beyond 32 bits: kinds of 8, 16
 * and 32 bits wrap around, those of 64 bits are exact up to 2^53.
 *
 * @example
 * ```ts
 * import { dense, tensor, zeros } from "@tapegrad/tapegrad";
 * import { exportOnnx, importOnnx } from "@tapegrad/tapegrad/io";
 * import { assertEquals } from "@std/assert";
 *
 * const params = { w: tensor([[1], [2]]), bias: tensor([3]) };
 * const { w, bias } = params;
 * const file = exportOnnx((x) => dense(x, w, { bias }), zeros([1, 2]), { params });
 * const model = await importOnnx(file); // await importOnnx("model.onnx")
 * assertEquals(Object.keys(model.params), ["w", "bias"]);
 * assertEquals(model.apply(model.params, tensor([[1, 1], [0, 1]])).toArray(), [[6], [5]]);
 * ```
 *
 * @param input the file.
 * @param options `name` in errors, `maxBytes`, `onProgress`, `backend`, `maxElements`.
 * @returns the weights, and a function that applies the model with them.
 * @throws {SyntaxError} if the file is malformed or has what the library does not. `apply` throws the
 * errors of ops with operator and node in front; a RangeError where an integer is beyond 2^53 or
 * a result larger than `maxElements`.
 * @throws {FileError} if it cannot be opened.
 */
export async function importOnnx(
  input: FileInput,
  options: ImportOnnxOptions = {},
): Promise<OnnxImport> {
  options = checkOptions("read ONNX", options, "name maxBytes# onProgress backend maxElements#");
  const { backend, maxElements = MAX_RESULT } = options;
  checkMaxElements(maxElements, "Cannot read ONNX");
  const { bytes, name } = await readWhole(input, "ONNX", options);
  await checkKind(inMemory(bytes), ["onnx"], `Cannot read ${name}`);
  return build(readModel(bytes, name), name, { backend }, maxElements);
}

/** Inputs that are settings, or are not learnt: from the first of these on. */
const SETTINGS: ReadonlyMap<string, number> = new Map([
  ["BatchNormalization", 3],
  ["Clip", 1],
  ["Pad", 1],
  ["Resize", 1],
  ["Upsample", 1],
]);

function build(model: OnnxModel, file: string, home: Home, maxElements: number): OnnxImport {
  const problems = new Problems();
  const options = { opset: model.opset, home, maxElements };
  const constants = constantsOf(model, options, problems);
  const nodes = model.nodes.filter(({ operator }) => operator !== "Constant");
  const settings = new Set(
    nodes.flatMap(({ operator, inputs }) => inputs.slice(SETTINGS.get(operator) ?? inputs.length)),
  );
  const isParam = ({ elements, shape }: OnnxTensor, name: string) =>
    !settings.has(name) && elements.startsWith("float") && shape.length > 0;
  const [learnt, kept] = [true, false].map((wanted) =>
    [...constants].filter(([name, constant]) => isParam(constant, name) === wanted)
  );
  const fixed = new Set(kept.map(([name]) => name));
  const steps = stepsOf({ ...model, nodes }, { ...options, constants, fixed }, problems);
  problems.report(file);
  const made: Applicable = {
    model,
    steps,
    constants: new Map(kept.map(([name, constant]) => [name, valueOf(constant, home)])),
    paramNames: learnt.map(([name]) => name),
  };
  const applyAll: OnnxImport["applyAll"] = (given, inputs) => applySteps(made, given, inputs);
  return {
    params: Object.fromEntries(learnt.map(([name, constant]) => [name, tensorOf(constant, home)])),
    inputs: model.inputs,
    outputs: model.outputs,
    applyAll,
    apply: (given, inputs) => Object.values(applyAll(given, inputs))[0],
  };
}

function tensorOf({ data, shape }: OnnxTensor, { backend }: Home): Tensor {
  return tensor(data, { shape, backend });
}

/** Makes a constant what nodes read: integers on the host. */
function valueOf(constant: OnnxTensor, home: Home): NodeValue {
  const { elements, data, shape } = constant;
  return isIntKind(elements) ? constantInts(elements, data, shape, home) : tensorOf(constant, home);
}

/** Collects constants by name: those of the graph, and what `Constant` nodes make. */
function constantsOf(
  model: OnnxModel,
  options: { opset: number; home: Home; maxElements: number },
  problems: Problems,
): Map<string, OnnxTensor> {
  const constants = new Map<string, OnnxTensor>();
  const add = (name: string, constant: OnnxTensor) => {
    if (name === "" || constants.has(name)) {
      problems.refuse("constants must have names, each another one", `a second ${shown(name)}`);
    }
    constants.set(name, constant);
  };
  for (const constant of model.initializers) {
    problems.attempt(() => add(constant.name, constant));
  }
  const context = { ...options, constants, kinds: new Map(), refuse: problems.refuse };
  for (const node of model.nodes) {
    if (node.operator !== "Constant") continue;
    const value = problems.attempt(() => constantOf(node, new NodeReader(node, context)));
    // One that is refused is there all the same, so that what reads it is not refused too.
    problems.attempt(() => add(node.outputs[0] ?? "", value ?? numbers("float32", [0], [])));
  }
  return constants;
}

/** Reads what a `Constant` node makes. */
function constantOf({ problems = [] }: OnnxNode, node: NodeReader): OnnxTensor {
  const [problem] = problems;
  if (problem !== undefined) node.refuse("be plain", `${problem.rule}: ${problem.found}`);
  return node.tensor("value") ?? numberOf(node) ?? node.refuse("have a value", "none that is read");
}

/** Reads a constant that is given as a number, or a list of them. */
function numberOf(node: NodeReader): OnnxTensor | undefined {
  const [float, int] = [node.float("value_float", undefined), node.int("value_int", undefined)];
  const [floats, ints] = [node.floats("value_floats"), node.ints("value_ints")];
  if (float !== undefined) return numbers("float32", [float], []);
  if (int !== undefined) return numbers("int64", [int], []);
  if (floats !== undefined) return numbers("float32", floats, [floats.length]);
  return ints && numbers("int64", ints, [ints.length]);
}

function numbers(
  elements: "float32" | "int64",
  values: readonly number[],
  shape: readonly number[],
): OnnxTensor {
  const array = elements === "float32" ? Float32Array : Float64Array;
  return { name: "", elements, shape, data: array.from(values) };
}
