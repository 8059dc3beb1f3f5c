/**
 * `cosineSimilarity`: the cosine of the angle between vectors.
 *
 * Made of products, sums and a root, whose gradients it has.
 *
 * @module
 */
import { checkAtLeast, checkFloats } from "../../src/core/checks.ts";
import { checkSameShape, resolveAxis } from "../../src/core/geometry/mod.ts";
import type { Tensor } from "../../src/core/tensor.ts";
import { add } from "../elementwise/add.ts";
import { div } from "../elementwise/div.ts";
import { mul } from "../elementwise/mul.ts";
import { relu } from "../elementwise/relu.ts";
import { sqrt } from "../elementwise/sqrt.ts";
import { square } from "../elementwise/square.ts";
import { sub } from "../elementwise/sub.ts";
import { sum } from "../reduce/sum.ts";
import { checkOptions } from "../../src/core/options.ts";

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions {
  /** The axis of the vectors, negative ones from the last; -1 by default. */
  readonly axis?: number;
  /** The least that products of lengths count as; 1e-8 by default. */
  readonly epsilon?: number;
}

const KNOWN = "axis# epsilon#";

/**
 * Computes the cosine of the angle between the vectors of two tensors: 1 for the same direction, 0
 * for a right angle, -1 for opposite ones. As a loss: `sub(1, cosineSimilarity(a, b))`.
 *
 * - **Formula**: `sum(a b) / max(|a| |b|, epsilon)` along an axis.
 * - **Shapes**: equal; the axis vanishes.
 * - **Gradient**: that of the formula; finite also for vectors of length 0.
 * - **Edge cases**: a vector of zeros gives 0; NaN wins.
 * - **Source**: PyTorch's `cosine_similarity` of version 1 (version 2 bounds each length by
 *   itself). Keras's loss of that name is its negative.
 *
 * @example
 * ```ts
 * import { cosineSimilarity, tensor } from "@tapegrad/tapegrad";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = [tensor([[3, 4], [1, 0]]), tensor([[6, 8], [0, 5]])];
 * assertEquals(cosineSimilarity(a, b).toArray(), [1, 0]);
 * ```
 *
 * @param a a float tensor of at least one dimension.
 * @param b a tensor of the same shape and dtype.
 * @param options `axis` (-1 by default), `epsilon` (1e-8 by default).
 * @returns the cosines.
 * @throws {ShapeError} if shapes or dtypes differ, are no floats, or the axis does not exist.
 * @throws {RangeError} if epsilon is negative or not finite.
 */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  options: CosineSimilarityOptions = {},
): Tensor {
  const action = "apply cosineSimilarity";
  const { axis = -1, epsilon = 1e-8 } = checkOptions(action, options, KNOWN);
  checkFloats(action, { a, b });
  checkSameShape(action, { a: a.shape, b: b.shape });
  resolveAxis(action, axis, a.shape);
  checkAtLeast(action, "epsilon", epsilon, 0);
  const inner = sum(mul(a, b), { axis });
  const squares = mul(sum(square(a), { axis }), sum(square(b), { axis }));
  // max(squares, least) as a relu: constant, and so without a gradient, below.
  const least = epsilon ** 2;
  return div(inner, sqrt(add(relu(sub(squares, least)), least)));
}
