/**
 * Functions of single floats that are the same in ONNX: one table for files written and read.
 *
 * @module
 */

/** Operators by the names of ops. */
export const FUNCTION_NAMES = {
  acos: "Acos",
  acosh: "Acosh",
  asin: "Asin",
  asinh: "Asinh",
  atan: "Atan",
  atanh: "Atanh",
  ceil: "Ceil",
  cos: "Cos",
  cosh: "Cosh",
  erf: "Erf",
  exp: "Exp",
  floor: "Floor",
  hardSwish: "HardSwish",
  log: "Log",
  mish: "Mish",
  reciprocal: "Reciprocal",
  round: "Round",
  sigmoid: "Sigmoid",
  sin: "Sin",
  sinh: "Sinh",
  softplus: "Softplus",
  sqrt: "Sqrt",
  tan: "Tan",
  tanh: "Tanh",
} as const;

/** The name of an op in the table. */
export type FunctionName = keyof typeof FUNCTION_NAMES;

/** The entries of the table. */
export function functionNames(): [op: FunctionName, operator: string][] {
  return Object.entries(FUNCTION_NAMES) as [FunctionName, string][];
}
