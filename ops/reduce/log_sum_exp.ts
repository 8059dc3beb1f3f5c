/**
 * `logSumExp`: the logarithm of the sum of exponentials along axes, without overflow.
 *
 * Made of other ops: the maximum, a constant as far as the gradient goes, is taken out before exp.
 * The exponentials cost more than the passes over memory between them.
 *
 * @module
 */
import { checkFloats } from "../../src/core/checks.ts";
import { reduceGeometry, type ReduceOptions } from "../../src/core/geometry/mod.ts";
import { stopGradient } from "../../src/core/op.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { equal } from "../elementwise/compare.ts";
import { exp } from "../elementwise/exp.ts";
import { log } from "../elementwise/log.ts";
import { isFinite } from "../elementwise/logic.ts";
import { sub } from "../elementwise/sub.ts";
import { where } from "../elementwise/where.ts";
import { reshape } from "../shape/reshape.ts";
import { checkCount } from "./check_count.ts";
import { max } from "./max.ts";
import { sum } from "./sum.ts";

/**
 * Computes the logarithm of the sum of the exponentials of elements along axes.
 *
 * - **Formula**: `y = log(sum_i exp(x_i))`.
 * - **Shapes**: the reduced dimensions vanish, or stay with size 1 with `keepDims`.
 * - **Gradient**: `dx = dy · exp(x - y)`, the softmax.
 * - **Edge cases**: large elements do not overflow; where all are -Infinity so is y, and dx is 0; +Infinity
 *   gives +Infinity, where dx is NaN and elsewhere 0; NaN wins.
 *
 * @example
 * ```ts
 * import { logSumExp, tensor } from "@tapegrad/tapegrad";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const y = logSumExp(tensor([1e4, 1e4], { dtype: "float64" }));
 * assertAlmostEquals(y.item(), 1e4 + Math.LN2, 1e-11);
 * ```
 *
 * @param x a float tensor.
 * @param options `axis` or axes to reduce (all by default), `keepDims`.
 * @returns the reduced tensor; a scalar by default.
 * @throws {ShapeError} if an axis does not exist or occurs twice, x has an integer dtype, or
 * there are no elements along the axes.
 */
export function logSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const action = "apply logSumExp";
  checkFloats(action, { x });
  const g = reduceGeometry(action, x.shape, options);
  checkCount(action, g);
  const most = max(stopGradient(x), { axis: g.axes, keepDims: true });
  const shift = where(isFinite(most), most, 0);
  const total = sum(exp(sub(x, shift)), { axis: g.axes, keepDims: true });
  const isNothing = equal(total, 0);
  const logarithm = where(isNothing, -Infinity, log(where(isNothing, 1, total)));
  return reshape(add(logarithm, shift), g.shape);
}
