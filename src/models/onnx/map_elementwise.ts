/**
 * Functions of single elements as ONNX nodes.
 *
 * @module
 */
import type { DType } from "../../core/dtype.ts";
import type { CastAttributes } from "../../../ops/elementwise/cast.ts";
import type { ActivationParameters } from "../../backends/kernels.ts";
import { type FunctionName, functionNames } from "./function_names.ts";
import { type Attributes, float, type GraphBuilder } from "./graph_builder.ts";
import { ELEMENTS, elementsOf } from "./schema.ts";
import { broadcasting, type Mapping, type Step, unary } from "./step.ts";

/** Functions of x alone. */
type Write<G = unknown> = (graph: GraphBuilder, x: string, step: Step<G>) => string;

const one = (operator: string, attributes: Attributes = {}): Mapping =>
  unary((graph, x) => graph.node(operator, [x], attributes));

/** Maps arithmetic; on bytes, for which runtimes have none, through int32. */
const two = (operator: string): Mapping =>
  broadcasting((graph, names, { y }) => {
    if (y.dtype !== "uint8") return graph.node(operator, names);
    const wide = names.map((name) => cast(graph, name, "int32"));
    return cast(graph, graph.node(operator, wide), "uint8");
  });

/** Maps a question: 1 where it holds, 0 elsewhere, as bytes. */
const question = (operator: string, isNegated = false): Mapping =>
  broadcasting((graph, names, { inputs }) => {
    const isByte = inputs[0]!.dtype === "uint8";
    const operands = isByte ? names.map((name) => cast(graph, name, "int32")) : names;
    const answer = graph.node(operator, operands);
    return cast(graph, isNegated ? graph.node("Not", [answer]) : answer, "uint8");
  });

function cast(graph: GraphBuilder, x: string, dtype: DType): string {
  return graph.node("Cast", [x], { to: elementsOf(dtype) });
}

/** Minus x; of bytes, for which there is no operator, through int32. */
const neg: Write = (graph, x, { y }) => {
  if (y.dtype !== "uint8") return graph.node("Neg", [x]);
  return cast(graph, graph.node("Neg", [cast(graph, x, "int32")]), "uint8");
};

const number = (graph: GraphBuilder, { y }: Step, value: number) => graph.scalar(value, y.dtype);

/** Writes `exp(x) - 1`, exact near 0 too: `tanh(x / 2) (exp(x) + 1)`. */
const expm1: Write = (graph, x, step) => {
  const half = graph.node("Mul", [x, number(graph, step, 0.5)]);
  const sum = graph.node("Add", [graph.node("Exp", [x]), number(graph, step, 1)]);
  return graph.node("Mul", [graph.node("Tanh", [half]), sum]);
};

/** Writes `log(1 + x)`; near 0 `2 atanh(x / (x + 2))`, which is exact there. */
const log1p: Write = (graph, x, step) => {
  const n = (value: number) => number(graph, step, value);
  const isNear = graph.node("Less", [graph.node("Abs", [x]), n(0.5)]);
  const ratio = graph.node("Div", [x, graph.node("Add", [x, n(2)])]);
  const near = graph.node("Mul", [graph.node("Atanh", [ratio]), n(2)]);
  const far = graph.node("Log", [graph.node("Add", [x, n(1)])]);
  return graph.node("Where", [isNear, near, far]);
};

const logSigmoid: Write = (graph, x) =>
  graph.node("Neg", [graph.node("Softplus", [graph.node("Neg", [x])])]);

const silu: Write = (graph, x) => graph.node("Mul", [x, graph.node("Sigmoid", [x])]);

/** Writes `x (1 + gate) / 2`. */
function gated(graph: GraphBuilder, x: string, gate: string, step: Step): string {
  const half = graph.node("Mul", [x, number(graph, step, 0.5)]);
  return graph.node("Mul", [half, graph.node("Add", [gate, number(graph, step, 1)])]);
}

const gelu: Write = (graph, x, step) => {
  const scaled = graph.node("Mul", [x, number(graph, step, Math.SQRT1_2)]);
  return gated(graph, x, graph.node("Erf", [scaled]), step);
};

const geluTanh: Write = (graph, x, step) => {
  const n = (value: number) => number(graph, step, value);
  const cube = graph.node("Mul", [graph.node("Mul", [x, x]), x]);
  const inner = graph.node("Add", [x, graph.node("Mul", [cube, n(0.044715)])]);
  const scaled = graph.node("Mul", [inner, n(Math.sqrt(2 / Math.PI))]);
  return gated(graph, x, graph.node("Tanh", [scaled]), step);
};

const clip: Write<ActivationParameters<"clip">> = (graph, x, { g: { low, high }, y }) =>
  graph.node("Clip", [x, graph.scalar(low, y.dtype), graph.scalar(high, y.dtype)]);

/** Writes elu; with a factor above 0 it is what ONNX has for selu. */
const elu: Write<ActivationParameters<"elu">> = (graph, x, { g: { above, below } }) =>
  above === 1
    ? graph.node("Elu", [x], { alpha: float(below) })
    : graph.node("Selu", [x], { gamma: float(above), alpha: float(below / above) });

/** Writes a remainder of a's sign; of bytes through int32. */
const fmod = (graph: GraphBuilder, names: readonly string[], { y }: Step): string => {
  if (y.dtype !== "uint8") return graph.node("Mod", names, { fmod: 1 });
  const wide = names.map((name) => cast(graph, name, "int32"));
  return cast(graph, graph.node("Mod", wide, { fmod: 1 }), "uint8");
};

/** Writes a remainder of b's sign, which ONNX has of integers only. */
const mod = (graph: GraphBuilder, names: readonly string[], step: Step): string => {
  const { y } = step;
  if (y.dtype === "uint8") return fmod(graph, names, step);
  if (y.dtype === "int32") return graph.node("Mod", names, { fmod: 0 });
  const zero = graph.scalar(0, y.dtype);
  const rest = fmod(graph, names, step);
  const isBelow = (name: string) => graph.node("Less", [name, zero]);
  const differ = graph.node("Xor", [isBelow(rest), isBelow(names[1])]);
  const isRest = graph.node("Not", [graph.node("Equal", [rest, zero])]);
  const turns = graph.node("And", [differ, isRest]);
  return graph.node("Where", [turns, graph.node("Add", [rest, names[1]]), rest]);
};

const where: Mapping = broadcasting((graph, [condition, a, b]) => {
  const isTrue = graph.node("Cast", [condition], { to: ELEMENTS.bool });
  return graph.node("Where", [isTrue, a, b]);
});

/** Functions that ONNX has an operator for. */
const sameFunctions = Object.fromEntries(
  functionNames().map(([op, operator]) => [op, one(operator)]),
) as Readonly<Record<FunctionName, Mapping>>;

/** Functions of single elements. */
export const elementwiseMappings = {
  ...sameFunctions,
  abs: one("Abs"),
  add: two("Add"),
  cast: unary<CastAttributes>((graph, x, { g }) => cast(graph, x, g.to)),
  clip: unary(clip),
  div: two("Div"),
  elu: unary(elu),
  equal: question("Equal"),
  expm1: unary(expm1),
  gelu: unary(gelu),
  geluTanh: unary(geluTanh),
  fmod: broadcasting(fmod),
  greater: question("Greater"),
  greaterEqual: question("GreaterOrEqual"),
  hardSigmoid: one("HardSigmoid", { alpha: float(1 / 6), beta: float(0.5) }),
  isInf: unary((graph, x) => cast(graph, graph.node("IsInf", [x]), "uint8")),
  isNaN: unary((graph, x) => cast(graph, graph.node("IsNaN", [x]), "uint8")),
  leakyRelu: unary<ActivationParameters<"leakyRelu">>((graph, x, { g }) =>
    graph.node("LeakyRelu", [x], { alpha: float(g.slope) })
  ),
  less: question("Less"),
  lessEqual: question("LessOrEqual"),
  log1p: unary(log1p),
  logicalXor: broadcasting((graph, names) => {
    const answers = names.map((name) => graph.node("Cast", [name], { to: ELEMENTS.bool }));
    return cast(graph, graph.node("Xor", answers), "uint8");
  }),
  logSigmoid: unary(logSigmoid),
  maximum: two("Max"),
  minimum: two("Min"),
  mul: two("Mul"),
  mod: broadcasting(mod),
  neg: unary(neg),
  notEqual: question("Equal", true),
  pow: two("Pow"),
  relu: one("Relu"),
  relu6: unary((graph, x, step) =>
    graph.node("Clip", [x, number(graph, step, 0), number(graph, step, 6)])
  ),
  rsqrt: unary((graph, x) => graph.node("Reciprocal", [graph.node("Sqrt", [x])])),
  sign: one("Sign"),
  silu: unary(silu),
  square: unary((graph, x) => graph.node("Mul", [x, x])),
  sub: two("Sub"),
  where,
} as const;
