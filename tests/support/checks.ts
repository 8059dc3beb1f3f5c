// Checks of an op over random samples, on any backend.

import fc from "fast-check";
import type { Backend } from "../../src/backends/kernels.ts";
import { checkGrad } from "../../src/testing/check_grad.ts";
import type { OpName } from "../../ops/table.ts";
import { cases } from "./cases/mod.ts";
import { scaled } from "./effort.ts";
import { type Sample, type Tensors, uploadAll } from "./samples.ts";

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

/** Checks both orders of gradients of one sample. */
export function checkSample(sample: Sample, backend: Backend): void {
  const constants = uploadAll(sample.constants, backend, "float64");
  const variables = uploadAll(sample.variables, backend, "float64");
  const call = (inputs: Tensors) => sample.call({ ...constants, ...inputs });
  try {
    checkGrad(call, variables, { order: 2, ...sample.options });
  } finally {
    for (const t of Object.values({ ...constants, ...variables })) t.dispose();
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
