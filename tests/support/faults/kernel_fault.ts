// The form of a planted fault.

import type { OpName } from "../../../ops/table.ts";
import type { CheckName } from "../conformance/mod.ts";
import type { Plant } from "./faulty_backend.ts";

/** A mistake in kernels, and how it is found. */
export interface KernelFault {
  readonly fault: string;
  readonly plant: Plant;
  /** The ops whose checks find it, where a check is about ops. */
  readonly ops: readonly OpName[];
  /** Each of these checks must fail. */
  readonly foundBy: readonly CheckName[];
}
