/**
 * The square root as norms and deviations take it: with a gradient of 0 at 0.
 *
 * @module
 */
import type { Tensor } from "../../src/core/tensor.ts";
import { equal } from "../elementwise/compare.ts";
import { sqrt } from "../elementwise/sqrt.ts";
import { where } from "../elementwise/where.ts";

/** Computes `sqrt(x)`, whose gradient is 0 where x is 0: there the root is that of a constant. */
export function safeSqrt(x: Tensor): Tensor {
  const isZero = equal(x, 0);
  return where(isZero, 0, sqrt(where(isZero, 1, x)));
}
