/**
 * The nodes of an ONNX file as steps that can be applied, in the order of the file.
 *
 * @module
 */
import { printable } from "../../core/printable.ts";
import { arithmeticOperators, castKind } from "./import_arithmetic.ts";
import { elementwiseOperators } from "./import_elementwise.ts";
import { imagesOperators } from "./import_images.ts";
import { type GraphContext, NodeReader, type Operator, type Run } from "./import_node.ts";
import { normsOperators } from "./import_norms.ts";
import { pickOperators } from "./import_picks.ts";
import type { Problems } from "./import_problems.ts";
import { reduceOperators } from "./import_reduce.ts";
import { resizeOperators } from "./import_resize.ts";
import { shapeOperators } from "./import_shapes.ts";
import type { OnnxModel, OnnxNode } from "./model.ts";
import { shown } from "./read_tensor.ts";
import type { ElementKind } from "./schema.ts";

const operators: ReadonlyMap<string, Operator> = new Map([
  ...Object.entries(arithmeticOperators),
  ...Object.entries(elementwiseOperators),
  ...Object.entries(imagesOperators),
  ...Object.entries(normsOperators),
  ...Object.entries(pickOperators),
  ...Object.entries(reduceOperators),
  ...Object.entries(resizeOperators),
  ...Object.entries(shapeOperators),
]);

/** Operators of which all results may be read. */
const WITH_RESULTS: readonly string[] = ["Split"];

/** Kinds of elements that are others than those of the first input. */
const KINDS_OF_RESULTS: ReadonlyMap<string, (node: NodeReader) => ElementKind | undefined> =
  new Map([
    ...[
      "And",
      "Equal",
      "Greater",
      "GreaterOrEqual",
      "IsInf",
      "IsNaN",
      "Less",
      "LessOrEqual",
      "Not",
      "Or",
      "Xor",
    ]
      .map((operator) => [operator, (): ElementKind => "bool"] as const),
    ...["ArgMax", "ArgMin", "Shape", "Size"]
      .map((operator) => [operator, (): ElementKind => "int64"] as const),
    ["Cast", castKind],
    ["CastLike", (node) => node.kind(1)],
    ["ConstantOfShape", (node) => node.tensor("value")?.elements],
    ["Where", (node) => node.kind(1)],
  ]);

/** Settings that are not read, as they change nothing of the results that are. */
const HARMLESS: ReadonlyMap<string, readonly string[]> = new Map([
  ["BatchNormalization", ["momentum"]],
  ["Cast", ["round_mode", "saturate"]],
  ["CastLike", ["round_mode", "saturate"]],
  ["Conv", ["kernel_shape"]],
  ["ConvTranspose", ["kernel_shape"]],
  ["Dropout", ["ratio", "seed"]],
  ["GroupNormalization", ["stash_type"]],
  ["LayerNormalization", ["stash_type"]],
  ["MaxPool", ["storage_order"]],
  ["Resize", ["cubic_coeff_a", "exclude_outside", "extrapolation_value"]],
]);

/** A node that can be applied. */
export interface Step {
  /** Its name in errors. */
  readonly label: string;
  readonly run: Run;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** True if it makes the same for every input of the model. */
  readonly isConstant: boolean;
}

/** The graph around steps that are read. */
export interface StepOptions extends Omit<GraphContext, "kinds" | "refuse"> {
  /** Names of constants that are no parameters. */
  readonly fixed: ReadonlySet<string>;
}

/**
 * Makes the steps of nodes in order; each reads what is there before it, and makes one value that
 * is read.
 */
export function stepsOf(model: OnnxModel, options: StepOptions, problems: Problems): Step[] {
  const { nodes, inputs, outputs } = model;
  const { constants } = options;
  const kinds = new Map<string, ElementKind>([
    ...[...constants].map(([name, { elements }]) => [name, elements] as const),
    ...inputs.map(({ name, elements }) => [name, elements] as const),
  ]);
  const fixed = new Set(options.fixed);
  const read = new Set([
    ...nodes.flatMap((node) => node.inputs),
    ...outputs.map(({ name }) => name),
  ]);
  const context = { ...options, kinds, refuse: problems.refuse };
  const steps = nodes.map((node): Step | undefined => {
    const step = problems.attempt(() => {
      if (node.problems?.length) return node.problems.forEach((problem) => problems.add(problem));
      return stepOf(node, context, read, fixed);
    });
    const made = step?.outputs ?? node.outputs;
    const kind = step && kindOfResults(node, context);
    for (const name of made) {
      kinds.set(name, kind ?? "float32");
      if (step?.isConstant) fixed.add(name);
    }
    return step ?? undefined;
  });
  if (problems.isEmpty) problems.attempt(() => checkResults(model, kinds, problems));
  return steps.filter((step) => step !== undefined);
}

function stepOf(
  node: OnnxNode,
  context: GraphContext,
  read: ReadonlySet<string>,
  fixed: ReadonlySet<string>,
): Step {
  const operator = operators.get(node.operator);
  if (operator === undefined) {
    return context.refuse("operators must be among those of the library", shown(node.operator));
  }
  checkNames(node, context, read);
  const reader = new NodeReader(node, context);
  const run = operator(reader);
  reader.checkAllRead(HARMLESS.get(node.operator) ?? []);
  const { inputs, name, outputs } = node;
  return {
    label: `${printable(node.operator)} node ${shown(name || outputs[0])}`,
    run,
    inputs,
    outputs: WITH_RESULTS.includes(node.operator) ? outputs : [outputs[0]],
    isConstant: inputs.every((input) => input === "" || fixed.has(input)),
  };
}

function kindOfResults(node: OnnxNode, context: GraphContext): ElementKind | undefined {
  const reader = new NodeReader(node, context);
  const own = KINDS_OF_RESULTS.get(node.operator);
  return own === undefined ? reader.kind(0) : own(reader);
}

function checkNames(
  { operator, inputs, outputs }: OnnxNode,
  { kinds: known, refuse }: GraphContext,
  read: ReadonlySet<string>,
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

function checkResults(
  { outputs }: OnnxModel,
  known: ReadonlyMap<string, unknown>,
  { refuse }: Problems,
): void {
  if (outputs.length === 0) refuse("a graph must have results", "none");
  const lost = outputs.find(({ name }) => !known.has(name));
  if (lost !== undefined) refuse("results must be made by a node", `${shown(lost.name)} is not`);
}
