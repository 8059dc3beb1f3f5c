// Checks of an op over random samples, on any backend.

import fc from "fast-check";
import type { Backend } from "../../src/backends/kernels.ts";
import type { FloatDType } from "../../src/core/dtype.ts";
import { checkGrad } from "../../src/testing/check_grad.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import type { OpName } from "../../ops/table.ts";
import { cases } from "./cases/mod.ts";
import { scaled } from "./effort.ts";
import { floatTolerance, type Sample, type Tensors, uploadAll } from "./samples.ts";

/** Number of random samples to check, and their seed. */
export interface SampleOptions {
  /** Samples of each op, at any effort; as many as the effort says by default. */
  readonly runs?: number;
  /** Repeats a reported run; the seed of the effort by default. */
  readonly seed?: number;
  /** Do not look for a simpler counterexample. */
  readonly endOnFailure?: boolean;
}

/** Checks first- and second-order gradients of an op against central differences in float64. */
export function checkGradients(name: OpName, backend: Backend, options: SampleOptions = {}): void {
  forSamples(name, options, (sample) => checkSample(sample, backend));
}

/** The same of gradients in float32: equal on grids, else within some roundings. */
export function checkFloatGradients(
  name: OpName,
  backend: Backend,
  options: SampleOptions = {},
): void {
  forSamples(name, options, (sample) => checkSample(sample, backend, "float32"));
}

/** Checks both orders of gradients of one sample, computed in a dtype. */
export function checkSample(
  sample: Sample,
  backend: Backend,
  dtype: FloatDType = "float64",
): void {
  const constants = {
    float32: uploadAll(sample.constants, backend, "float32"),
    float64: uploadAll(sample.constants, backend, "float64"),
  };
  const variables = uploadAll(sample.variables, backend, "float64");
  const call = (inputs: Tensors) => {
    const [first] = Object.values(inputs);
    return sample.call({ ...constants[first.dtype as FloatDType], ...inputs });
  };
  const { tolerance } = sample.options;
  const allowed = dtype === "float64" ? tolerance : floatTolerance(sample);
  try {
    checkGrad(call, variables, { order: 2, ...sample.options, dtype, tolerance: allowed });
  } finally {
    const all = [constants.float32, constants.float64, variables].flatMap(Object.values<Tensor>);
    for (const t of all) t.dispose();
  }
}

/** Runs a check on random samples of an op; a failure is printed with its seed, and shrunk. */
export function forSamples(
  name: OpName,
  { runs = scaled(60), ...options }: SampleOptions,
  check: (sample: Sample) => void,
): void {
  fc.assert(fc.property(cases[name].samples, check), {
    numRuns: runs,
    includeErrorInReport: true,
    ...options,
  });
}
