/**
 * `any` and `all`: whether some, or all, of the elements along axes are not 0.
 *
 * Answers are uint8, 1 for yes and 0 for no; they have no gradient.
 *
 * @module
 */
import { checkTensors } from "../../src/core/checks.ts";
import { REDUCE_OPTIONS, type ReduceOptions } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { equal, notEqual } from "../elementwise/compare.ts";
import { sum } from "./sum.ts";
import { checkOptions } from "../../src/core/options.ts";

/**
 * Tests whether some of the elements along axes are not 0.
 *
 * - **Formula**: `y = 1` where `x_i ≠ 0` for some i, else 0.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: of nothing, 0; NaN is not 0.
 *
 * @example
 * ```ts
 * import { any, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(any(tensor([[0, 2], [0, 0]]), { axis: 1 }).toArray(), [1, 0]);
 * ```
 *
 * @param x any tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns a uint8 tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice.
 */
export function any(x: Tensor, options: ReduceOptions = {}): Tensor {
  options = checkOptions("apply any", options, REDUCE_OPTIONS);
  checkTensors("apply any", { x });
  return notEqual(sum(notEqual(x, 0), options), 0);
}

/**
 * Tests whether all of the elements along axes are not 0.
 *
 * - **Formula**: `y = 1` where `x_i ≠ 0` for all i, else 0.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: none: answers are constant.
 * - **Edge cases**: of nothing, 1; NaN is not 0.
 *
 * @example
 * ```ts
 * import { all, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(all(tensor([[0, 2], [1, 3]]), { axis: 1 }).toArray(), [0, 1]);
 * ```
 *
 * @param x any tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns a uint8 tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice.
 */
export function all(x: Tensor, options: ReduceOptions = {}): Tensor {
  options = checkOptions("apply all", options, REDUCE_OPTIONS);
  checkTensors("apply all", { x });
  return equal(sum(equal(x, 0), options), 0);
}
