/**
 * Variables of numerical differentiation: the float tensors of any inputs, as values on the host.
 *
 * @module
 */
import type { Backend } from "../backends/kernels.ts";
import { Arena } from "../core/arena.ts";
import { tensor } from "../core/create.ts";
import { type FloatDType, isFloat } from "../core/dtype.ts";
import { scoped } from "../core/scoped.ts";
import type { Shape } from "../core/shape.ts";
import { leavesOf, mapStructure } from "../core/structure.ts";
import type { Tensor } from "../core/tensor.ts";

/** Input that is moved: its name, its shape and its values. */
export interface Variable {
  /** `x`, `x[1]`, `conv1.w`. */
  readonly path: string;
  readonly shape: Shape;
  readonly values: Float64Array;
  readonly backend: Backend;
}

/** Values for each variable. */
export type Values = readonly Float64Array[];

/** Variables, and how to put tensors in their places. */
export interface Variables {
  readonly variables: readonly Variable[];
  rebuild(tensors: readonly Tensor[]): unknown;
}

/** Collects the float tensors of the inputs as variables; integer tensors stay where they are. */
export function variablesOf(action: string, inputs: unknown): Variables {
  const leaves = leavesOf(action, inputs).filter(({ tensor: t }) => isFloat(t.dtype));
  if (leaves.length === 0) {
    throw new TypeError(`Cannot ${action}: inputs must hold a float tensor: there is none`);
  }
  const variables = leaves.map(({ path, tensor: t }) => ({
    // A list has no names: its tensors are x[0], x[1], …
    path: path === "" || path.startsWith("[") ? `x${path}` : path,
    shape: t.shape,
    values: Float64Array.from(t.dataSync()),
    backend: t.backend,
  }));
  const rebuild = (tensors: readonly Tensor[]) => {
    let next = 0;
    return mapStructure(action, inputs, (t) => isFloat(t.dtype) ? tensors[next++] : t);
  };
  return { variables, rebuild };
}

/** Runs `use` with tensors of the variables, float64 by default, and frees all that comes of them. */
export function withTensors<Result>(
  variables: readonly Variable[],
  values: Values | undefined,
  use: (tensors: readonly Tensor[]) => Result,
  dtype: FloatDType = "float64",
): Result {
  return scoped(new Arena(), (arena) => {
    const tensors = variables.map((v, i) =>
      tensor(values?.[i] ?? v.values, { shape: v.shape, dtype, backend: v.backend })
    );
    return use(arena.adopt(tensors));
  });
}

/** Returns the elements of a float tensor as float64. */
export function hostValues(t: Tensor): Float64Array {
  return Float64Array.from(t.dataSync());
}

/** Joins arrays one after the other. */
export function concatValues(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
