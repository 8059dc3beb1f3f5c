// Output of a sample on a backend, its gradients and the gradients of these.

import type { Backend } from "../../src/backends/kernels.ts";
import { tensor } from "../../src/core/create.ts";
import type { DType, FloatDType, TypedArray } from "../../src/core/dtype.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import { Tape } from "../../src/core/tape.ts";
import { internals, type Tensor } from "../../src/core/tensor.ts";
import type { Values } from "./grids.ts";
import { type Sample, type Tensors, uploadAll } from "./samples.ts";

/** Arrays by what they are: `y`, `dx`, `d(dx)/dw`. */
export type Results = Map<string, TypedArray>;

/** Options of evaluating a sample. */
export interface EvaluateOptions {
  readonly dtype?: FloatDType;
  /** 0 for the output alone, 1 (the default) with gradients, 2 also with those of the gradients. */
  readonly order?: 0 | 1 | 2;
  /** Weights of the outputs; quarters by default. */
  readonly seed?: Values;
}

/** Computes the output of a sample, and its derivatives, on a backend. */
export function evaluate(
  sample: Sample,
  backend: Backend,
  { dtype = "float32", order = 1, seed }: EvaluateOptions = {},
): Results {
  using outer = new Tape();
  const constants = outer.adopt(uploadAll(sample.constants, backend, dtype));
  const variables = outer.watch(uploadAll(sample.variables, backend, dtype));
  const results: Results = new Map();
  using inner = new Tape();
  inner.watch(variables);
  const y = sample.call({ ...constants, ...variables });
  results.set("y", y.dataSync());
  if (order === 0) return results;

  const cotangent = outer.watch(upload(seed ?? weights(y.shape, 3), backend, y.dtype));
  const gradients = inner.gradient(y, variables, { seed: cotangent });
  for (const [name, dx] of Object.entries(gradients)) results.set(`d${name}`, dx.dataSync());
  if (order === 2) addSecondOrder(results, outer, { ...variables, cotangent }, gradients);
  for (const t of [cotangent, ...Object.values(variables)]) internals.setOwner(t, outer);
  return results;
}

function addSecondOrder(
  results: Results,
  tape: Tape,
  inputs: Tensors,
  gradients: Tensors,
): void {
  for (const [name, dx] of Object.entries(gradients)) {
    // A gradient that depends on nothing watched is constant.
    if (tape.slotOf(dx) < 0) continue;
    const seed = tape.adopt(upload(weights(dx.shape, 5), dx.backend, dx.dtype));
    for (const [of, second] of Object.entries(tape.gradient(dx, inputs, { seed }))) {
      results.set(`d(d${name})/d${of}`, second.dataSync());
    }
  }
}

/** Makes multiples of 1/4 from -3 to 3 without 0, in an order that `stride` makes different. */
export function weights(shape: Shape, stride: number): Values {
  const data = Array.from({ length: sizeOf(shape) }, (_, i) => {
    const k = (i * stride) % 13;
    return (k < 6 ? k - 12 : k) / 4 || 0.25;
  });
  return { shape, data };
}

function upload({ shape, data }: Values, backend: Backend, dtype: DType): Tensor {
  return tensor(Array.from(data), { shape, dtype, backend });
}
