// The form of a backend's check.

import type { Backend } from "../../../src/backends/kernels.ts";
import type { FloatDType } from "../../../src/core/dtype.ts";
import type { OpName } from "../../../ops/table.ts";
import type { SampleOptions } from "../checks.ts";

/** Backend and effort of a check. */
export interface CheckOptions extends SampleOptions {
  /** The ops to check, where a check is about ops; all by default. */
  readonly ops?: readonly OpName[];
  /** Size of the largest float32 that may come out as 0: smaller with subnormals than without. */
  readonly smallest?: number;
}

/** A check of a backend: throws where the backend is wrong. */
export type Check = (backend: Backend, options: CheckOptions) => void;

/** The dtypes that have gradients. */
export const FLOATS: readonly FloatDType[] = ["float32", "float64"];

/** Makes the same check in float32 and in float64. */
export function inBothPrecisions(check: (backend: Backend, dtype: FloatDType) => void): Check {
  return (backend) => FLOATS.forEach((dtype) => check(backend, dtype));
}
