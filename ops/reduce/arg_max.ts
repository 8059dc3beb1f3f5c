/**
 * `argMax` and `argMin`: where the largest and the smallest of elements are.
 *
 * Positions are int32; they have no gradient.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { checkOptions } from "../../src/core/options.ts";
import { type ReduceGeometry, reduceGeometry } from "../../src/core/geometry/mod.ts";
import { apply, defineOp, type Op } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { neg } from "../elementwise/neg.ts";
import { checkCount } from "./check_count.ts";

/** Options of {@link argMax} and {@link argMin}. */
export interface ArgOptions {
  /** The axis to search along, negative ones from the last; all elements by default. */
  readonly axis?: number;
  /** Keep reduced dimensions with size 1. */
  readonly keepDims?: boolean;
}

const KNOWN = "axis# keepDims?";

/**
 * Finds the position of the largest of the elements along an axis.
 *
 * - **Formula**: `y = argmax_i x_i`, i from 0; without an axis the position in row-major order.
 * - **Shapes**: the dimension vanishes, or stays with size 1 with `keepDims`.
 * - **Gradient**: none: positions are constant.
 * - **Edge cases**: the first of tied maxima; NaN is above all, the first one wins; there is no
 *   maximum of nothing.
 * - **Source**: NumPy's `argmax`.
 *
 * @example
 * ```ts
 * import { argMax, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(argMax(tensor([[1, 5, 5], [4, 3, 2]]), { axis: 1 }).toArray(), [1, 0]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` to search along (all elements by default), `keepDims`.
 * @returns an int32 tensor; a scalar by default.
 * @throws {ShapeError} if the axis does not exist, x has an integer dtype, or there are no elements.
 */
export function argMax(x: Tensor, options: ArgOptions = {}): Tensor {
  return firstMaxima("apply argMax", x, (x) => x, options);
}

/**
 * Finds the position of the smallest of the elements along an axis.
 *
 * - **Formula**: `y = argmin_i x_i`, i from 0; without an axis the position in row-major order.
 * - **Shapes**: the dimension vanishes, or stays with size 1 with `keepDims`.
 * - **Gradient**: none: positions are constant.
 * - **Edge cases**: the first of tied minima; NaN is below all, the first one wins; there is no
 *   minimum of nothing.
 * - **Source**: NumPy's `argmin`.
 *
 * @example
 * ```ts
 * import { argMin, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(argMin(tensor([[1, 5, 1], [4, 3, 2]]), { axis: 1 }).toArray(), [0, 2]);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` to search along (all elements by default), `keepDims`.
 * @returns an int32 tensor; a scalar by default.
 * @throws {ShapeError} if the axis does not exist, x has an integer dtype, or there are no elements.
 */
export function argMin(x: Tensor, options: ArgOptions = {}): Tensor {
  return firstMaxima("apply argMin", x, neg, options);
}

function firstMaxima(
  action: string,
  x: Tensor,
  turn: (x: Tensor) => Tensor,
  options: ArgOptions,
): Tensor {
  checkFloats(action, { x });
  const g = reduceGeometry(action, x.shape, checkOptions(action, options, KNOWN));
  checkCount(action, g);
  return apply(argMaxOp, { x: turn(x) }, g);
}

/** The op of {@link argMax}, and of {@link argMin} on the negative. */
export const argMaxOp: Op<readonly ["x"], never, ReduceGeometry> = /* @__PURE__ */ defineOp({
  name: "argMax",
  inputs: ["x"],
  reads: [],
  forward: (k, { x }, g: ReduceGeometry) => k.argMax(x, g),
  backward: () => ({ x: null }),
});
