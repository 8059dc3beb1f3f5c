// Graphs of ONNX written node by node.

import type {
  OnnxAttribute,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
} from "../../../src/models/onnx/model.ts";
import type { ElementKind } from "../../../src/models/onnx/schema.ts";

/** Attributes: a whole number or a list of them, or anything by its kind. */
export type Settings = Readonly<Record<string, number | readonly number[] | OnnxAttribute>>;

/** A node: operator, inputs, its result or results, settings. */
export type NodeText = readonly [
  operator: string,
  inputs: readonly string[],
  outputs: string | readonly string[],
  settings?: Settings,
];

/** Parts of a graph besides its nodes. */
export interface GraphOptions {
  readonly constants?: readonly OnnxTensor[];
  readonly opset?: number;
  /** Sizes of the input x. */
  readonly shape?: readonly (number | string)[];
  /** Names of the results; "y" by default. */
  readonly results?: readonly string[];
  /** Kind of the elements of the input; float32 by default. */
  readonly elements?: ElementKind;
  /** Kind of the elements of the results; float32 by default. */
  readonly made?: ElementKind;
}

/** Makes a graph of nodes that makes `y` of the input `x`. */
export function graphOf(
  nodes: readonly NodeText[],
  {
    constants = [],
    opset = 13,
    shape = ["N", 2, 2],
    results = ["y"],
    elements = "float32",
    made = "float32",
  }: GraphOptions = {},
): OnnxModel {
  const attribute = (value: Settings[string]): OnnxAttribute => {
    if (typeof value === "number") return { type: "int", value };
    return "type" in value ? value : { type: "ints", value };
  };
  return {
    irVersion: 8,
    opset,
    initializers: constants,
    inputs: [{ name: "x", elements, shape }],
    outputs: results.map((name) => ({ name, elements: made, shape: undefined })),
    nodes: nodes.map(([operator, inputs, outputs, settings = {}]): OnnxNode => ({
      operator,
      inputs,
      outputs: typeof outputs === "string" ? [outputs] : outputs,
      attributes: new Map(Object.entries(settings).map(([k, v]) => [k, attribute(v)])),
    })),
  };
}

/** Makes a float attribute. */
export const float = (value: number): OnnxAttribute => ({ type: "float", value });
/** Makes a text attribute. */
export const text = (value: string): OnnxAttribute => ({ type: "text", value });

/** Makes a constant of whole numbers. */
export const ints = (name: string, values: number[], shape = [values.length]): OnnxTensor => ({
  name,
  elements: "int64",
  shape,
  data: Float64Array.from(values),
});

/** Makes a constant of floats. */
export const floats = (name: string, values: number[], shape = [values.length]): OnnxTensor => ({
  name,
  elements: "float32",
  shape,
  data: Float32Array.from(values),
});

/** A constant of a kind of integers. */
export const ofKind = (
  elements: Exclude<ElementKind, "float16" | "float32" | "float64">,
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): OnnxTensor => {
  const array = { bool: Uint8Array, uint8: Uint8Array, uint32: Float64Array, int64: Float64Array };
  const make = array[elements as keyof typeof array] ??
    (elements === "uint64" ? Float64Array : Int32Array);
  return { name, elements, shape, data: make.from(values) };
};

/** A constant as an attribute. */
export const constant = (value: OnnxTensor): OnnxAttribute => ({ type: "tensor", value });
