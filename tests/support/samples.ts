// A sample: a function with inputs of random values, and how exactly its gradients can be checked.

import fc from "fast-check";
import type { Backend } from "../../src/backends/kernels.ts";
import type { CheckGradOptions } from "../../src/testing/check_grad.ts";
import { tensor } from "../../src/core/create.ts";
import type { DType, FloatDType } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { Values } from "./grids.ts";

/** Tensors by name. */
export type Tensors<Name extends string = string> = Readonly<Record<Name, Tensor>>;

/** Values that have no gradient: labels, or what an op reads only to select by it. */
export interface Constant extends Values {
  /** int32 for labels; the dtype of the variables by default. */
  readonly dtype?: DType;
}

/** An application of an op to values. */
export interface Sample {
  /** Variables that gradients are taken with respect to. */
  readonly variables: Readonly<Record<string, Values>>;
  /** Other inputs of the function. */
  readonly constants: Readonly<Record<string, Constant>>;
  /** The function, of variables and constants. */
  readonly call: (inputs: Tensors) => Tensor;
  /** Exactness with which its central differences agree with its gradients. */
  readonly options: CheckGradOptions;
  /** Prints it for fast-check. */
  readonly [fc.toStringMethod]: () => string;
}

/** Step 1, equal to the last bit: for functions linear (or quadratic) in each input, on quarters. */
export const EXACT: CheckGradOptions = { exact: true };

/** Step 1/4, equal to the last bit: for functions linear between kinks, on values away from them. */
export const EXACT_BETWEEN_KINKS: CheckGradOptions = { exact: true, step: 1 / 4 };

/** Step 1/16, equal to the last bit: for functions linear between kinks at multiples of 1/4. */
export const EXACT_BETWEEN_QUARTERS: CheckGradOptions = { exact: true, step: 1 / 16 };

/** Step 1: for linear functions that divide by other numbers than powers of two. */
export const LINEAR: CheckGradOptions = { step: 1, tolerance: 1e-12 };

/** Step 1e-5, float64: for all other functions. */
export const SMOOTH: CheckGradOptions = { step: 1e-5, tolerance: 1e-6 };

/** Chooses the exactness of a linear function that divides by these numbers. */
export function dividing(by: readonly number[]): CheckGradOptions {
  return by.every((n) => Number.isInteger(Math.log2(n))) ? EXACT : LINEAR;
}

/** Returns true if numbers are exact throughout, in float32 as in float64. */
export function isExact({ options }: Sample): boolean {
  return options.exact === true;
}

/** Returns true if the function is linear in each input. */
export function isLinear({ options }: Sample): boolean {
  return options.exact === true || options.step === LINEAR.step;
}

/**
 * Returns the error allowed in float32: none where numbers are exact; else some roundings, relative
 * to the largest number.
 */
export function floatTolerance(sample: Sample): number {
  if (isExact(sample)) return 0;
  return isLinear(sample) ? 2 ** -22 : 2 ** -16;
}

/** Makes a sample; its text names the op, its attributes and its inputs. */
export function sample<V extends string, C extends string = never>(parts: {
  op: string;
  variables: Readonly<Record<V, Values>>;
  constants?: Readonly<Record<C, Constant>>;
  attributes?: unknown;
  call: (inputs: Tensors<V | C>) => Tensor;
  options: CheckGradOptions;
}): Sample {
  const { op, variables, constants = {}, attributes, call, options } = parts;
  const text = () => {
    const inputs = Object.entries<Values>({ ...variables, ...constants })
      .map(([name, { shape, data }]) => `${name} ${format(shape)} = ${format(Array.from(data))}`);
    return [op, ...attributes === undefined ? [] : [format(attributes)], ...inputs].join("; ");
  };
  return {
    variables,
    constants,
    call: call as (inputs: Tensors) => Tensor,
    options,
    [fc.toStringMethod]: text,
  };
}

function format(value: unknown): string {
  return JSON.stringify(value).replaceAll(",", ", ");
}

/** Makes a tensor of values on a backend. */
export function upload(values: Constant, backend: Backend, dtype: DType): Tensor {
  return tensor(Array.from(values.data), {
    shape: values.shape,
    dtype: values.dtype ?? dtype,
    backend,
  });
}

/** Makes tensors of several values. */
export function uploadAll(
  values: Readonly<Record<string, Constant>>,
  backend: Backend,
  dtype: FloatDType,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, upload(value, backend, dtype)]),
  );
}
