/**
 * `variance`: the mean squared distance from the mean; `std`: its square root.
 *
 * Made of other ops in two steps, the mean first: the sum of squares less the square of the sum would
 * lose all digits where the mean is large. So would a mean that is rounded: elements are counted from
 * the first of them on, as the moments of `batchNorm` are, and equal elements vary by exactly 0.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { reduceGeometry, type ReduceOptions } from "../../src/core/geometry/mod.ts";
import { stopGradient } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { div } from "../elementwise/div.ts";
import { square } from "../elementwise/square.ts";
import { sub } from "../elementwise/sub.ts";
import { slice } from "../shape/slice.ts";
import { mean } from "./mean.ts";
import { sum } from "./sum.ts";
import { safeSqrt } from "./safe_sqrt.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReduceOptions {
  /**
   * Number to subtract from the number of elements to divide by: 0 (the default), or 1 for a
   * sample.
   */
  readonly correction?: number;
}

const KNOWN = "axis keepDims? correction#";

/**
 * Computes the variance of elements along axes.
 *
 * - **Formula**: `y = sum_i (x_i - mean)² / (count - correction)`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: `dx = dy · 2 (x - mean) / (count - correction)`.
 * - **Edge cases**: NaN where count is not above the correction; NaN wins.
 * - **Source**: NumPy's `var`, which calls the correction ddof; its default in PyTorch is 1.
 *
 * @example
 * ```ts
 * import { tensor, variance } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(variance(tensor([1, 2, 3, 6])).item(), 3.5);
 * assertEquals(variance(tensor([1, 3, 5]), { correction: 1 }).item(), 4);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`, `correction`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, or x has an integer dtype.
 * @throws {RangeError} if the correction is not a number of at least 0.
 */
export function variance(x: Tensor, options: VarianceOptions = {}): Tensor {
  return varianceFor("apply variance", x, options);
}

/**
 * Computes the standard deviation of elements along axes.
 *
 * - **Formula**: `y = sqrt(variance(x))`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: `dx = dy · (x - mean) / ((count - correction) y)`, and 0 where y is 0.
 * - **Edge cases**: those of {@link variance}.
 * - **Source**: NumPy's `std`; PyTorch's has the correction 1 by default.
 *
 * @example
 * ```ts
 * import { std, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(std(tensor([1, 3, 5]), { correction: 1 }).item(), 2);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`, `correction`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, or x has an integer dtype.
 * @throws {RangeError} if the correction is not a number of at least 0.
 */
export function std(x: Tensor, options: VarianceOptions = {}): Tensor {
  return safeSqrt(varianceFor("apply std", x, options));
}

function varianceFor(action: string, x: Tensor, options: VarianceOptions): Tensor {
  options = checkOptions(action, options, KNOWN);
  checkFloats(action, { x });
  const { correction = 0, ...reduction } = options;
  if (!(typeof correction === "number" && correction >= 0)) {
    throw new RangeError(
      `Cannot ${action}: correction must be a number of at least 0: got ${String(correction)}`,
    );
  }
  const { axes, count } = reduceGeometry(action, x.shape, reduction);
  const first = x.shape.map((_, d) => axes.includes(d) ? [0, 1] as const : null);
  // No gradient flows through the origin: a variance does not depend on where it is counted from.
  const shifted = sub(x, slice(stopGradient(x), first));
  const squares = square(sub(shifted, mean(shifted, { ...reduction, keepDims: true })));
  return div(sum(squares, reduction), count > correction ? count - correction : NaN);
}
