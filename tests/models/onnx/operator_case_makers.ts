// Makers of cases for operators in files of other programs.

import { Random, randomNormal } from "../../../mod.ts";
import type { OnnxTensor } from "../../../src/models/onnx/model.ts";
import { floats, type GraphOptions, type NodeText } from "./graphs.ts";

/** Shape of x, the nodes, and what else the graph has. */
export type Case = readonly [
  shape: readonly number[],
  nodes: readonly NodeText[],
  options?: GraphOptions,
];

/** A graph of one node. */
export const one = (
  shape: readonly number[],
  operator: string,
  settings: NodeText[3] = {},
  constants: readonly OnnxTensor[] = [],
  opset = 18,
): Case => [
  shape,
  [[operator, ["x", ...constants.map(({ name }) => name)], "y", settings]],
  { constants, opset },
];

/** A constant of normal numbers. */
export function filled(name: string, ...shape: number[]): OnnxTensor {
  const values = randomNormal(new Random(shape.length), shape).dataSync();
  return floats(name, Array.from(values), shape);
}
