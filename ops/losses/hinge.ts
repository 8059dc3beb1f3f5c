/**
 * `hinge` and `categoricalHinge`: losses of margins, which are 0 once a prediction is right by
 * enough.
 *
 * Made of `relu`, `max` and sums: their gradients and kinks are those of these.
 *
 * @module
 */
import { rowsGeometry } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { mul } from "../elementwise/mul.ts";
import { relu } from "../elementwise/relu.ts";
import { square } from "../elementwise/square.ts";
import { sub } from "../elementwise/sub.ts";
import { max } from "../reduce/max.ts";
import { sum } from "../reduce/sum.ts";
import { checkPair } from "./define.ts";
import { reduceLosses, REDUCTION_OPTIONS, type ReductionOptions } from "./reduction.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link hinge}. */
export interface HingeOptions extends ReductionOptions {
  /** Square the missing margin; false by default. */
  readonly squared?: boolean;
}

const KNOWN = "reduction squared?";

/**
 * Computes the hinge loss of scores against labels of -1 and 1, by default its mean.
 *
 * - **Formula**: `max(1 - target x, 0)` by elements, or its square.
 * - **Shapes**: any, equal: nothing is broadcast; -> a scalar, or x's shape with reduction "none".
 * - **Gradient**: `dx = -target dy` where the margin is less than 1, else 0, also at 1.
 * - **Edge cases**: NaN wins.
 * - **Source**: Keras's `Hinge` and `SquaredHinge`, but for labels of 0, which are not made -1
 *   here.
 *
 * @example
 * ```ts
 * import { hinge, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, target] = [tensor([0.5, 2, 1]), tensor([1, 1, -1])];
 * assertEquals(hinge(x, target, { reduction: "none" }).toArray(), [0.5, 0, 2]);
 * ```
 *
 * @param x scores, a float tensor.
 * @param target -1 and 1, of x's shape and dtype.
 * @param options `squared` (false by default), `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, or are no floats.
 * @throws {RangeError} if the reduction is none of the three.
 */
export function hinge(x: Tensor, target: Tensor, options: HingeOptions = {}): Tensor {
  options = checkOptions("apply hinge", options, KNOWN);
  const { squared = false, reduction } = options;
  checkPair("apply hinge", ["x", x], ["target", target], options);
  const missing = relu(sub(1, mul(target, x)));
  return reduceLosses(squared ? square(missing) : missing, reduction);
}

/**
 * Computes the hinge loss of scores of several classes, by default its mean over rows.
 *
 * - **Formula**: `max(max_j ((1 - target_j) x_j) - sum_j target_j x_j + 1, 0)` by rows, with a
 *   target of one 1 and zeros.
 * - **Shapes**: `[..., C]`, equal: nothing is broadcast; -> a scalar, or `[...]` with reduction
 *   "none".
 * - **Gradient**: 1 to the first of the best wrong classes and -1 to the right one, where the
 *   margin is less than 1.
 * - **Edge cases**: the right class itself counts as a wrong one with a score of 0, as in Keras;
 *   NaN wins.
 * - **Source**: Keras's `CategoricalHinge`.
 *
 * @example
 * ```ts
 * import { categoricalHinge, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const scores = tensor([[2, 1.5, 0], [0, 3, 1]]);
 * const target = tensor([[1, 0, 0], [0, 1, 0]]);
 * assertEquals(categoricalHinge(scores, target, { reduction: "none" }).toArray(), [0.5, 0]);
 * ```
 *
 * @param x scores, a float tensor of at least one dimension.
 * @param target rows of one 1 and zeros, of x's shape and dtype.
 * @param options `reduction` ("mean" by default).
 * @returns the loss.
 * @throws {ShapeError} if shapes or dtypes differ, are no floats, or there is no class.
 * @throws {RangeError} if the reduction is none of the three.
 */
export function categoricalHinge(
  x: Tensor,
  target: Tensor,
  options: ReductionOptions = {},
): Tensor {
  const action = "apply categoricalHinge";
  options = checkOptions(action, options, REDUCTION_OPTIONS);
  checkPair(action, ["x", x], ["target", target], options);
  rowsGeometry(action, x.shape);
  const right = sum(mul(target, x), { axis: -1 });
  const wrong = max(mul(sub(1, target), x), { axis: -1 });
  return reduceLosses(relu(add(sub(wrong, right), 1)), options.reduction);
}
